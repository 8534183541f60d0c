"""`resources`: which halls, rooms, lodging and vehicles are booked when?"""

from shared.events.resource import EVENTS, ReservationReleased, ResourceRegistered, ResourceReserved
from shared.views.view import Document, Recorded, Unfoldable, View, begun, by_id, instant


def fold(document: Document | None, recorded: Recorded) -> Document:
    event = recorded.event
    match event:
        case ResourceRegistered():
            return {"_id": recorded.envelope.subject, **event.model_dump(mode="json"), "reservations": []}
        case ResourceReserved():
            document = begun(document, recorded)
            booked = {
                "reservation_id": event.reservation_id,
                "starts": instant(event.starts),
                "ends": instant(event.ends),
                "purpose": event.purpose,
            }
            return {**document, "reservations": [*document["reservations"], booked]}
        case ReservationReleased():
            document = begun(document, recorded)
            kept = [held for held in document["reservations"] if held["reservation_id"] != event.reservation_id]
            return {**document, "reservations": kept}
    raise Unfoldable(recorded.envelope.type)


VIEW = View("resources", EVENTS, by_id, fold)
