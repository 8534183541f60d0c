"""What the four-point reviews cover and what they left. A gap counts as long as the task has it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from pydantic import BaseModel

from shared.domain.task import CLOSED
from shared.reports.duties import is_duty
from shared.reports.lines import NamedTask, is_suspended, lacks, name_of, offset_of
from shared.reports.order import PHASES, listed_units, place
from shared.values.code_lists import Entries
from shared.values.ordering import natural
from shared.views.view import Document

DUTIES = "duties"
"""Under this name the localities' continuing duties stand beside the groups of the catalogue."""


class Coverage(BaseModel):
    """How the review stands with the open tasks that are not suspended; `gaps` are those of now."""

    tasks: int = 0
    reviewed: int = 0
    gaps: int = 0
    explained: int = 0

    @property
    def left(self) -> int:
        return self.gaps - self.explained


class ReviewLine(BaseModel):
    """A unit's latest review. `gaps_at_opening` were found when a task came under review, at its opening or later;
    `appeared` came since; `left` are neither fixed nor explained."""

    unit: str
    review_id: str
    status: str
    due_on: str | None
    signed_by: str | None
    tasks: int
    confirmed: int
    gaps_at_opening: int
    fixed: int
    appeared: int
    explained: int
    left: int


class Change(BaseModel):
    """A task that does not stand any more as the unit's last closed review signed it."""

    unit: str
    task_id: str
    missing_when_signed: tuple[str, ...]
    missing_now: tuple[str, ...]


class SheetRow(NamedTask):
    """A task of a review with its four essentials as they are now. `explained` says why a gap stays, by essential;
    `at_opening` are the gaps found when the task came under review."""

    status: str
    is_suspended: bool
    collective: str | None
    individual: str | None
    deadline: date | None
    due_offset_days: int | None
    planned_vnd: int
    secured_vnd: int
    funding_source: str | None
    confirmed: bool
    entered_later: bool
    at_opening: tuple[str, ...]
    missing: tuple[str, ...]
    explained: dict[str, str]

    @property
    def left(self) -> tuple[str, ...]:
        """Gaps that are neither fixed nor explained."""
        return tuple(gap for gap in self.missing if gap not in self.explained)


class Reviews(BaseModel):
    latest: list[ReviewLine]
    by_unit: dict[str, Coverage]
    by_group: dict[str, Coverage]
    by_phase: dict[str, Coverage]
    changed_since: list[Change]


def summarise(tasks: Sequence[Document], reviews: Sequence[Document], listed: Entries | None = None) -> Reviews:
    """`listed` are the units of the congress, in its order."""
    units = listed_units(listed)
    by_id = {task["_id"]: task for task in tasks}
    latest = _latest_of_each_unit(reviews, units)
    signed = _latest_of_each_unit([review for review in reviews if review["status"] == "closed"], units)
    open_tasks = [task for task in tasks if task["status"] not in CLOSED and not is_suspended(task)]
    return Reviews(
        latest=[line_of_review(review, by_id) for review in latest.values()],
        by_unit=_coverage(open_tasks, latest, lambda task: str(task["unit"]), units),
        by_group=_coverage(open_tasks, latest, _group_of),
        by_phase=_coverage(open_tasks, latest, lambda task: str(task["phase"]), PHASES),
        changed_since=[change for review in signed.values() for change in _changes(review, by_id)],
    )


def review_lines(reviews: Iterable[Document], tasks: Iterable[Document]) -> list[ReviewLine]:
    """A line for every review, the newest first."""
    by_id = {task["_id"]: task for task in tasks}
    newest_first = sorted(reviews, key=lambda review: (review["opened_at"], natural(review["_id"])), reverse=True)
    return [line_of_review(review, by_id) for review in newest_first]


def sheet_of(review: Document, by_id: Mapping[str, Document]) -> list[SheetRow]:
    """The review task by task, in the order of their numbers; `by_id` holds the documents of `tasks` by their key.
    A task that is not there is left out."""
    rows = (
        (by_id.get(f"{review['unit']}/{task_id}"), review["items"][task_id])
        for task_id in sorted(review["items"], key=natural)
    )
    return [_sheet_row(task, item) for task, item in rows if task]


def _sheet_row(task: Document, item: Document) -> SheetRow:
    plain = {name: task[name] for name in ("status", "collective", "individual", "planned_vnd", "funding_source")}
    return SheetRow(
        **name_of(task),
        **plain,
        is_suspended=is_suspended(task),
        deadline=task["deadline"],
        due_offset_days=offset_of(task),
        secured_vnd=task["secured_vnd"] or 0,
        confirmed=item["confirmed"],
        entered_later=item.get("entered_later", False),
        at_opening=item["at_opening"],
        missing=lacks(task),
        explained=item["explained"],
    )


def _group_of(task: Document) -> str:
    return DUTIES if is_duty(task) else str(task["group"]["number"])


def _latest_of_each_unit(reviews: Iterable[Document], units: tuple[str, ...]) -> dict[str, Document]:
    in_order = sorted(
        reviews, key=lambda review: (place(review["unit"], units), review["opened_at"], natural(review["_id"]))
    )
    return {review["unit"]: review for review in in_order}


def _coverage(
    tasks: Iterable[Document],
    latest: dict[str, Document],
    group_of: Callable[[Document], str],
    order: tuple[str, ...] = (),
) -> dict[str, Coverage]:
    """In this order; what has no place in it by number, then by name."""
    groups: dict[str, Coverage] = {}
    for task in tasks:
        cells = groups.setdefault(group_of(task), Coverage())
        item = latest.get(task["unit"], {}).get("items", {}).get(task["task_id"])
        cells.tasks += 1
        cells.reviewed += item is not None
        cells.gaps += len(lacks(task))
        cells.explained += sum(gap in item["explained"] for gap in lacks(task)) if item else 0
    return {name: groups[name] for name in sorted(groups, key=lambda name: (place(name, order)[0], natural(name)))}


def line_of_review(review: Document, by_id: Mapping[str, Document]) -> ReviewLine:
    """`by_id` holds at least the tasks of its unit, by their key."""
    items = [(item, set(_missing_now(review, task_id, by_id))) for task_id, item in review["items"].items()]
    plain: dict[str, Any] = {name: review[name] for name in ("unit", "review_id", "status", "due_on", "signed_by")}
    return ReviewLine(
        **plain,
        tasks=len(items),
        confirmed=sum(item["confirmed"] for item, _ in items),
        gaps_at_opening=sum(len(item["at_opening"]) for item, _ in items),
        fixed=sum(len(set(item["at_opening"]) - now) for item, now in items),
        appeared=sum(len(now - set(item["at_opening"])) for item, now in items),
        explained=sum(len(now & set(item["explained"])) for item, now in items),
        left=sum(len(now - set(item["explained"])) for item, now in items),
    )


def _changes(review: Document, by_id: dict[str, Document]) -> Iterable[Change]:
    for task_id, item in sorted(review["items"].items(), key=lambda entry: natural(entry[0])):
        now = _missing_now(review, task_id, by_id)
        if tuple(item["found"]) != now:
            yield Change(
                unit=review["unit"], task_id=task_id, missing_when_signed=tuple(item["found"]), missing_now=now
            )


def _missing_now(review: Document, task_id: str, by_id: Mapping[str, Document]) -> tuple[str, ...]:
    task = by_id.get(f"{review['unit']}/{task_id}")
    return lacks(task) if task else ()
