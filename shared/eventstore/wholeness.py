"""Whether a stream still holds every event that it is known to have held.

Nothing is ever deleted from it, so it holds as many messages as its last sequence says. A broker that finds a damaged
block, or whose limits somebody changed for a moment, keeps fewer and says nothing.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from nats.aio.client import Client

from shared.eventstore.direct import Stored
from shared.eventstore.errors import EventStoreError, NoStream, StreamLost
from shared.eventstore.jetstream_api import services_with_streams, stream_info
from shared.eventstore.leader import read_one
from shared.eventstore.ledger import Ledger, fingerprint, origin_of
from shared.eventstore.names import ledger_stream, service_stream
from shared.values.units import services

LOOK_EVERY_S = 2.0
LOSS_TRIES = 3
LOSS_AGAIN_AFTER_S = 0.1


class StreamWatch:
    """Watches the stream of one service for its store. `last_known` is the last event that there is known to be,
    `loss` what the last look found missing."""

    def __init__(self, connection: Client, congress: str, service: str) -> None:
        self._connection, self._congress, self._service = connection, congress, service
        self._stream = service_stream(congress, service)
        self.last_known = 0
        self.loss: StreamLost | None = None
        self._reads = self._covered = 0
        self._compared: int | None = None
        self._looking = asyncio.Lock()

    def has_read(self) -> None:
        """What was read may have been too little: the next append looks again first."""
        self._reads += 1

    async def assure(self) -> None:
        """That what was read so far was all there is. Raises `StreamLost`, `Unavailable`."""
        reads = self._reads
        async with self._looking:
            if self.loss or self._covered < reads or self._compared != self._connection.stats["reconnects"]:
                await self._look()
        if self.loss:
            raise self.loss

    async def look(self) -> None:
        """Sets `loss`. Raises `Unavailable`."""
        async with self._looking:
            await self._look()

    async def keep_looking(self) -> None:
        """For ever; whoever asks for the health is told what is found."""
        while True:
            with suppress(EventStoreError):  # nothing was found out, and whoever needs the stream is told so
                await self.look()
            await asyncio.sleep(LOOK_EVERY_S)

    def acknowledged(self, sequence: int, last_before: int) -> None:
        """An append was stored at `sequence`, given when `last_before` was the last. Raises `StreamLost`."""
        if sequence <= last_before:
            self.loss = StreamLost(self._stream, sequence - 1, self.last_known, self._service)
            raise self.loss
        self.last_known = max(self.last_known, sequence)

    async def _look(self) -> None:
        """Compares with the ledger at first, and again whenever another server may be answering."""
        reads, answering, copy = self._reads, self._connection.stats["reconnects"], None
        if answering != self._compared:
            copy = await _last_copy(Ledger(self._connection, self._congress), self._service)
            self.last_known = max(self.last_known, origin_of(copy).sequence if copy else 0)
        last, self.loss = await _loss(self._connection, self._stream, self._service, self.last_known, copy)
        self.last_known = max(self.last_known, last)
        if self.loss is None:
            self._covered, self._compared = reads, answering


class Extent(NamedTuple):
    """How far the stream of each service of a congress goes, and what each, and the ledger, has lost."""

    lengths: dict[str, int]
    losses: list[StreamLost]


async def extent(
    ledger: Ledger, projected: Mapping[str, int] | None = None, may_read: Callable[[str], bool] = lambda _: True
) -> Extent:
    """`projected` says how far the views have each service's stream. The last event of a stream that this process
    `may_read` is compared with the ledger's copy. Raises `Unavailable`."""
    connection, congress = ledger.connection, ledger.congress

    async def of(service: str) -> tuple[int, StreamLost | None]:
        stream, copy = service_stream(congress, service), await _last_copy(ledger, service)
        last_known = max(origin_of(copy).sequence if copy else 0, (projected or {}).get(stream, 0))
        return await _loss(connection, stream, service, last_known, copy if may_read(stream) else None)

    every = dict.fromkeys((*services(), *await services_with_streams(connection, congress)))
    of_the_ledger = _loss(connection, ledger_stream(congress), "", 0, None)
    *streams, (_, ledger_loss) = await asyncio.gather(*map(of, every), of_the_ledger)
    lengths = {service: last for service, (last, _) in zip(every, streams, strict=True)}
    return Extent(lengths, [loss for loss in (*(loss for _, loss in streams), ledger_loss) if loss])


async def losses(ledger: Ledger, projected: Mapping[str, int] | None = None) -> list[StreamLost]:
    """The losses of all streams of a congress, the ledger's too. Raises as `extent`."""
    return (await extent(ledger, projected)).losses


async def held_by_the_ledger(ledger: Ledger, service: str) -> int:
    """How far the ledger has the stream of a service. Raises `StreamLost` where the stream itself has not as much,
    `Unavailable`."""
    copy = await _last_copy(ledger, service)
    if copy is None:
        return 0
    stream, last_known = service_stream(ledger.congress, service), origin_of(copy).sequence
    if loss := (await _loss(ledger.connection, stream, service, last_known, copy))[1]:
        raise loss
    return last_known


async def state_of(connection: Client, stream: str) -> dict[str, Any]:
    """A stream that is not there holds nothing."""
    try:
        return dict((await stream_info(connection, stream))["state"])
    except NoStream:
        return {"messages": 0, "last_seq": 0, "first_seq": 0}


async def _loss(
    connection: Client, stream: str, service: str, last_known: int, copy: Stored | None
) -> tuple[int, StreamLost | None]:
    """The last sequence of `stream`, and what is missing of its `last_known` events, of which the ledger has this
    last `copy`. Looks again before it says so: who has just become a stream's leader may not have applied all."""
    tries = 0
    while True:
        state = await state_of(connection, stream)
        last, tries = int(state["last_seq"]), tries + 1
        loss = None
        if not state["messages"] == last >= last_known:
            loss = StreamLost(stream, await _last_good(connection, stream, state), max(last_known, last), service)
        elif copy and not _same(await read_one(connection, stream, seq=origin_of(copy).sequence), copy):
            loss = StreamLost(stream, 0, last_known, service)
        if loss is None or tries == LOSS_TRIES:
            return last, loss
        await asyncio.sleep(LOSS_AGAIN_AFTER_S)


async def _last_good(connection: Client, stream: str, state: dict[str, Any]) -> int:
    if state["first_seq"] > 1:
        return 0
    if state["messages"] == state["last_seq"]:
        return int(state["last_seq"])
    missing = (await stream_info(connection, stream, deleted_details=True))["state"].get("deleted") or [1]
    return int(min(missing)) - 1


def _same(original: Stored | None, copy: Stored) -> bool:
    return original is not None and fingerprint(original) == fingerprint(copy)


async def _last_copy(ledger: Ledger, service: str) -> Stored | None:
    """The last event of a service that the ledger holds; none where there is no ledger, which others tell."""
    try:
        return await ledger.last_of(service)
    except NoStream:
        return None
