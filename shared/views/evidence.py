"""`evidence`: which files does each unit keep as evidence?"""

from shared.events.evidence import EVENTS
from shared.views.view import Document, Recorded, View, by_service_and_id, instant


def fold(_: Document | None, recorded: Recorded) -> Document:
    envelope = recorded.envelope
    return {
        "_id": f"{envelope.source}/{envelope.subject}",
        "unit": envelope.source,
        "sha256": envelope.subject,
        **recorded.event.model_dump(mode="json"),
        "kept_at": instant(envelope.time),
        "kept_by": envelope.actor,
    }


VIEW = View("evidence", EVENTS, by_service_and_id, fold)
