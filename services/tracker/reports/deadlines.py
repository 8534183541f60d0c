"""Which deadlines follow from the opening day of the congress: the one of each task today, and the one to come.

The catalogue says of its items how many days from the opening they are due. A deadline that stands where an opening
day on record puts it, now or before, follows that day; one that stands elsewhere was agreed by hand or by an
extension, and is proposed only where somebody asks for all.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from enum import StrEnum

from pydantic import BaseModel

from services.tracker.reports.congress import CongressOnRecord, on_record
from services.tracker.reports.lines import NamedTask, name_of
from services.tracker.reports.order import task_order
from shared.domain.decider import EVENTS_AT_ONCE
from shared.domain.task import CLOSED
from shared.values.types import FIRST_DAY, LAST_DAY
from shared.views.view import Document


class Standing(StrEnum):
    """Where a deadline stands beside the one that follows from the opening day."""

    SAME = "same"
    MOVES = "moves"
    SETS = "sets"
    BY_HAND = "by_hand"
    OUT_OF_RANGE = "out_of_range"


class DeadlineLine(NamedTask):
    """`deadline` is the one agreed, `in_force` another where the scenario says so, `follows` what follows from the
    opening day. `proposed`: it is to be moved there."""

    due_offset_days: int
    original_deadline: date | None
    deadline: date | None
    in_force: date | None
    follows: date
    standing: Standing
    proposed: bool


class Deadlines(BaseModel):
    """`lines` are the tasks whose deadline is not the one that follows; `same` counts those that have it. Closed
    tasks, and those that count from no opening day, are left out."""

    opening_day: date | None
    lines: list[DeadlineLine]
    same: int
    proposed: int
    by_hand: int


def deadlines_of(
    congress: Sequence[Document], tasks: Iterable[Document], *, with_those_by_hand: bool = False
) -> Deadlines:
    """With no opening day nothing follows."""
    recorded = on_record(congress)
    opening_day = recorded.opening_day if recorded else None
    counting = (task for task in tasks if task.get("due_offset_days") is not None and task["status"] not in CLOSED)
    lines = [
        _line(task, recorded, opening_day, with_those_by_hand)
        for task in sorted(counting, key=task_order)
        if recorded and opening_day
    ]
    return Deadlines(
        opening_day=opening_day,
        lines=[line for line in lines if line.standing is not Standing.SAME],
        same=sum(line.standing is Standing.SAME for line in lines),
        proposed=sum(line.proposed for line in lines),
        by_hand=sum(line.standing is Standing.BY_HAND for line in lines),
    )


def batches(lines: Iterable[DeadlineLine]) -> list[list[DeadlineLine]]:
    """What is proposed, in parts that one command can confirm."""
    proposed = [line for line in lines if line.proposed]
    return [proposed[begin : begin + EVENTS_AT_ONCE] for begin in range(0, len(proposed), EVENTS_AT_ONCE)]


def _line(task: Document, congress: CongressOnRecord, opening_day: date, with_those_by_hand: bool) -> DeadlineLine:
    offset = timedelta(days=task["due_offset_days"])
    agreed = date.fromisoformat(task["agreed_deadline"]) if task["agreed_deadline"] else None
    follows = opening_day + offset
    standing = _standing(agreed, follows, {day + offset for day in congress.opening_days})
    return DeadlineLine(
        **name_of(task),
        due_offset_days=task["due_offset_days"],
        original_deadline=task["original_deadline"],
        deadline=agreed,
        in_force=task["deadline"],
        follows=follows,
        standing=standing,
        proposed=standing in (Standing.MOVES, Standing.SETS) or (with_those_by_hand and standing is Standing.BY_HAND),
    )


def _standing(agreed: date | None, follows: date, at_any_opening: set[date]) -> Standing:
    if agreed == follows:
        return Standing.SAME
    if not FIRST_DAY <= follows <= LAST_DAY:
        return Standing.OUT_OF_RANGE
    if agreed is None:
        return Standing.SETS
    return Standing.MOVES if agreed in at_any_opening else Standing.BY_HAND
