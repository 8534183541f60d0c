"""What the sub-committee has discarded: its unit passes over an event that it can't read or that was parked."""

import time

from nats.aio.client import Client

from shared.events.base import entity_of
from shared.events.parked_event import ParkedEventDiscarded
from shared.eventstore.direct import Stored, read_subject
from shared.eventstore.envelope import check_place, decode, decode_data
from shared.eventstore.errors import Undecodable
from shared.eventstore.ledger import origin_of
from shared.eventstore.names import event_subject, ledger_stream
from shared.values.units import SUBCOMMITTEE

type Place = tuple[str, int]
"""The subject of an event, and its sequence in the stream of its service."""
LOOK_EVERY_S = 2.0


class Discards:
    """Reads the ledger's discards when one is asked for, and otherwise every `LOOK_EVERY_S` at most. They are few."""

    def __init__(self, connection: Client, congress: str) -> None:
        self._connection = connection
        self._stream = ledger_stream(congress)
        self._subjects = event_subject(congress, SUBCOMMITTEE, entity_of(ParkedEventDiscarded), "*")
        self._discarded: dict[Place, ParkedEventDiscarded] = {}
        self._looked_at = -LOOK_EVERY_S

    async def hold(self, place: Place) -> bool:
        """Whether the event there was discarded by now. Raises `Unavailable`."""
        if place not in self._discarded:
            await self._look()
        return place in self._discarded

    def strike_out(self, place: Place) -> bool:
        """Whether the event there is passed over though it can be read: the tracker had parked it."""
        discarded = self._discarded.get(place)
        return discarded is not None and discarded.parked_as is not None

    async def have_grown(self) -> bool:
        """Since the last look: who remembers an aggregate may remember what was discarded. Raises `Unavailable`."""
        if time.monotonic() - self._looked_at < LOOK_EVERY_S:
            return False
        before = len(self._discarded)
        await self._look()
        return len(self._discarded) > before

    async def _look(self) -> None:
        self._looked_at = time.monotonic()
        async for stored in read_subject(self._connection, self._stream, self._subjects):
            if discarded := _discarded(stored):
                self._discarded[discarded.stored_under, discarded.origin_sequence] = discarded


def _discarded(stored: Stored) -> ParkedEventDiscarded | None:
    """The event as a discard; nothing where it is no such event of the sub-committee's own."""
    try:
        envelope = decode(stored.body)
        check_place(envelope, stored.subject, origin_of(stored).stream)
        return decode_data(envelope, ParkedEventDiscarded)
    except (Undecodable, ValueError):
        return None
