"""`directives`: what has the sub-committee ordered, of whom, and by which sentence of a conclusion?"""

from shared.events.directive import EVENTS
from shared.views.view import Document, Recorded, View, by_id, instant


def fold(_: Document | None, recorded: Recorded) -> Document:
    envelope = recorded.envelope
    return {"_id": envelope.subject, **recorded.event.model_dump(mode="json"), "issued_at": instant(envelope.time)}


VIEW = View("directives", EVENTS, by_id, fold)
