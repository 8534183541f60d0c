"""What `tasks` shows of a task beside where it stands: obstacles, comments, instructions, the tasks that it waits
for, its checklist, and when its deadline was shortened.

A document has one of these fields once something is on record there: what earlier versions wrote folds to the very
documents, and digests, that they had. `with_records` is for readers.
"""

from collections.abc import Callable, Mapping
from typing import Any

from shared.domain.task.obstruction import is_obstructed
from shared.events import task
from shared.events.base import Event
from shared.views.view import Document, Recorded, instant, with_more

LISTS = ("obstacles", "comments", "instructions", "dependencies", "checklist")


def with_records(document: Document) -> Document:
    """The document with all of these fields: empty where nothing is on record."""
    nothing: Document = {"product": None, "directing_leader": None, "remark": None, **{name: [] for name in LISTS}}
    return nothing | document


def is_document_obstructed(document: Document) -> bool:
    """Whether the task is obstructed, by the rule of the domain; earlier versions' views hold no obstacles."""
    unresolved = sum(obstacle["resolved_at"] is None for obstacle in document.get("obstacles", ()))
    return is_obstructed(document["status"], unresolved)


def additions(document: Document, recorded: Recorded) -> Document | None:
    """What the event adds; nothing for one that is not about these records."""
    add = _ADDITIONS.get(type(recorded.event))
    if add is None:
        return None
    return add(with_records(document), recorded.event, instant(recorded.envelope.time), recorded.envelope.actor)


def _opened(document: Document, event: task.ObstacleOpened, at: str, by: str) -> Document:
    unresolved = {"resolution": None, "resolved_at": None, "resolved_by": None}
    return with_more(document, "obstacles", {**_fields(event), "opened_at": at, "opened_by": by, **unresolved})


def _resolved(document: Document, event: task.ObstacleResolved, at: str, by: str) -> Document:
    resolved = {"resolution": event.resolution, "resolved_at": at, "resolved_by": by}
    return {"obstacles": _changed(document["obstacles"], "obstacle_id", event.obstacle_id, resolved)}


def _commented(document: Document, event: task.TaskCommented, at: str, by: str) -> Document:
    return with_more(document, "comments", {**_fields(event), "at": at, "by": by})


def _instructed(document: Document, event: task.TaskInstructed, at: str, by: str) -> Document:
    return with_more(document, "instructions", {**_fields(event), "at": at, "by": by})


def _waits(document: Document, event: task.DependencyAdded, at: str, by: str) -> Document:
    return with_more(document, "dependencies", {"task_id": event.on, "at": at, "by": by})


def _no_longer_waits(document: Document, event: task.DependencyDropped, at: str, by: str) -> Document:
    return {"dependencies": [entry for entry in document["dependencies"] if entry["task_id"] != event.on]}


def _item_added(document: Document, event: task.ChecklistItemAdded, at: str, by: str) -> Document:
    return with_more(document, "checklist", {**_fields(event), "ticked": False, "ticked_at": None, "ticked_by": None})


def _item_ticked(document: Document, event: task.ChecklistItemTicked, at: str, by: str) -> Document:
    ticked = {"ticked": True, "ticked_at": at, "ticked_by": by}
    return {"checklist": _changed(document["checklist"], "item_id", event.item_id, ticked)}


def _item_unticked(document: Document, event: task.ChecklistItemUnticked, at: str, by: str) -> Document:
    unticked = {"ticked": False, "ticked_at": None, "ticked_by": None}
    return {"checklist": _changed(document["checklist"], "item_id", event.item_id, unticked)}


def _item_dropped(document: Document, event: task.ChecklistItemDropped, at: str, by: str) -> Document:
    return {"checklist": [entry for entry in document["checklist"] if entry["item_id"] != event.item_id]}


def _shortened(document: Document, event: task.DeadlineShortened, at: str, by: str) -> Document:
    shortened = {"what": "deadline_shortened", "at": at, "by": by, **_fields(event)}
    return {"past_because": event.past_because, **with_more(document, "history", shortened)}


def _fields(event: Event) -> Document:
    return event.model_dump(mode="json")


def _changed(entries: list[Document], key: str, name: str, change: Document) -> list[Document]:
    """The list, in which the entry whose `key` is `name` has changed."""
    return [{**entry, **change} if entry[key] == name else entry for entry in entries]


_ADDITIONS: Mapping[type[Event], Callable[[Document, Any, str, str], Document]] = {
    task.ObstacleOpened: _opened,
    task.ObstacleResolved: _resolved,
    task.TaskCommented: _commented,
    task.TaskInstructed: _instructed,
    task.DependencyAdded: _waits,
    task.DependencyDropped: _no_longer_waits,
    task.ChecklistItemAdded: _item_added,
    task.ChecklistItemTicked: _item_ticked,
    task.ChecklistItemUnticked: _item_unticked,
    task.ChecklistItemDropped: _item_dropped,
    task.DeadlineShortened: _shortened,
}
