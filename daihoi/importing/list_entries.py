"""Entries of code lists as people write them: in a section of a file, or as a table of `id`, `vi` and `en`."""

from collections.abc import Mapping, Sequence
from typing import Any

from daihoi.importing.csv_table import csv_table
from daihoi.importing.plain import plain
from daihoi.importing.tables import Row, Unreadable
from services.subcommittee.templates import ListEntries
from shared.domain.decider import Refusal
from shared.values.brief import brief_text
from shared.values.code_lists import CodeList

HEADINGS: Mapping[str, Sequence[str]] = {
    "id": ("id", "ma"),
    "vi": ("vi", "ten", "ten tieng viet"),
    "en": ("en", "ten tieng anh"),
}
MOST_SHOWN = 60

NO_SUCH_LIST = Refusal("no_such_list", "There is no list {name}; there are {names}.")
NO_ENTRIES = Refusal(
    "no_list_entries", "What is said of the list {list} is no list of entries with id, vi and, if you like, en."
)
NO_LIST_HEADINGS = Refusal(
    "no_list_headings", "The first row of the table is to name the columns id, vi and, if you like, en."
)


def lists_in(section: Any) -> Mapping[CodeList, ListEntries]:
    """`{"channels": [{"id": "zalo", "vi": "Zalo"}]}`, by the name of the list. Raises a refusal."""
    if section is None:
        return {}
    if not isinstance(section, dict):
        raise NO_ENTRIES(list="lists")
    for name in section:
        if name not in CodeList:
            raise NO_SUCH_LIST(name=brief_text(name, MOST_SHOWN), names=", ".join(CodeList))
    return {CodeList(name): entries_in(entries, name) for name, entries in section.items()}


def entries_in(entries: Any, name: str) -> ListEntries:
    """Numbers for ids, as of groups, may be written as such. Raises a refusal."""
    if not isinstance(entries, list) or not all(map(_is_entry, entries)):
        raise NO_ENTRIES(list=name)
    return [{part: str(text).strip() for part, text in entry.items() if text is not None} for entry in entries]


def _is_entry(entry: Any) -> bool:
    if not isinstance(entry, dict) or not {"id", "vi"} <= entry.keys() <= {"id", "vi", "en"}:
        return False
    texts = (entry["vi"], entry.get("en"))
    return type(entry["id"]) in (str, int) and all(text is None or isinstance(text, str) for text in texts)


def entries_in_table(content: bytes, name: str) -> ListEntries:
    """Of a CSV file whose first row names the columns. Raises a refusal."""
    try:
        header, *rows = csv_table(content).rows or (Row(1, ()),)
    except Unreadable as unreadable:
        raise unreadable.errors[0].why from unreadable
    columns = [_column(cell) for cell in header.cells]
    if not {"id", "vi"} <= set(columns):
        raise NO_LIST_HEADINGS()
    entries = [dict(zip(columns, row.cells, strict=False)) for row in rows]
    return entries_in([{part: cell for part, cell in entry.items() if part} for entry in entries], name)


def _column(cell: Any) -> str:
    heading = plain(str(cell or ""))
    return next((part for part, headings in HEADINGS.items() if heading in headings), "")
