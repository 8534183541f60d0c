"""Annexes as offices type them, made by code, and what comes of reading them."""

import io

import openpyxl
import pytest

from services.subcommittee.importing.annex import Wishes
from services.subcommittee.importing.items import read_file
from shared.entering.tables import Unreadable

HEADINGS = (
    *("STT", "Nội dung công việc", "Cơ quan chủ trì", "Người phụ trách", "Cơ quan phối hợp"),
    *("Thời gian hoàn thành", "Sản phẩm", "Kinh phí (đồng)", "Ghi chú"),
)
HALL = (
    *(1, "Trang trí hội trường", "Sở Văn hóa", "Phó Giám đốc Sở", "Văn phòng Tỉnh ủy; Đoàn Thanh niên"),
    *("25/9/2020", "Hội trường hoàn thiện", "150.000.000", None),
)
SOUND = (
    2,
    "Kiểm tra âm thanh",
    "Văn phòng Tỉnh ủy",
    "Trưởng phòng Quản trị",
    None,
    "20/9/2020",
    "Biên bản",
    "45 triệu",
)
GUESTS = (
    3,
    "Đón tiếp đại biểu",
    "Văn phòng Tỉnh ủy",
    "Chánh Văn phòng",
    "Công an tỉnh",
    "14/10/2020",
    None,
    80_000_000,
)
LETTERS = (4, "In giấy mời", "Văn phòng Tỉnh ủy", None, None, None, None, "-", "Có dịch: chia hai điểm")
ROWS = (
    ("I", "Hội trường, khánh tiết"), HALL, SOUND,
    ("II", "Đại biểu, lễ tân"), GUESTS, LETTERS,
    (None, "Tổng cộng", None, None, None, None, None, "275.000.000"),
)  # fmt: skip
TITLE = (("TIỂU BAN TỔ CHỨC PHỤC VỤ ĐẠI HỘI",), ("Phụ lục: phân công nhiệm vụ",), ())
FIRST = len(TITLE) + 2
"""The number of the first row below the headings."""


def annex(*rows, headings=HEADINGS, title=TITLE, merged=("A1:I1", "A2:I2")):
    workbook = openpyxl.Workbook()
    for cells in (*title, headings, *rows):
        workbook.active.append(cells)
    for cells in merged:
        workbook.active.merge_cells(cells)
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def task(**cells):
    """A row of one task; `cells` by position, as `c2` the third."""
    row = [*HALL]
    for name, value in cells.items():
        row[int(name[1:])] = value
    return row


LOGISTICS = Wishes(unit="logistics")


def read(content, wishes=LOGISTICS):
    return read_file(content, wishes)


def errors_of(content, wishes=LOGISTICS):
    with pytest.raises(Unreadable) as raised:
        read(content, wishes)
    return [(error.row, error.column, error.why.code) for error in raised.value.errors]


def remarks_of(content, wishes=LOGISTICS):
    return {remark.code: remark.params for remark in read(content, wishes).remarks}
