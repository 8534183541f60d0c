"""Batched direct gets (JetStream ADR-31): reading stored messages without a consumer, so nothing is left behind."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg

from shared.eventstore.errors import Unavailable
from shared.platform.nats import HandOverClient

READ_TIMEOUT_S = 5.0
BATCH_MESSAGES = 1000
BATCH_BYTES = 8 * 1024 * 1024
"""A page ends here at the latest, so that pages asked for ahead stay below what the server keeps for a client."""
_NOT_FOUND = "404"
_END_OF_BATCH = "204"
_STATUS = re.compile(rb"NATS/1\.0 (\d+)")
_NUM_PENDING = re.compile(rb"\r\nNats-Num-Pending: (\d+)")
_SOURCE = b"\r\nNats-Stream-Source: "
_STREAM = b"\r\nNats-Stream: "
_FROM_SOURCE = re.compile(_SOURCE + rb"([^\r]*)")
_WHERE_STORED = re.compile(
    _STREAM + rb"[^\r]*\r\nNats-Subject: ([^\r]*)\r\nNats-Sequence: (\d+)\r\nNats-Time-Stamp: ([^\r]*)"
)
"""The server writes these in this order, after the headers that the message had."""
_SOURCED = re.compile(
    _FROM_SOURCE.pattern + _WHERE_STORED.pattern + rb"\r\nNats-Num-Pending: \d+\r\nNats-Last-Sequence: \d+\r\n\r\n\Z"
)
"""How the headers of a sourced message end, which are most that are read: found at once, and nothing else need be."""


class Stored(msgspec.Struct, frozen=True, gc=False):
    """A message as a stream holds it."""

    sequence: int
    subject: str
    recorded: datetime
    body: bytes
    source: str
    """The `Nats-Stream-Source` header of a sourced message, else empty."""


class Page(NamedTuple):
    messages: list[Stored]
    pending: int
    """How many more match after this page."""


class DirectReader:
    """Asks for pages of a stream, one after the other: on a cluster two at once may be answered by two replicas.

    On a connection that hands messages over, they are read as bytes; on any other, nats-py reads them.
    """

    def __init__(self, connection: Client, stream: str) -> None:
        self._connection = connection
        self._subject = f"$JS.API.DIRECT.GET.{stream}"
        self._inbox = connection.new_inbox()
        self._pages: asyncio.Queue[Page | Unavailable] = asyncio.Queue()
        self._arriving: list[Stored] = []

    async def __aenter__(self) -> "DirectReader":
        self._subscription = await self._connection.subscribe(
            self._inbox, cb=self._receive, pending_msgs_limit=-1, pending_bytes_limit=-1
        )
        if isinstance(self._connection, HandOverClient):
            self._connection.hand_over(self._inbox, self._receive_bytes)
        return self

    async def __aexit__(self, *_: object) -> None:
        if isinstance(self._connection, HandOverClient):
            self._connection.end_hand_over(self._inbox)
        if not self._connection.is_closed:
            await self._subscription.unsubscribe()

    async def ask(self, **request: Any) -> None:
        limits = {"batch": BATCH_MESSAGES, "max_bytes": BATCH_BYTES}
        await self._connection.publish(self._subject, json.dumps(limits | request).encode(), reply=self._inbox)

    async def answer(self) -> Page:
        """The next page asked for. Raises `Unavailable` when it does not come."""
        try:
            page = await asyncio.wait_for(self._pages.get(), READ_TIMEOUT_S)
        except TimeoutError as error:
            raise Unavailable("the stream did not answer a read") from error
        if isinstance(page, Unavailable):
            raise page
        return page

    async def _receive(self, message: Msg) -> None:
        headers = message.headers or {}
        status = headers.get("Status")
        if status is None:
            self._arriving.append(_stored(message, headers))
        else:
            self._end_page(status, int(headers.get("Nats-Num-Pending", 0)))

    def _receive_bytes(self, headers: bytes, body: bytes) -> None:
        if sourced := _SOURCED.match(headers, headers.rfind(_SOURCE)):
            self._arriving.append(_stored_bytes(body, *sourced.groups()))
        elif status := _STATUS.match(headers):
            pending = _NUM_PENDING.search(headers)
            self._end_page(status[1].decode(), int(pending[1]) if pending else 0)
        elif where := _WHERE_STORED.match(headers, headers.rfind(_STREAM)):
            source = _FROM_SOURCE.search(headers)
            self._arriving.append(_stored_bytes(body, source[1] if source else b"", *where.groups()))
        else:
            self._pages.put_nowait(Unavailable(f"the stream answered a read with {headers!r}"))

    def _end_page(self, status: str, pending: int) -> None:
        arrived, self._arriving = self._arriving, []
        if status in (_END_OF_BATCH, _NOT_FOUND):
            self._pages.put_nowait(Page(arrived, pending))
        else:
            self._pages.put_nowait(Unavailable(f"the stream refused a read: {status}"))


async def read_subject(connection: Client, stream: str, subject: str, after: int = 0) -> AsyncIterator[Stored]:
    """Every message of one subject with a sequence above `after`, in order."""
    try:
        async with DirectReader(connection, stream) as reader:
            pending = 1
            while pending:
                await reader.ask(next_by_subj=subject, seq=after + 1)
                messages, pending = await reader.answer()
                for message in messages:
                    yield message
                    after = message.sequence
                pending = pending if messages else 0
    except nats.errors.Error as error:
        raise Unavailable(f"can't read {stream}: {error}") from error


def _stored(message: Msg, headers: dict[str, str]) -> Stored:
    return Stored(
        sequence=int(headers["Nats-Sequence"]),
        subject=headers["Nats-Subject"],
        recorded=datetime.fromisoformat(headers["Nats-Time-Stamp"]),
        body=message.data,
        source=headers.get("Nats-Stream-Source", ""),
    )


def _stored_bytes(body: bytes, source: bytes, subject: bytes, sequence: bytes, recorded: bytes) -> Stored:
    return Stored(int(sequence), subject.decode(), datetime.fromisoformat(recorded.decode()), body, source.decode())
