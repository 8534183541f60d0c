"""What the address of the task list says: which tasks, in which order, which page. What makes no sense is ignored."""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from shared.domain.task import TaskStatus
from shared.reports.my_work import Attention
from shared.reports.task_list import TaskCell, TaskFilter, TaskSort
from shared.values.types import Phase

PAGE_TASKS = 50
MOST_PAGES = 10_000
MOST_GROUP = 10_000
LONGEST_TEXT = 200


class Wanted(NamedTuple):
    """`page` counts from 1; `only_mine`: those in charge of whoever looks, of what `attention` lets through."""

    filter: TaskFilter
    attention: Attention | None
    sort: TaskSort
    descending: bool
    page: int
    only_mine: bool = False

    @property
    def skip(self) -> int:
        return (self.page - 1) * PAGE_TASKS

    def on_page(self, matching: int) -> "Wanted":
        """On the last page where there are not so many."""
        return self._replace(page=min(self.page, pages_of(matching)))


def pages_of(matching: int) -> int:
    return max(1, -(-matching // PAGE_TASKS))


def wanted_of(query: Mapping[str, str]) -> Wanted:
    return Wanted(
        TaskFilter(
            status=_one_of(TaskStatus, query.get("status", "")),
            cell=_one_of(TaskCell, query.get("cell", "")),
            phase=_one_of(Phase, query.get("phase", "")),
            group=_whole(query.get("group", ""), MOST_GROUP) or None,
            collective=_text(query.get("collective", "")),
            individual=_text(query.get("individual", "")),
            text=_text(query.get("q", "")),
        ),
        _one_of(Attention, query.get("view", "")),
        _one_of(TaskSort, query.get("sort", "")) or TaskSort.NUMBER,
        query.get("descending") == "1",
        max(1, _whole(query.get("page", ""), MOST_PAGES)),
        query.get("whose") == "mine",
    )


def _one_of[Kind: StrEnum](kind: type[Kind], value: str) -> Kind | None:
    return kind(value) if value in kind else None


def _whole(text: str, most: int) -> int:
    """0 where it is no number."""
    return min(int(text), most) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _text(text: str) -> str:
    return text.strip()[:LONGEST_TEXT]
