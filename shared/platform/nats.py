"""Connections to NATS."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import nats.errors
from nats.aio.client import Client
from nats.protocol.parser import AWAITING_MSG_PAYLOAD, CRLF_SIZE, Parser

from shared.platform.errors import PlatformError

CONNECT_TIMEOUT_S = 5
FIRST_CONNECTION_TIMEOUT_S = 8
_CRLF = b"\r\n"
_MESSAGE = re.compile(rb"HMSG ([^ ]+) \d+ (\d+) (\d+)\r\n")

type Receive = Callable[[bytes, bytes], None]
"""Takes a message: its headers as they were sent, from `NATS/1.0` on, and its body."""

logger = logging.getLogger(__name__)


async def tell(error: Exception) -> None:
    """One line for what the client would print as a page; it reconnects by itself."""
    logger.warning("NATS: %s", error)


def connection_options(name: str) -> dict[str, Any]:
    """A connection that, once made, keeps trying to come back for as long as it is open."""
    return {"name": name, "connect_timeout": CONNECT_TIMEOUT_S, "max_reconnect_attempts": -1, "error_cb": tell}


def servers_of(url: str) -> list[str]:
    """The servers that `DAIHOI_NATS_URL` names: one, or several of one cluster, separated by commas."""
    return [each.strip() for each in url.split(",") if each.strip()]


class HandOverParser(Parser):
    """nats-py's parser, but the messages of some inboxes go as bytes to whoever reads there, at once and in order.

    What nats-py does for each message, before anybody sees it, takes three times as long as reading it.
    """

    def __init__(self, client: Client) -> None:
        super().__init__(client)
        self.receivers: dict[bytes, Receive] = {}

    def reset(self) -> None:
        super().reset()
        self._data, self._at = b"", 0

    async def parse(self, data: bytes = b"") -> None:
        """Gives nats-py one control line or payload at a time, so that no message overtakes another."""
        self._data, self._at = self._data[self._at :] + data, 0
        while self._at < len(self._data):
            if self.state == AWAITING_MSG_PAYLOAD:
                await self._pass_on(self.needed + CRLF_SIZE - len(self.buf))
            elif self._hand_over():
                return
            else:
                end_of_line = self._data.find(_CRLF, self._at)
                if end_of_line < 0:
                    return
                await self._pass_on(end_of_line + CRLF_SIZE - self._at)

    async def _pass_on(self, size: int) -> None:
        passed = self._data[self._at : self._at + size]
        self._at += size
        await super().parse(passed)

    def _hand_over(self) -> bool:
        """Whether what comes next, after all that was whole, is the beginning of another message to hand over."""
        data = self._data
        while (head := _MESSAGE.match(data, self._at)) and (receive := self.receivers.get(head[1])):
            begin = head.end()
            body, end = begin + int(head[2]), begin + int(head[3])
            if len(data) < end + CRLF_SIZE:
                return True
            self._at = end + CRLF_SIZE
            receive(data[begin:body], data[body:end])
        return False


class HandOverClient(Client):
    """A nats-py client whose inboxes can be read as bytes."""

    def __init__(self) -> None:
        super().__init__()
        self._ps: HandOverParser = HandOverParser(self)

    def hand_over(self, inbox: str, receive: Receive) -> None:
        """From now on `receive` gets what comes to `inbox`, and its subscription nothing."""
        self._ps.receivers[inbox.encode()] = receive

    def end_hand_over(self, inbox: str) -> None:
        self._ps.receivers.pop(inbox.encode(), None)


@asynccontextmanager
async def nats_connection(url: str, name: str) -> AsyncIterator[Client]:
    """Raises `PlatformError` when there is no server to begin with."""
    try:
        async with asyncio.timeout(FIRST_CONNECTION_TIMEOUT_S):
            connection = HandOverClient()
            await connection.connect(servers_of(url), **connection_options(name))
    except (nats.errors.Error, OSError, TimeoutError) as error:
        raise PlatformError(f"no NATS server answers at {url}; is it running?") from error
    try:
        yield connection
    finally:
        await connection.close()
