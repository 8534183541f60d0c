"""Server-sent events as a browser takes them in."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from tests.waiting import TIMEOUT_S
from tests.web.pages import Shown

NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""It is never used; to read who is to be trusted would take longer than most tests."""


class Events:
    """What comes, one after the other: the fields of each, a comment under an empty name."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._lines = response.aiter_lines()

    async def next(self) -> dict[str, str]:
        """Raises `StopAsyncIteration` at the end of the stream."""
        event: dict[str, str] = {}
        while True:
            line = await anext(self._lines)
            if line:
                name, _, value = line.partition(":")
                event[name] = value.removeprefix(" ")
            elif event:
                return event

    async def named(self, name: str) -> dict[str, str]:
        """The next of this kind."""
        while (event := await self.next()).get("event") != name:
            pass
        return event


@asynccontextmanager
async def live(shown: Shown, cookies: str, query: str = "", **headers: str) -> AsyncIterator[Events]:
    sent = {"Cookie": cookies} | {name.replace("_", "-"): value for name, value in headers.items()}
    address = f"{shown.address}/live{query}"
    async with (
        httpx.AsyncClient(timeout=TIMEOUT_S, verify=NO_TLS) as client,
        client.stream("GET", address, headers=sent) as response,
    ):
        yield Events(response)
