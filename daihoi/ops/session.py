"""What a command-line session works with: the servers, and connections to them. To look at a congress makes nothing,
neither streams nor collections: services make them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from nats.aio.client import Client

from shared.domain.decider import Actor, Refusal
from shared.eventstore.jetstream_api import congresses
from shared.eventstore.ledger import Ledger
from shared.eventstore.names import ledger_stream
from shared.eventstore.operating import connected_as
from shared.eventstore.rights import rights
from shared.platform.embedded import Endpoints, endpoints
from shared.platform.errors import PlatformError
from shared.platform.settings import Settings
from shared.values.units import AUDITOR, OPERATOR

if TYPE_CHECKING:
    from services.tracker.projection.store import ViewStore
    from shared.unit.client import CommandClient
    from shared.unit.patience import Patience

TOKEN_LASTS = timedelta(minutes=5)
PATIENCE_S = 30.0
"""How long a command waits, if not told otherwise, until the views show what it wrote."""
NEVER_PROJECTED = Refusal(
    "never_projected",
    "No tracker has ever projected the congress {congress} into this MongoDB, so there is nothing to report. Start "
    "one: `daihoi service tracker`.",
)
NO_CONGRESS = Refusal(
    "no_such_congress",
    "There is no congress {congress} on this server, nor any other. `daihoi up` makes it, and so does `daihoi "
    "streams provision`.",
)
NO_SUCH_CONGRESS = Refusal(
    "no_such_congress",
    "There is no congress {congress} on this server; there are: {others}. `daihoi up` makes it, and so does `daihoi "
    "streams provision`.",
)


@dataclass(frozen=True)
class Session:
    settings: Settings
    servers: Endpoints
    ledger: Ledger
    views: "ViewStore"
    connection: Client
    patience: "Patience | None" = None
    """How long its commands wait for a service that does not run, if not as usual."""
    identity: str = OPERATOR

    @property
    def looks_at_streams(self) -> bool:
        """Whether it may look at streams; otherwise it has to ask services how far they are."""
        subject = f"$JS.API.STREAM.INFO.{ledger_stream(self.settings.congress)}"
        return rights(self.settings.congress, self.identity).may_publish(subject)

    @cached_property
    def commands(self) -> "CommandClient":
        from shared.unit.client import CommandClient
        from shared.unit.patience import Patience

        settings = self.settings
        return CommandClient(self.connection, settings.congress, self.patience or Patience(), settings.happened)

    def token(self, actor: Actor) -> str:
        """Good for what is sent at once. Raises `PlatformError` where there is no key to mint with."""
        from shared.unit.issuer import issuer_private_key
        from shared.unit.tokens import mint_token

        private_key = issuer_private_key(self.settings)
        return mint_token(private_key, self.settings.congress, actor, datetime.now(UTC), TOKEN_LASTS)

    async def check_views(self) -> None:
        """Raises `PlatformError` where there are no views to read."""
        if await self.views.look_up() is None:
            raise PlatformError(NEVER_PROJECTED(congress=self.settings.congress))


@asynccontextmanager
async def open_session(
    settings: Settings,
    identity: str = AUDITOR,
    *,
    fresh: bool = False,
    begins: bool = False,
    writes: bool = False,
    patience: "Patience | None" = None,
) -> AsyncIterator[Session]:
    """`begins` is for whoever makes the congress; `writes` for whoever changes the views. The servers are waited for
    as long as services are. Raises `PlatformError` when they or the credentials of `identity` can't be had, or the
    servers don't have the congress."""
    from services.tracker.projection.store import ViewStore
    from shared.platform.mongo import mongo_database

    wait_s = patience.seconds if patience else None
    with endpoints(settings, fresh=fresh) as servers:
        async with (
            connected_as(identity, settings, servers, wait_s=wait_s) as connection,
            mongo_database(servers.mongo_url, settings.database, reads_only=not writes) as database,
        ):
            if not begins:
                await check_congress(connection, settings)
            ledger = Ledger(connection, settings.congress)
            yield Session(settings, servers, ledger, ViewStore(database), connection, patience, identity)


@asynccontextmanager
async def connected(
    settings: Settings, identity: str = AUDITOR, *, begins: bool = False, wait_s: float | None = None
) -> AsyncIterator[Client]:
    """A connection to the broker, without MongoDB; otherwise as `open_session`."""
    with endpoints(settings, with_mongo=False) as servers:
        async with connected_as(identity, settings, servers, wait_s=wait_s) as connection:
            if not begins:
                await check_congress(connection, settings)
            yield connection


async def check_congress(connection: Client, settings: Settings) -> None:
    """Raises `PlatformError` where the server has no such congress."""
    congress, names = settings.congress, await congresses(connection)
    if congress not in names:
        others = ", ".join(names)
        raise PlatformError(
            NO_SUCH_CONGRESS(congress=congress, others=others) if others else NO_CONGRESS(congress=congress)
        )
