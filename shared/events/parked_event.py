"""What people decide about an event that the tracker has parked."""

from shared.events.base import Event


class ParkedEventDiscarded(Event):
    """`stored_under` and `origin_sequence` say a second time which event is meant: its subject, and its place in the
    stream of the service that wrote it. `parked_as` is why it was parked, where whoever discarded it had looked."""

    TYPE = "vn.daihoi.parked-event.discarded.v1"
    stored_under: str
    origin_sequence: int
    reason: str
    parked_as: str | None = None


EVENTS = (ParkedEventDiscarded,)
