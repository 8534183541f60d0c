"""Which deadlines follow from the opening day of the congress: the one of each task today, and the one to come.

The catalogue says of its items how many days from the opening they are due. A deadline that stands where an opening
day on record puts it, now or before, follows that day; one that stands elsewhere was agreed by hand or by an
extension, and is proposed only where somebody asks for all. Tasks with a fixed date count from no opening day: they
are counted, and named where the date no longer fits the phase.
"""

from collections.abc import Container, Iterable, Sequence
from datetime import date, timedelta
from enum import StrEnum

from pydantic import BaseModel

from shared.domain.decider import EVENTS_AT_ONCE
from shared.domain.task import CLOSED
from shared.reports.congress import CongressOnRecord, on_record
from shared.reports.lines import NamedTask, name_of
from shared.reports.order import task_order
from shared.values.types import FIRST_DAY, LAST_DAY, Phase
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


class WrongSide(NamedTask):
    """A task whose deadline stays and is on the wrong side of the opening for its phase."""

    phase: str
    deadline: date


class Deadlines(BaseModel):
    """`lines` are the tasks whose deadline is not the one that follows; `same` counts those that have it, `fixed`
    those with a day that counts from no opening. `wrong_side` are those that stay and no longer fit their phase.
    Closed tasks are left out."""

    opening_day: date | None
    lines: list[DeadlineLine]
    same: int
    proposed: int
    by_hand: int
    fixed: int = 0
    wrong_side: list[WrongSide] = []


def deadlines_of(
    congress: Sequence[Document], tasks: Iterable[Document], *, with_those_by_hand: bool = False
) -> Deadlines:
    """The deadlines that follow from the opening day; none where there is no opening day."""
    recorded = on_record(congress)
    opening_day = recorded.opening_day if recorded else None
    live = sorted((task for task in tasks if task["status"] not in CLOSED), key=task_order)
    counting = {task["_id"]: task for task in live if task.get("due_offset_days") is not None}
    lines = [
        _line(task, recorded, opening_day, with_those_by_hand)
        for task in counting.values()
        if recorded and opening_day
    ]
    by_hand = {f"{line.unit}/{line.id}" for line in lines if line.standing is Standing.BY_HAND and not line.proposed}
    staying = [task for task in live if _stays(task, counting, by_hand) and task.get("agreed_deadline")]
    return Deadlines(
        opening_day=opening_day,
        lines=[line for line in lines if line.standing is not Standing.SAME],
        same=sum(line.standing is Standing.SAME for line in lines),
        proposed=sum(line.proposed for line in lines),
        by_hand=sum(line.standing is Standing.BY_HAND for line in lines),
        fixed=sum(task["_id"] not in counting for task in staying),
        wrong_side=[_wrong_side(task) for task in staying if opening_day and _misses(task, opening_day)],
    )


def _stays(task: Document, counting: Container[str], by_hand: Container[str]) -> bool:
    return task["_id"] not in counting or task["_id"] in by_hand


def _misses(task: Document, opening_day: date) -> bool:
    deadline = date.fromisoformat(task["agreed_deadline"])
    return (task["phase"] == Phase.AFTER and deadline < opening_day) or (
        task["phase"] == Phase.BEFORE and deadline > opening_day
    )


def _wrong_side(task: Document) -> WrongSide:
    return WrongSide(**name_of(task), phase=task["phase"], deadline=task["agreed_deadline"])


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
