"""Tries parked events again, through today's code.

The ledger is folded afresh in memory, as the verification does, and what differs is written into the live views in
one transaction. So they become what a rebuild would give, also where events of several entities feed one document.
An entity that is not to be tried stays as it is: what was refused there is refused again, whatever can be read today.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from pymongo.errors import OperationFailure

from services.tracker.audit.trail import APPLIED, DISCARDED
from services.tracker.audit.verify import MOST_DIFFERENCES, Replay
from services.tracker.fold import Outcome, Touched
from services.tracker.parking import BEHIND, OUT_OF_LINE
from services.tracker.projections.view import Document, Recorded
from services.tracker.reading import Unreadable, read_event
from services.tracker.store import AUDIT_TRAIL, PARKED, VIEW_NAMES, FenceLost, ViewStore
from shared.domain.decider import Refusal
from shared.eventstore.direct import Stored
from shared.eventstore.ledger import Ledger

RETRY_TRIES = 20
BACK_OFF_S = 0.1
WRITTEN_BY_OTHERS = "TransientTransactionError"
"""The driver's label of a transaction that met another one at the same documents."""
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
    """The entities that are not to be tried: which of their events were refused and why, and the sequences of all of
    theirs that are not in the views."""

    refused: dict[int, tuple[str, str]]
    sequences: frozenset[int]


class Retried(NamedTuple):
    """What came of it. `came_back` are events that had been discarded and can be read today; `documents` are the view
    and key of everything that was changed."""

    sequence: int
    taken_in: list[int]
    still_parked: list[Document]
    came_back: list[int]
    documents: list[tuple[str, str]]


class TodaysReader:
    """Reads with today's code, and refuses what is kept."""

    def __init__(self) -> None:
        self.refused: dict[int, tuple[str, str]] = {}

    def __call__(self, stored: Stored) -> Recorded | Unreadable:
        event = read_event(stored)
        if stored.sequence not in self.refused:
            return event
        return Unreadable(stored, event.origin, *self.refused[stored.sequence], event.envelope)


async def retry(ledger: Ledger, store: ViewStore, chosen: Choice, on_progress: Callable[[int, int], None]) -> Retried:
    """Raises the refusal `rebuild_needed`, or `FenceLost` if the live views move too fast; nothing changes then."""
    reader = TodaysReader()
    replay, renewed = Replay(reader), None
    for _ in range(RETRY_TRIES):
        stands_at = await store.checkpoint()
        if stands_at.renewed != renewed:
            replay, renewed = Replay(reader), stands_at.renewed
        kept = kept_back(await store.documents(PARKED), await store.documents(AUDIT_TRAIL, outcome=DISCARDED), chosen)
        reader.refused = kept.refused
        await replay.advance(ledger, store, stands_at.sequence, on_progress)
        outcome, done = mending(replay, await _live(store, replay), kept, chosen)
        outcome.checkpoint = replace(replay.checkpoint, renewed=(renewed or 0) + 1)
        try:
            await store.commit(outcome, stands_at)
        except FenceLost:
            continue
        except OperationFailure as error:
            if not error.has_error_label(WRITTEN_BY_OTHERS):
                raise
            await asyncio.sleep(BACK_OFF_S)
            continue
        return done
    raise FenceLost("the live views moved on at every try")


async def _live(store: ViewStore, replay: Replay) -> Live:
    return Live(
        views={name: {each["_id"]: each for each in await store.documents(name)} for name in VIEW_NAMES},
        parked={each["_id"]: each for each in await store.documents(PARKED)},
        rows={row["_id"]: row for row in await store.audit_rows_of(list(replay.rows))},
    )


def kept_back(parked: list[Document], discarded: list[Document], chosen: Choice) -> Kept:
    """`discarded` are audit rows."""
    kept = [each for each in (*discarded, *parked) if not chosen(each["subject"])]
    refused = {
        each["_id"]: (each["reason"], each.get("detail", ""))
        for each in kept
        if each["reason"] not in OUT_OF_LINE and each["reason"] != BEHIND
    }
    return Kept(refused, frozenset(each["_id"] for each in kept))


def mending(replay: Replay, live: Live, kept: Kept, chosen: Choice) -> tuple[Outcome, Retried]:
    """What makes `live` what the replay says, and how that is told. Raises the refusal `rebuild_needed` where that is
    too much for one transaction, or where a document would have to go."""
    if any(live.views[name].keys() - replay.views[name].keys() for name in VIEW_NAMES):
        raise REBUILD_NEEDED()
    documents = {name: _differing(replay.views[name], live.views[name]) for name in VIEW_NAMES}
    tried = {key: each for key, each in replay.parked.items() if key not in kept.sequences}
    rows = {key: row for key, row in replay.rows.items() if key not in kept.sequences}
    outcome = Outcome(
        replay.checkpoint,
        documents,
        corrected_rows=list(_differing(rows, live.rows).values()),
        parked=list(_differing(tried, live.parked).values()),
        left=[each for key, each in live.parked.items() if key not in tried and key not in kept.sequences],
    )
    changed = [(name, key) for name, changes in documents.items() for key in changes]
    writes = len(changed) + len(outcome.corrected_rows) + len(outcome.parked) + len(outcome.left)
    if max(writes, replay.differing) > MOST_DIFFERENCES:
        raise REBUILD_NEEDED()
    discarded = {key for key, row in live.rows.items() if row["outcome"] == DISCARDED}
    return outcome, Retried(
        sequence=replay.checkpoint.sequence,
        taken_in=[each["_id"] for each in outcome.left],
        still_parked=[each for each in replay.parked.values() if chosen(each["subject"])],
        came_back=[key for key in sorted(discarded & rows.keys()) if rows[key]["outcome"] == APPLIED],
        documents=changed,
    )


def _differing[Key](told: dict[Key, Document], live: dict[Key, Document]) -> dict[Key, Document]:
    return {key: document for key, document in told.items() if live.get(key) != document}
