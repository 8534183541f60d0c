"""`issued_reports`: which reports were handed up, by whom, and what did they show?"""

from shared.events.issued_report import EVENTS
from shared.views.view import Document, Recorded, View, by_id, instant


def fold(_: Document | None, recorded: Recorded) -> Document:
    envelope = recorded.envelope
    signed = {"issued_by": envelope.actor, "issued_at": instant(envelope.time)}
    return {"_id": envelope.subject, **recorded.event.model_dump(mode="json"), **signed}


VIEW = View("issued_reports", EVENTS, by_id, fold)
