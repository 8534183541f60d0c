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

from daihoi.importing.tables import (
    FORMULA,
    MAX_COLUMNS,
    Cell,
    Row,
    Table,
    Wrong,
    bounded,
    shown,
    unreadable,
)
from daihoi.importing.xlsx_parts import DAMAGED, LAST_ROW, Sheet, check_width, look_through, row_of
from shared.domain.decider import Refusal, Refused

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
_SHOWN = "visible"
_MOST_NAMED = 10

NO_SHEET = Refusal("no_sheet", "No sheet of the spreadsheet has anything in it.")
SEVERAL_SHEETS = Refusal(
    "several_sheets", "Several sheets are filled ({sheets}); leave one, so that it is clear which is meant."
)
ONLY_HIDDEN_SHEETS = Refusal(
    "only_hidden_sheets", "All sheets that have anything in them are hidden ({sheets}); show the one that is meant."
)
MERGED = Refusal("merged_cells", "The cells {cells} are merged; unmerge them and fill in each one.")
NOT_A_VALUE = Refusal("not_a_value", "There is {found}; write the value as text or as a number.")
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
                looked = parts.sheets[sheet._worksheet_path.lstrip("/")]
                check_width(looked)
                wrong = [Wrong(row_of(cells), "", MERGED(cells=cells)) for cells in looked.merged]
                rows = list(bounded(_rows_of(sheet)))
                return Table(rows, wrong, list(_remarks(sheet.title, hidden, looked)))
    except (zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError) as error:
        raise unreadable(DAMAGED()) from error
    except _NO_SPREADSHEET as error:
        raise unreadable(DAMAGED()) from error


def _only_filled_sheet(workbook: Any) -> tuple[Any, list[str]]:
    """The sheet, and the names of those that are filled too and hidden."""
    filled = [sheet for sheet in workbook.worksheets if any(True for _ in _filled_rows(sheet))]
    seen = [sheet for sheet in filled if sheet.sheet_state == _SHOWN]
    hidden = [sheet.title for sheet in filled if sheet.sheet_state != _SHOWN]
    if not filled:
        raise unreadable(NO_SHEET())
    if not seen:
        raise unreadable(ONLY_HIDDEN_SHEETS(sheets=", ".join(hidden)))
    if len(seen) > 1:
        raise unreadable(SEVERAL_SHEETS(sheets=", ".join(sheet.title for sheet in seen)))
    return seen[0], hidden


def _remarks(title: str, hidden: Sequence[str], looked: Sheet) -> Iterator[Refused]:
    if hidden:
        yield HIDDEN_SHEETS(sheet=title, sheets=", ".join(hidden))
    if looked.hidden_rows:
        yield HIDDEN_ROWS(rows=_named(looked.hidden_rows))
    if looked.hidden_columns:
        yield HIDDEN_COLUMNS(columns=_named([get_column_letter(number) for number in looked.hidden_columns]))


def _named(several: Sequence[object]) -> str:
    return ", ".join(map(str, several[:_MOST_NAMED])) + (" …" if len(several) > _MOST_NAMED else "")


def _rows_of(sheet: Any) -> Iterator[Row]:
    for number, found in _filled_rows(sheet):
        cells = [_cell(cell) for cell in found]
        while cells and cells[-1] is None:
            cells.pop()
        yield Row(number, cells)


def _filled_rows(sheet: Any) -> Iterator[tuple[int, Sequence[Any]]]:
    sheet.reset_dimensions()  # what a sheet declares of its own size may be wrong either way
    rows = sheet.iter_rows(max_row=LAST_ROW, max_col=MAX_COLUMNS + 1)
    for number, cells in enumerate(rows, start=1):
        if any(cell.value is not None for cell in cells):
            yield number, cells


def _cell(cell: Any) -> Cell:
    value = cell.value
    if cell.data_type == "f":
        return FORMULA()
    match value:
        case bool():
            return NOT_A_VALUE(found=str(value).upper())
        case str() if cell.data_type == "e":
            return NOT_A_VALUE(found=shown(value))
        case datetime() | date() | time() | timedelta():
            return NOT_A_VALUE(found=shown(value))
        case str():
            return _unescaped(value).strip() or None
        case int() | float() | None:
            return value
        case _:
            return NOT_A_VALUE(found=type(value).__name__)


def _unescaped(text: str) -> str:
    """Excel writes a UTF-16 unit that XML can't hold as `_x000D_`, and an underscore that would begin such a sign as
    `_x005F_` (ISO/IEC 29500, ST_Xstring)."""
    if "_x" not in text:
        return text
    units = _ESCAPED.sub(lambda found: chr(int(found.group(1), 16)), text)
    return units.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
