"""`duties`: which continuing duty was handed out to which locality, and which unit follows it?"""

from shared.events.duty import EVENTS, DutyHandedOut
from shared.views.view import Document, Recorded, View, by_id, instant


def fold(document: Document | None, recorded: Recorded) -> Document:
    event = recorded.event
    match event:
        case DutyHandedOut():
            handed_out_at = instant(recorded.envelope.time)
            return {"_id": recorded.envelope.subject, **event.model_dump(mode="json"), "handed_out_at": handed_out_at}
        case _:
            raise TypeError(f"the duties view does not know {event!r}")


VIEW = View("duties", EVENTS, by_id, fold)
