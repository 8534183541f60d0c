"""`clearances`: which places, people and vehicles may be let in?"""

from shared.events.clearance import ClearanceGranted, ClearanceRefused, ClearanceRequested, ClearanceWithdrawn
from shared.views.view import Document, Recorded, View, begun, by_id


def fold(document: Document | None, recorded: Recorded) -> Document:
    event = recorded.event
    match event:
        case ClearanceRequested():
            requested = event.model_dump(mode="json")
            return {
                "_id": recorded.envelope.subject,
                **requested,
                "status": "requested",
                "conditions": [],
                "reason": None,
            }
        case ClearanceGranted():
            return {**begun(document, recorded), "status": "granted", "conditions": list(event.conditions)}
        case ClearanceRefused():
            return {**begun(document, recorded), "status": "refused", "reason": event.reason}
        case ClearanceWithdrawn():
            return {**begun(document, recorded), "status": "withdrawn", "reason": event.reason}
        case _:
            raise TypeError(f"the clearances view does not know {event!r}")


EVENTS = (ClearanceRequested, ClearanceGranted, ClearanceRefused, ClearanceWithdrawn)
VIEW = View("clearances", EVENTS, by_id, fold)
