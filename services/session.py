"""What a command-line session works with: the servers, and connections to them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from services.tracker.store import ViewStore
from shared.eventstore.ledger import Ledger
from shared.eventstore.streams import provision
from shared.platform.embedded import Endpoints, endpoints
from shared.platform.mongo import mongo_database
from shared.platform.nats import nats_connection
from shared.platform.settings import Settings
from shared.unit.client import CommandClient


@dataclass(frozen=True)
class Session:
    settings: Settings
    servers: Endpoints
    ledger: Ledger
    views: ViewStore
    commands: CommandClient


@asynccontextmanager
async def open_session(settings: Settings, *, fresh: bool = False) -> AsyncIterator[Session]:
    """Raises `PlatformError` when the servers can't be had."""
    with endpoints(settings, fresh=fresh) as servers:
        async with (
            nats_connection(servers.nats_url, "daihoi") as connection,
            mongo_database(servers.mongo_url, settings.database) as database,
        ):
            await provision(connection, settings.congress, settings.nats_replicas)
            yield Session(
                settings,
                servers,
                Ledger(connection, settings.congress),
                ViewStore(database),
                CommandClient(connection, settings.congress),
            )
