"""`publications`: what does propaganda want to release, may it, and when did it run?"""

from shared.events.publication import (
    PublicationApproved,
    PublicationProposed,
    PublicationRejected,
    PublicationReleased,
)
from shared.values.local_time import local_date
from shared.views.view import Document, Recorded, View, begun, by_id


def fold(document: Document | None, recorded: Recorded) -> Document:
    event = recorded.event
    match event:
        case PublicationProposed():
            proposed = event.model_dump(mode="json")
            return {
                "_id": recorded.envelope.subject,
                **proposed,
                "status": "proposed",
                "rejection": None,
                "released_on": None,
            }
        case PublicationApproved():
            return {**begun(document, recorded), "status": "approved"}
        case PublicationRejected():
            return {**begun(document, recorded), "status": "rejected", "rejection": event.reason}
        case PublicationReleased():
            released_on = local_date(recorded.envelope.time).isoformat()
            return {**begun(document, recorded), "status": "released", "released_on": released_on}
        case _:
            raise TypeError(f"the publications view does not know {event!r}")


EVENTS = (PublicationProposed, PublicationApproved, PublicationRejected, PublicationReleased)
VIEW = View("publications", EVENTS, by_id, fold)
