"""A catalogue from a file: bytes in, items or a list of everything that is wrong out. Pure: knows no disk, no network
and not what is published already.

The columns are those of `data/namdinh-xx/catalogue.csv`, under these names or their Vietnamese headings."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from operator import attrgetter
from typing import Any, NamedTuple

from daihoi.importing import tables
from daihoi.importing.csv_table import csv_table
from daihoi.importing.tables import Cell, Row, Table, Unreadable, Wrong
from daihoi.importing.xlsx_table import xlsx_table
from shared.domain.decider import Refusal, Refused
from shared.events.catalogue_item import Item
from shared.values.text import Unclean, clean
from shared.values.types import Phase, Scenario
from shared.values.units import support_unit_ids

_ZIP = b"PK\x03\x04"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PART = "EncryptedPackage".encode("utf-16-le")
_LONGEST_TEXT = 2000

OLD_XLS = Refusal("old_xls", "The file is of an old Excel (.xls). Save it as «Excel Workbook (.xlsx)».")
PROTECTED = Refusal(
    "password_protected", "The file is protected by a password. Take the password off, and save it again as XLSX."
)
EMPTY = Refusal("empty_file", "There is no row below the header.")
NO_CATALOGUE = Refusal(
    "no_catalogue", "The first row has none of the catalogue's columns: {columns}. Is this the right file?"
)
UNKNOWN_COLUMN = Refusal("unknown_column", "There is no column «{name}»; the columns are {known}.")
MISSING_COLUMN = Refusal("missing_column", "The column {name} is missing ({heading}).")
DUPLICATE_COLUMN = Refusal("duplicate_column", "The column {name} is there more than once.")
NO_HEADING = Refusal("no_heading", "There is a value in column {number}, which has no heading.")
NO_VALUE = Refusal("no_value", "There has to be a value.")
NOT_TEXT = Refusal("not_text", "{found} is a number; format the cell as text, so that 1.10 does not turn into 1.1.")
TOO_LONG = Refusal("too_long", "The text has {length} characters; at most {most} are allowed.")
DAMAGED_TEXT = Refusal("damaged_text", "The text has characters that an earlier conversion has damaged ({found!r}).")
CONTROL = Refusal("control_character", "The text holds a control character, which nobody can see; type it again.")
OVERRIDE = Refusal(
    "bidi_override", "The text holds a sign that turns the direction of writing and misleads readers; type it again."
)
HALF = Refusal("lone_surrogate", "The text holds half a character; type it again.")
UNSEEN = Refusal("nothing_to_see", "There is something in the cell that nobody can see; empty it or write a value.")
_UNCLEAN = {refusal.code: refusal for refusal in (CONTROL, OVERRIDE, HALF, UNSEEN)}
NOT_A_CODE = Refusal("not_a_code", "«{found}» is no code: numbers with dots between, such as 1.03.")
DUPLICATE_CODE = Refusal("duplicate_code", "The code {code} is already in row {row}.")
NOT_A_NUMBER = Refusal("not_a_number", "«{found}» is no whole number.")
AMBIGUOUS_NUMBER = Refusal(
    "ambiguous_number", "«{found}» can be read in two ways; write the number without separators."
)
OUT_OF_RANGE = Refusal("out_of_range", "{found} is not between {least} and {most}.")
NOT_ONE_OF = Refusal("not_one_of", "«{found}» is none of {choices}.")


class Reading(NamedTuple):
    """The items in the order of the file, and what somebody should know of it before taking them."""

    items: tuple[Item, ...]
    remarks: tuple[Refused, ...]


def read_file(content: bytes) -> Reading:
    """Raises `Unreadable` with everything that is wrong."""
    table = _table_of(content)
    header, *rows = table.rows or [Row(1, [])]
    columns, errors = _columns(header)
    if not columns and any(header.cells):
        raise Unreadable(Wrong(header.number, "", NO_CATALOGUE(columns=", ".join(COLUMNS))), *table.wrong)
    wrong = [*table.wrong, *errors]
    if not rows:
        wrong.append(Wrong(0, "", EMPTY()))
    items = list(_items(header, columns, rows, wrong))
    if wrong:
        raise Unreadable(*sorted(wrong, key=attrgetter("row")))
    return Reading(tuple(items), tuple(table.remarks))


def _table_of(content: bytes) -> Table:
    if len(content) > tables.MAX_FILE_BYTES:
        raise tables.unreadable(tables.TOO_MANY_BYTES(most=tables.MAX_FILE_BYTES // (1024 * 1024)))
    if content.startswith(_OLD_OFFICE):
        raise tables.unreadable(PROTECTED() if _ENCRYPTED_PART in content else OLD_XLS())
    return xlsx_table(content) if content.startswith(_ZIP) else csv_table(content)


# --- the header ---
def _columns(header: Row) -> tuple[dict[int, "Column"], list[Wrong]]:
    """Which column stands where, and all that is wrong with the header."""
    columns: dict[int, Column] = {}
    wrong: list[Wrong] = []
    for position, cell in enumerate(header.cells):
        if isinstance(cell, Refused):
            wrong.append(Wrong(header.number, "", cell))
        elif cell is not None:
            column = BY_HEADING.get(_heading(cell))
            if column is None:
                why = UNKNOWN_COLUMN(name=tables.quoted(cell), known=", ".join(COLUMNS))
                wrong.append(Wrong(header.number, tables.quoted(cell), why))
            elif column in columns.values():
                wrong.append(Wrong(header.number, column.name, DUPLICATE_COLUMN(name=column.name)))
            else:
                columns[position] = column
    wrong += [
        Wrong(header.number, column.name, MISSING_COLUMN(name=column.name, heading=column.heading_vi))
        for column in COLUMNS.values()
        if column not in columns.values()
    ]
    return columns, wrong


def _heading(cell: Cell) -> str:
    with suppress(Unclean):
        cell = clean(str(cell))
    return re.sub(r"[\s_]+", " ", str(cell)).strip().casefold()


# --- the rows ---
def _items(header: Row, columns: dict[int, "Column"], rows: Sequence[Row], wrong: list[Wrong]) -> Iterator[Item]:
    """The items of the rows that are right; the others are added to `wrong`."""
    complete = len(columns) == len(COLUMNS)
    rows_of_codes: dict[str, int] = {}
    for row in rows:
        values: dict[str, Any] = {}
        errors = [Wrong(row.number, "", NO_HEADING(number=number)) for number in _without_heading(header, row)]
        for position, column in columns.items():
            cell = row.cells[position] if position < len(row.cells) else None
            try:
                values[column.name] = _value(column, cell)
            except Refused as why:
                errors.append(Wrong(row.number, column.name, why))
        code = values.get("code")
        if code is not None and (first := rows_of_codes.setdefault(code, row.number)) != row.number:
            errors.append(Wrong(row.number, "code", DUPLICATE_CODE(code=code, row=first)))
        wrong += errors
        if complete and not errors:
            yield item_of(values)


def _without_heading(header: Row, row: Row) -> list[int]:
    """The columns that have a value here and no heading. An unknown heading is told with the header."""
    headings = [*header.cells, *[None] * (len(row.cells) - len(header.cells))]
    pairs = enumerate(zip(row.cells, headings, strict=False), start=1)
    return [number for number, (cell, heading) in pairs if heading is None and cell is not None]


def _value(column: "Column", cell: Cell) -> Any:
    if isinstance(cell, Refused):
        raise cell
    if isinstance(cell, str):
        cell = _clean(cell) or None
    if cell is None:
        if column.may_be_empty:
            return ""
        raise NO_VALUE()
    return column.read(cell)


def _clean(cell: str) -> str:
    """One letter has one form, whoever typed it: macOS writes letters and marks apart."""
    try:
        return clean(cell)
    except Unclean as why:
        raise _UNCLEAN[why.code]() from why


def _text(cell: str | int | float) -> str:
    if not isinstance(cell, str):
        raise NOT_TEXT(found=cell)
    if "\ufffd" in cell:
        raise DAMAGED_TEXT(found="\ufffd")
    if len(cell) > _LONGEST_TEXT:
        raise TOO_LONG(length=len(cell), most=_LONGEST_TEXT)
    return cell


def _code(cell: str | int | float) -> str:
    text = _text(cell)
    if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,4})+", text):
        raise NOT_A_CODE(found=tables.quoted(text))
    return text


def _choice(choices: Callable[[], Collection[str]]) -> Callable[[str | int | float], str]:
    def read(cell: str | int | float) -> str:
        text = str(cell).casefold()
        if text not in choices():
            raise NOT_ONE_OF(found=tables.quoted(cell), choices=", ".join(choices()))
        return text

    return read


def _whole_number(least: int, most: int) -> Callable[[str | int | float], int]:
    def read(cell: str | int | float) -> int:
        number = _integer(cell)
        if not least <= number <= most:
            raise OUT_OF_RANGE(found=number, least=least, most=most)
        return number

    return read


def _integer(cell: str | int | float) -> int:
    """Thousands may be set apart by dots, commas or blanks, where that can't be a decimal sign."""
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    text = re.sub(r"[\u00a0\u202f]", " ", str(cell)).replace("−", "-")
    if re.fullmatch(r"[+-]?[0-9]{1,18}", text):
        return int(text)
    if isinstance(cell, str) and re.fullmatch(r"[+-]?[0-9]{1,3}[.,][0-9]{3}", text):
        raise AMBIGUOUS_NUMBER(found=tables.quoted(text))
    if isinstance(cell, str) and re.fullmatch(r"[+-]?[0-9]{1,3}([., ])[0-9]{3}(\1[0-9]{3}){0,4}", text):
        return int(re.sub(r"[., ]", "", text))
    raise NOT_A_NUMBER(found=tables.quoted(cell))


# --- what the columns are, and how an item is spread over them ---
class Column(NamedTuple):
    name: str
    heading_vi: str
    read: Callable[[str | int | float], Any]
    may_be_empty: bool = False


COLUMNS = {
    column.name: column
    for column in (
        Column("code", "Mã", _code),
        Column("group", "Nhóm", _whole_number(1, 99)),
        Column("group_vi", "Tên nhóm", _text),
        Column("group_en", "Tên nhóm (tiếng Anh)", _text, may_be_empty=True),
        Column("title_vi", "Nội dung", _text),
        Column("title_en", "Nội dung (tiếng Anh)", _text, may_be_empty=True),
        Column("unit", "Bộ phận", _choice(support_unit_ids)),
        Column("phase", "Giai đoạn", _choice(lambda: [*Phase])),
        Column("scenario", "Kịch bản", _choice(lambda: [*Scenario])),
        Column("due_offset_days", "Thời hạn (ngày)", _whole_number(-3650, 3650)),
        Column("budget_vnd", "Kinh phí (đồng)", _whole_number(0, 10**15)),
    )
}
BY_HEADING = {_heading(name): column for column in COLUMNS.values() for name in (column.name, column.heading_vi)}


def item_of(values: dict[str, Any]) -> Item:
    """The item that stands in a row's values."""
    plain = {name: values[name] for name in ("code", "unit", "phase", "scenario", "due_offset_days", "budget_vnd")}
    title = {"vi": values["title_vi"], "en": values["title_en"]}
    group = {"number": values["group"], "name": {"vi": values["group_vi"], "en": values["group_en"]}}
    return Item.model_validate({**plain, "title": title, "group": group})


def values_of(item: Item) -> dict[str, Any]:
    """What stands in a row for this item."""
    title, group = item.title, item.group
    values = item.model_dump(mode="json", exclude={"title", "group"})
    values |= {"title_vi": title.vi, "title_en": title.en}
    values |= {"group": group.number, "group_vi": group.name.vi, "group_en": group.name.en}
    return {name: values[name] for name in COLUMNS}
