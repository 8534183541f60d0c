"""An XLSX file before a parser that builds trees in memory gets to see it: a zip of XML, looked through part by part
and within bounds. What is found out there is what openpyxl passes over in silence."""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO, NamedTuple
from xml.parsers import expat

from shared.domain.decider import Refusal
from shared.entering.tables import MAX_COLUMNS, MAX_ROWS, TOO_MANY_ROWS, unreadable

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
MAX_NOTED = 1000
_PIECE_BYTES = 64 * 1024
_ENCRYPTED = 0x1
_COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""What Excel writes. The others are unpacked by `zipfile` without a bound."""
_STRICT = "http://purl.oclc.org/ooxml/"
_TRANSITIONAL = {
    b"http://purl.oclc.org/ooxml/spreadsheetml/main": b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    b"http://purl.oclc.org/ooxml/drawingml/main": b"http://schemas.openxmlformats.org/drawingml/2006/main",
    b"http://purl.oclc.org/ooxml/officeDocument/relationships": (
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    ),
}
"""ISO/IEC 29500 has two sets of names for the same elements; openpyxl knows the second."""

BOMB = Refusal("zip_bomb", "The file unpacks to {unpacked} MB, far more than such a table needs; it is not opened.")
DAMAGED = Refusal("damaged_xlsx", "The XLSX file is damaged or protected by a password.")
NOT_A_SPREADSHEET = Refusal("not_a_spreadsheet", "The file is a zip archive but no XLSX spreadsheet.")
MACROS = Refusal("macros", "The file holds macros, which are not wanted here. Save it as «Excel Workbook (.xlsx)».")


@dataclass
class Sheet:
    """What one sheet's XML says beside its values: at most `MAX_NOTED` of each."""

    merged: list[str] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    is_too_wide: bool = False


class Parts(NamedTuple):
    """`sheets` by the path of their part; `content` as openpyxl can read it."""

    sheets: Mapping[str, Sheet]
    content: bytes


def look_through(content: bytes) -> Parts:
    """Reads each XML part once, in pieces. Raises `Unreadable` where it is more than a catalogue may be, and whatever
    `zipfile` and `expat` raise where it is damaged."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        _check_sizes(archive, len(content))
        parts = [part for part in archive.infolist() if part.filename.endswith((".xml", ".rels"))]
        sheets, is_strict = {}, False
        for part in sorted(parts, key=lambda part: "/worksheets/" not in part.filename):
            with archive.open(part) as file:
                xml = _Part()
                xml.read(file, part.file_size)
            sheets[part.filename] = xml.sheet
            is_strict |= xml.is_strict
        return Parts(sheets, _as_transitional(archive, parts) if is_strict else content)


def _check_sizes(archive: zipfile.ZipFile, packed_bytes: int) -> None:
    """Checks the sizes that the archive declares. That is also the most that `zipfile` gives out: a part that lies is
    damaged."""
    parts, names = archive.infolist(), archive.namelist()
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MAX_PARTS or unpacked > min(MAX_UNPACKED_BYTES, MAX_RATIO * packed_bytes):
        raise unreadable(BOMB(unpacked=unpacked // (1024 * 1024)))
    if any(part.flag_bits & _ENCRYPTED or part.compress_type not in _COMPRESSIONS for part in parts):
        raise unreadable(DAMAGED())
    if "xl/workbook.xml" not in names:
        raise unreadable(NOT_A_SPREADSHEET())
    if "xl/vbaProject.bin" in names:
        raise unreadable(MACROS())


def _as_transitional(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> bytes:
    """The same spreadsheet under the other names."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as written:
        for part in parts:
            content = archive.read(part)
            for strict, transitional in _TRANSITIONAL.items():
                content = content.replace(strict, transitional)
            written.writestr(part.filename, content)
    return file.getvalue()


class _Part:
    """One XML part, looked through without keeping it: its rows counted, what is merged or hidden noted."""

    def __init__(self) -> None:
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartElementHandler = self._root
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._most_bytes = MAX_TREE_BYTES
        self._elements = 0
        self._rows = 0
        self._row, self._row_is_hidden, self._row_is_filled = 0, False, False
        self._cell = ""
        self.sheet = Sheet()
        self.is_strict = False

    def read(self, file: IO[bytes], unpacked_bytes: int) -> None:
        read_bytes = 0
        while piece := file.read(_PIECE_BYTES):
            self._parser.Parse(piece, False)
            read_bytes += len(piece)
            # Looked at after the rows: a list that is too long should be told so.
            if read_bytes > self._most_bytes or self._elements > MAX_SHEET_ELEMENTS:
                raise unreadable(BOMB(unpacked=unpacked_bytes // (1024 * 1024)))
        self._parser.Parse(b"", True)

    def _doctype(self, *_: object) -> None:
        """Entities that multiply are declared there; spreadsheets have none."""
        raise unreadable(DAMAGED())

    def _root(self, name: str, _: dict[str, str]) -> None:
        self.is_strict = name.startswith(_STRICT)
        if name.endswith(" worksheet"):
            self._most_bytes = MAX_SHEET_BYTES
            self._parser.StartElementHandler = self._count
        else:
            self._parser.StartElementHandler = None

    def _count(self, name: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        match name.rpartition(" ")[2]:
            case "c":
                self._cell = attributes.get("r", "")
            case "v" | "is" | "f":
                self._value()
            case "row":
                self._begin_row(attributes)
            case "col" if _is_set(attributes, "hidden") and len(self.sheet.hidden_columns) < MAX_NOTED:
                first, last = int(attributes["min"]), int(attributes["max"])
                self.sheet.hidden_columns += range(first, min(last, MAX_COLUMNS) + 1)
            case "mergeCell" if len(self.sheet.merged) < MAX_NOTED:
                self.sheet.merged.append(attributes.get("ref", ""))

    def _begin_row(self, attributes: dict[str, str]) -> None:
        self._row = int(attributes.get("r") or self._row + 1)
        if self._row > LAST_ROW:
            raise unreadable(DAMAGED())
        self._row_is_hidden, self._row_is_filled = _is_set(attributes, "hidden"), False

    def _value(self) -> None:
        self.sheet.is_too_wide |= _column(self._cell) > MAX_COLUMNS
        if self._row_is_filled:
            return
        self._row_is_filled = True
        self._rows += 1
        if self._rows > MAX_ROWS + 1:
            raise unreadable(TOO_MANY_ROWS(most=MAX_ROWS))
        if self._row_is_hidden and len(self.sheet.hidden_rows) < MAX_NOTED:
            self.sheet.hidden_rows.append(self._row)


def _is_set(attributes: dict[str, str], name: str) -> bool:
    return attributes.get(name) in ("1", "true")


def _column(cell: str) -> int:
    """`BM7` → 65."""
    number = 0
    for letter in cell:
        if not "A" <= letter <= "Z" or number > MAX_COLUMNS:
            break
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
