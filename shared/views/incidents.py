"""`incidents`: what went wrong where, how severe was it, and is it over? Reads security's events by their wire names.

Whatever only security and the auditor may read stands under `restricted`; see `services/tracker/masking.py`.
"""

from pydantic import AwareDatetime

from shared.domain.decider import Event
from shared.views.view import Document, Recorded, View, begun, by_id, instant


class IncidentReported(Event):
    TYPE = "vn.daihoi.incident.reported.v1"
    place: str
    kind: str
    details: str
    happened_at: AwareDatetime | None = None


class IncidentAssessed(Event):
    TYPE = "vn.daihoi.incident.assessed.v1"
    severity: str


class IncidentResolved(Event):
    TYPE = "vn.daihoi.incident.resolved.v1"
    outcome: str
    lessons: str


class IncidentReopened(Event):
    TYPE = "vn.daihoi.incident.reopened.v1"
    reason: str


def fold(document: Document | None, recorded: Recorded) -> Document:
    event = recorded.event
    when = instant(recorded.envelope.time)
    match event:
        case IncidentReported():
            return {
                "_id": recorded.envelope.subject,
                "place": event.place,
                "kind": event.kind,
                "happened_at": instant(event.happened_at) if event.happened_at else None,
                "reported_at": when,
                "severity": None,
                "status": "reported",
                "resolved_at": None,
                "restricted": {"details": event.details, "outcome": None, "lessons": None, "reopened_because": None},
            }
        case IncidentAssessed():
            return {**begun(document, recorded), "status": "assessed", "severity": event.severity}
        case IncidentResolved():
            document = _with_restricted(begun(document, recorded), outcome=event.outcome, lessons=event.lessons)
            return {**document, "status": "resolved", "resolved_at": when}
        case IncidentReopened():
            document = _with_restricted(begun(document, recorded), reopened_because=event.reason)
            return {**document, "status": "reopened", "resolved_at": None}
        case _:
            raise TypeError(f"the incidents view does not know {event!r}")


def _with_restricted(document: Document, **told: str) -> Document:
    return {**document, "restricted": {**document["restricted"], **told}}


EVENTS = (IncidentReported, IncidentAssessed, IncidentResolved, IncidentReopened)
VIEW = View("incidents", EVENTS, by_id, fold)
