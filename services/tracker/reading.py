"""Ledger bytes to typed events. What can't be read is not lost: it comes out as `Unreadable`, to be parked."""

from typing import NamedTuple

from services.tracker.projections import VIEWS
from services.tracker.projections.view import Recorded, View
from shared.domain.decider import Event
from shared.domain.parked_event import ParkedEventDiscarded
from shared.eventstore.direct import Stored
from shared.eventstore.envelope import Envelope, decode, decode_data
from shared.eventstore.errors import Undecodable
from shared.eventstore.ledger import Origin, origin_of
from shared.unit.refusals import PolicyRefusalResolved, PolicyRefused

AUDITED_ONLY: tuple[type[Event], ...] = (PolicyRefused, PolicyRefusalResolved, ParkedEventDiscarded)
"""Events that no view shows; they still have their row in the audit trail."""

KNOWN: dict[str, type[Event]] = {
    event.TYPE: event for event in (*(event for view in VIEWS for event in view.events), *AUDITED_ONLY)
}
VIEWS_OF: dict[str, tuple[View, ...]] = {
    name: tuple(view for view in VIEWS if event in view.events) for name, event in KNOWN.items()
}


class Unreadable(NamedTuple):
    """A ledger message that is no event this code knows. `reason` is a stable word, `detail` is for people."""

    stored: Stored
    origin: Origin
    reason: str
    detail: str
    envelope: Envelope | None = None


class LeftOut(NamedTuple):
    """An event that is not folded, because it happened after the time that is asked for."""

    origin: Origin


def read_event(stored: Stored) -> Recorded | Unreadable:
    origin = origin_of(stored)
    try:
        envelope = decode(stored.body)
    except Undecodable as error:
        return Unreadable(stored, origin, "undecodable", str(error))
    model = KNOWN.get(envelope.type)
    if model is None:
        return Unreadable(stored, origin, "unknown_type", f"no view knows {envelope.type}", envelope)
    try:
        event = decode_data(envelope, model)
    except Undecodable as error:
        return Unreadable(stored, origin, "undecodable", str(error), envelope)
    return Recorded(stored.sequence, stored.recorded, origin, envelope, event)
