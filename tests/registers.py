"""Registers of organisations as offices keep them, made by code, and what comes of reading and comparing them."""

import io

import openpyxl
import pytest

from services.subcommittee.importing.register import NO_WISHES, read_register
from services.subcommittee.importing.register_changes import compare
from shared.entering.tables import Unreadable

HEADINGS = (
    *("STT", "Cơ quan, đơn vị", "Loại", "Chức vụ", "Họ và tên", "Giữ chức từ ngày", "Điện thoại", "Thư điện tử"),
    "Ghi chú",
)
HEALTH = (1, "Sở Y tế", "Ngành", "Giám đốc Sở Y tế", "Người A", "01/07/2019", "0228 3649 888", None, None)
DEPUTY = (None, None, None, "Phó Giám đốc Sở Y tế", "Người B", "15/3/2020", None, "pgd@example.vn", "Trực dịch")
DISTRICT = (2, "Huyện Mỹ Lộc", "Địa phương", "Chủ tịch UBND huyện Mỹ Lộc", None, None, None, None, None)
ROWS = (HEALTH, DEPUTY, DISTRICT)
TITLE = (("TIỂU BAN TỔ CHỨC PHỤC VỤ ĐẠI HỘI",), ("Danh sách cán bộ đầu mối",), ())
FIRST = len(TITLE) + 2
"""The number of the first row below the headings."""


def register(*rows, headings=HEADINGS, title=TITLE, merged=("A1:I1", "A2:I2")):
    workbook = openpyxl.Workbook()
    for cells in (*title, headings, *(rows or ROWS)):
        workbook.active.append(cells)
    for cells in merged:
        workbook.active.merge_cells(cells)
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def row(base=HEALTH, **cells):
    """`cells` by position, as `c2` the third."""
    changed = [*base]
    for name, value in cells.items():
        changed[int(name[1:])] = value
    return changed


def lines_of(content, wishes=NO_WISHES):
    return read_register(content, wishes).lines


def errors_of(content, wishes=NO_WISHES):
    with pytest.raises(Unreadable) as raised:
        read_register(content, wishes)
    return [(error.row, error.column, error.why.code) for error in raised.value.errors]


def remarks_of(content, wishes=NO_WISHES):
    return {remark.code: remark.params for remark in read_register(content, wishes).remarks}


def change_of(content, organisations=(), wishes=NO_WISHES):
    return compare(read_register(content, wishes), organisations, wishes.kind, wishes.since)
