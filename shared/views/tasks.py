"""`tasks`: where does every work item of every unit stand?"""

from collections.abc import Callable
from datetime import date
from typing import Any

from shared.domain.task import TaskStatus, later
from shared.events.base import Event
from shared.events.task import (
    EVENTS,
    ClearanceDropped,
    ClearanceRequired,
    ExtensionGranted,
    ExtensionRefused,
    ExtensionRequested,
    ScenarioFollowed,
    TaskBlocked,
    TaskCancelled,
    TaskCompleted,
    TaskDeadlineSet,
    TaskOpened,
    TaskProgressed,
    TaskReopened,
    TaskReturned,
    TaskStarted,
    TaskSubmitted,
    TaskUnblocked,
)
from shared.values.local_time import local_date
from shared.values.types import fold_diacritics
from shared.views.view import Document, Recorded, View, begun, by_service_and_id, instant, with_more

type Change = Callable[[Document, Any, Recorded], Document]
"""What an event changes of the document; `_as_told` where nothing else is said."""


def fold(document: Document | None, recorded: Recorded) -> Document:
    event = recorded.event
    if isinstance(event, TaskOpened):
        folded = {**(document or {}), **_opened(event, recorded)}
    else:
        document = begun(document, recorded)
        change = CHANGES.get(type(event), _as_told)
        folded = {**document, **change(document, event, recorded)}
    if not isinstance(event, ScenarioFollowed):
        # Nobody works on what follows a scenario, and its cause may be older than the last who did.
        folded["updated_at"] = instant(recorded.envelope.time)
    return folded


def _opened(event: TaskOpened, recorded: Recorded) -> Document:
    return {
        "_id": f"{recorded.envelope.source}/{recorded.envelope.subject}",
        "unit": recorded.envelope.source,
        "task_id": recorded.envelope.subject,
        **event.model_dump(mode="json"),
        "search": fold_diacritics(event.title.vi).lower(),
        "status": TaskStatus.OPEN.value,
        "started": False,
        "percent": 0,
        "collective": None,
        "individual": None,
        "coordinating": [],
        "original_deadline": None,
        "agreed_deadline": None,
        "deadline": None,
        "past_because": None,
        "original_planned_vnd": event.planned_vnd,
        "suspended": False,
        "followed": None,
        "extensions": [],
        "secured_vnd": None,
        "funding_source": None,
        "block_reason": None,
        "submitted_by": None,
        "evidence": [],
        "clearances": [],
        "history": [],
        "completed_on": None,
        "opened_at": instant(recorded.envelope.time),
    }


def _as_told(_: Document, event: Event, __: Recorded) -> Document:
    """Every field of the event becomes one of the document."""
    return event.model_dump(mode="json")


def _deadline_set(document: Document, event: TaskDeadlineSet, _: Recorded) -> Document:
    deadline = event.deadline.isoformat()
    in_force = document["deadline"] or deadline
    dated = {"deadline": in_force, "original_deadline": deadline, "agreed_deadline": deadline}
    return {**dated, "past_because": event.past_because}


def _extension_requested(document: Document, event: ExtensionRequested, recorded: Recorded) -> Document:
    return {"extensions": [*document["extensions"], _requested(event, recorded)]}


def _extension_granted(document: Document, event: ExtensionGranted, recorded: Recorded) -> Document:
    moved = {name: _later(document[name], event.deadline) for name in ("agreed_deadline", "deadline")}
    return {**moved, "extensions": _decided(document, recorded, "granted")}


def _extension_refused(document: Document, event: ExtensionRefused, recorded: Recorded) -> Document:
    return {"extensions": _decided(document, recorded, "refused", event.reason)}


def _followed(_: Document, event: ScenarioFollowed, __: Recorded) -> Document:
    told = event.model_dump(mode="json")
    in_force = {name: told[name] for name in ("suspended", "planned_vnd", "deadline")}
    return {**in_force, "followed": {name: told[name] for name in ("switch", "scenario")}}


def _later(known: str | None, extended: date) -> str:
    return later(date.fromisoformat(known) if known else None, extended).isoformat()


def _started(_: Document, __: TaskStarted, ___: Recorded) -> Document:
    return {"status": TaskStatus.IN_PROGRESS.value, "started": True}


def _progressed(_: Document, event: TaskProgressed, __: Recorded) -> Document:
    return {"percent": event.percent}


def _blocked(_: Document, event: TaskBlocked, __: Recorded) -> Document:
    return {"status": TaskStatus.BLOCKED.value, "block_reason": event.reason}


def _unblocked(document: Document, _: TaskUnblocked, __: Recorded) -> Document:
    return {"status": _resting(document), "block_reason": None}


def _submitted(document: Document, event: TaskSubmitted, recorded: Recorded) -> Document:
    return {
        "status": TaskStatus.SUBMITTED.value,
        "submitted_by": event.submitted_by,
        **with_more(document, "evidence", *_shown(event, recorded)),
    }


def _completed(document: Document, __: TaskCompleted, recorded: Recorded) -> Document:
    completed_on = local_date(recorded.envelope.time).isoformat()
    completed = {"status": TaskStatus.COMPLETED.value, "percent": 100, "completed_on": completed_on}
    return {**completed, "extensions": _lapsed(document, recorded)}


def _returned(document: Document, event: TaskReturned, recorded: Recorded) -> Document:
    returned = with_more(document, "history", _sent_back("returned", event.reason, recorded))
    return {"status": TaskStatus.IN_PROGRESS.value, **returned}


def _cancelled(document: Document, __: TaskCancelled, recorded: Recorded) -> Document:
    cancelled = {"status": TaskStatus.CANCELLED.value, "block_reason": None}
    return {**cancelled, "extensions": _lapsed(document, recorded)}


def _reopened(document: Document, event: TaskReopened, recorded: Recorded) -> Document:
    reopened = with_more(document, "history", _sent_back("reopened", event.reason, recorded))
    return {"status": _resting(document), "completed_on": None, **reopened}


def _clearance_required(document: Document, event: ClearanceRequired, _: Recorded) -> Document:
    return {"clearances": [*document["clearances"], event.model_dump(mode="json")]}


def _clearance_dropped(document: Document, event: ClearanceDropped, recorded: Recorded) -> Document:
    kept = [need for need in document["clearances"] if need["clearance_id"] != event.clearance_id]
    dropped = _sent_back("clearance_dropped", event.reason, recorded)
    return {"clearances": kept, **with_more(document, "history", dropped)}


CHANGES: dict[type[Event], Change] = {
    TaskDeadlineSet: _deadline_set,
    ExtensionRequested: _extension_requested,
    ExtensionGranted: _extension_granted,
    ExtensionRefused: _extension_refused,
    TaskStarted: _started,
    TaskProgressed: _progressed,
    TaskBlocked: _blocked,
    TaskUnblocked: _unblocked,
    TaskSubmitted: _submitted,
    TaskCompleted: _completed,
    TaskReturned: _returned,
    TaskCancelled: _cancelled,
    TaskReopened: _reopened,
    ClearanceRequired: _clearance_required,
    ClearanceDropped: _clearance_dropped,
    ScenarioFollowed: _followed,
}


def _resting(document: Document) -> str:
    """The status of a task that nothing holds up."""
    return (TaskStatus.IN_PROGRESS if document["started"] else TaskStatus.OPEN).value


def _requested(event: ExtensionRequested, recorded: Recorded) -> dict[str, Any]:
    return {
        "requested_at": instant(recorded.envelope.time),
        **event.model_dump(mode="json"),
        "outcome": "pending",
        "decided_at": None,
        "decided_by": None,
        "refused_because": None,
    }


def _decided(
    document: Document, recorded: Recorded, outcome: str, refused_because: str | None = None
) -> list[dict[str, Any]]:
    """The extensions, the latest of which is no longer pending."""
    *earlier, pending = document["extensions"]
    decided = {
        "outcome": outcome,
        "decided_at": instant(recorded.envelope.time),
        "decided_by": recorded.envelope.actor,
        "refused_because": refused_because,
    }
    return [*earlier, pending | decided]


def _lapsed(document: Document, recorded: Recorded) -> list[dict[str, Any]]:
    """The extensions; one that nobody has decided on lapses when the task is closed."""
    extensions: list[dict[str, Any]] = document["extensions"]
    if not extensions or extensions[-1]["outcome"] != "pending":
        return extensions
    return [*extensions[:-1], extensions[-1] | {"outcome": "lapsed", "decided_at": instant(recorded.envelope.time)}]


def _shown(event: TaskSubmitted, recorded: Recorded) -> list[dict[str, Any]]:
    """What one submission adds: what earlier ones showed stays."""
    submission = {"submitted_at": instant(recorded.envelope.time), "submitted_by": event.submitted_by}
    return [{**evidence.model_dump(mode="json"), **submission} for evidence in event.evidence]


def _sent_back(how: str, reason: str, recorded: Recorded) -> dict[str, Any]:
    at, by = instant(recorded.envelope.time), recorded.envelope.actor
    return {"what": how, "at": at, "by": by, "reason": reason}


VIEW = View("tasks", EVENTS, by_service_and_id, fold)
