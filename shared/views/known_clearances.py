"""`known_clearances`: what has each unit heard of security's decisions on clearances?"""

from shared.events.known_clearance import EVENTS
from shared.views.view import Document, Recorded, View, by_service_and_id, instant


def fold(_: Document | None, recorded: Recorded) -> Document:
    envelope = recorded.envelope
    return {
        "_id": f"{envelope.source}/{envelope.subject}",
        "unit": envelope.source,
        "clearance_id": envelope.subject,
        **recorded.event.model_dump(mode="json"),
        "decided_at": instant(envelope.time),
    }


VIEW = View("known_clearances", EVENTS, by_service_and_id, fold)
