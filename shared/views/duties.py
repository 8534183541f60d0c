"""`duties`: which continuing duty was handed out to which locality, and which unit follows it?"""

from services.subcommittee import duty
from shared.events.duty import DutyHandedOut
from shared.views.view import Document, Recorded, View, by_id, instant


def fold(document: Document | None, recorded: Recorded) -> Document:
    event = recorded.event
    match event:
        case DutyHandedOut():
            handed_out_at = instant(recorded.envelope.time)
            return {"_id": recorded.envelope.subject, **event.model_dump(mode="json"), "handed_out_at": handed_out_at}
        case _:
            raise TypeError(f"the duties view does not know {event!r}")


VIEW = View("duties", duty.AGGREGATE.events, by_id, fold)
