"""Tasks named one by one in the lists of a report."""

from datetime import date

from pydantic import BaseModel

from services.tracker.reports.essentials import lacks
from shared.views.view import Document


class TaskLine(BaseModel):
    """A task named in a list of the report. `due_offset_days` is what the catalogue says of a task that has no
    deadline: so many days after the opening day, or before it where negative."""

    id: str
    unit: str
    title_vi: str
    title_en: str
    status: str
    original_deadline: date | None
    deadline: date | None
    due_offset_days: int | None = None
    past_because: str | None = None
    missing: tuple[str, ...] = ()


def line_of(task: Document) -> TaskLine:
    return TaskLine(
        id=task["task_id"],
        unit=task["unit"],
        title_vi=task["title"]["vi"],
        title_en=task["title"]["en"],
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
