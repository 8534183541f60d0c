"""Proves the live views: folds the ledger afresh in memory and compares every document and every audit row."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec

from services.tracker.history.folded import Folded
from services.tracker.projection.digest import are_same, total_digest, view_digest
from services.tracker.projection.fold import Checkpoint, OnProgress, Touched
from services.tracker.projection.store import AUDIT_TRAIL, CHECKPOINTS, LIVE, PARKED, VIEW_NAMES, ViewStore
from shared.eventstore.direct import Stored
from shared.eventstore.ledger import Ledger
from shared.history.audit_rows import APPLIED
from shared.reports.masking import masked_value
from shared.views.view import Document

MOST_DIFFERENCES = 10_000
"""So many audit rows that differ are kept, and no more."""
MOST_FROM_NOWHERE = 10
NEAR_EVENTS = 1_000
CATCH_UP_S = 5.0
LOOK_EVERY_S = 0.1
ABSENT = object()


class Difference(NamedTuple):
    """The first thing that differs: where, and what the views and the events say, as everybody may read it."""

    view: str
    key: str
    field: str
    live: object
    replayed: object


class Verdict(NamedTuple):
    """`end` is where the ledger ended when the verification began; the views stand at `sequence`."""

    sequence: int
    live: str
    replayed: str
    parked: int
    gaps: dict[str, int]
    difference: Difference | None
    end: int

    @property
    def holds(self) -> bool:
        return self.difference is None and self.live == self.replayed

    @property
    def nothing_wrong(self) -> bool:
        """The views hold, and they hold everything: no event is parked, none is missing, none has yet to come."""
        return self.holds and not self.parked and not self.gaps and self.sequence >= self.end


@dataclass
class Replay(Folded):
    """`rows` are to be compared at the end: what differs from the live ones, and what later events may correct."""

    rows: dict[int, Document] = field(default_factory=dict)
    differing: int = 0

    async def advance(self, ledger: Ledger, store: ViewStore, upto: int, on_progress: OnProgress) -> None:
        """Folds on to `upto`, comparing the live audit rows on the way."""
        async for page in ledger.read(self.checkpoint.sequence, upto):
            rows = await store.audit_rows(page[0].sequence, page[-1].sequence)
            self.add(page, {row["_id"]: row for row in rows})
            on_progress(self.checkpoint.sequence, upto)

    def add(self, page: Sequence[Stored], live_rows: Mapping[int, Document]) -> None:
        """Folds one page, whose live audit rows are given."""
        outcome = self.take(page)
        self.rows |= {row["_id"]: row for row in outcome.corrected_rows}
        for row in outcome.audit_rows:
            if row["outcome"] != APPLIED:
                self.rows[row["_id"]] = row
            elif not are_same(live_rows.get(row["_id"]), row):
                self.differing += 1
                if self.differing <= MOST_DIFFERENCES:
                    self.rows[row["_id"]] = row


async def verify(ledger: Ledger, store: ViewStore, on_progress: OnProgress) -> Verdict:
    """At the checkpoint of the live views, which may move while this runs, and get a moment to catch up with the
    ledger. Raises `ViewsBroken` where no checkpoint can be read."""
    end = await ledger.last_sequence()
    replay = Replay()

    async def advance(views: ViewStore) -> Checkpoint:
        nonlocal replay
        live = await views.checkpoint()
        if not replay.goes_on_to(live):
            replay = Replay()
            replay.goes_on_to(live)
        await replay.advance(ledger, views, live.sequence, on_progress)
        return live

    async def judge(views: ViewStore) -> Verdict:
        live = await advance(views)
        kept = {name: await views.documents(name) for name in (*VIEW_NAMES, PARKED)}
        kept[AUDIT_TRAIL] = await views.audit_rows_of(list(replay.rows)) + await _from_nowhere(views, live.sequence)
        return _judge(replay, {name: _by_key(name, documents) for name, documents in kept.items()}, live, end)

    await _caught_up(store, end)
    while (await advance(store)).sequence + NEAR_EVENTS < (await store.checkpoint()).sequence:
        pass
    return await store.at_once(judge)


async def _caught_up(store: ViewStore, end: int) -> None:
    """Returns when the views are at `end`, or a moment has passed."""
    with suppress(TimeoutError):
        async with asyncio.timeout(CATCH_UP_S):
            while (await store.checkpoint()).sequence < end:
                await asyncio.sleep(LOOK_EVERY_S)


async def _from_nowhere(views: ViewStore, last: int) -> list[Document]:
    """Audit rows that have the number of no event, the first few."""
    if await views.count(AUDIT_TRAIL) == last:
        return []
    numbers = await views.keys(AUDIT_TRAIL)
    odd = [number for number in numbers if not isinstance(number, int) or not 0 < number <= last]
    return [row for number in odd[:MOST_FROM_NOWHERE] for row in await views.documents(AUDIT_TRAIL, _id=number)]


def _judge(replay: Replay, live: Touched, live_checkpoint: Checkpoint, end: int) -> Verdict:
    live = {**live, CHECKPOINTS: {LIVE: _counted(live_checkpoint)}}
    replayed = {
        **replay.views,
        PARKED: _by_key(PARKED, replay.parked.values()),
        AUDIT_TRAIL: _by_key(AUDIT_TRAIL, replay.rows.values()),
        CHECKPOINTS: {LIVE: _counted(replay.checkpoint)},
    }
    differences = (first_difference(name, live[name], replayed[name]) for name in replayed)
    return Verdict(
        sequence=replay.checkpoint.sequence,
        live=_digest(live),
        replayed=_digest(replay.views),
        parked=len(replay.parked),
        gaps=replay.checkpoint.gaps,
        difference=next(filter(None, differences), None),
        end=max(end, replay.checkpoint.sequence),
    )


def _counted(checkpoint: Checkpoint) -> Document:
    """What a checkpoint says beside where it is."""
    kept = msgspec.to_builtins(checkpoint)
    return {name: kept[name] for name in ("origins", "held", "refused")}


def first_difference(view: str, live: dict[str, Document], replayed: dict[str, Document]) -> Difference | None:
    """The first difference by key, then by field; `None` stands for a document or field that is not there."""
    for key in sorted(live.keys() | replayed.keys()):
        ours, theirs = live.get(key), replayed.get(key)
        if are_same(ours, theirs):
            continue
        if ours is None or theirs is None:
            return _difference(view, key, "", ours, theirs)
        for name in sorted(ours.keys() | theirs.keys()):
            one, other = ours.get(name, ABSENT), theirs.get(name, ABSENT)
            if one is ABSENT or other is ABSENT or not are_same(one, other):
                return _difference(view, key, name, _there(one), _there(other))
    return None


def _there(value: object) -> object:
    """A field that says nothing is not one that is not there."""
    return None if value is ABSENT else "null" if value is None else value


def _difference(view: str, key: str, field: str, live: object, replayed: object) -> Difference:
    return Difference(view, key, field, masked_value(view, field, live), masked_value(view, field, replayed))


def _by_key(view: str, documents: Iterable[Document]) -> dict[str, Document]:
    numbered = view in (PARKED, AUDIT_TRAIL)
    return {_key(document["_id"], int if numbered else str): document for document in documents}


def _key(key: object, wanted: type) -> str:
    """An id of another kind than the view gives is shown as what it is, and is taken for no other."""
    is_one = isinstance(key, wanted) and not isinstance(key, bool)
    return str(key) if is_one else f"{type(key).__name__} {key!r}"


def _digest(views: Touched) -> str:
    return total_digest({name: view_digest(views[name].values()) for name in VIEW_NAMES})
