"""`meetings`: who met, and what did the chair conclude?"""

from shared.events.meeting import EVENTS, MeetingHeld
from shared.views.view import Document, Recorded, View, begun, by_id


def fold(document: Document | None, recorded: Recorded) -> Document:
    fields = recorded.event.model_dump(mode="json")
    if isinstance(recorded.event, MeetingHeld):
        return {"_id": recorded.envelope.subject, **fields, "points": []}
    return {**begun(document, recorded), **fields}


VIEW = View("meetings", EVENTS, by_id, fold)
