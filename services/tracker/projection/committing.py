"""Folds page after page and commits each with the checkpoint; the next pages are folded while one is committed."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from services.tracker.projection.errors import CommitRefused, FenceLost, as_written
from services.tracker.projection.fold import Checkpoint, Outcome, Touched, fold_page, touched_keys
from services.tracker.projection.parking import Lot, lot_for
from services.tracker.projection.store import VIEW_NAMES, ViewStore
from shared.eventstore.direct import Stored
from shared.history.decoding import RefusingDecoder
from shared.history.parked_rows import UNSTORABLE

HOT_DOCUMENTS = 20_000
UNCOMMITTED_EVENTS = 20_000
"""Folded ahead of the views at most: half of them under way, while the other half is folded."""
COMMIT_BYTES = 16 * 1024 * 1024
"""In one transaction, about: what is folded counts as JSON. A database keeps all of a transaction in memory."""
CLOSE_TIMEOUT_S = 5.0

logger = logging.getLogger(__name__)


class Projection:
    """Documents stay in memory between pages: whoever else wrote to them would have moved the checkpoint, and then
    the commit fails. The pages that come during a commit are folded; the next commit takes them together, so that a
    document that they all touch is written once.

    What the database will not take at once is committed in halves, down to the event that it never takes. That one is
    parked for it and everything else moves on.
    """

    def __init__(self, store: ViewStore, checkpoint: Checkpoint) -> None:
        self.checkpoint = checkpoint
        self._store = store
        self._folded = checkpoint
        self._hot: Touched = {name: {} for name in VIEW_NAMES}
        self._hot_is_all = not checkpoint.sequence
        self._waiting: Outcome | None = None
        self._uncommitted: list[Sequence[Stored]] = []
        self._committing: asyncio.Task[None] | None = None
        self._committed = asyncio.Event()
        self._decode = RefusingDecoder()
        self._begun_anew = 0

    async def add(self, page: Sequence[Stored]) -> None:
        """Raises `FenceLost`: begin again at the checkpoint; `CommitRefused` where the database takes nothing."""
        outcome = await self._fold(page, self._fetch_lot)
        if outcome.bytes > COMMIT_BYTES and len(page) > 1:
            for half in _halves(page):
                await self.add(half)
            return
        self._uncommitted.append(page)
        for name, documents in outcome.documents.items():
            self._hot[name].update(documents)
        self._folded = outcome.checkpoint
        begun_anew = self._begun_anew
        await self._make_room(outcome)
        if begun_anew != self._begun_anew:
            return
        if self._waiting is None:
            self._waiting = outcome
        else:
            self._waiting.go_on_with(outcome)
        await self._see_to_commits()

    async def _fold(self, page: Sequence[Stored], fetch_lot: Callable[[set[str]], Awaitable[Lot]]) -> Outcome:
        """Folded again where what was folded before it had to be committed in another way meanwhile."""
        while True:
            before, begun_anew = self._folded, self._begun_anew
            events = [self._decode(stored) for stored in page]
            with as_written():
                lot, let_go = await lot_for(page, events, before.held, fetch_lot)
                await self._warm_up(touched_keys([*events, *let_go]))
                if begun_anew == self._begun_anew:
                    return fold_page(page, events, self._hot, before, lot, self._decode)

    async def _make_room(self, outcome: Outcome) -> None:
        """Waits until `outcome` may be committed together with what waits for a commit already."""
        while self._waiting and self._waiting.bytes + outcome.bytes > COMMIT_BYTES:
            if self._committing is None or self._committing.done():
                await self._see_to_commits()
                return
            await self._one_commit()

    async def _see_to_commits(self) -> None:
        if self._committing is None or self._committing.done():
            await self.settle()
            self._committing = asyncio.create_task(self._commit())
        while self._folded.sequence - self.checkpoint.sequence >= UNCOMMITTED_EVENTS and not self._committing.done():
            await self._one_commit()

    async def _one_commit(self) -> None:
        self._committed.clear()
        await self._committed.wait()

    async def settle(self) -> None:
        """Waits until all is committed; then `checkpoint` is where the views are. Cancelling it cuts nothing off."""
        if self._committing is None:
            return
        try:
            await asyncio.shield(self._committing)
        except CommitRefused as refusal:
            logger.warning("the database takes no such commit, it is tried in pieces: %s", refusal.reason)
            await self._commit_in_pieces()
        self._committing = None

    async def _commit_in_pieces(self) -> None:
        folded = [stored for page in self._uncommitted for stored in page]
        pieces: list[Sequence[Stored]] = [[stored for stored in folded if stored.sequence > self.checkpoint.sequence]]
        while pieces:
            piece = pieces.pop()
            try:
                await self._commit_alone(piece)
            except CommitRefused as refusal:
                pieces += reversed(_halves(piece)) if len(piece) > 1 else [self._refused(piece, refusal)]
        self._begin_anew()

    async def _commit_alone(self, piece: Sequence[Stored]) -> None:
        self._begin_anew()
        outcome = await self._fold(piece, self._store.lot)
        await self._store.commit(outcome, self.checkpoint)
        self._has_committed(outcome)

    def _refused(self, piece: Sequence[Stored], refusal: CommitRefused) -> Sequence[Stored]:
        """The same, to be parked. Raises `refusal` where that is what was refused."""
        (stored,) = piece
        if stored.sequence in self._decode.refused:
            raise refusal
        self._decode.refused[stored.sequence] = UNSTORABLE, refusal.reason
        return piece

    def _begin_anew(self) -> None:
        """Begins again from the checkpoint, with nothing in memory."""
        self._begun_anew += 1
        self._folded, self._waiting, self._uncommitted = self.checkpoint, None, []
        self._hot = {name: {} for name in VIEW_NAMES}
        self._hot_is_all = False

    async def check(self) -> None:
        """Raises `FenceLost` where the views moved: a database that crashes may forget what it had acknowledged."""
        await self.settle()
        live = await self._store.checkpoint()
        if (live.sequence, live.renewed) != (self.checkpoint.sequence, self.checkpoint.renewed):
            raise FenceLost(f"the views were at {self.checkpoint.sequence} and are at {live.sequence}")

    async def close(self) -> None:
        """Lets the commit under way come to its end, or cuts it off where the database is silent. Nobody can cut off
        the driver's threads: what they send after the rollback opens the transaction again, and its locks stay. The
        fence keeps a late commit from doing harm."""
        if self._committing is not None:
            await asyncio.wait([self._committing], timeout=CLOSE_TIMEOUT_S)
            self._committing.cancel()
            await asyncio.gather(self._committing, return_exceptions=True)

    async def _fetch_lot(self, subjects: set[str]) -> Lot:
        """The parking lot as it is after the commits under way."""
        await self.settle()
        return await self._store.lot(subjects)

    async def _warm_up(self, keys: dict[str, set[str]]) -> None:
        if sum(map(len, self._hot.values())) > HOT_DOCUMENTS:
            await self.settle()
            self._hot = {name: {} for name in VIEW_NAMES}
            self._hot_is_all = False
        if self._hot_is_all:
            return
        missing = {name: wanted - self._hot[name].keys() for name, wanted in keys.items()}
        for name, documents in (await self._store.fetch(missing)).items():
            self._hot[name].update(documents)

    async def _commit(self) -> None:
        try:
            while (outcome := self._waiting) is not None:
                self._waiting = None
                await self._store.commit(outcome, self.checkpoint)
                self._has_committed(outcome)
                self._uncommitted = [
                    page for page in self._uncommitted if page[-1].sequence > self.checkpoint.sequence
                ]
                self._committed.set()
        finally:
            self._committed.set()

    def _has_committed(self, outcome: Outcome) -> None:
        self.checkpoint = outcome.checkpoint
        if outcome.parked:
            first = outcome.parked[0]
            params = (len(outcome.parked), first["_id"], first["reason"], first["detail"])
            logger.warning("%s events were parked; the first is ledger event %s (%s): %s", *params)


def _halves(page: Sequence[Stored]) -> list[Sequence[Stored]]:
    middle = len(page) // 2
    return [page[:middle], page[middle:]]
