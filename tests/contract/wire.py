"""A wire between a client and a server that loses, delays or cuts what it is told to."""

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

APPEND, COMMIT = b"Nats-Expected-Stream", b"Nats-Batch-Commit"
A_MESSAGE = b"MSG"
MISHAPS = GOES_ON, IS_CUT, GOES_DEAF = "the wire goes on", "the wire is cut", "the wire goes deaf"


class Wire:
    """`lost` counts what it lost, so that a test can tell that there was something to lose."""

    def __init__(self, server: str) -> None:
        self._server = urlsplit(server)
        self._swallow = self._answered = b""
        self._then = GOES_ON
        self._answer_due = False
        self._writers: list[StreamWriter] = []
        self.deaf = False
        self.delay_s = 0.0
        """How long every piece waits, in both directions."""
        self.lost = 0
        self.instead: dict[bytes, bytes] = {}
        """What the server is asked in place of something else, of the same length."""

    def swallow(self, marker: bytes) -> None:
        """The next request that holds `marker` never reaches the server."""
        self._swallow = marker

    def lose_answer(self, marker: bytes, then: str) -> None:
        """The server gets the next request that holds `marker`, but its answer is lost; then see `MISHAPS`."""
        self._answered, self._then = marker, then

    async def serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_connection(self._server.hostname, self._server.port)
        self._writers += [writer, inner_writer]
        with suppress(OSError):
            await asyncio.gather(self._requests(reader, inner_writer), self._answers(inner_reader, writer))

    async def _requests(self, reader: StreamReader, server: StreamWriter) -> None:
        while chunk := await reader.read(1 << 20):
            await asyncio.sleep(self.delay_s)
            for asked, instead in self.instead.items():
                chunk = chunk.replace(asked, instead)
            if self._swallow and self._swallow in chunk:
                self._swallow, self.lost = b"", self.lost + 1
                continue
            if self._answered and self._answered in chunk:
                self._answered, self._answer_due = b"", True
            server.write(chunk)
        server.close()

    async def _answers(self, reader: StreamReader, client: StreamWriter) -> None:
        while chunk := await reader.read(1 << 20):
            await asyncio.sleep(self.delay_s)
            if self.deaf or (self._answer_due and A_MESSAGE in chunk):
                self._answer_due, self.lost = False, self.lost + 1
                then, self._then = self._then, GOES_ON
                if then == IS_CUT:
                    break
                self.deaf = self.deaf or then == GOES_DEAF
                continue
            client.write(chunk)
        client.close()

    def close(self) -> None:
        """Cuts every connection that there is; new ones can be made for as long as somebody listens."""
        for writer in self._writers:
            writer.close()
        self._writers.clear()


@asynccontextmanager
async def wire_to(server: str) -> AsyncIterator[tuple[Wire, str]]:
    """The wire and the address to connect to, which says `nats:` whatever the server speaks."""
    wire = Wire(server)
    listening = await asyncio.start_server(wire.serve, "127.0.0.1", 0)
    try:
        yield wire, f"nats://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    finally:
        wire.close()
        listening.close()
