"""What stands or stood in the way of tasks, why, and what is proposed to whom: what is open first."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from pydantic import BaseModel

from shared.domain.task import CLOSED, TaskStatus
from shared.reports.lines import NamedTask, name_of
from shared.values.local_time import local_date
from shared.views.view import Document


class ObstacleLine(NamedTask):
    """An obstacle of a task. Without `obstacle_id` it is why the task is blocked, which says nothing but `what`."""

    obstacle_id: str | None = None
    what: str
    cause: str | None = None
    proposal: str | None = None
    proposed_to: str | None = None
    collective: str | None
    individual: str | None
    opened_on: date | None = None
    resolved_on: date | None = None
    resolution: str | None = None


class Obstacles(BaseModel):
    """`unresolved` and `resolved` count lines. Those of cancelled tasks are left out."""

    unresolved: int
    resolved: int
    lines: list[ObstacleLine]


def obstacles_of(tasks: Iterable[Document]) -> Obstacles:
    """`tasks` in the order in which they are listed."""
    lines = [line for task in tasks if task["status"] != TaskStatus.CANCELLED for line in lines_of(task)]
    ordered = sorted(lines, key=lambda line: line.resolved_on is not None)
    resolved = sum(line.resolved_on is not None for line in lines)
    return Obstacles(unresolved=len(lines) - resolved, resolved=resolved, lines=ordered)


def unresolved_of(task: Document) -> Sequence[ObstacleLine]:
    """What stands in its way now; nothing once the task is closed."""
    return () if task["status"] in CLOSED else [line for line in lines_of(task) if line.resolved_on is None]


def lines_of(task: Document) -> Iterator[ObstacleLine]:
    """Why it is blocked, then each obstacle as it came."""
    named = name_of(task) | {name: task[name] for name in ("collective", "individual")}
    if task["status"] == TaskStatus.BLOCKED:
        yield ObstacleLine(**named, what=task.get("block_reason") or "")
    for obstacle in task.get("obstacles", ()):
        fields = {name: obstacle[name] for name in ObstacleLine.model_fields.keys() & obstacle.keys()}
        days = {"opened_on": _day(obstacle["opened_at"]), "resolved_on": _day(obstacle["resolved_at"])}
        yield ObstacleLine(**named, **fields, **days)


def _day(at: str | None) -> date | None:
    return local_date(datetime.fromisoformat(at)) if at else None
