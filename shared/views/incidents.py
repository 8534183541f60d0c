"""`incidents`: what went wrong where, how severe was it, and is it over? `restricted` is masked for most readers."""

from shared.events.incident import EVENTS, IncidentAssessed, IncidentReopened, IncidentReported, IncidentResolved
from shared.views.view import Document, Recorded, Unfoldable, View, begun, by_id, instant


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
    raise Unfoldable(recorded.envelope.type)


def _with_restricted(document: Document, **fields: str) -> Document:
    return {**document, "restricted": {**document["restricted"], **fields}}


VIEW = View("incidents", EVENTS, by_id, fold)
