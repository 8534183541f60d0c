"""Keeps the live views up with the ledger: read a page, fold it, commit it with the checkpoint, again."""

import asyncio
import logging
import time
from dataclasses import dataclass, field

from pymongo.errors import PyMongoError

from services.tracker.projection.committing import Projection
from services.tracker.projection.errors import CommitRefused, FenceLost, ViewsBroken
from services.tracker.projection.fold import Checkpoint
from services.tracker.projection.lease import Lease, LeaseLost
from services.tracker.projection.rebuild import renew
from services.tracker.projection.store import ViewStore
from shared.eventstore.errors import LedgerBroken, Unavailable
from shared.eventstore.ledger import Ledger
from shared.platform.mongo import in_words

RETRY_DELAY_S = 1.0
DOUBLINGS = 3
WORTH_READING_ON = 100
"""A page of fewer events is committed before more is read: what comes meanwhile is then read in one page, and not
event by event beside the commit, which that makes slower."""

logger = logging.getLogger(__name__)


@dataclass
class Progress:
    """For health. `moved_at` is when it last applied a page or had nothing to apply, by the monotonic clock;
    `refolding_to` where the ledger ended when the views were empty, `renewed` how far a renewal is, and its end."""

    checkpoint: Checkpoint = field(default_factory=Checkpoint)
    trouble: Exception | None = None
    tries: int = 0
    moved_at: float = field(default_factory=time.monotonic)
    refolding_to: int = 0
    renewed: tuple[int, int] | None = None

    def renewing(self, done: int, end: int) -> None:
        self.renewed, self.moved_at = (done, end), time.monotonic()

    def began(self, checkpoint: Checkpoint) -> None:
        self.checkpoint, self.moved_at = checkpoint, time.monotonic()

    def went_on(self, checkpoint: Checkpoint) -> None:
        if self.trouble is not None:
            logger.warning("the projection goes on after %s tries", self.tries)
        self.began(checkpoint)
        self.trouble, self.tries = None, 0

    def failed(self, error: Exception) -> None:
        if type(error) is not type(self.trouble):
            logger.error("the projection waits: %s: %s", type(error).__name__, in_words(error))
        self.trouble, self.tries = error, self.tries + 1


class Projector:
    """Stands by until it holds the lease, renews views of another fold, then projects. Trouble is waited out."""

    def __init__(self, ledger: Ledger, store: ViewStore) -> None:
        self.lease = Lease(store.database)
        self.progress = Progress()
        self._ledger = ledger
        self._store = store

    async def run(self) -> None:
        try:
            while True:
                await self._take_turn()
        finally:
            await self.lease.release()

    async def _take_turn(self) -> None:
        try:
            await self.lease.acquire()
        except PyMongoError as error:
            await self._wait_out(error)
            return
        logger.info("%s projects, in term %s", self.lease.holder, self.lease.term)
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self.lease.hold())
                both.create_task(self._project())
        except* LeaseLost as lost:
            self.progress.trouble = None
            logger.warning("the projection stops: %s", lost.exceptions[0])

    async def _project(self) -> None:
        while True:
            try:
                await self.lease.renew()
                await self._follow()
            except (FenceLost, CommitRefused, ViewsBroken, LedgerBroken, Unavailable, PyMongoError) as error:
                await self._wait_out(error)

    async def _wait_out(self, error: Exception) -> None:
        """Waits twice as long after each try without progress, up to eight seconds."""
        self.progress.failed(error)
        await asyncio.sleep(RETRY_DELAY_S * 2 ** min(self.progress.tries - 1, DOUBLINGS))

    async def _follow(self) -> None:
        await self._store.prepare()
        await self._store.take_over(self.lease.session, self.lease.term)
        await renew(self._ledger, self._store, self.progress.renewing)
        self.progress.renewed = None
        projection = Projection(self._store, await self._store.checkpoint())
        self.progress.began(projection.checkpoint)
        if not projection.checkpoint.sequence and (end := await self._ledger.last_sequence()):
            self.progress.refolding_to = end
            logger.warning("the views are empty; they are folded from the first event, up to %s", end)
        try:
            async for page in self._ledger.follow(projection.checkpoint.sequence, projection.checkpoint.fingerprint):
                if page:
                    await projection.add(page)
                    if len(page) < WORTH_READING_ON:
                        await projection.settle()
                else:
                    await projection.check()
                if not page or projection.checkpoint != self.progress.checkpoint:
                    self.progress.went_on(projection.checkpoint)
        finally:
            await projection.close()
