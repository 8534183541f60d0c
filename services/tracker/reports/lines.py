"""Tasks named one by one in the lists of a report."""

from datetime import date

from pydantic import BaseModel

from services.tracker.projections.view import Document
from services.tracker.reports.essentials import lacks


class TaskLine(BaseModel):
    """A task named in a list of the report."""

    id: str
    unit: str
    title_vi: str
    title_en: str
    status: str
    original_deadline: date | None
    deadline: date | None
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
        missing=lacks(task),
    )
