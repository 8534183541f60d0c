"""`duties`: which continuing duty was handed out to which locality, and which unit follows it?"""

from shared.events.duty import EVENTS
from shared.views.view import Document, Recorded, View, by_id, instant


def fold(_: Document | None, recorded: Recorded) -> Document:
    envelope = recorded.envelope
    return {
        "_id": envelope.subject,
        **recorded.event.model_dump(mode="json"),
        "handed_out_at": instant(envelope.time),
    }


VIEW = View("duties", EVENTS, by_id, fold)
