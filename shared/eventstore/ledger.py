"""The ledger: every event of a congress in one order, read from any sequence, as often as wanted."""

import asyncio
import hashlib
from collections import deque
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg

from shared.eventstore.direct import BATCH_MESSAGES, DirectReader, Stored
from shared.eventstore.errors import LedgerBroken, LedgerGone, LedgerOther, LedgerShort, NoStream, Unavailable
from shared.eventstore.jetstream_api import stream_info
from shared.eventstore.leader import read_one, read_subject_now
from shared.eventstore.names import event_subject, ledger_announcements, ledger_stream

PAGES_AHEAD = 2
IDLE_CHECK_S = 1.0
"""A follower looks by itself this often, so a lost announcement costs a second and no event."""


class Origin(msgspec.Struct, frozen=True, gc=False):
    """Where an event was first stored: the service's stream, and its sequence there."""

    stream: str
    sequence: int


def origin_of(stored: Stored) -> Origin:
    """Reads `Nats-Stream-Source`: `EVENTS_A 5125 > > evt…`; across a leaf node the name has a suffix after `:`."""
    name, sequence = stored.source.split(" ", 2)[:2]
    return Origin(name.partition(":")[0] if ":" in name else name, int(sequence))


def fingerprint(stored: Stored) -> str:
    """A digest that tells this event from the one that another ledger may hold at the same sequence."""
    return hashlib.sha256(stored.subject.encode() + b"\0" + stored.body).hexdigest()


class Ledger:
    """Reads `LEDGER_<congress>`; writes nothing and leaves no consumer behind."""

    def __init__(self, connection: Client, congress: str) -> None:
        self.connection = connection
        self.congress = congress
        self._stream = ledger_stream(congress)

    async def last_sequence(self) -> int:
        """The sequence of the newest event, 0 for none. Raises `LedgerGone`, `Unavailable`."""
        return int((await self._info())["state"]["last_seq"])

    async def check(self, last: int, known_by: str) -> int:
        """The sequence of the newest event, if this is still the ledger of which `last` was the last event applied.
        Raises `LedgerShort`, `LedgerOther`, `LedgerGone`, `Unavailable`."""
        end = await self.last_sequence()
        if end < last:
            raise LedgerShort(end, last)
        await self._recognise(last, known_by)
        return end

    async def event(self, sequence: int) -> Stored | None:
        """One event. Raises `Unavailable`."""
        return await read_one(self.connection, self._stream, seq=sequence)

    async def last_of(self, service: str) -> Stored | None:
        """The last event that was sourced from a service's stream. Raises `Unavailable`."""
        everything = event_subject(self.congress, service, "*", "*")
        return await read_one(self.connection, self._stream, last_by_subj=everything)

    async def sequence_at(self, moment: datetime) -> int:
        """The sequence of the last event recorded at or before `moment`, 0 for none. Raises `Unavailable`."""
        after = moment.astimezone(UTC) + timedelta(microseconds=1)
        later = await read_one(self.connection, self._stream, start_time=after.isoformat())
        return later.sequence - 1 if later else await self.last_sequence()

    async def read(self, after: int = 0, upto: int | None = None) -> AsyncIterator[list[Stored]]:
        """Pages of events in order, from `after` + 1 to `upto` (or the end as it is now). Raises `LedgerBroken` at a
        hole in the sequence or an end before `upto`, `Unavailable`."""
        end = await self.last_sequence()
        upto = end if upto is None else upto
        if end < upto:
            raise LedgerBroken(f"the ledger ends at {end}, before {upto}: the broker has lost events")
        async for page in self._pages(after, upto):
            yield page

    async def about(self, entity_id: str) -> list[Stored]:
        """Every event of the entities with this id, of any kind and service, in order. Raises `Unavailable`."""
        subject = event_subject(self.congress, "*", "*", entity_id)
        return await read_subject_now(self.connection, self._stream, subject)

    async def follow(self, after: int, known_by: str = "") -> AsyncIterator[list[Stored]]:
        """Pages of events from `after` + 1 on, for ever; an empty page when a second passed without any. `known_by`
        is the fingerprint of event `after`, where it is known. Raises `LedgerShort` when the ledger ends before
        `after`, `LedgerOther` when it holds another event there, `LedgerGone`, `LedgerBroken`, `Unavailable`."""
        news = asyncio.Event()

        async def wake(_: Msg) -> None:
            news.set()

        subscription = await self.connection.subscribe(ledger_announcements(self.congress), cb=wake)
        try:
            recognised: object = None
            while True:
                news.clear()
                info = await self._info()
                answering = self.connection.stats["reconnects"], info["created"]
                end = int(info["state"]["last_seq"])
                if end < after:
                    raise LedgerShort(end, after)
                if answering != recognised:
                    await self._recognise(after, known_by)
                    recognised = answering
                async for page in self._pages(after, end):
                    if self.connection.stats["reconnects"] != answering[0]:
                        raise Unavailable("the connection was lost while reading the ledger")
                    yield page
                    after, known_by = page[-1].sequence, fingerprint(page[-1])
                with suppress(TimeoutError):
                    await asyncio.wait_for(news.wait(), IDLE_CHECK_S)
                if not news.is_set():
                    yield []
        finally:
            if not self.connection.is_closed:
                await subscription.unsubscribe()

    async def _info(self) -> dict[str, Any]:
        try:
            return await stream_info(self.connection, self._stream)
        except NoStream as error:
            raise LedgerGone(self._stream) from error

    async def _recognise(self, sequence: int, known_by: str) -> None:
        """Checked once at the start, and again whenever another server or stream may be answering."""
        if known_by:
            stored = await self.event(sequence)
            if stored is None or fingerprint(stored) != known_by:
                raise LedgerOther(sequence)

    async def _pages(self, after: int, upto: int) -> AsyncIterator[list[Stored]]:
        """Each page asked for ahead has a reader of its own: on a cluster two replicas may answer at once."""
        try:
            async with AsyncExitStack() as readers:
                idle = [
                    await readers.enter_async_context(DirectReader(self.connection, self._stream))
                    for _ in range(after, upto, BATCH_MESSAGES)[:PAGES_AHEAD]
                ]
                waiting: deque[DirectReader] = deque()
                requested = after
                while after < upto:
                    while idle and requested < upto:
                        await idle[-1].ask(seq=requested + 1, batch=min(BATCH_MESSAGES, upto - requested))
                        waiting.append(idle.pop())
                        requested = min(requested + BATCH_MESSAGES, upto)
                    page = (await waiting[0].answer()).messages
                    idle.append(waiting.popleft())
                    if [stored.sequence for stored in page] != list(range(after + 1, after + 1 + len(page))):
                        raise LedgerBroken(f"the ledger has a hole after sequence {after}")
                    if not page:
                        page = await self._from_the_leader(after + 1, upto)
                    yield page
                    after = page[-1].sequence
                    if after < upto and len(page) < BATCH_MESSAGES:
                        # Large events cut the page short, or a replica behind: what was asked ahead begins too late.
                        while waiting:
                            await waiting[0].answer()
                            idle.append(waiting.popleft())
                        requested = after
        except nats.errors.Error as error:
            raise Unavailable(f"can't read the ledger: {error}") from error

    async def _from_the_leader(self, sequence: int, upto: int) -> list[Stored]:
        """What the replica that was asked does not have yet."""
        stored = await self.event(sequence)
        if stored is None:
            raise LedgerBroken(f"the ledger ends at {sequence - 1}, before {upto}")
        return [stored]
