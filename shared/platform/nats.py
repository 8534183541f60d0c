"""Connections to NATS."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import nats.errors
from nats.aio.client import Client

from shared.platform.errors import PlatformError

CONNECT_TIMEOUT_S = 5
FIRST_CONNECTION_TIMEOUT_S = 8
BLANKS = " \t\r\n\v\f"

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


class HeaderClient(Client):
    """Reads headers as nats-py does. It looks at each character of each name in Python, and that takes half of the
    time of reading a ledger; a page of events has 8,000 headers."""

    @staticmethod
    def _parse_header_lines(raw: bytes) -> dict[str, str]:
        headers: dict[str, str] = {}
        for line in raw.decode("utf-8", "replace").split("\r\n"):
            name, colon, value = line.partition(":")
            name = name.strip(BLANKS)
            if colon and name.isascii() and len(name.split()) == 1:
                headers[name] = value.strip(BLANKS)
        return headers


@asynccontextmanager
async def nats_connection(url: str, name: str) -> AsyncIterator[Client]:
    """Raises `PlatformError` when there is no server to begin with."""
    try:
        async with asyncio.timeout(FIRST_CONNECTION_TIMEOUT_S):
            connection = HeaderClient()
            await connection.connect(servers_of(url), **connection_options(name))
    except (nats.errors.Error, OSError, TimeoutError) as error:
        raise PlatformError(f"no NATS server answers at {url}; is it running?") from error
    try:
        yield connection
    finally:
        await connection.close()
