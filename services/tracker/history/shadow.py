"""The shadow: a fresh fold that runs beside the live views and says by name where they differ.

The tracker starts it as a process of its own with the lowest priority. It leaves snapshots behind, which `as-of`
uses, and writes its result beside the checkpoint, for health. It never changes a view, and removes replaced ones.
"""

import asyncio
import logging
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import NamedTuple

import uvloop
from pymongo.errors import PyMongoError

from services.tracker.history.as_of import fold_on
from services.tracker.history.folded import Folded
from services.tracker.history.snapshots import Snapshots
from services.tracker.projection.digest import are_same
from services.tracker.projection.errors import ViewsBroken
from services.tracker.projection.store import CHECKPOINTS, VIEW_NAMES, ViewStore
from services.tracker.projection.version import fold_version
from services.tracker.projection.view_sets import drop_replaced
from shared.eventstore.errors import EventStoreError
from shared.eventstore.ledger import Ledger
from shared.eventstore.operating import connected_as
from shared.platform.children import start_child, stop_child
from shared.platform.embedded import endpoints
from shared.platform.logs import begin_log
from shared.platform.mongo import in_words, mongo_database
from shared.platform.settings import Settings
from shared.values.units import TRACKER
from shared.views.view import instant

SHADOW = "shadow"
START_AFTER_S = 10.0
CHECK_EVERY_S = 10.0
LOOKED_AT_EACH_TIME = 2_000
"""Documents compared at each check beside those that changed: all of them get their turn."""
NAMED_AT_MOST = 20
LOWEST_PRIORITY = 19

logger = logging.getLogger(__name__)

type Key = tuple[str, str]
"""A view, and the key of one of its documents."""


class Check(NamedTuple):
    """What a check came to: at which ledger event, when, and which documents differ, as `view key`."""

    sequence: int
    checked_at: str
    drift: list[str]


async def last_check(store: ViewStore) -> Check | None:
    """`None` where no check was made of the views as today's fold makes them."""
    stored = await store.database[CHECKPOINTS].find_one({"_id": SHADOW, "fold": fold_version()})
    return Check(stored["sequence"], stored["checked_at"], stored["drift"]) if stored else None


class Shadow:
    """Compares what changed since the last check, and a slice of all the rest."""

    def __init__(self, ledger: Ledger, store: ViewStore, snapshots: Snapshots) -> None:
        self._ledger, self._store, self._snapshots = ledger, store, snapshots
        self._folded = Folded()
        self._turn: Iterator[Key] = iter(())
        self._drift: dict[Key, None] = {}

    async def run(self) -> None:
        await self._snapshots.drop(stale_only=True)
        while True:
            try:
                await self.check()
                await drop_replaced(self._store.database)
            except (EventStoreError, PyMongoError, ViewsBroken) as error:
                logger.warning("the shadow waits: %s", in_words(error))
            await asyncio.sleep(CHECK_EVERY_S)

    async def check(self) -> None:
        """One check, and what it found put where health reads it. Does nothing while another fold's views serve."""
        if await self._store.made_by() != fold_version():
            return
        live = await self._store.checkpoint()
        if not self._folded.goes_on_to(live) or not self._folded.checkpoint.sequence:
            self._folded = await self._snapshots.latest(live.sequence)
        keys = {*await self._fold_to(live.sequence), *await self._next_slice(), *self._drift}
        drift = await self._store.at_once(lambda views: self._differing(keys, views))
        if drift is None:
            return
        self._drift = dict.fromkeys(sorted(drift))
        for view, key in drift:
            logger.error("the live views differ from a fresh fold in %s %s", view, key)
        named = [f"{view} {key}" for view, key in islice(self._drift, NAMED_AT_MOST)]
        check = Check(self._folded.checkpoint.sequence, instant(datetime.now(UTC)), named)
        document = {"fold": fold_version(), **check._asdict()}
        await self._store.database[CHECKPOINTS].replace_one({"_id": SHADOW}, document, upsert=True)

    async def _fold_to(self, upto: int) -> Sequence[Key]:
        """The documents that changed on the way."""
        before = self._folded.copy()
        await fold_on(self._folded, upto, self._ledger, self._snapshots, lambda *_: None)
        return [
            (view, key)
            for view, documents in self._folded.views.items()
            for key, document in documents.items()
            if before.views[view].get(key) is not document
        ]

    async def _next_slice(self) -> list[Key]:
        """The next of all documents, those of the live views and those of the fold."""
        keys = list(islice(self._turn, LOOKED_AT_EACH_TIME))
        if not keys:
            everything = {(view, key): None for view in VIEW_NAMES for key in self._folded.views[view]}
            # What has an id that no view gives is for the verification to find.
            for view in VIEW_NAMES:
                everything |= {(view, key): None for key in await self._store.keys(view) if isinstance(key, str)}
            self._turn = iter(everything)
            keys = list(islice(self._turn, LOOKED_AT_EACH_TIME))
        return keys

    async def _differing(self, keys: set[Key], views: ViewStore) -> set[Key] | None:
        """The documents that differ where the views stand; `None` where they have gone back, or were made anew."""
        live = await views.checkpoint()
        if not self._folded.goes_on_to(live):
            return None
        keys = {*keys, *await self._fold_to(live.sequence)}
        by_view = {view: {key for of, key in keys if of == view} for view in VIEW_NAMES}
        documents = await views.fetch(by_view)
        return {
            (view, key)
            for view, key in keys
            if not are_same(documents.get(view, {}).get(key), self._folded.views[view].get(key))
        }


async def keep_shadow(environment: Mapping[str, str]) -> None:
    """Keeps one running as a child of this process, from a while after the start on, until cancelled."""
    command = [sys.executable, "-m", "services.tracker.history.shadow"]
    while True:
        await asyncio.sleep(START_AFTER_S)
        child = start_child(command, None, environment)
        try:
            while child.poll() is None:
                await asyncio.sleep(CHECK_EVERY_S)
        finally:
            await asyncio.to_thread(stop_child, child)


async def main() -> None:
    os.nice(LOWEST_PRIORITY)
    settings = Settings()
    begin_log(TRACKER, settings.log)
    with endpoints(settings) as servers:
        async with (
            connected_as(TRACKER, settings, servers, "daihoi shadow") as connection,
            mongo_database(servers.mongo_url, settings.database) as database,
        ):
            ledger = Ledger(connection, settings.congress)
            await Shadow(ledger, ViewStore(database), Snapshots(database)).run()


if __name__ == "__main__":
    uvloop.run(main())
