"""A service's own stream: load an aggregate, append what was decided."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import uuid4

import nats.errors
from nats.aio.client import Client

from shared.eventstore.direct import Stored, read_subject
from shared.eventstore.envelope import Envelope, as_bytes
from shared.eventstore.errors import Conflict, Duplicate, NoStream, TooLarge, TooManyEvents, Unavailable
from shared.eventstore.jetstream_api import stream_info
from shared.eventstore.jetstream_errors import typed
from shared.eventstore.leader import read_subject_now
from shared.eventstore.names import event_subject, service_stream
from shared.eventstore.wholeness import StreamWatch
from shared.eventstore.wire import read_json
from shared.platform.nats import HEADERS_BYTES

ACK_TIMEOUT_S = 2.0
LOOK_TIMEOUT_S = 2.0
"""For a look at the stream before an append."""
APPEND_TRIES = 3
MAX_BATCH_EVENTS = 1000
"""What the broker takes in one atomic batch (ADR-50); it refuses more for ever, with err_code 10199."""

WHOLE_STREAM = ("*", "*")
"""Every aggregate of a service, where an append says which sequence is the last."""


class NewEvent(NamedTuple):
    """An event to append to the aggregate `entity/entity_id`."""

    entity: str
    entity_id: str
    envelope: Envelope


class Unacknowledged(NamedTuple):
    """An append that was given up: when, by the monotonic clock, why, and after how many reconnects."""

    at: float
    reason: str
    reconnects: int


class EventStore:
    """Appends to and loads from `EVENTS_<SERVICE>_<congress>`, which the broker keeps `replicas` times."""

    def __init__(
        self,
        connection: Client,
        congress: str,
        service: str,
        ack_timeout_s: float = ACK_TIMEOUT_S,
        *,
        replicas: int = 1,
    ) -> None:
        self.service = service
        self._connection = connection
        self._congress = congress
        self._stream = service_stream(congress, service)
        self._ack_timeout_s = ack_timeout_s
        self._replicas = replicas
        self._given_up: Unacknowledged | None = None
        self.watch = StreamWatch(connection, congress, service)

    @property
    def unacknowledged(self) -> Unacknowledged | None:
        """The last append, if it was not acknowledged and no other server may be answering since. JetStream tells
        in no other way that a stream can't be written: it still reads, and refuses what it would refuse."""
        last = self._given_up
        return last if last and last.reconnects == self._connection.stats["reconnects"] else None

    async def missing(self) -> str:
        """The name of the service's stream where there is none, otherwise empty. Raises `Unavailable`."""
        try:
            await stream_info(self._connection, self._stream)
        except NoStream:
            return self._stream
        return ""

    async def load(self, entity: str, entity_id: str, after: int = 0) -> list[Stored]:
        """The aggregate's events with a stream sequence above `after`, as stored now. Raises `Unavailable`, and
        `StreamLost` where the stream is known to have lost events."""
        if self.watch.loss:
            await self.watch.assure()
        subject = event_subject(self._congress, self.service, entity, entity_id)
        try:
            if self._replicas > 1:
                return await read_subject_now(self._connection, self._stream, subject, after)
            return [stored async for stored in read_subject(self._connection, self._stream, subject, after)]
        finally:
            self.watch.has_read()

    async def ids(self, entity: str) -> list[str]:
        """The ids of all aggregates of one kind, sorted. Raises `Unavailable`."""
        ids: list[str] = []
        everything = event_subject(self._congress, self.service, entity, "*")
        while True:
            info = await stream_info(self._connection, self._stream, subjects_filter=everything, offset=len(ids))
            page = info["state"].get("subjects") or {}
            ids += [subject.rpartition(".")[2] for subject in page]
            if not page or len(ids) >= info.get("total", 0):
                self.watch.has_read()
                return sorted(ids)

    async def last_sequence(self) -> int:
        """Where the stream ends, as its leader has it. Raises `Unavailable`."""
        return int((await stream_info(self._connection, self._stream))["state"]["last_seq"])

    async def append(self, events: Sequence[NewEvent], expected: dict[tuple[str, str], int]) -> int:
        """Stores `events` all or none and returns the stream sequence of the last; they are contiguous.

        `expected` holds, per (entity, id), the sequence of its last event as the decision saw it (0: new),
        and of `WHOLE_STREAM` that of the stream, where nothing else may have been written to it since.
        An ack that does not come is resolved by reading back, so a return means stored exactly once.
        Raises `Conflict`, `Duplicate`, `Rejected` (`TooLarge`, `TooManyEvents`), `StreamLost`, or `Unavailable` (only
        this one leaves it open what happened).
        """
        if len(events) > MAX_BATCH_EVENTS:
            raise TooManyEvents(len(events), MAX_BATCH_EVENTS)
        try:
            last = await self._append(events, self._messages(events, expected))
        except Unavailable as error:
            self._given_up = Unacknowledged(time.monotonic(), str(error), self._connection.stats["reconnects"])
            raise
        self._given_up = None
        return last

    async def _append(self, events: Sequence[NewEvent], messages: list[tuple[str, bytes, dict[str, str]]]) -> int:
        for attempt in range(APPEND_TRIES):
            try:
                async with asyncio.timeout(LOOK_TIMEOUT_S):
                    await self.watch.assure()
                return await self._send(messages)
            except (Unavailable, TimeoutError) as error:
                if attempt + 1 == APPEND_TRIES:
                    raise Unavailable(str(error) or "the broker does not answer") from error
            except (Conflict, Duplicate):
                if attempt and (last := await self._last_sequence_of(events)):
                    return last
                raise
            if last := await self._read_back(events):
                return last
        raise Unavailable("the append was not acknowledged")

    def _messages(
        self, events: Sequence[NewEvent], expected: dict[tuple[str, str], int]
    ) -> list[tuple[str, bytes, dict[str, str]]]:
        messages: list[tuple[str, bytes, dict[str, str]]] = []
        guarded: set[tuple[str, str]] = set()
        for event in events:
            key = (event.entity, event.entity_id)
            headers = {"Nats-Msg-Id": event.envelope.id, "Nats-Expected-Stream": self._stream}
            if key not in guarded:
                headers["Nats-Expected-Last-Subject-Sequence"] = str(expected[key])
                guarded.add(key)
            if WHOLE_STREAM in expected and not messages:  # in the first message of a batch, and in no other
                headers["Nats-Expected-Last-Sequence"] = str(expected[WHOLE_STREAM])
            subject = event_subject(self._congress, self.service, *key)
            body = as_bytes(event.envelope)
            if len(body) + HEADERS_BYTES > self._connection.max_payload:
                raise TooLarge(f"an event of {len(body)} bytes is larger than the broker accepts")
            messages.append((subject, body, headers))
        return messages

    async def _send(self, messages: list[tuple[str, bytes, dict[str, str]]]) -> int:
        last_before = self.watch.last_known
        try:
            if len(messages) == 1:
                last = _sequence(await self._request(*messages[0]))
            else:
                last = await self._send_batch(messages)
        except (nats.errors.Error, TimeoutError) as error:
            raise Unavailable(f"the append was not acknowledged: {error!r}") from error
        self.watch.acknowledged(last, last_before)
        return last

    async def _send_batch(self, messages: list[tuple[str, bytes, dict[str, str]]]) -> int:
        """One atomic batch (JetStream ADR-50): the first message opens it, the last commits it."""
        batch = uuid4().hex
        for position, (subject, body, headers) in enumerate(messages, start=1):
            headers = headers | {"Nats-Batch-Id": batch, "Nats-Batch-Sequence": str(position)}
            if position == len(messages):
                return _sequence(await self._request(subject, body, headers | {"Nats-Batch-Commit": "1"}))
            if position == 1:
                if refusal := await self._request(subject, body, headers):
                    _sequence(refusal)
            else:
                await self._connection.publish(subject, body, headers=headers)
        raise ValueError("an empty batch")

    async def _request(self, subject: str, body: bytes, headers: dict[str, str]) -> dict[str, Any]:
        reply = await self._connection.request(subject, body, timeout=self._ack_timeout_s, headers=headers)
        return dict(read_json(reply.data)) if reply.data else {}

    async def _read_back(self, events: Sequence[NewEvent]) -> int | None:
        try:
            return await self._last_sequence_of(events)
        except Unavailable:
            await asyncio.sleep(self._ack_timeout_s / APPEND_TRIES)
            return None

    async def _last_sequence_of(self, events: Sequence[NewEvent]) -> int | None:
        """Where the last of `events` is stored; a batch is stored whole or not at all."""
        last = events[-1]
        wanted = f'"{last.envelope.id}"'.encode()
        stored = await self.load(last.entity, last.entity_id)
        return next((event.sequence for event in stored if wanted in event.body), None)


def _sequence(answer: dict[str, Any]) -> int:
    if error := answer.get("error"):
        raise typed(error)
    if answer.get("duplicate"):
        raise Duplicate(f"already stored at sequence {answer['seq']}")
    return int(answer["seq"])
