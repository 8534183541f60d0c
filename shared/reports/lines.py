"""Tasks and their groups in a report: how each is named, and which of the four essentials a task lacks."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from pydantic import BaseModel

from shared.domain.task import CLOSED
from shared.events.duty import DUTY_GROUP
from shared.events.review import Essential
from shared.reports.order import in_order_of_id, task_order
from shared.values.code_lists import Entries
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
    """Whether the scenario in force suspends a task that is not closed; earlier versions' views don't say."""
    return bool(task.get("suspended")) and task["status"] not in CLOSED


# --- task groups ---
type Names = dict[int, Document]
"""Names in both languages, by the group's number; in the order of the numbers."""


def group_names(tasks: Sequence[Document], catalogue: Sequence[Document], listed: Entries = ()) -> Names:
    """The names of all groups of `tasks`: each its name on the congress's list, or else in the catalogue, or else the
    one that most of its tasks carry."""
    items = in_order_of_id(item for item in catalogue if not item.get("withdrawn"))
    names = (
        _most_given(sorted(tasks, key=task_order))
        | {DUTY_GROUP.number: DUTY_GROUP.name.model_dump()}
        | _most_given(items)
        | {int(entry.id): entry.name.model_dump() for entry in listed if entry.id.isdecimal()}
    )
    return {number: names[number] for number in sorted({task["group"]["number"] for task in tasks})}


def _most_given(documents: Iterable[Document]) -> Names:
    """The name that most of them give to each group; among equals the one that comes first."""
    given: dict[int, Counter[tuple[str, str]]] = {}
    for document in documents:
        group = document["group"]
        name = group["name"]["vi"], group["name"].get("en", "")
        given.setdefault(group["number"], Counter())[name] += 1
    most = {number: names.most_common(1)[0][0] for number, names in given.items()}
    return {number: {"vi": vi, "en": en} for number, (vi, en) in most.items()}
