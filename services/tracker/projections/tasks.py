"""`tasks`: where does every work item of every unit stand?"""

from services.tracker.projections.view import Document, Recorded, View, begun, by_service_and_id, instant
from shared.domain import task
from shared.domain.task import (
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
)
from shared.domain.values import fold_diacritics
from shared.i18n import local_date


def fold(document: Document | None, recorded: Recorded) -> Document:
    event = recorded.event
    if isinstance(event, TaskOpened):
        changes = _opened(event, recorded)
    else:
        document = begun(document, recorded)
        changes = _changes(document, event, recorded)
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
        "deadline": None,
        "secured_vnd": None,
        "funding_source": None,
        "block_reason": None,
        "submitted_by": None,
        "completed_on": None,
        "opened_at": instant(recorded.envelope.time),
    }


def _changes(document: Document, event: object, recorded: Recorded) -> Document:
    resting = (TaskStatus.IN_PROGRESS if document["started"] else TaskStatus.OPEN).value
    match event:
        case TaskAssigned() | TaskDeadlineSet() | TaskFunded():
            return event.model_dump(mode="json")
        case TaskStarted():
            return {"status": TaskStatus.IN_PROGRESS.value, "started": True}
        case TaskProgressed():
            return {"percent": event.percent}
        case TaskBlocked():
            return {"status": TaskStatus.BLOCKED.value, "block_reason": event.reason}
        case TaskUnblocked():
            return {"status": resting, "block_reason": None}
        case TaskSubmitted():
            return {"status": TaskStatus.SUBMITTED.value, "submitted_by": event.submitted_by}
        case TaskCompleted():
            completed_on = local_date(recorded.envelope.time).isoformat()
            return {"status": TaskStatus.COMPLETED.value, "percent": 100, "completed_on": completed_on}
        case TaskReturned():
            return {"status": TaskStatus.IN_PROGRESS.value}
        case TaskCancelled():
            return {"status": TaskStatus.CANCELLED.value, "block_reason": None}
        case TaskReopened():
            return {"status": resting, "completed_on": None}
        case _:
            raise TypeError(f"the tasks view does not know {event!r}")


VIEW = View("tasks", task.AGGREGATE.events, by_service_and_id, fold)
