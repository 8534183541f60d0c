"""`directives`: what has the sub-committee ordered, of whom, and by which sentence of a conclusion?"""

from shared.events.directive import EVENTS, DirectiveIssued
from shared.views.view import Document, Recorded, View, by_id, instant


def fold(document: Document | None, recorded: Recorded) -> Document:
    event = recorded.event
    match event:
        case DirectiveIssued():
            issued_at = instant(recorded.envelope.time)
            return {"_id": recorded.envelope.subject, **event.model_dump(mode="json"), "issued_at": issued_at}
        case _:
            raise TypeError(f"the directives view does not know {event!r}")


VIEW = View("directives", EVENTS, by_id, fold)
