"""XLSX bytes as rows. A spreadsheet is a zip of XML, so what it unpacks to is looked at, within bounds, before a
parser that builds trees in memory gets to see it."""

import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date, datetime, time, timedelta
from typing import IO, Any
from xml.parsers import expat

import openpyxl
from openpyxl.utils.exceptions import CellCoordinatesException

from services.subcommittee.tables import (
    FORMULA,
    MAX_COLUMNS,
    MAX_ROWS,
    TOO_MANY_ROWS,
    Cell,
    Row,
    Table,
    Wrong,
    bounded,
    shown,
    unreadable,
)
from shared.domain.decider import Refusal

MAX_PARTS = 1000
MAX_UNPACKED_BYTES = 512 * 1024 * 1024
MAX_RATIO = 200
"""Above this a file is a bomb: repeated rows stay below 100, a deflated run of one byte comes to 1000."""
MAX_SHEET_BYTES = 64 * 1024 * 1024
"""Sheets are streamed; all other parts are held in memory as trees."""
MAX_SHEET_ELEMENTS = 2_000_000
"""Three for each cell of 20,000 rows come to 660,000; each takes time to look at."""
MAX_TREE_BYTES = 32 * 1024 * 1024
LAST_ROW = 1_048_576
_PIECE_BYTES = 64 * 1024
MAX_MERGED_TOLD = 1000
_ENCRYPTED = 0x1
_COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""What Excel writes. The others are unpacked by `zipfile` without a bound."""
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

BOMB = Refusal("zip_bomb", "The file unpacks to {unpacked} MB, far more than a catalogue needs; it is not opened.")
DAMAGED = Refusal("damaged_xlsx", "The XLSX file is damaged or protected by a password.")
NOT_A_SPREADSHEET = Refusal("not_a_spreadsheet", "The file is a zip archive but no XLSX spreadsheet.")
NO_SHEET = Refusal("no_sheet", "No sheet of the spreadsheet has anything in it.")
SEVERAL_SHEETS = Refusal(
    "several_sheets", "Several sheets are filled ({sheets}); leave one, so that it is clear which is meant."
)
MERGED = Refusal("merged_cells", "The cells {cells} are merged; unmerge them and fill in each one.")
NOT_A_VALUE = Refusal("not_a_value", "There is {found}; write the value as text or as a number.")


def xlsx_table(content: bytes) -> Table:
    """Raises `Unreadable`."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_sizes(archive, len(content))
            merged = _merged_cells(archive)
        with warnings.catch_warnings():  # openpyxl warns of decorations that it does not know
            warnings.simplefilter("ignore")
            with closing(openpyxl.load_workbook(io.BytesIO(content), read_only=True)) as workbook:
                return Table(list(bounded(_rows_of(_only_filled_sheet(workbook)))), merged)
    except (zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError) as error:
        raise unreadable(DAMAGED()) from error
    except _NO_SPREADSHEET as error:
        raise unreadable(DAMAGED()) from error


def _check_sizes(archive: zipfile.ZipFile, packed_bytes: int) -> None:
    """By what the archive declares. That is also the most that `zipfile` gives out: a part that lies is damaged."""
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MAX_PARTS or unpacked > min(MAX_UNPACKED_BYTES, MAX_RATIO * packed_bytes):
        raise unreadable(BOMB(unpacked=unpacked // (1024 * 1024)))
    if any(part.flag_bits & _ENCRYPTED or part.compress_type not in _COMPRESSIONS for part in parts):
        raise unreadable(DAMAGED())
    if "xl/workbook.xml" not in archive.namelist():
        raise unreadable(NOT_A_SPREADSHEET())


def _merged_cells(archive: zipfile.ZipFile) -> list[Wrong]:
    """Reads each XML part once, in pieces. Raises `Unreadable` where it is more than a catalogue may be."""
    merged: list[str] = []
    parts = [part for part in archive.infolist() if part.filename.endswith((".xml", ".rels"))]
    for part in sorted(parts, key=lambda part: "/worksheets/" not in part.filename):
        with archive.open(part) as file:
            merged += _Part().read(file, part.file_size)
    return [Wrong(_row_of(cells), "", MERGED(cells=cells)) for cells in merged]


def _row_of(cells: str) -> int:
    first = re.search(r"\d{1,7}", cells)
    return int(first.group()) if first else 0


class _Part:
    """One XML part, looked through without keeping it: its rows counted, its merged cells noted."""

    def __init__(self) -> None:
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartElementHandler = self._root
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._most_bytes = MAX_TREE_BYTES
        self._elements = 0
        self._rows = 0
        self._row_is_filled = False
        self._merged: list[str] = []

    def read(self, file: IO[bytes], unpacked_bytes: int) -> list[str]:
        read_bytes = 0
        while piece := file.read(_PIECE_BYTES):
            self._parser.Parse(piece, False)
            read_bytes += len(piece)
            # Looked at after the rows: a list that is too long should be told so.
            if read_bytes > self._most_bytes or self._elements > MAX_SHEET_ELEMENTS:
                raise unreadable(BOMB(unpacked=unpacked_bytes // (1024 * 1024)))
        self._parser.Parse(b"", True)
        return self._merged

    def _doctype(self, *_: object) -> None:
        """Entities that multiply are declared there; spreadsheets have none."""
        raise unreadable(DAMAGED())

    def _root(self, name: str, _: dict[str, str]) -> None:
        if name.endswith(" worksheet"):
            self._most_bytes = MAX_SHEET_BYTES
            self._parser.StartElementHandler = self._count
        else:
            self._parser.StartElementHandler = None

    def _count(self, name: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        match name.rpartition(" ")[2]:
            case "row":
                self._row_is_filled = False
            case "v" | "is" | "f" if not self._row_is_filled:
                self._row_is_filled = True
                self._rows += 1
                if self._rows > MAX_ROWS + 1:
                    raise unreadable(TOO_MANY_ROWS(most=MAX_ROWS))
            case "mergeCell" if len(self._merged) < MAX_MERGED_TOLD:
                self._merged.append(attributes.get("ref", ""))


def _only_filled_sheet(workbook: Any) -> Any:
    filled = [sheet for sheet in workbook.worksheets if any(True for _ in _filled_rows(sheet))]
    if not filled:
        raise unreadable(NO_SHEET())
    if len(filled) > 1:
        raise unreadable(SEVERAL_SHEETS(sheets=", ".join(sheet.title for sheet in filled)))
    return filled[0]


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
            return value.strip() or None
        case int() | float() | None:
            return value
        case _:
            return NOT_A_VALUE(found=type(value).__name__)
