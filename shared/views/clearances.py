"""`clearances`: which places, people and vehicles may be let in?"""

from shared.events.clearance import EVENTS, ClearanceGranted, ClearanceRefused, ClearanceRequested, ClearanceWithdrawn
from shared.views.view import Document, Recorded, Unfoldable, View, begun, by_id


def fold(document: Document | None, recorded: Recorded) -> Document:
    event = recorded.event
    match event:
        case ClearanceRequested():
            requested = {"_id": recorded.envelope.subject, **event.model_dump(mode="json")}
            return {**requested, "status": "requested", "conditions": [], "reason": None}
        case ClearanceGranted():
            return {**begun(document, recorded), "status": "granted", "conditions": list(event.conditions)}
        case ClearanceRefused():
            return {**begun(document, recorded), "status": "refused", "reason": event.reason}
        case ClearanceWithdrawn():
            return {**begun(document, recorded), "status": "withdrawn", "reason": event.reason}
    raise Unfoldable(recorded.envelope.type)


VIEW = View("clearances", EVENTS, by_id, fold)
