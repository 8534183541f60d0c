"""Somebody with stolen credentials and no token, who writes to the broker what no client library would."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple
from urllib.parse import urlsplit

from shared.platform.nats_keys import Credentials
from tests.by_hand import hello

PONG_TIMEOUT_S = 10


class Blow(NamedTuple):
    """A message. `headers` are the bytes of the whole block, such as `NATS/1.0\\r\\n\\r\\n`; `None`: it has none."""

    name: str
    subject: str
    body: bytes = b"{}"
    reply: str = ""
    headers: bytes | None = None

    @property
    def line(self) -> bytes:
        """As it goes over the wire."""
        to = f"{self.subject} {self.reply}".strip().encode()
        if self.headers is None:
            return b"PUB %s %d\r\n%s\r\n" % (to, len(self.body), self.body)
        whole = self.headers + self.body
        return b"HPUB %s %d %d\r\n%s\r\n" % (to, len(self.headers), len(whole), whole)


class Intruder:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def strike(self, *blows: Blow) -> None:
        """Returns when the broker has taken them. Raises `ConnectionError` with what it has against them."""
        for blow in blows:
            self._writer.write(blow.line)
        self._writer.write(b"PING\r\n")
        async with asyncio.timeout(PONG_TIMEOUT_S):
            while not (line := await self._reader.readline()).startswith(b"PONG"):
                if not line or line.startswith(b"-ERR"):
                    raise ConnectionError(f"the broker does not take {[blow.name for blow in blows]}: {line!r}")
                if line.startswith(b"PING"):
                    self._writer.write(b"PONG\r\n")


@asynccontextmanager
async def intruder(url: str, credentials: Credentials | None = None) -> AsyncIterator[Intruder]:
    server = urlsplit(url.partition(",")[0])
    reader, writer = await asyncio.open_connection(server.hostname, server.port)
    writer.write(await hello(reader, "intruder", credentials))
    try:
        yield Intruder(reader, writer)
    finally:
        writer.close()
