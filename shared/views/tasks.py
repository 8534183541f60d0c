"""`tasks`: where does every work item of every unit stand?"""

from datetime import date

from msgspec import Struct, to_builtins

from shared.domain.task.standing import ExtensionOutcome, changes_of, standing_at_opening
from shared.events import task
from shared.values.local_time import local_date
from shared.values.types import fold_diacritics
from shared.views import task_records
from shared.views.corrections import corrected_values, with_correction
from shared.views.view import Document, Recorded, View, begun, by_service_and_id, instant, with_more

_NOT_WORKED_ON = (task.ScenarioFollowed, task.TaskDeadlineMoved, task.TaskInstructed, task.TaskCorrected)
"""Nobody works on what follows a scenario or an opening day, is instructed or corrected, and the cause may be older
than the last who did."""


def fold(document: Document | None, recorded: Recorded) -> Document:
    """An event that changes nothing of where the task stands, and has no entry below, gives its own fields."""
    event = recorded.event
    if type(event) is task.TaskOpened:
        folded = {**(document or {}), **_opened(event, recorded)}
    else:
        document = begun(document, recorded)
        changes: Document = to_builtins(changes_of(_Standing(document), event))
        if outcome := changes.pop("extension_outcome", None):
            changes["extensions"] = _extensions(document["extensions"], outcome, recorded)
        folded = {**document, **changes}
        additions = _additions(document, recorded)
        if additions is not None:
            folded.update(additions)
        elif not changes:
            folded.update(event.model_dump(mode="json"))
    if type(event) not in _NOT_WORKED_ON:
        folded["updated_at"] = instant(recorded.envelope.time)
    return folded


def _opened(event: task.TaskOpened, recorded: Recorded) -> Document:
    return {
        "_id": f"{recorded.envelope.source}/{recorded.envelope.subject}",
        "unit": recorded.envelope.source,
        "task_id": recorded.envelope.subject,
        **event.model_dump(mode="json"),
        "search": fold_diacritics(event.title.vi).lower(),
        **to_builtins(standing_at_opening(event)),
        "original_planned_vnd": event.planned_vnd,
        "past_because": None,
        "collective": None,
        "individual": None,
        "coordinating": [],
        "secured_vnd": None,
        "funding_source": None,
        "followed": None,
        "extensions": [],
        "evidence": [],
        "clearances": [],
        "history": [],
        "completed_on": None,
        "opened_at": instant(recorded.envelope.time),
    }


# --- where the task stands ---
class _Standing(Struct, gc=False):
    """A document, as the rules of `shared.domain.task.standing` look at it."""

    document: Document

    @property
    def started(self) -> bool:
        return bool(self.document["started"])

    @property
    def agreed_deadline(self) -> date | None:
        return _day(self.document["agreed_deadline"])

    @property
    def deadline(self) -> date | None:
        return _day(self.document["deadline"])

    @property
    def extension_outcome(self) -> ExtensionOutcome | None:
        extensions = self.document["extensions"]
        return ExtensionOutcome(extensions[-1]["outcome"]) if extensions else None


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None


def _extensions(extensions: list[Document], outcome: str, recorded: Recorded) -> list[Document]:
    """The extensions with the request made, or with the latest one decided or lapsed."""
    event, envelope = recorded.event, recorded.envelope
    now = instant(envelope.time)
    if isinstance(event, task.ExtensionRequested):
        undecided = {"outcome": outcome, "decided_at": None, "decided_by": None, "refused_because": None}
        return [*extensions, {"requested_at": now, **event.model_dump(mode="json"), **undecided}]
    *earlier, latest = extensions
    decided = latest | {"outcome": outcome, "decided_at": now}
    if outcome != ExtensionOutcome.LAPSED:
        reason = event.reason if isinstance(event, task.ExtensionRefused) else None
        decided |= {"decided_by": envelope.actor, "refused_because": reason}
    return [*earlier, decided]


# --- what only the view has ---
def _additions(document: Document, recorded: Recorded) -> Document | None:
    """What the view has of an event beside its fields; nothing for most."""
    event = recorded.event
    match event:
        case task.TaskDeadlineSet():
            return {"past_because": event.past_because}
        case task.TaskDeadlineMoved():
            return _moved(document, event, recorded)
        case task.ScenarioFollowed():
            return {"followed": {"switch": event.switch, "scenario": event.scenario}}
        case task.TaskSubmitted():
            # What earlier submissions showed stays.
            submission = {"submitted_at": instant(recorded.envelope.time), "submitted_by": event.submitted_by}
            evidence = [{**item.model_dump(mode="json"), **submission} for item in event.evidence]
            return with_more(document, "evidence", *evidence)
        case task.TaskCompleted():
            return {"completed_on": local_date(recorded.envelope.time).isoformat()}
        case task.TaskReturned():
            return _with_setback(document, "returned", event.reason, recorded)
        case task.TaskCancelled():
            return _with_setback(document, "cancelled", event.reason, recorded)
        case task.TaskReopened():
            return {"completed_on": None, **_with_setback(document, "reopened", event.reason, recorded)}
        case task.ClearanceRequired():
            return {"clearances": [*document["clearances"], event.model_dump(mode="json")]}
        case task.ClearanceDropped():
            kept = [need for need in document["clearances"] if need["clearance_id"] != event.clearance_id]
            return {"clearances": kept, **_with_setback(document, "clearance_dropped", event.reason, recorded)}
        case task.TaskCorrected():
            return {**_put_right(recorded), **with_correction(document, recorded)}
    return task_records.additions(document, recorded)


def _with_setback(document: Document, what: str, reason: str, recorded: Recorded) -> Document:
    at, by = instant(recorded.envelope.time), recorded.envelope.actor
    return with_more(document, "history", {"what": what, "at": at, "by": by, "reason": reason})


def _put_right(recorded: Recorded) -> Document:
    """The corrected values, but for those that say where the task stands."""
    after = corrected_values(recorded)
    right = {name: value for name, value in after.items() if name not in _OF_ITS_STANDING}
    if title := after.get("title"):
        right["search"] = fold_diacritics(title["vi"]).lower()
    if "planned_vnd" in after:
        right["original_planned_vnd"] = after["planned_vnd"]
    return right


_OF_ITS_STANDING = ("deadline", "original_deadline", "planned_vnd")


def _moved(document: Document, event: task.TaskDeadlineMoved, recorded: Recorded) -> Document:
    """The deadlines that the opening day has moved stay in the history, before and after."""
    move = event.model_dump(mode="json", include={"replaces", "deadline", "opening_day"})
    signed = {"at": instant(recorded.envelope.time), "by": recorded.envelope.actor}
    history = with_more(document, "history", {"what": "deadline_moved", **signed, **move})
    return {"past_because": event.past_because, **history}


VIEW = View("tasks", task.EVENTS, by_service_and_id, fold)
