"""Keeps the live views up with the ledger: read a page, fold it, commit it with the checkpoint, again."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from pymongo.errors import PyMongoError

from services.tracker.fold import Checkpoint, Outcome, Touched, fold_page, touched_keys
from services.tracker.parking import Lot, lot_for
from services.tracker.reading import read_event
from services.tracker.store import VIEW_NAMES, FenceLost, ViewStore
from shared.eventstore.direct import Stored
from shared.eventstore.errors import LedgerBroken, Unavailable
from shared.eventstore.ledger import Ledger

RETRY_DELAY_S = 1.0
HOT_DOCUMENTS = 20_000

logger = logging.getLogger(__name__)


class Projection:
    """Folds page after page into one generation of the views.

    Documents stay in memory between pages: whoever else wrote to them would have moved the checkpoint, and then the
    commit fails. While one page is being committed, the next is folded.
    """

    def __init__(self, store: ViewStore, checkpoint: Checkpoint) -> None:
        self.checkpoint = checkpoint
        self._store = store
        self._folded = checkpoint
        self._hot: Touched = {name: {} for name in VIEW_NAMES}
        self._committing: asyncio.Task[Checkpoint] | None = None

    async def add(self, page: Sequence[Stored]) -> None:
        """Raises `FenceLost`; then start again from the checkpoint as it is."""
        events = [read_event(stored) for stored in page]
        before = self._folded
        lot, let_go = await lot_for(page, events, before.held, self._fetch_lot)
        await self._warm_up(touched_keys([*events, *let_go]))
        outcome = fold_page(page, events, self._hot, before, lot)
        for name, documents in outcome.documents.items():
            self._hot[name].update(documents)
        self._folded = outcome.checkpoint
        await self.settle()
        self._committing = asyncio.create_task(self._commit(outcome, before))

    async def settle(self) -> None:
        """Waits for the commit under way; after it, `checkpoint` is where the views are."""
        committing, self._committing = self._committing, None
        if committing is not None:
            self.checkpoint = await committing

    async def close(self) -> None:
        """Ends what is under way; a commit that is cut off rolls back."""
        if self._committing is not None:
            self._committing.cancel()
            await asyncio.gather(self._committing, return_exceptions=True)

    async def _fetch_lot(self, subjects: set[str]) -> Lot:
        """As it is after the commit under way."""
        await self.settle()
        return await self._store.lot(subjects)

    async def _warm_up(self, keys: dict[str, set[str]]) -> None:
        if sum(map(len, self._hot.values())) > HOT_DOCUMENTS:
            await self.settle()
            self._hot = {name: {} for name in VIEW_NAMES}
        missing = {name: wanted - self._hot[name].keys() for name, wanted in keys.items()}
        for name, documents in (await self._store.fetch(missing)).items():
            self._hot[name].update(documents)

    async def _commit(self, outcome: Outcome, before: Checkpoint) -> Checkpoint:
        await self._store.commit(outcome, before)
        if outcome.parked:
            first = outcome.parked[0]
            told = (len(outcome.parked), first["_id"], first["reason"], first["detail"])
            logger.warning("%s events were parked; the first is ledger event %s (%s): %s", *told)
        return outcome.checkpoint


@dataclass
class Progress:
    """What the projector last knew; health reads it."""

    checkpoint: Checkpoint
    trouble: str = ""


class Projector:
    """Runs until cancelled. Trouble is waited out and told in `progress`; no event is skipped because of it."""

    def __init__(self, ledger: Ledger, store: ViewStore) -> None:
        self._ledger = ledger
        self._store = store
        self.progress = Progress(Checkpoint())

    async def run(self) -> None:
        taken_over = False
        while True:
            try:
                if not taken_over:
                    await self._store.take_over()
                    taken_over = True
                await self._follow()
            except FenceLost as lost:
                logger.info("%s; reading it again", lost)
            except (LedgerBroken, Unavailable, PyMongoError) as error:
                self.progress.trouble = f"{type(error).__name__}: {error}"
                logger.error("the projection waits: %s", self.progress.trouble)
                await asyncio.sleep(RETRY_DELAY_S)

    async def _follow(self) -> None:
        await self._store.prepare()
        projection = Projection(self._store, await self._store.checkpoint())
        self.progress.checkpoint = projection.checkpoint
        try:
            async for page in self._ledger.follow(projection.checkpoint.sequence):
                if page:
                    await projection.add(page)
                else:
                    await projection.settle()
                self.progress.checkpoint = projection.checkpoint
                self.progress.trouble = ""
        finally:
            await projection.close()
