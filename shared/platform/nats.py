"""Connections to NATS."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import nats
from nats.aio.client import Client

CONNECT_TIMEOUT_S = 5
RECONNECT_FOR_EVER = -1


@asynccontextmanager
async def nats_connection(url: str, name: str) -> AsyncIterator[Client]:
    """A connection that keeps trying to come back for as long as it is open."""
    connection = await nats.connect(
        url, name=name, connect_timeout=CONNECT_TIMEOUT_S, max_reconnect_attempts=RECONNECT_FOR_EVER
    )
    try:
        yield connection
    finally:
        await connection.close()
