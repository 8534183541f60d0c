"""A connection under one identity, as the protocol has it, that says what the server refuses."""

import asyncio
import base64
import json
import re
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import NamedTuple
from urllib.parse import urlsplit

from shared.platform.nats_keys import Credentials

PONG_TIMEOUT_S = 60
_VIOLATION = re.compile(r'-ERR \'Permissions Violation for (Publish|Subscription) to "([^"]+)"')
HARMLESS = b"x"
"""No JSON, and not nothing: no call of the JetStream API does anything with it."""


class Refusals(NamedTuple):
    """Subjects, in the order in which they were tried."""

    publish: list[str]
    subscribe: list[str]


class Prober:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def refusals(self, publish: Iterable[str] = (), subscribe: Iterable[str] = ()) -> Refusals:
        """What it may not publish and subscribe to, of these subjects. What it may is published."""
        for subject in publish:
            self._writer.write(b"PUB %s %d\r\n%s\r\n" % (subject.encode(), len(HARMLESS), HARMLESS))
        for sid, subject in enumerate(subscribe):
            self._writer.write(b"SUB %s %d\r\nUNSUB %d\r\n" % (subject.encode(), sid, sid))
        self._writer.write(b"PING\r\n")
        told = Refusals([], [])
        async with asyncio.timeout(PONG_TIMEOUT_S):
            while not (line := await self._reader.readline()).startswith(b"PONG"):
                if violation := _VIOLATION.match(line.decode()):
                    (told.publish if violation[1] == "Publish" else told.subscribe).append(violation[2])
                elif not line or line.startswith(b"-ERR"):
                    raise ConnectionError(f"the server hangs up: {line!r}")
                elif line.startswith(b"PING"):
                    self._writer.write(b"PONG\r\n")
        return told


@asynccontextmanager
async def prober(url: str, credentials: Credentials | None) -> AsyncIterator[Prober]:
    """Raises `ConnectionError` where the server does not let it in."""
    server = urlsplit(url.partition(",")[0])
    reader, writer = await asyncio.open_connection(server.hostname, server.port)
    info = json.loads((await reader.readline()).removeprefix(b"INFO "))
    shown = {"verbose": False, "pedantic": False, "headers": True, "name": "prober", "protocol": 1}
    if credentials:
        signed = base64.urlsafe_b64encode(credentials.key.sign(info["nonce"].encode())).decode().rstrip("=")
        shown |= {"jwt": credentials.jwt, "sig": signed}
    writer.write(b"CONNECT " + json.dumps(shown).encode() + b"\r\n")
    try:
        connected = Prober(reader, writer)
        await connected.refusals()
        yield connected
    finally:
        writer.close()
