"""What the sub-committee has discarded: a unit passes over such events of its own where it can't read them."""

from nats.aio.client import Client

from shared.domain.parked_event import AGGREGATE, ParkedEventDiscarded
from shared.domain.values import SUBCOMMITTEE
from shared.eventstore.direct import Stored, read_subject
from shared.eventstore.envelope import check_place, decode, decode_data
from shared.eventstore.errors import Undecodable
from shared.eventstore.ledger import origin_of
from shared.eventstore.names import event_subject, ledger_stream

type Place = tuple[str, int]
"""The subject of an event, and its sequence in the stream of its service."""


class Discards:
    """Reads the ledger's discards when they are asked for. They are few, and hardly ever asked for."""

    def __init__(self, connection: Client, congress: str) -> None:
        self._connection = connection
        self._stream = ledger_stream(congress)
        self._subjects = event_subject(congress, SUBCOMMITTEE, AGGREGATE.entity, "*")
        self._places: set[Place] = set()

    async def hold(self, place: Place) -> bool:
        """Whether the event there was discarded by now. Raises `Unavailable`."""
        if place not in self._places:
            found = [stored async for stored in read_subject(self._connection, self._stream, self._subjects)]
            self._places |= {discarded for stored in found if (discarded := _discarded(stored))}
        return place in self._places


def _discarded(stored: Stored) -> Place | None:
    """Nothing where it is no event of the sub-committee's own."""
    try:
        envelope = decode(stored.body)
        check_place(envelope, stored.subject, origin_of(stored).stream)
        discard = decode_data(envelope, ParkedEventDiscarded)
    except (Undecodable, ValueError):
        return None
    return discard.stored_under, discard.origin_sequence
