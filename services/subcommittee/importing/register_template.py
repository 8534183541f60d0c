"""An empty register for an office to fill in."""

from services.subcommittee.importing.register_cells import KINDS
from services.subcommittee.importing.template import EXAMPLE, Column, workbook


def register_template() -> bytes:
    return workbook("Sổ đơn vị", _columns())


def _columns() -> list[Column]:
    return [
        Column("STT", EXAMPLE, 8, "@"),
        Column("Cơ quan, đơn vị", "Sở Y tế", 32),
        Column("Loại", "ngành", 14, choices=[names[0] for names in KINDS.values()]),
        Column("Chức vụ", "Phó Giám đốc Sở Y tế", 32),
        Column("Họ và tên", "(họ và tên)", 24),
        Column("Giữ chức từ ngày", "01/07/2019", 16, "dd/mm/yyyy"),
        Column("Điện thoại", "0228 3649 888", 18, "@"),
        Column("Thư điện tử", "van-thu@example.vn", 26),
        Column("Cấp phó của", "Giám đốc Sở Y tế", 26),
        Column("Ghi chú", "Dòng ví dụ, không nhập vào sổ đơn vị", 32),
    ]
