"""`known_clearances`: what has each unit heard of security's decisions on clearances?"""

from shared.events.known_clearance import EVENTS, ClearanceNoted
from shared.views.view import Document, Recorded, View, by_service_and_id, instant


def fold(_: Document | None, recorded: Recorded) -> Document:
    event, envelope = recorded.event, recorded.envelope
    if not isinstance(event, ClearanceNoted):
        raise TypeError(f"the known clearances view does not know {event!r}")
    return {
        "_id": f"{envelope.source}/{envelope.subject}",
        "unit": envelope.source,
        "clearance_id": envelope.subject,
        "decision": event.decision.value,
        "decided_at": instant(envelope.time),
    }


VIEW = View("known_clearances", EVENTS, by_service_and_id, fold)
