"""An empty workbook for an office to fill in: the headings that importing knows, lists to choose from, and one row
that shows how, which importing passes over."""

import io
from collections.abc import Sequence
from typing import Any, NamedTuple

import openpyxl
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from services.subcommittee.importing.vocabulary import cases, phases
from shared.values.code_lists import CodeList, entries_to_choose, units_to_choose

LISTS = "Danh sách"
_LAST_ROW = 1000
EXAMPLE = "Ví dụ"
"""In the column of numbers: importing passes the row over."""


class Column(NamedTuple):
    heading: str
    example: str | int
    width: int
    format: str = "General"
    choices: Sequence[str] = ()


def template() -> bytes:
    return workbook("Danh mục", _columns())


def workbook(title: str, columns: Sequence[Column]) -> bytes:
    """A workbook with a sheet of this title, its headings, an example below them, and the lists to choose from."""
    made = openpyxl.Workbook()
    sheet, lists = made.active, made.create_sheet(LISTS)
    sheet.title = title
    lists.sheet_state = "hidden"
    for number, column in enumerate(columns, start=1):
        letter = get_column_letter(number)
        heading, example = sheet.cell(1, number, column.heading), sheet.cell(2, number, column.example)
        heading.font, example.font = Font(bold=True), Font(italic=True)
        heading.alignment = Alignment(wrap_text=True, vertical="center")
        sheet.column_dimensions[letter].width = column.width
        for row in range(2, _LAST_ROW + 1) if column.format != "General" else ():
            sheet.cell(row, number).number_format = column.format
        if column.choices:
            _offer(sheet, lists, letter, column.choices)
    sheet.freeze_panes = "A2"
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def _offer(sheet: Any, lists: Any, column: str, choices: Sequence[str]) -> None:
    """Offers choices by a list on a sheet of its own: one that stands in the rule itself is too short for titles."""
    for row, choice in enumerate(choices, start=1):
        lists[f"{column}{row}"] = choice
    rule = DataValidation(type="list", formula1=f"'{LISTS}'!${column}$1:${column}${len(choices)}", allow_blank=True)
    sheet.add_data_validation(rule)
    rule.add(f"{column}2:{column}{_LAST_ROW}")


def _columns() -> list[Column]:
    units = [unit.name.vi for unit in units_to_choose()]
    sources = [source.name.vi for source in entries_to_choose(CodeList.FUNDING_SOURCES)]
    return [
        Column("STT", EXAMPLE, 8, "@"),
        Column("Nhóm nhiệm vụ", "Hội trường, khánh tiết", 24),
        Column("Nội dung công việc", "Trang trí hội trường", 40),
        Column("Bộ phận", units[0], 28, choices=units),
        Column("Giai đoạn", phases()[0], 16, choices=phases()),
        Column("Trường hợp", cases()[-1], 16, choices=cases()),
        Column("Cơ quan chủ trì", "Sở Văn hóa", 24),
        Column("Cá nhân phụ trách", "Phó Giám đốc Sở", 24),
        Column("Lãnh đạo chỉ đạo", "Phó Trưởng tiểu ban", 24),
        Column("Cơ quan phối hợp", "Văn phòng Tỉnh ủy; Đoàn Thanh niên", 28),
        Column("Thời gian hoàn thành", "25/09/2020", 16, "dd/mm/yyyy"),
        Column("Sản phẩm", "Hội trường hoàn thiện", 24),
        Column("Kinh phí dự toán (đồng)", 150_000_000, 18, "#,##0"),
        Column("Kinh phí bảo đảm (đồng)", 100_000_000, 18, "#,##0"),
        Column("Nguồn kinh phí", (sources or ["Ngân sách tỉnh"])[0], 20, choices=sources),
        Column(
            "Ghi chú",
            "Dòng ví dụ, không nhập vào danh mục. Thời gian hoàn thành cũng ghi được: trước khai mạc 10 ngày",
            48,
        ),
    ]
