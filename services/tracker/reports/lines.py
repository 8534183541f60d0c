"""Tasks in the lists of a report: how each is named, and which of its four essentials it lacks."""

from datetime import date
from typing import Any

from pydantic import BaseModel

from shared.domain.task import CLOSED
from shared.events.review import Essential
from shared.views.view import Document

ESSENTIALS = tuple(essential.value for essential in Essential)


class NamedTask(BaseModel):
    id: str
    unit: str
    title_vi: str
    title_en: str


class TaskLine(NamedTask):
    """`due_offset_days` stands in for a deadline: so many days after the opening day, or before where negative."""

    status: str
    original_deadline: date | None
    deadline: date | None
    due_offset_days: int | None = None
    past_because: str | None = None
    missing: tuple[str, ...] = ()


def name_of(task: Document) -> dict[str, Any]:
    """The fields of `NamedTask`."""
    title = task["title"]
    return {"id": task["task_id"], "unit": task["unit"], "title_vi": title["vi"], "title_en": title["en"]}


def line_of(task: Document) -> TaskLine:
    return TaskLine(
        **name_of(task),
        status=task["status"],
        original_deadline=task["original_deadline"],
        deadline=task["deadline"],
        due_offset_days=offset_of(task),
        past_because=task.get("past_because"),
        missing=lacks(task),
    )


def offset_of(task: Document) -> int | None:
    """How a task without a deadline is due from the opening day; tasks recorded by earlier versions don't say."""
    return task.get("due_offset_days") if task["deadline"] is None else None


def lacks(task: Document) -> tuple[str, ...]:
    """Funding is missing while less than what is planned is secured. A suspended task lacks nothing."""
    if is_suspended(task):
        return ()
    unfunded = (task["secured_vnd"] or 0) < task["planned_vnd"]
    checks = (not task["collective"], not task["individual"], not task["deadline"], unfunded)
    return tuple(name for name, missing in zip(ESSENTIALS, checks, strict=True) if missing)


def is_suspended(task: Document) -> bool:
    """Whether the scenario in force suspends a task that is not closed."""
    return bool(task.get("suspended")) and task["status"] not in CLOSED
