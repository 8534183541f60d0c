"""What a command-line session works with: the servers, connections to them, and where to say things."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from services.tracker.store import ViewStore
from shared.eventstore.ledger import Ledger
from shared.eventstore.streams import provision
from shared.platform.embedded import Endpoints, endpoints
from shared.platform.mongo import mongo_database
from shared.platform.nats import nats_connection
from shared.platform.settings import Settings
from shared.unit.client import CommandClient

out = Console(markup=False, highlight=False)
err = Console(stderr=True, markup=False, highlight=False)


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
            await provision(connection, settings.congress)
            yield Session(
                settings,
                servers,
                Ledger(connection, settings.congress),
                ViewStore(database),
                CommandClient(connection, settings.congress),
            )


@contextmanager
def progress_bar(label: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr; call it with how much is done and how much there is."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err) as progress:
        bar = progress.add_task(label, total=None)
        yield lambda done, total: progress.update(bar, completed=done, total=total)
