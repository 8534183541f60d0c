"""`resources`: which halls, rooms, lodging and vehicles are booked when?"""

from shared.events.resource import (
    EVENTS,
    ReservationCorrected,
    ReservationReleased,
    ResourceCorrected,
    ResourceRegistered,
    ResourceReserved,
)
from shared.views.corrections import corrected_values, with_correction
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
        case ResourceCorrected():
            document = begun(document, recorded)
            return {**document, **corrected_values(recorded), **with_correction(document, recorded)}
        case ReservationCorrected():
            return _reservation_put_right(begun(document, recorded), event, recorded)
    raise Unfoldable(recorded.envelope.type)


def _reservation_put_right(document: Document, event: ReservationCorrected, recorded: Recorded) -> Document:
    times = {"starts": event.after.starts, "ends": event.after.ends}
    after = corrected_values(recorded) | {name: instant(moment) for name, moment in times.items() if moment}
    reservation_id = event.reservation_id
    reservations = [
        {**held, **after} if held["reservation_id"] == reservation_id else held for held in document["reservations"]
    ]
    corrections = with_correction(document, recorded, reservation_id=reservation_id)
    return {**document, "reservations": reservations, **corrections}


VIEW = View("resources", EVENTS, by_id, fold)
