"""`meetings`: who met, and what did the chair conclude?"""

from shared.events.meeting import EVENTS, MeetingConcluded, MeetingHeld
from shared.views.view import Document, Recorded, View, begun, by_id


def fold(document: Document | None, recorded: Recorded) -> Document:
    event = recorded.event
    match event:
        case MeetingHeld():
            return {"_id": recorded.envelope.subject, **event.model_dump(mode="json"), "points": []}
        case MeetingConcluded():
            return {**begun(document, recorded), **event.model_dump(mode="json")}
        case _:
            raise TypeError(f"the meetings view does not know {event!r}")


VIEW = View("meetings", EVENTS, by_id, fold)
