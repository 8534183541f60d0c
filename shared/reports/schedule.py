"""Beside the calendar: what is late, by how many days and whose it is, and what falls due in the coming period."""

from collections.abc import Iterable
from datetime import date, timedelta

from pydantic import BaseModel

from shared.reports.cells import cell_of
from shared.reports.conditions import state_of
from shared.reports.lines import NamedTask, name_of
from shared.views.view import Document

LATE = ("open_overdue", "completed_late")
COMING_DAYS = 15
MOST_COMING_DAYS = 366


class InCharge(NamedTask):
    collective: str | None
    individual: str | None
    directing_leader: str | None


class LateLine(InCharge):
    """`days_late`: from the deadline to the day of completion, or to the day of the report where it is not done."""

    cell: str
    original_deadline: date | None
    deadline: date
    completed_on: date | None
    days_late: int
    past_because: str | None = None


class ComingLine(InCharge):
    state: str
    deadline: date
    days_left: int
    product: str | None


class Coming(BaseModel):
    """What is due today or in the `days` after, and not done; by deadline."""

    days: int
    until: date
    lines: list[ComingLine]


def late_of(tasks: Iterable[Document], today: date) -> list[LateLine]:
    """What is not done first, then what was done late; the latest of each first."""
    lines = [_late(task, today) for task in tasks if cell_of(task, today) in LATE]
    return sorted(lines, key=lambda line: (LATE.index(line.cell), -line.days_late))


def days_late(task: Document, today: date) -> int:
    """0 for what is not late."""
    if cell_of(task, today) not in LATE:
        return 0
    end = date.fromisoformat(task["completed_on"]) if task["completed_on"] else today
    return (end - date.fromisoformat(task["deadline"])).days


def coming_of(tasks: Iterable[Document], today: date, days: int) -> Coming:
    until = today + timedelta(days=days)
    due = [task for task in tasks if cell_of(task, today) == "open_in_time"]
    lines = [_coming(task, today) for task in due if date.fromisoformat(task["deadline"]) <= until]
    return Coming(days=days, until=until, lines=sorted(lines, key=lambda line: line.deadline))


def _late(task: Document, today: date) -> LateLine:
    dated = {name: task[name] for name in ("original_deadline", "deadline", "completed_on")}
    return LateLine(
        **in_charge_of(task),
        **dated,
        cell=cell_of(task, today),
        days_late=days_late(task, today),
        past_because=task.get("past_because"),
    )


def _coming(task: Document, today: date) -> ComingLine:
    deadline = date.fromisoformat(task["deadline"])
    return ComingLine(
        **in_charge_of(task),
        state=state_of(task),
        deadline=deadline,
        days_left=(deadline - today).days,
        product=task.get("product"),
    )


def in_charge_of(task: Document) -> Document:
    """The fields of `InCharge`; earlier versions' views don't say who directs."""
    leader = {"directing_leader": task.get("directing_leader")}
    return name_of(task) | {"collective": task["collective"], "individual": task["individual"]} | leader
