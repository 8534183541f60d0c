"""`tasks`: where does every work item of every unit stand?"""

from datetime import date
from typing import Any

from services.tracker.projections.view import Document, Recorded, View, begun, by_service_and_id, instant
from shared.domain import task
from shared.domain.task import (
    ClearanceDropped,
    ClearanceRequired,
    ExtensionGranted,
    ExtensionRefused,
    ExtensionRequested,
    ScenarioFollowed,
    TaskAssigned,
    TaskBlocked,
    TaskCancelled,
    TaskCompleted,
    TaskDeadlineSet,
    TaskFunded,
    TaskOpened,
    TaskProgressed,
    TaskReopened,
    TaskReturned,
    TaskStarted,
    TaskStatus,
    TaskSubmitted,
    TaskUnblocked,
    later,
)
from shared.domain.values import fold_diacritics
from shared.i18n import local_date


def fold(document: Document | None, recorded: Recorded) -> Document:
    event = recorded.event
    if isinstance(event, TaskOpened):
        changes = _opened(event, recorded)
    else:
        document = begun(document, recorded)
        changes = _settled(document, event, recorded) or _moved(document, event, recorded)
    if isinstance(event, ScenarioFollowed):
        return {
            **(document or {}),
            **changes,
        }  # nobody worked on it, and its cause may be older than the last who did
    return {**(document or {}), **changes, "updated_at": instant(recorded.envelope.time)}


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


def _settled(document: Document, event: object, recorded: Recorded) -> Document:
    """What changes where something is settled, wherever the task stands; else nothing."""
    match event:
        case TaskAssigned() | TaskFunded():
            return event.model_dump(mode="json")
        case TaskDeadlineSet():
            deadline = event.deadline.isoformat()
            in_force = document["deadline"] or deadline
            return {"deadline": in_force, "original_deadline": deadline, "agreed_deadline": deadline}
        case ExtensionRequested():
            return {"extensions": [*document["extensions"], _requested(event, recorded)]}
        case ExtensionGranted():
            moved = {name: _later(document[name], event.deadline) for name in ("agreed_deadline", "deadline")}
            return {**moved, "extensions": _decided(document, recorded, "granted")}
        case ExtensionRefused():
            return {"extensions": _decided(document, recorded, "refused", event.reason)}
        case ScenarioFollowed():
            told = event.model_dump(mode="json")
            in_force = {name: told[name] for name in ("suspended", "planned_vnd", "deadline")}
            return {**in_force, "followed": {name: told[name] for name in ("switch", "scenario")}}
        case _:
            return {}


def _later(known: str | None, extended: date) -> str:
    return later(date.fromisoformat(known) if known else None, extended).isoformat()


def _moved(document: Document, event: object, recorded: Recorded) -> Document:
    resting = (TaskStatus.IN_PROGRESS if document["started"] else TaskStatus.OPEN).value
    match event:
        case TaskStarted():
            return {"status": TaskStatus.IN_PROGRESS.value, "started": True}
        case TaskProgressed():
            return {"percent": event.percent}
        case TaskBlocked():
            return {"status": TaskStatus.BLOCKED.value, "block_reason": event.reason}
        case TaskUnblocked():
            return {"status": resting, "block_reason": None}
        case TaskSubmitted():
            return {
                "status": TaskStatus.SUBMITTED.value,
                "submitted_by": event.submitted_by,
                "evidence": [*document["evidence"], *_shown(event, recorded)],
            }
        case TaskCompleted():
            completed_on = local_date(recorded.envelope.time).isoformat()
            return {"status": TaskStatus.COMPLETED.value, "percent": 100, "completed_on": completed_on}
        case TaskReturned():
            history = [*document["history"], _sent_back("returned", event.reason, recorded)]
            return {"status": TaskStatus.IN_PROGRESS.value, "history": history}
        case TaskCancelled():
            return {"status": TaskStatus.CANCELLED.value, "block_reason": None}
        case TaskReopened():
            history = [*document["history"], _sent_back("reopened", event.reason, recorded)]
            return {"status": resting, "completed_on": None, "history": history}
        case ClearanceRequired() | ClearanceDropped():
            return _needing(document, event, recorded)
        case _:
            raise TypeError(f"the tasks view does not know {event!r}")


def _needing(document: Document, event: ClearanceRequired | ClearanceDropped, recorded: Recorded) -> Document:
    if isinstance(event, ClearanceRequired):
        return {"clearances": [*document["clearances"], event.model_dump(mode="json")]}
    kept = [need for need in document["clearances"] if need["clearance_id"] != event.clearance_id]
    dropped = _sent_back("clearance_dropped", event.reason, recorded)
    return {"clearances": kept, "history": [*document["history"], dropped]}


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


def _shown(event: TaskSubmitted, recorded: Recorded) -> list[dict[str, Any]]:
    """What one submission adds: what earlier ones showed stays."""
    submission = {"submitted_at": instant(recorded.envelope.time), "submitted_by": event.submitted_by}
    return [{**evidence.model_dump(mode="json"), **submission} for evidence in event.evidence]


def _sent_back(how: str, reason: str, recorded: Recorded) -> dict[str, Any]:
    at, by = instant(recorded.envelope.time), recorded.envelope.actor
    return {"what": how, "at": at, "by": by, "reason": reason}


VIEW = View("tasks", task.AGGREGATE.events, by_service_and_id, fold)
