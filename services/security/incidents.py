"""An incident: reported → assessed by severity → resolved with lessons; reopened where it turns out not to be over.

The rule that is security's own: nothing is resolved before it was assessed. Details, outcome, lessons and the reason
for reopening are for security and the auditor; whoever shows these events to others has to mask them.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from shared.domain.decider import Actor, Aggregate, Command, Key, Refusal, State, begun, commands_of, once
from shared.domain.known_list import check_entry, key_of
from shared.events import incident as events
from shared.values.code_lists import CodeList, EntryId
from shared.values.types import EntityId, Instant, Phrase


class Incident(State):
    reported: events.IncidentReported
    severity: str | None = None
    resolution: events.IncidentResolved | None = None
    last_reopening: str | None = None


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


class IncidentCommand(Command):
    ENTITY = "incident"
    ID = "incident_id"
    incident_id: EntityId


class ReportIncident(IncidentCommand):
    """`place` and `kind` may be read by everybody, `details` by security and the auditor only."""

    NAME = "report-incident"
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


Wish = ReportIncident | AssessIncident | ResolveIncident | ReopenIncident

NOT_FOUND = Refusal("incident_not_found", "There is no incident {incident_id}.")
ALREADY_REPORTED = Refusal(
    "incident_already_reported", "Incident {incident_id} is already reported with different content."
)
NOT_ASSESSED = Refusal(
    "incident_not_assessed", "Incident {incident_id} has not been assessed, so it can't be resolved."
)
IS_RESOLVED = Refusal("incident_resolved", "Incident {incident_id} is resolved; reopen it first.")
NOT_RESOLVED = Refusal("incident_not_resolved", "Incident {incident_id} is not resolved, so it can't be reopened.")


def reads(command: Wish, incident: Incident | None) -> Sequence[Key]:
    is_new = isinstance(command, ReportIncident) and incident is None
    return (key_of(CodeList.INCIDENT_KINDS),) if is_new else ()


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


AGGREGATE = Aggregate(events=events.EVENTS, commands=commands_of(Wish), evolve=evolve, decide=decide, reads=reads)
