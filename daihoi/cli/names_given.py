"""Whether the register knows the names that a command gives, asked once the command is out. Where the views can't be
read, nothing is said."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from daihoi.cli import console
from daihoi.cli.language import spoken
from daihoi.terminal.doubted_names import warning_lines
from shared.platform.embedded import endpoints
from shared.platform.errors import PlatformError
from shared.platform.settings import Settings
from shared.reports.doubted_names import DoubtedName, Named, doubted_names, names_in

if TYPE_CHECKING:
    from services.tracker.projection.store import ViewStore

PATIENCE_MS = 2_000


async def warn_of_names(settings: Settings, data: dict[str, Any], views: "ViewStore | None" = None) -> None:
    """On stderr; with `views` where they are open already. Embedded servers run: whoever calls uses them."""
    if named := list(names_in(data)):
        from pymongo.errors import PyMongoError

        from services.tracker.projection.errors import ViewsBroken

        with suppress(PlatformError, PyMongoError, ViewsBroken, OSError, TimeoutError):
            async with asyncio.timeout(PATIENCE_MS / 1000):
                say_doubts(await (_doubts(views, named) if views else _doubts_there(settings, named)))


def say_doubts(doubts: Sequence[DoubtedName]) -> None:
    for line in warning_lines(doubts, spoken()):
        console.say(line)


async def _doubts(views: "ViewStore", named: list[Named]) -> list[DoubtedName]:
    await views.look_up()
    return doubted_names(named, await views.documents("organisations"))


async def _doubts_there(settings: Settings, named: list[Named]) -> list[DoubtedName]:
    from services.tracker.projection.store import ViewStore
    from shared.platform.mongo import mongo_database

    with endpoints(settings) as servers:
        async with mongo_database(servers.mongo_url, settings.database, PATIENCE_MS, reads_only=True) as database:
            return await _doubts(ViewStore(database), named)
