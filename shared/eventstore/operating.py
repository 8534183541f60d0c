"""What only the operator may do: with its credentials streams and consumers are made, before services need them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from nats.aio.client import Client

from shared.eventstore.credentials import credentials_for
from shared.eventstore.streams import provision
from shared.platform.embedded import Endpoints
from shared.platform.nats import nats_connection
from shared.platform.nats_account import holds_account_key
from shared.platform.settings import Settings
from shared.values.units import OPERATOR


@asynccontextmanager
async def connected_as(
    identity: str, settings: Settings, servers: Endpoints, name: str = "daihoi", wait_s: float | None = None
) -> AsyncIterator[Client]:
    """Waits `wait_s` for the server. Raises `PlatformError` where it or the credentials can't be had."""
    credentials = credentials_for(servers.nats_credentials, settings.congress, identity)
    async with nats_connection(servers.nats_url, name, credentials, wait_s) as connection:
        yield connection


@asynccontextmanager
async def as_operator_if_possible(settings: Settings, servers: Endpoints, own: Client) -> AsyncIterator[Client]:
    """A connection of the operator where its key is here, else `own`. Raises `PlatformError`."""
    if not (servers.nats_credentials and holds_account_key(Path(servers.nats_credentials))):
        yield own
        return
    async with connected_as(OPERATOR, settings, servers, "daihoi operator") as connection:
        yield connection


async def provide_streams(settings: Settings, servers: Endpoints) -> None:
    """Where the servers are embedded: whoever runs them has the operator's key beside their data. Elsewhere `daihoi
    streams provision` does it. Raises what `provision` raises, and `PlatformError`."""
    if not settings.nats_url:
        async with connected_as(OPERATOR, settings, servers, "daihoi operator") as connection:
            await provision(connection, settings.congress, settings.nats_replicas)
