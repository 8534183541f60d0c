"""Rebuilding a service's stream, of which the broker has lost events, from the copies in the ledger.

The ledger must not take the restored events for new ones. While they are written, the stream is none of its sources;
afterwards it is one again from the first event on that the ledger does not have. An interrupted restoration is begun
again: until it is done, the service does not start, because the ledger differs from what it must be.
"""

import asyncio
import base64
from collections.abc import AsyncIterator, Callable, Mapping, Set
from contextlib import suppress
from typing import Any, NamedTuple

import nats.errors
from nats.aio.client import Client

from shared.domain.decider import Refusal
from shared.eventstore.canonical import json_line
from shared.eventstore.direct import Stored, as_it_was_sent, read_subject
from shared.eventstore.errors import NoStream, Unavailable
from shared.eventstore.jetstream_api import API_TIMEOUT_S, js_call, stream_info
from shared.eventstore.ledger import fingerprint, origin_of
from shared.eventstore.names import ledger_stream, service_stream
from shared.eventstore.streams import stream_configs
from shared.eventstore.wholeness import state_of
from shared.eventstore.wire import read_json
from shared.platform.nats import request_as_bytes

LEDGER_LACKS = Refusal(
    "ledger_lacks_events",
    "The ledger lacks event {sequence} of {stream}, which can't be restored from it. Restore the broker's data.",
)
LEDGER_BEHIND = Refusal(
    "ledger_behind", "The stream {stream} holds {count} events that the ledger does not have yet; wait until it does."
)
AT_ODDS = Refusal(
    "stored_in_place_of_lost_events",
    "{count} events of {stream}, the first of them {sequence}, were stored in place of lost ones and are not in the "
    "ledger. Name a file with --set-aside to keep them in, and give their commands again.",
)
NOT_AS_IN_THE_LEDGER = Refusal(
    "not_as_in_the_ledger",
    "Event {sequence} of {stream} is not as in the ledger; somebody else writes to the stream. Restore it again.",
)
SOURCE_AGAIN_TIMEOUT_S = 60.0
ADD_SOURCES_TIMEOUT_S = 600.0
"""A broker looks through the whole ledger for the last event of an added source: 5 s for 30,000 events here."""
LOOK_EVERY_S = 0.1
_NOT_WITH_SOURCES: Mapping[str, Any] = {"subjects": None, "duplicate_window": 0}
"""A broker gives a stream without sources a subject, and a window for duplicates. Both go with the first source."""

type Progress = Callable[[int, int], None]


class Comparison(NamedTuple):
    """What the ledger has of the stream, by fingerprint, and what the stream itself still has of that."""

    copies: list[str]
    good: int
    """As many events at the beginning are there and as in the ledger."""
    held: int
    last: int
    """The last sequence that the stream has given."""
    at_odds: list[Stored]
    """In place of events of the ledger."""

    @property
    def is_whole(self) -> bool:
        return self.good == self.held == self.last == len(self.copies)

    @property
    def gone(self) -> int:
        """So many later events nobody has any more."""
        return max(0, self.last - len(self.copies))

    @property
    def can_go_on(self) -> bool:
        """Whether only the end is missing."""
        return self.good == self.held == self.last


class Restoring:
    """The stream of one service. The service must not run."""

    def __init__(self, connection: Client, congress: str, service: str) -> None:
        self._connection, self._congress = connection, congress
        self.stream, self._ledger = service_stream(congress, service), ledger_stream(congress)

    async def look(self, on_progress: Progress) -> Comparison:
        """Compares event by event. Raises the refusal that the ledger can't restore it, `Unavailable`."""
        copies = [fingerprint(copy) async for copy in self._copies(on_progress)]
        state = await state_of(self._connection, self.stream)
        good, at_odds = 0, []
        if state["last_seq"]:
            async for stored in read_subject(self._connection, self.stream, ">"):
                if stored.sequence > len(copies):
                    raise LEDGER_BEHIND(stream=self.stream, count=state["last_seq"] - len(copies))
                if fingerprint(stored) != copies[stored.sequence - 1]:
                    at_odds.append(stored)
                elif stored.sequence == good + 1:
                    good += 1
        return Comparison(copies, good, state["messages"], state["last_seq"], at_odds)

    async def restore(self, compared: Comparison, on_progress: Progress) -> None:
        """Makes the stream as it is in the ledger, and the ledger's source again. Raises `NOT_AS_IN_THE_LEDGER` and
        `Unavailable`; then it is to be done again from `look` on."""
        if not compared.is_whole:
            await self._set_source(None)
            await self._make_ready(anew=not compared.can_go_on)
            await self._write(compared.good if compared.can_go_on else 0, len(compared.copies), on_progress)
            if not (await self.look(on_progress)).is_whole:
                raise NOT_AS_IN_THE_LEDGER(stream=self.stream, sequence=len(compared.copies))
        await self._set_source(len(compared.copies) + 1)
        await until_sourced(self._connection, self._ledger, {self.stream})

    async def _copies(self, on_progress: Progress) -> AsyncIterator[Stored]:
        """The ledger's, with their headers, in the order of the stream; what it holds a second time is left out."""
        end = (await stream_info(self._connection, self._ledger))["state"]["last_seq"]
        next_sequence = 1
        async for copy in read_subject(self._connection, self._ledger, ">", with_headers=True):
            origin = origin_of(copy)
            if origin.stream == self.stream and origin.sequence >= next_sequence:
                if origin.sequence > next_sequence:
                    raise LEDGER_LACKS(stream=self.stream, sequence=next_sequence)
                yield copy
                next_sequence += 1
            if copy.sequence % 100 == 0 or copy.sequence >= end:
                on_progress(copy.sequence, end)

    async def _write(self, after: int, end: int, on_progress: Progress) -> None:
        async for copy in self._copies(lambda *_: None):
            sequence = origin_of(copy).sequence
            if sequence > after:
                if await self._send(copy) != sequence:
                    raise NOT_AS_IN_THE_LEDGER(stream=self.stream, sequence=sequence)
                on_progress(sequence, end)

    async def _send(self, copy: Stored) -> int:
        """Sends an event, without its headers where the server takes them for an order that it can't carry out
        again."""
        subject, headers = as_it_was_sent(copy)
        answer = await self._request(subject, headers, copy.body)
        if "error" in answer or answer.get("duplicate"):
            answer = await self._request(subject, b"", copy.body)
        return int(answer.get("seq", 0))

    async def _request(self, subject: bytes, headers: bytes, body: bytes) -> dict[str, Any]:
        try:
            reply = await request_as_bytes(self._connection, subject, headers, body, API_TIMEOUT_S)
        except (nats.errors.Error, TimeoutError) as error:
            raise Unavailable(f"an event was not acknowledged: {error!r}") from error
        if not reply.data:
            raise Unavailable(f"nothing takes events of {self.stream}")
        return dict(read_json(reply.data))

    async def _make_ready(self, *, anew: bool) -> None:
        """Makes the stream ready, with the settings that it has, or else those that it must have."""
        try:
            config = (await stream_info(self._connection, self.stream))["config"]
            if not anew:
                return
            await js_call(self._connection, f"STREAM.DELETE.{self.stream}", {})
        except NoStream:
            config = next(stream for stream in stream_configs(self._congress) if stream["name"] == self.stream)
        await js_call(self._connection, f"STREAM.CREATE.{self.stream}", config)

    async def _set_source(self, first: int | None) -> None:
        """The ledger takes the stream's events from `first` on, or none. Told from where on, because a broker reads a
        source that is added from its first event on, whatever the ledger has of it (nats-server 2.15)."""
        config = (await stream_info(self._connection, self._ledger))["config"]
        sources = config.get("sources") or []
        there = any(source["name"] == self.stream for source in sources)
        if there == (first is not None):
            return
        sources = [source for source in sources if source["name"] != self.stream]
        if first is not None:
            sources.append({"name": self.stream, "opt_start_seq": first})
        update = config | {"sources": sources}
        await js_call(self._connection, f"STREAM.UPDATE.{self._ledger}", update, timeout_s=ADD_SOURCES_TIMEOUT_S)


async def drop_sources(connection: Client, congress: str, streams: Set[str]) -> None:
    """The ledger, where there is one, takes in these streams no more. Raises `Unavailable`."""
    ledger = ledger_stream(congress)
    with suppress(NoStream):
        config = (await stream_info(connection, ledger))["config"]
        now = config.get("sources") or []
        sources = [source for source in now if source["name"] not in streams]
        if sources != now:
            await js_call(connection, f"STREAM.UPDATE.{ledger}", config | {"sources": sources})


async def set_sources(connection: Client, congress: str, first: Mapping[str, int]) -> None:
    """The ledger takes in the streams that it does not take in yet, each from its sequence in `first` on, and listens
    to all of them. Raises `Unavailable`."""
    ledger = ledger_stream(congress)
    config = (await stream_info(connection, ledger))["config"] | _NOT_WITH_SOURCES
    sources = config.get("sources") or []
    there = {source["name"] for source in sources}
    lacking = [
        {"name": name, "opt_start_seq": begin} if begin > 1 else {"name": name}
        for name, begin in first.items()
        if name not in there
    ]
    if lacking:
        update = config | {"sources": [*sources, *lacking]}
        await js_call(connection, f"STREAM.UPDATE.{ledger}", update, timeout_s=ADD_SOURCES_TIMEOUT_S)
    await until_sourced(connection, ledger, set(first))


async def until_sourced(connection: Client, ledger: str, streams: Set[str]) -> None:
    """Until the ledger listens to these streams again, which takes a broker some seconds. Raises `Unavailable`."""
    lacking = set(streams)
    try:
        async with asyncio.timeout(SOURCE_AGAIN_TIMEOUT_S):
            while True:
                sources = (await stream_info(connection, ledger)).get("sources") or []
                lacking = set(streams) - {source["name"] for source in sources if source["active"] >= 0}
                if not lacking:
                    return
                await asyncio.sleep(LOOK_EVERY_S)
    except TimeoutError as error:
        raise Unavailable(f"{ledger} has not begun again to take in {', '.join(sorted(lacking))}") from error


def as_line(stored: Stored) -> bytes:
    """An event that is put aside: one line of JSON."""
    row = {
        "sequence": stored.sequence,
        "subject": stored.subject,
        "recorded": stored.recorded.isoformat(),
        "body": stored.body.decode(errors="replace"),
        "body_base64": base64.b64encode(stored.body).decode(),
    }
    return json_line(row)
