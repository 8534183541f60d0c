"""XLSX bytes as rows: of the one sheet that is filled and shown. What is hidden is said to be."""

import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date, datetime, time, timedelta
from typing import Any
from xml.parsers import expat

import openpyxl
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import CellCoordinatesException

from services.subcommittee.importing.xlsx_parts import DAMAGED, LAST_ROW, Sheet, look_through
from shared.domain.decider import Refusal, Refused
from shared.entering import tables
from shared.entering.tables import NOT_A_VALUE, Cell, Row, Table

_NO_SPREADSHEET = (
    ArithmeticError,
    AttributeError,
    CellCoordinatesException,
    LookupError,
    SyntaxError,
    TypeError,
    ValueError,
)
"""How openpyxl tells of well-formed XML that is no spreadsheet."""
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_VISIBLE = "visible"
_MOST_NAMED = 10

NO_SHEET = Refusal("no_sheet", "No sheet of the spreadsheet has anything in it.")
SEVERAL_SHEETS = Refusal(
    "several_sheets", "Several sheets are filled ({sheets}); leave one, so that it is clear which is meant."
)
ONLY_HIDDEN_SHEETS = Refusal(
    "only_hidden_sheets", "All sheets that have anything in them are hidden ({sheets}); show the one that is meant."
)
HIDDEN_SHEETS = Refusal("hidden_sheets", "The sheet «{sheet}» is read; hidden sheets are not: {sheets}.")
HIDDEN_ROWS = Refusal("hidden_rows", "Hidden rows are read like the others: {rows}.")
HIDDEN_COLUMNS = Refusal("hidden_columns", "Hidden columns are read like the others: {columns}.")


def xlsx_table(content: bytes) -> Table:
    """Raises `Unreadable`."""
    try:
        parts = look_through(content)
        with warnings.catch_warnings():  # openpyxl warns of decorations that it does not know
            warnings.simplefilter("ignore")
            with closing(openpyxl.load_workbook(io.BytesIO(parts.content), read_only=True)) as workbook:
                sheet, hidden = _only_filled_sheet(workbook)
                part = parts.sheets[sheet._worksheet_path.lstrip("/")]
                if part.is_too_wide:  # what is further to the right would not be read
                    raise tables.unreadable(tables.TOO_MANY_COLUMNS(most=tables.MAX_COLUMNS))
                rows = list(tables.bounded(_rows_of(sheet)))
                return Table(rows, list(_remarks(sheet.title, hidden, part)), part.merged)
    except (zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, *_NO_SPREADSHEET) as error:
        raise tables.unreadable(DAMAGED()) from error


def _only_filled_sheet(workbook: Any) -> tuple[Any, list[str]]:
    """The sheet, and the names of those that are filled too and hidden."""
    filled = [sheet for sheet in workbook.worksheets if any(True for _ in _filled_rows(sheet))]
    visible = [sheet for sheet in filled if sheet.sheet_state == _VISIBLE]
    hidden = [sheet.title for sheet in filled if sheet.sheet_state != _VISIBLE]
    if not filled:
        raise tables.unreadable(NO_SHEET())
    if not visible:
        raise tables.unreadable(ONLY_HIDDEN_SHEETS(sheets=", ".join(hidden)))
    if len(visible) > 1:
        raise tables.unreadable(SEVERAL_SHEETS(sheets=", ".join(sheet.title for sheet in visible)))
    return visible[0], hidden


def _remarks(title: str, hidden: Sequence[str], part: Sheet) -> Iterator[Refused]:
    if hidden:
        yield HIDDEN_SHEETS(sheet=title, sheets=", ".join(hidden))
    if part.hidden_rows:
        yield HIDDEN_ROWS(rows=_named(part.hidden_rows))
    if part.hidden_columns:
        yield HIDDEN_COLUMNS(columns=_named([get_column_letter(number) for number in part.hidden_columns]))


def _named(places: Sequence[object]) -> str:
    return ", ".join(map(str, places[:_MOST_NAMED])) + (" …" if len(places) > _MOST_NAMED else "")


def _rows_of(sheet: Any) -> Iterator[Row]:
    for number, filled in _filled_rows(sheet):
        cells = list(map(_cell, filled))
        while cells and cells[-1] is None:
            cells.pop()
        yield Row(number, cells)


def _filled_rows(sheet: Any) -> Iterator[tuple[int, Sequence[Any]]]:
    sheet.reset_dimensions()  # what a sheet declares of its own size may be wrong either way
    rows = sheet.iter_rows(max_row=LAST_ROW, max_col=tables.MAX_COLUMNS + 1)
    for number, cells in enumerate(rows, start=1):
        if any(cell.value is not None for cell in cells):
            yield number, cells


def _cell(cell: Any) -> Cell:
    value = cell.value
    if cell.data_type == "f":
        return tables.FORMULA()
    if cell.data_type == "e" or isinstance(value, time | timedelta):
        return NOT_A_VALUE(found=tables.quoted(value))
    match value:
        case datetime() if value.time() != time():
            return NOT_A_VALUE(found=tables.quoted(value))
        case datetime():
            return value.date()
        case bool():
            return NOT_A_VALUE(found=str(value).upper())
        case str():
            return _unescaped(value).strip() or None
        case int() | float() | date() | None:
            return value
        case _:
            return NOT_A_VALUE(found=type(value).__name__)


def _unescaped(text: str) -> str:
    """Excel writes a UTF-16 unit that XML can't hold as `_x000D_`, and an underscore that would begin such a sign as
    `_x005F_` (ISO/IEC 29500, ST_Xstring)."""
    if "_x" not in text:
        return text
    units = _ESCAPED.sub(lambda sign: chr(int(sign.group(1), 16)), text)
    return units.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
