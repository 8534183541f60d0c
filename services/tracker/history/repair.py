"""Tries parked events again, through today's code.

The ledger is folded afresh in memory, and what differs is written into the live views in one transaction, so that
they become what a rebuild would give. Of an entity that is not to be tried, what was refused is refused again.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from pymongo.errors import PyMongoError

from services.tracker.history.verify import MOST_DIFFERENCES, Replay
from services.tracker.projection.digest import are_same
from services.tracker.projection.errors import CommitRefused, FenceLost, as_written
from services.tracker.projection.fold import Checkpoint, OnProgress, Outcome, Touched
from services.tracker.projection.store import AUDIT_TRAIL, PARKED, VIEW_NAMES, ViewStore
from shared.domain.decider import Refusal
from shared.eventstore.ledger import Ledger
from shared.history.audit_rows import APPLIED, DISCARDED
from shared.history.decoding import RefusingDecoder
from shared.history.parked_rows import UNSTORABLE, holds_up
from shared.platform.mongo import TRANSIENT, Session, in_words, transaction, will_never_be_taken
from shared.views.view import Document

RETRY_TRIES = 100
BACK_OFF_S = 0.1
REBUILD_NEEDED = Refusal(
    "rebuild_needed",
    "The views differ too much from what the events say to be mended in place; run `daihoi rebuild`.",
)

type Choice = Callable[[str], bool]
"""Whether the entity under a subject is to be tried."""


class Live(NamedTuple):
    """The live views, what is parked, and the audit rows that a retry may have to correct."""

    views: Touched
    parked: dict[int, Document]
    rows: dict[int, Document]


class Kept(NamedTuple):
    """What stays of the entities that are not to be tried: what was refused and why, and all that is not in the
    views."""

    refused: dict[int, tuple[str, str]]
    sequences: frozenset[int]


class Retried(NamedTuple):
    """`came_back` had been discarded and can be read today; `documents` are view and key of all that was changed."""

    sequence: int
    taken_in: list[int]
    still_parked: list[Document]
    came_back: list[int]
    documents: list[tuple[str, str]]


async def retry(ledger: Ledger, store: ViewStore, chosen: Choice, on_progress: OnProgress) -> Retried:
    """Raises the refusal `rebuild_needed`; nothing changes then. While it compares and writes, it holds up whoever
    else would move the views: so it comes to its end however fast events come in."""
    trying = _Trying(ledger, store, chosen, on_progress)
    for tries_left in reversed(range(RETRY_TRIES)):
        try:
            return await trying.once()
        except (FenceLost, PyMongoError) as error:
            met_another = isinstance(error, FenceLost) or error.has_error_label(TRANSIENT)
            if not tries_left or not met_another:
                raise
            await asyncio.sleep(BACK_OFF_S)
    raise AssertionError("the last try returns or raises")


class _Trying:
    def __init__(self, ledger: Ledger, store: ViewStore, chosen: Choice, on_progress: OnProgress) -> None:
        self._ledger, self._store, self._chosen, self._on_progress = ledger, store, chosen, on_progress
        self._decoder = RefusingDecoder()
        self._replay = Replay(decode=self._decoder)
        self._renewed: int | None = None
        self._refuse_again = False
        """Whether the database has been asked once more to take what it did not take."""

    async def once(self) -> Retried:
        """Raises what the database says where somebody else is just writing."""
        discarded = await self._look()
        try:
            async with transaction(self._store.database) as session:
                await self._store.hold(session)
                return await self._mend(session, discarded)
        except Exception as error:
            if not will_never_be_taken(error):
                raise
            if self._refuse_again:
                raise CommitRefused(in_words(error)) from error
        self._refuse_again, self._replay = True, Replay(decode=self._decoder)
        return await self.once()

    async def _look(self) -> list[Document]:
        """Folds most of the ledger, while nobody waits for it. Gives the audit rows of what was discarded."""
        stands_at = await self._store.checkpoint()
        if stands_at.renewed != self._renewed or stands_at.sequence < self._replay.checkpoint.sequence:
            self._replay, self._renewed = Replay(decode=self._decoder), stands_at.renewed
        discarded = await self._store.documents(AUDIT_TRAIL, outcome=DISCARDED)
        self._refuse(stands_at, await self._store.documents(PARKED), discarded)
        await self._replay.advance(self._ledger, self._store, stands_at.sequence, self._on_progress)
        return discarded

    def _refuse(self, stands_at: Checkpoint, parked: list[Document], discarded: list[Document]) -> Kept:
        kept = kept_back(parked, discarded, self._chosen)
        never_taken = {sequence: (UNSTORABLE, detail) for sequence, detail in stands_at.refused}
        self._decoder.refused |= kept.refused | (never_taken if self._refuse_again else {})
        return kept

    async def _mend(self, session: Session, discarded: list[Document]) -> Retried:
        views = self._store.within(session)
        stands_at = await views.checkpoint()
        if stands_at.renewed != self._renewed or stands_at.sequence < self._replay.checkpoint.sequence:
            raise FenceLost("somebody else made the live views anew meanwhile")
        kept = self._refuse(stands_at, await views.documents(PARKED), discarded)
        await self._replay.advance(self._ledger, views, stands_at.sequence, self._on_progress)
        with as_written():
            outcome, done = mending(self._replay, await _live(views, self._replay), kept, self._chosen)
        outcome.checkpoint = replace(self._replay.checkpoint, renewed=(stands_at.renewed or 0) + 1)
        await views.write_in(session, outcome, stands_at)
        return done


async def _live(store: ViewStore, replay: Replay) -> Live:
    return Live(
        views={name: {document["_id"]: document for document in await store.documents(name)} for name in VIEW_NAMES},
        parked={document["_id"]: document for document in await store.documents(PARKED)},
        rows={row["_id"]: row for row in await store.audit_rows_of(list(replay.rows))},
    )


def kept_back(parked: list[Document], discarded: list[Document], chosen: Choice) -> Kept:
    """`discarded` are audit rows."""
    kept = [event for event in (*discarded, *parked) if not chosen(event["subject"])]
    refused = {event["_id"]: (event["reason"], event.get("detail", "")) for event in kept if holds_up(event)}
    return Kept(refused, frozenset(event["_id"] for event in kept))


def mending(replay: Replay, live: Live, kept: Kept, chosen: Choice) -> tuple[Outcome, Retried]:
    """Raises `rebuild_needed` where it is too much for one transaction, or a document would have to go."""
    if any(live.views[name].keys() - replay.views[name].keys() for name in VIEW_NAMES):
        raise REBUILD_NEEDED()
    documents = {name: _differing(replay.views[name], live.views[name]) for name in VIEW_NAMES}
    tried = {key: event for key, event in replay.parked.items() if key not in kept.sequences}
    rows = {key: row for key, row in replay.rows.items() if key not in kept.sequences}
    outcome = Outcome(
        replay.checkpoint,
        documents,
        corrected_rows=list(_differing(rows, live.rows).values()),
        parked=list(_differing(tried, live.parked).values()),
        left=[event for key, event in live.parked.items() if key not in tried and key not in kept.sequences],
    )
    changed = [(name, key) for name, changes in documents.items() for key in changes]
    writes = len(changed) + len(outcome.corrected_rows) + len(outcome.parked) + len(outcome.left)
    if max(writes, replay.differing) > MOST_DIFFERENCES:
        raise REBUILD_NEEDED()
    discarded = {key for key, row in live.rows.items() if row["outcome"] == DISCARDED}
    return outcome, Retried(
        sequence=replay.checkpoint.sequence,
        taken_in=[event["_id"] for event in outcome.left],
        still_parked=[event for event in replay.parked.values() if chosen(event["subject"])],
        came_back=[key for key in sorted(discarded & rows.keys()) if rows[key]["outcome"] == APPLIED],
        documents=changed,
    )


def _differing[Key](replayed: dict[Key, Document], live: dict[Key, Document]) -> dict[Key, Document]:
    return {key: document for key, document in replayed.items() if not are_same(live.get(key), document)}
