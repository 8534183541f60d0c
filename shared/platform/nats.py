"""Connections to NATS."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription

from shared.platform.errors import PlatformError
from shared.platform.nats_parser import HandOverClient, Receive
from shared.platform.plain import headers_as_bytes, headers_of, is_plain

CONNECT_TIMEOUT_S = 5
FIRST_CONNECTION_TIMEOUT_S = 8

logger = logging.getLogger(__name__)


async def tell(error: Exception) -> None:
    """One line for what the client would print as a page; it reconnects by itself."""
    logger.warning("NATS: %s", error)


def connection_options(name: str) -> dict[str, Any]:
    """A connection that, once made, keeps trying to come back for as long as it is open."""
    return {"name": name, "connect_timeout": CONNECT_TIMEOUT_S, "max_reconnect_attempts": -1, "error_cb": tell}


def servers_of(url: str) -> list[str]:
    """The servers that `DAIHOI_NATS_URL` names: one, or several of one cluster, separated by commas."""
    return [server.strip() for server in url.split(",") if server.strip()]


def new_client() -> Client:
    """One that no message makes deaf, or nats-py's own where only what libraries promise is to be used."""
    return Client() if is_plain() else HandOverClient()


def server_version(connection: Client) -> tuple[int, int, int]:
    """Of the server that the connection is to."""
    version = connection.connected_server_version
    return version.major, version.minor, version.patch


def in_dots(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))


async def read_inbox(connection: Client, inbox: str, receive: Receive) -> Subscription:
    """From now on `receive` gets what comes to `inbox`, at once and in order, until `stop_reading`."""
    if isinstance(connection, HandOverClient):
        connection.receivers[inbox.encode()] = receive
        return await connection.subscribe(inbox, cb=_pass_over)

    async def take(message: Msg) -> None:
        receive(headers_as_bytes(message.headers or {}), message.data)

    return await connection.subscribe(inbox, cb=take)


async def stop_reading(connection: Client, inbox: str, subscription: Subscription) -> None:
    if isinstance(connection, HandOverClient):
        connection.receivers.pop(inbox.encode(), None)
    if not connection.is_closed:
        await subscription.unsubscribe()


async def request_as_bytes(connection: Client, subject: bytes, headers: bytes, body: bytes, timeout: float) -> Msg:
    """Like `request`, but for any subject and any headers that a server takes."""
    if isinstance(connection, HandOverClient):
        return await connection.request_as_bytes(subject, headers, body, timeout)
    return await connection.request(subject.decode(), body, timeout, headers=headers_of(headers))


async def _pass_over(_: Msg) -> None:
    """What comes to the inbox in another form than a page does was not sent by the server."""


@asynccontextmanager
async def nats_connection(url: str, name: str) -> AsyncIterator[Client]:
    """Raises `PlatformError` when there is no server to begin with."""
    try:
        async with asyncio.timeout(FIRST_CONNECTION_TIMEOUT_S):
            connection = new_client()
            await connection.connect(servers_of(url), **connection_options(name))
    except (nats.errors.Error, OSError, TimeoutError) as error:
        raise PlatformError(f"no NATS server answers at {url}; is it running?") from error
    async with connection:
        yield connection
