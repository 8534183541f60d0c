"""Batched direct gets (JetStream ADR-31): reading stored messages without a consumer, so nothing is left behind."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import ExitStack
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
import nats.errors
from nats.aio.client import Client

from shared.eventstore.errors import NotPermitted, Unavailable
from shared.eventstore.wire import as_json
from shared.platform.nats import read_inbox, stop_reading
from shared.platform.nats_parser import text_of
from shared.platform.nats_permissions import PermissionsViolation, told_of_refusal

READ_TIMEOUT_S = 5.0
BATCH_MESSAGES = 1000
BATCH_BYTES = 8 * 1024 * 1024
"""A page ends here at the latest, so that pages asked for ahead stay below what the server keeps for a client."""
_NO_HEADERS = b"NATS/1.0\r\n"
_END_OF_PAGE = re.compile(rb"NATS/1\.0 (204|404)\b")
"""The end of a batch, or nothing to begin with."""
_NUM_PENDING = re.compile(rb"\r\nNats-Num-Pending: (\d+)")
_SOURCE = b"Nats-Stream-Source: "
_STREAM = b"Nats-Stream: "
_WHERE_STORED = re.compile(
    rb"(?:Nats-Stream-Source: ([^\r]*)\r\n)?Nats-Stream: [^\r]*\r\nNats-Subject: ([^\r]*)\r\nNats-Sequence: (\d+)\r\n"
    rb"Nats-Time-Stamp: ([^\r]*)\r\nNats-Num-Pending: \d+\r\nNats-Last-Sequence: \d+\r\n\r\n\Z"
)
"""How the headers of every stored message end. The server writes these after whatever the message had, even where
that was no headers at all; so nothing that was sent is ever taken for them, or for the end of a page."""


class Stored(msgspec.Struct, frozen=True, gc=False):
    """A message as a stream holds it."""

    sequence: int
    subject: str
    recorded: datetime
    body: bytes
    source: str
    """The `Nats-Stream-Source` header of a sourced message, else empty."""
    headers: bytes = b""
    """All of them as they were read, the server's own at the end; only where the reader was asked for them."""


class Page(NamedTuple):
    messages: list[Stored]
    pending: int
    """How many more match after this page."""


class DirectReader:
    """Asks for pages of a stream, one after the other: on a cluster two at once may be answered by two replicas."""

    def __init__(self, connection: Client, stream: str, *, with_headers: bool = False) -> None:
        self._connection = connection
        self._subject = f"$JS.API.DIRECT.GET.{stream}"
        self._inbox = connection.new_inbox()
        self._pages: asyncio.Queue[Page | Unavailable] = asyncio.Queue()
        self._arriving: list[Stored] = []
        self._with_headers = with_headers
        self._listening = ExitStack()

    async def __aenter__(self) -> "DirectReader":
        self._subscription = await read_inbox(self._connection, self._inbox, self._receive)
        self._listening.enter_context(told_of_refusal(self._connection, self._subject, self._is_refused))
        return self

    async def __aexit__(self, *_: object) -> None:
        self._listening.close()
        await stop_reading(self._connection, self._inbox, self._subscription)

    def _is_refused(self) -> None:
        self._pages.put_nowait(NotPermitted(self._subject))

    async def ask(self, **request: Any) -> None:
        limits = {"batch": BATCH_MESSAGES, "max_bytes": BATCH_BYTES}
        await self._connection.publish(self._subject, as_json(limits | request), reply=self._inbox)

    async def answer(self) -> Page:
        """The next page asked for. Raises `Unavailable` when it does not come."""
        try:
            page = await asyncio.wait_for(self._pages.get(), READ_TIMEOUT_S)
        except TimeoutError as error:
            raise Unavailable("the stream did not answer a read") from error
        if isinstance(page, Unavailable):
            raise page
        return page

    def _receive(self, headers: bytes, body: bytes) -> None:
        if stored := _stored(headers, body):
            self._arriving.append(msgspec.structs.replace(stored, headers=headers) if self._with_headers else stored)
        elif _END_OF_PAGE.match(headers):
            pending = _NUM_PENDING.search(headers)
            self._pages.put_nowait(Page(self._arriving, int(pending[1]) if pending else 0))
            self._arriving = []
        else:
            self._pages.put_nowait(Unavailable(f"the stream refused a read: {headers[:200]!r}"))


async def read_subject(
    connection: Client, stream: str, subject: str, after: int = 0, *, with_headers: bool = False
) -> AsyncIterator[Stored]:
    """Every message of one subject with a sequence above `after`, in order."""
    try:
        async with DirectReader(connection, stream, with_headers=with_headers) as reader:
            while True:
                await reader.ask(next_by_subj=subject, seq=after + 1)
                messages, pending = await reader.answer()
                for message in messages:
                    yield message
                    after = message.sequence
                if not (messages and pending):
                    return
    except nats.errors.Error as error:
        raise Unavailable(f"can't read {stream}: {error}") from error


def _stored(headers: bytes, body: bytes) -> Stored | None:
    """`None` for what is no stored message."""
    if (where := _where_stored(headers)) is None:
        return None
    source, subject, sequence, recorded = where.groups(b"")
    return Stored(int(sequence), text_of(subject), datetime.fromisoformat(recorded.decode()), body, text_of(source))


def _where_stored(headers: bytes) -> re.Match[bytes] | None:
    source = headers.rfind(_SOURCE)
    where = _WHERE_STORED.match(headers, source) if source >= 0 else None
    return where or _WHERE_STORED.match(headers, headers.rfind(_STREAM))


def as_it_was_sent(stored: Stored) -> tuple[bytes, bytes]:
    """The subject of a message that was read with its headers, and the headers that it had, to be sent again."""
    where = _where_stored(stored.headers)
    if where is None:
        raise ValueError("read without headers")
    own = stored.headers[: where.start()]
    return where[2], b"" if own == _NO_HEADERS else own + b"\r\n"


def as_it_is_stored(stored: Stored) -> tuple[bytes, bytes, int]:
    """The subject of a message that was read with its headers, all headers that it is stored with, the one of a
    source too, and when it was stored, in nanoseconds since 1970."""
    where = _where_stored(stored.headers)
    if where is None:
        raise ValueError("read without headers")
    own = stored.headers[: where.start() if where[1] is None else where.end(1) + len(b"\r\n")]
    return where[2], b"" if own == _NO_HEADERS else own + b"\r\n", nanoseconds(where[4].decode())


def nanoseconds(recorded: str) -> int:
    """The nanoseconds since 1970 of a time as the server writes it, `2020-09-01T00:00:00.123456789Z`."""
    whole, _, fraction = recorded.removesuffix("Z").partition(".")
    seconds = int(datetime.fromisoformat(f"{whole}+00:00").timestamp())
    return seconds * 10**9 + int(fraction.ljust(9, "0"))


async def read_last(connection: Client, stream: str, subject: str) -> bytes | None:
    """The last message of one subject, asked for by a call that names the subject: so whoever may read some subjects
    of a stream alone can ask. `None` where there is none. Raises `Unavailable`."""
    call = f"$JS.API.DIRECT.GET.{stream}.{subject}"
    try:
        reply = await connection.request(call, b"", timeout=READ_TIMEOUT_S)
    except PermissionsViolation as error:
        raise NotPermitted(call) from error
    except (nats.errors.Error, TimeoutError) as error:
        raise Unavailable(f"can't read {stream}: {error}") from error
    status = (reply.headers or {}).get("Status")
    if status == "404":
        return None
    if status:
        raise Unavailable(f"the stream {stream} refused a read: {status}")
    return reply.data
