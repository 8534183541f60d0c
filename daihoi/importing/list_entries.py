"""Entries of code lists as people write them: in a section of a file, or as a table of `id`, `vi` and `en`."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.subcommittee.importing.csv_table import csv_table
from services.subcommittee.templates import ListEntries
from shared.domain.decider import Refusal
from shared.entering.plain import plain
from shared.entering.tables import Row, Unreadable, rows_too_long
from shared.values.brief import brief_text
from shared.values.code_lists import LIST_NAMES, CodeList
from shared.values.message import Message

HEADINGS: Mapping[str, Sequence[str]] = {
    "id": ("id", "ma"),
    "vi": ("vi", "ten", "ten tieng viet"),
    "en": ("en", "ten tieng anh"),
}
MOST_SHOWN = 60

NO_SUCH_LIST = Refusal("no_such_list", "There is no list {name}; there are {names}.")
NO_LISTS = Refusal("no_list_entries", "What is said of the lists is no list names, each with its entries.")
NO_ENTRIES = Refusal(
    "no_list_entries", "What is said of the list «{list}» is no list of entries with id, vi and, if you like, en."
)
WRONG_ENTRY = Refusal("no_list_entries", "The list «{list}», entry {number}: {reason}.")
WRONG_ROW = Refusal("no_list_entries", "The list «{list}», row {number}: {reason}.")
ROW_TOO_LONG = Refusal("more_cells_than_headings", "The list «{list}», row {number}: {reason}")
HEADING_TWICE = Refusal(
    "list_heading_twice", "The list «{list}»: two columns of the first row are named {column}; name each once."
)
IS_MISSING = Message("part_missing", "{part} is missing")
IS_NO_PART = Message("part_unknown", "there is {part}, and only id, vi and en are understood")
IS_NO_TEXT = Message("part_no_text", "{part} is no text")
NOT_PARTS = Message("no_parts", "this is no entry with id, vi and, if you like, en")
PARTS = ("id", "vi", "en")
NO_LIST_HEADINGS = Refusal(
    "no_list_headings", "The first row of the table is to name the columns id, vi and, if you like, en."
)


def lists_in(section: Any) -> Mapping[CodeList, ListEntries]:
    """`{"channels": [{"id": "zalo", "vi": "Zalo"}]}`, by the name of the list. Raises a refusal."""
    if section is None:
        return {}
    if not isinstance(section, dict):
        raise NO_LISTS()
    for name in section:
        if name not in CodeList:
            raise NO_SUCH_LIST(name=brief_text(name, MOST_SHOWN), names=", ".join(CodeList))
    return {CodeList(name): entries_in(entries, CodeList(name)) for name, entries in section.items()}


def entries_in(entries: Any, code_list: CodeList) -> ListEntries:
    """Numbers for ids, as of groups, may be written as such. Raises a refusal."""
    if not isinstance(entries, list):
        raise NO_ENTRIES(list=LIST_NAMES[code_list])
    return _checked(list(enumerate(entries, start=1)), code_list, WRONG_ENTRY)


def _checked(numbered: Sequence[tuple[int, Any]], code_list: CodeList, wrong: Refusal) -> ListEntries:
    for number, entry in numbered:
        if why := _why_no_entry(entry):
            raise wrong(list=LIST_NAMES[code_list], number=number, reason=why)
    return [{part: str(text).strip() for part, text in entry.items() if text is not None} for _, entry in numbered]


def _why_no_entry(entry: Any) -> Message | None:
    if not isinstance(entry, dict):
        return NOT_PARTS
    unknown = [name for name in entry if name not in PARTS]
    missing = [part for part in ("id", "vi") if entry.get(part) is None]
    if unknown or missing:
        problem = IS_NO_PART.filled(part=brief_text(unknown[0], MOST_SHOWN)) if unknown else None
        return problem or IS_MISSING.filled(part=missing[0])
    if type(entry["id"]) not in (str, int):
        return IS_NO_TEXT.filled(part="id")
    other = [part for part in ("vi", "en") if not isinstance(entry.get(part), str | None)]
    return IS_NO_TEXT.filled(part=other[0]) if other else None


def entries_in_table(content: bytes, code_list: CodeList) -> ListEntries:
    """The entries in a CSV file whose first row names the columns. Raises a refusal."""
    try:
        table = csv_table(content)
    except Unreadable as unreadable:
        raise unreadable.errors[0].why from unreadable
    header, *rows = table.rows or (Row(1, ()),)
    columns = [_column(cell) for cell in header.cells]
    if not {"id", "vi"} <= set(columns):
        raise NO_LIST_HEADINGS()
    if twice := [column for column in filter(None, columns) if columns.count(column) > 1]:
        raise HEADING_TWICE(list=LIST_NAMES[code_list], column=twice[0])
    for row, _, why, _ in rows_too_long(rows, _up_to_last(header), table.separator):
        raise ROW_TOO_LONG(list=LIST_NAMES[code_list], number=row, reason=why.message)
    return _checked([(row.number, _parts(columns, row)) for row in rows], code_list, WRONG_ROW)


def _up_to_last(header: Row) -> Row:
    """Without the empty cells that programs put at its end."""
    last = max((at for at, cell in enumerate(header.cells, start=1) if cell is not None), default=0)
    return Row(header.number, header.cells[:last])


def _parts(columns: Sequence[str], row: Row) -> dict[str, Any]:
    return {part: cell for part, cell in zip(columns, row.cells, strict=False) if part}


def _column(cell: Any) -> str:
    heading = plain(str(cell or ""))
    return next((part for part, headings in HEADINGS.items() if heading in headings), "")
