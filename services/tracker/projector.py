"""Keeps the live views up with the ledger: read a page, fold it, commit it with the checkpoint, again."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from pymongo.errors import PyMongoError

from services.tracker.fold import Checkpoint, fold_page, touched_keys
from services.tracker.reading import read_event
from services.tracker.store import FenceLost, ViewStore
from shared.eventstore.direct import Stored
from shared.eventstore.errors import LedgerBroken, Unavailable
from shared.eventstore.ledger import Ledger

RETRY_DELAY_S = 1.0

logger = logging.getLogger(__name__)


async def project_page(store: ViewStore, page: Sequence[Stored], checkpoint: Checkpoint) -> Checkpoint:
    """Applies one page to the views of `store`. Raises `FenceLost`; then nothing was changed."""
    events = [read_event(stored) for stored in page]
    documents = await store.fetch(touched_keys(events))
    outcome = fold_page(page, events, documents, checkpoint)
    await store.commit(outcome, checkpoint)
    for parked in outcome.parked:
        logger.warning("parked event %s (%s): %s", parked["_id"], parked["reason"], parked["detail"])
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
        while True:
            try:
                await self._follow()
            except FenceLost as lost:
                logger.info("%s; reading it again", lost)
            except (LedgerBroken, Unavailable, PyMongoError) as error:
                self.progress.trouble = f"{type(error).__name__}: {error}"
                logger.error("the projection waits: %s", self.progress.trouble)
                await asyncio.sleep(RETRY_DELAY_S)

    async def _follow(self) -> None:
        await self._store.prepare()
        checkpoint = await self._store.checkpoint()
        self.progress.checkpoint = checkpoint
        async for page in self._ledger.follow(checkpoint.sequence):
            if page:
                checkpoint = await project_page(self._store, page, checkpoint)
                self.progress.checkpoint = checkpoint
            self.progress.trouble = ""
