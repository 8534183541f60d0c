"""An incident: reported → assessed by severity → resolved with lessons; reopened where it turns out not to be over.

The rule that is security's own: nothing is resolved before it was assessed. Details, outcome, lessons and the reason
for reopening are for security and the auditor; whoever shows these events to others has to mask them.
"""

from collections.abc import Sequence
from typing import ClassVar, assert_never

from pydantic import BaseModel, ConfigDict

from shared.domain.decider import Actor, Aggregate, Command, Refusal
from shared.events.incident import (
    EVENTS,
    IncidentAssessed,
    IncidentEvent,
    IncidentKind,
    IncidentReopened,
    IncidentReported,
    IncidentResolved,
    Severity,
)
from shared.values.types import EntityId, Instant, Phrase


# --- state ---
class Incident(BaseModel):
    model_config = ConfigDict(frozen=True)
    reported: IncidentReported
    severity: str | None = None
    resolution: IncidentResolved | None = None
    last_reopening: str | None = None


# --- evolve ---
def evolve(incident: Incident | None, event: IncidentEvent) -> Incident:
    if isinstance(event, IncidentReported):
        return Incident(reported=event)
    if incident is None:
        raise LookupError(f"{event.TYPE} before the incident was reported")
    match event:
        case IncidentAssessed():
            return incident.model_copy(update={"severity": event.severity})
        case IncidentResolved():
            return incident.model_copy(update={"resolution": event, "last_reopening": None})
        case IncidentReopened():
            return incident.model_copy(update={"resolution": None, "last_reopening": event.reason})
        case _:
            assert_never(event)


# --- commands ---
class IncidentCommand(Command):
    ENTITY: ClassVar[str] = "incident"
    incident_id: EntityId

    @property
    def entity_id(self) -> str:
        return self.incident_id


class ReportIncident(IncidentCommand):
    """`place` and `kind` may be read by everybody, `details` by security and the auditor only."""

    NAME = "report-incident"
    place: Phrase
    kind: IncidentKind
    details: Phrase
    happened_at: Instant | None = None


class AssessIncident(IncidentCommand):
    """Says how severe it is; until the incident is resolved it may be said anew, and the last one counts."""

    NAME = "assess-incident"
    severity: Severity


class ResolveIncident(IncidentCommand):
    NAME = "resolve-incident"
    outcome: Phrase
    lessons: Phrase


class ReopenIncident(IncidentCommand):
    NAME = "reopen-incident"
    reason: Phrase


# --- decide ---
NOT_FOUND = Refusal("incident_not_found", "There is no incident {incident_id}.")
ALREADY_REPORTED = Refusal(
    "incident_already_reported", "Incident {incident_id} is already reported with different content."
)
NOT_ASSESSED = Refusal(
    "incident_not_assessed", "Incident {incident_id} has not been assessed, so it can't be resolved."
)
IS_RESOLVED = Refusal("incident_resolved", "Incident {incident_id} is resolved; reopen it first.")
NOT_RESOLVED = Refusal("incident_not_resolved", "Incident {incident_id} is not resolved, so it can't be reopened.")


def decide(command: IncidentCommand, incident: Incident | None, actor: Actor) -> Sequence[IncidentEvent]:
    if isinstance(command, ReportIncident):
        return _report(command, incident)
    if incident is None:
        raise NOT_FOUND(incident_id=command.incident_id)
    match command:
        case AssessIncident():
            return _assess(command, incident)
        case ResolveIncident():
            return _resolve(command, incident)
        case ReopenIncident():
            return _reopen(command, incident)
        case _:
            raise TypeError(f"{type(command).__name__} is no command on an incident")


def _report(command: ReportIncident, incident: Incident | None) -> Sequence[IncidentEvent]:
    reported = IncidentReported(**command.model_dump(exclude={"incident_id"}))
    if incident is None:
        return (reported,)
    if incident.reported == reported:
        return ()
    raise ALREADY_REPORTED(incident_id=command.incident_id)


def _assess(command: AssessIncident, incident: Incident) -> Sequence[IncidentEvent]:
    if incident.severity == command.severity:
        return ()
    if incident.resolution:
        raise IS_RESOLVED(incident_id=command.incident_id)
    return (IncidentAssessed(severity=command.severity),)


def _resolve(command: ResolveIncident, incident: Incident) -> Sequence[IncidentEvent]:
    resolved = IncidentResolved(outcome=command.outcome, lessons=command.lessons)
    if incident.resolution == resolved:
        return ()
    if incident.resolution:
        raise IS_RESOLVED(incident_id=command.incident_id)
    if incident.severity is None:
        raise NOT_ASSESSED(incident_id=command.incident_id)
    return (resolved,)


def _reopen(command: ReopenIncident, incident: Incident) -> Sequence[IncidentEvent]:
    if incident.resolution:
        return (IncidentReopened(reason=command.reason),)
    if incident.last_reopening == command.reason:
        return ()
    raise NOT_RESOLVED(incident_id=command.incident_id)


AGGREGATE = Aggregate(
    entity="incident",
    events=EVENTS,
    commands=(ReportIncident, AssessIncident, ResolveIncident, ReopenIncident),
    evolve=evolve,
    decide=decide,
)
