"""An incident: reported → assessed by severity → resolved with lessons; reopened where it turns out not to be over.

The rule that is security's own: nothing is resolved before it was assessed. Details, outcome, lessons and the reason
for reopening are for security and the auditor; whoever shows these events to others has to mask them.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from shared.domain.correcting import Correction, Past, Recorders, require_right, require_room, wrong_values
from shared.domain.decider import Actor, Aggregate, Command, Key, Refusal, State, begun, commands_of, once
from shared.domain.known_list import check_entry, key_of
from shared.events import incident as events
from shared.values.code_lists import CodeList, EntryId
from shared.values.types import Brief, EntityId, Instant, Phrase


class Incident(State):
    reported: events.IncidentReported
    severity: str | None = None
    resolution: events.IncidentResolved | None = None
    last_reopening: str | None = None
    corrected: events.IncidentValues = events.IncidentValues()
    """Of what was reported, by field the last correction of it."""
    corrections: int = 0


def evolve(incident: Incident | None, event: events.IncidentEvent) -> Incident:
    if isinstance(event, events.IncidentReported):
        return Incident(reported=event)
    incident = begun(incident, event)
    match event:
        case events.IncidentAssessed():
            return incident.but(severity=event.severity)
        case events.IncidentResolved():
            return incident.but(resolution=event, last_reopening=None)
        case events.IncidentReopened():
            return incident.but(resolution=None, last_reopening=event.reason)
        case events.IncidentCorrected():
            return _corrected(incident, event)


def _corrected(incident: Incident, event: events.IncidentCorrected) -> Incident:
    after = {name: value for name, value in event.after if value is not None}
    concluded: dict[str, Any] = {name: after[name] for name in ("outcome", "lessons") if name in after}
    return incident.but(
        severity=after.get("severity", incident.severity),
        resolution=incident.resolution and incident.resolution.model_copy(update=concluded),
        corrected=incident.corrected.model_copy(update=after),
        corrections=incident.corrections + 1,
    )


class IncidentCommand(Command):
    ENTITY = "incident"
    ID = "incident_id"
    incident_id: EntityId


class ReportIncident(IncidentCommand):
    """`place` and `kind` may be read by everybody, `details` by security and the auditor only."""

    NAME = "report-incident"
    HAPPENED: ClassVar[frozenset[str]] = frozenset({"happened_at"})
    place: Phrase
    kind: EntryId
    details: Phrase
    happened_at: Instant | None = None


class AssessIncident(IncidentCommand):
    """Says how severe it is; until the incident is resolved it may be said anew, and the last one counts."""

    NAME = "assess-incident"
    severity: events.Severity


class ResolveIncident(IncidentCommand):
    NAME = "resolve-incident"
    outcome: Phrase
    lessons: Phrase


class ReopenIncident(IncidentCommand):
    NAME = "reopen-incident"
    reason: Phrase


class CorrectIncident(IncidentCommand, Correction):
    """Puts right what was recorded wrongly, resolved or not; details, outcome and lessons stay restricted."""

    NAME = "correct-incident"
    VALUES = events.IncidentValues
    HAPPENED: ClassVar[frozenset[str]] = frozenset({"happened_at"})
    place: Brief | None = None
    kind: EntryId | None = None
    details: Phrase | None = None
    happened_at: Instant | None = None
    severity: events.Severity | None = None
    outcome: Phrase | None = None
    lessons: Phrase | None = None


Wish = ReportIncident | AssessIncident | ResolveIncident | ReopenIncident
RECORDERS = Recorders(
    {
        events.IncidentReported: ("place", "kind", "details", "happened_at"),
        events.IncidentAssessed: ("severity",),
        events.IncidentResolved: ("outcome", "lessons"),
    }
)

NOT_FOUND = Refusal("incident_not_found", "There is no incident {incident_id}.")
ALREADY_REPORTED = Refusal(
    "incident_already_reported", "Incident {incident_id} is already reported with different content."
)
NOT_ASSESSED = Refusal(
    "incident_not_assessed", "Incident {incident_id} has not been assessed, so it can't be resolved."
)
IS_RESOLVED = Refusal("incident_resolved", "Incident {incident_id} is resolved; reopen it first.")
NOT_RESOLVED = Refusal("incident_not_resolved", "Incident {incident_id} is not resolved, so it can't be reopened.")


def reads(command: Wish | CorrectIncident, incident: Incident | None) -> Sequence[Key]:
    is_new = isinstance(command, ReportIncident) and incident is None
    is_put_right = isinstance(command, CorrectIncident) and command.kind is not None
    return (key_of(CodeList.INCIDENT_KINDS),) if is_new or is_put_right else ()


def decide(
    command: Wish, incident: Incident | None, actor: Actor, seen: Mapping[Key, Any]
) -> Sequence[events.IncidentEvent]:
    if isinstance(command, ReportIncident):
        reported = events.IncidentReported(**command.content())
        if incident is None:
            check_entry(CodeList.INCIDENT_KINDS, command.kind, seen)
            return (reported,)
        return once(reported, incident.reported, ALREADY_REPORTED(incident_id=command.incident_id))
    if incident is None:
        raise NOT_FOUND(incident_id=command.incident_id)
    match command:
        case AssessIncident():
            if incident.severity == command.severity:
                return ()
            if incident.resolution:
                raise IS_RESOLVED(incident_id=command.incident_id)
            return (events.IncidentAssessed(severity=command.severity),)
        case ResolveIncident():
            return _resolve(command, incident)
        case ReopenIncident():
            if incident.resolution:
                return (events.IncidentReopened(reason=command.reason),)
            if incident.last_reopening == command.reason:
                return ()
            raise NOT_RESOLVED(incident_id=command.incident_id)


def _resolve(command: ResolveIncident, incident: Incident) -> Sequence[events.IncidentEvent]:
    resolved = events.IncidentResolved(outcome=command.outcome, lessons=command.lessons)
    if incident.resolution == resolved:
        return ()
    if incident.resolution:
        raise IS_RESOLVED(incident_id=command.incident_id)
    if incident.severity is None:
        raise NOT_ASSESSED(incident_id=command.incident_id)
    return (resolved,)


def correct(
    command: CorrectIncident, incident: Incident | None, actor: Actor, past: Past, seen: Mapping[Key, Any]
) -> Sequence[events.IncidentEvent]:
    if incident is None:
        raise NOT_FOUND(incident_id=command.incident_id)
    held = _held(incident)
    wrong = wrong_values(command, held)
    if not wrong:
        return ()
    require_right(command, wrong, actor, past, RECORDERS)
    require_room(command, incident.corrections)
    if "kind" in wrong:
        check_entry(CodeList.INCIDENT_KINDS, wrong["kind"], seen)
    before = events.IncidentValues(**{name: held[name] for name in wrong})
    return (events.IncidentCorrected(before=before, after=events.IncidentValues(**wrong), reason=command.reason),)


def _held(incident: Incident) -> dict[str, Any]:
    """What is on record now, by field; what nobody has said yet is not there."""
    reported = dict(incident.reported)
    held = {name: getattr(incident.corrected, name) or value for name, value in reported.items()}
    if incident.severity:
        held["severity"] = incident.severity
    return held | dict(incident.resolution or {})


AGGREGATE = Aggregate(
    events=events.EVENTS,
    commands=(*commands_of(Wish), CorrectIncident),
    evolve=evolve,
    decide=decide,
    reads=reads,
    correct=correct,
)
