"""`incidents`: what went wrong where, how severe was it, and is it over? `restricted` is masked for most readers."""

from shared.events.incident import (
    EVENTS,
    IncidentAssessed,
    IncidentCorrected,
    IncidentReopened,
    IncidentReported,
    IncidentResolved,
)
from shared.views.corrections import corrected_values, with_correction
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
        case IncidentCorrected():
            return _put_right(begun(document, recorded), event, recorded)
    raise Unfoldable(recorded.envelope.type)


def _put_right(document: Document, event: IncidentCorrected, recorded: Recorded) -> Document:
    after = corrected_values(recorded)
    if event.after.happened_at:
        after["happened_at"] = instant(event.after.happened_at)
    restricted = {name: after.pop(name) for name in ("details", "outcome", "lessons") if name in after}
    document = _with_restricted(document, **restricted)
    return {**document, **after, **with_correction(document, recorded)}


def _with_restricted(document: Document, **fields: str) -> Document:
    return {**document, "restricted": {**document["restricted"], **fields}}


VIEW = View("incidents", EVENTS, by_id, fold)
