"""A peer that speaks NATS by hand, and so can send what no client library would."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from shared.platform.embedded import Endpoints
from tests.by_hand import hello
from tests.servers import operator_of

BROKEN_HEADERS = (
    b"\r\n\r\n",
    b"N",
    b"NATS/1.0",
    b"NATS/1.0\r\n",
    b"NATS/1.0 \xff\xfe\r\n\r\n",
    b"NATS/1.0\r\nx: \xff\xfe\r\n\r\n",
    b"garbage garbage",
    b"\x00" * 40,
)
ODD_NAMES = ("đ".encode(), b"\xff\xfe\xe2\x82", b"a\x0bb", b"a\x0cb", b"a\x00b", b"\x85\xa0", b"s" * 3000)
"""What the server lets stand in a subject."""


class Peer:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def publish(self, subject: bytes, headers: bytes = b"", body: bytes = b"{}", reply: bytes = b"") -> None:
        """Returns once the server has it."""
        to, size = b" ".join(filter(None, (subject, reply))), len(headers) + len(body)
        head = b"HPUB %s %d %d" % (to, len(headers), size) if headers else b"PUB %s %d" % (to, size)
        self._writer.write(head + b"\r\n" + headers + body + b"\r\nPING\r\n")
        while (line := await self._reader.readline()) != b"PONG\r\n":
            assert not line.startswith(b"-ERR"), line


@asynccontextmanager
async def a_peer(endpoints: Endpoints) -> AsyncIterator[Peer]:
    address = urlsplit(endpoints.nats_url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port, limit=1 << 20)
    writer.write(await hello(reader, "peer", operator_of(endpoints)) + b"PING\r\n")
    while await reader.readline() != b"PONG\r\n":
        pass
    try:
        yield Peer(reader, writer)
    finally:
        writer.close()
