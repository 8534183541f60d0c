"""The code lists of the congress: which there are and how long they are, and the entries of one."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from pydantic import BaseModel

from shared.reports.lists_in_use import lists_in_use
from shared.values.code_lists import CodeList, Entry
from shared.views.code_lists import VIEW
from shared.views.view import Document


class ListLine(BaseModel):
    """`published` is whether anything of it is on record; otherwise it is as it is by default."""

    id: str
    entries: int
    retired: int
    published: bool
    template: str | None = None
    changed_at: datetime | None = None
    changed_by: str | None = None


class ListPage(BaseModel):
    """`entries` in the order of every report."""

    line: ListLine
    entries: list[Entry]
    left_out: int
    """Retired entries that are not shown."""


def list_lines(documents: Iterable[Document]) -> list[ListLine]:
    """A line for every list in the view `code_lists`."""
    by_id = {document["_id"]: document for document in documents}
    return [_line(code_list, by_id) for code_list in CodeList]


def _line(code_list: CodeList, by_id: dict[str, Document]) -> ListLine:
    entries = lists_in_use({VIEW.name: list(by_id.values())})[code_list]
    retired = sum(entry.retired for entry in entries)
    document = by_id.get(code_list, {})
    signed = {name: document.get(name) for name in ("template", "changed_at", "changed_by")}
    return ListLine(id=code_list, entries=len(entries) - retired, retired=retired, published=bool(document), **signed)


def list_page(documents: Sequence[Document], code_list: CodeList, *, with_retired: bool = False) -> ListPage:
    line = next(line for line in list_lines(documents) if line.id == code_list)
    entries = lists_in_use({VIEW.name: documents})[code_list]
    shown = [entry for entry in entries if with_retired or not entry.retired]
    return ListPage(line=line, entries=shown, left_out=len(entries) - len(shown))
