"""The cells that every task is counted in, exactly one each: by what people did and by what the calendar says."""

from collections.abc import Iterable
from datetime import date, timedelta

from pydantic import BaseModel

from shared.domain.task import TaskStatus
from shared.reports.lines import is_suspended
from shared.views.view import Document

DUE_SOON = timedelta(days=3)


class Share(BaseModel):
    """`part` of `whole`; `percent` has two decimals, rounded down, and is missing where there is no whole."""

    part: int
    whole: int
    percent: float | None

    @classmethod
    def of(cls, part: int, whole: int) -> "Share":
        return cls(part=part, whole=whole, percent=part * 10_000 // whole / 100 if whole else None)


class Cells(BaseModel):
    """`tasks` is the sum of the six cells, without cancelled ones. Money is that of tasks not suspended. What some
    tasks lack, others' surplus does not fill: planned + surplus = secured + unsecured."""

    tasks: int = 0
    completed_on_time: int = 0
    completed_late: int = 0
    open_in_time: int = 0
    open_overdue: int = 0
    no_deadline: int = 0
    suspended: int = 0
    cancelled: int = 0
    completed: int = 0
    planned_vnd: int = 0
    secured_vnd: int = 0
    unsecured_vnd: int = 0
    surplus_vnd: int = 0

    @property
    def completion(self) -> Share:
        """Completed of all tasks, suspended ones too."""
        return Share.of(self.completed, self.tasks)

    @property
    def open_tasks(self) -> int:
        """How many are to be done and not done; suspended ones are not to be done for now."""
        return self.tasks - self.completed - self.suspended

    @property
    def punctuality(self) -> Share:
        """Done of what should be done by now: done ÷ (done + overdue), as official tables print it."""
        return Share.of(self.completed, self.completed + self.open_overdue)


def cell_of(task: Document, today: date) -> str:
    if task["status"] == TaskStatus.CANCELLED:
        return "cancelled"
    if is_suspended(task):
        return "suspended"
    if task["deadline"] is None:
        return "no_deadline"
    deadline = date.fromisoformat(task["deadline"])
    if task["status"] == TaskStatus.COMPLETED:
        return "completed_on_time" if date.fromisoformat(task["completed_on"]) <= deadline else "completed_late"
    return "open_in_time" if today <= deadline else "open_overdue"


def count(tasks: Iterable[Document], today: date) -> Cells:
    cells = Cells()
    for task in tasks:
        cell = cell_of(task, today)
        setattr(cells, cell, getattr(cells, cell) + 1)
        if cell == "cancelled":
            continue
        cells.tasks += 1
        if cell == "suspended":
            continue
        cells.completed += task["status"] == TaskStatus.COMPLETED
        planned, secured = task["planned_vnd"], task["secured_vnd"] or 0
        cells.planned_vnd += planned
        cells.secured_vnd += secured
        cells.unsecured_vnd += max(0, planned - secured)
        cells.surplus_vnd += max(0, secured - planned)
    return cells


def where(tasks: Iterable[Document], name: str, value: str) -> list[Document]:
    return [task for task in tasks if task[name] == value]


def is_due_soon(task: Document, today: date) -> bool:
    return cell_of(task, today) == "open_in_time" and date.fromisoformat(task["deadline"]) - today <= DUE_SOON
