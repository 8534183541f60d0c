"""Proves the live views: folds the ledger afresh in memory and compares every document and every audit row."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from services.tracker.audit.trail import APPLIED
from services.tracker.digest import total_digest, view_digest
from services.tracker.fold import Checkpoint, Outcome, Reader, Touched
from services.tracker.past.folded import Folded
from services.tracker.projections.view import Document
from services.tracker.reading import read_event
from services.tracker.restricted import masked_value
from services.tracker.store import AUDIT_TRAIL, PARKED, VIEW_NAMES, ViewStore
from shared.eventstore.direct import Stored
from shared.eventstore.ledger import Ledger

STILLNESS_TRIES = 50
MOST_DIFFERENCES = 10_000
"""So many audit rows that differ are kept, and no more."""


class Difference(NamedTuple):
    """The first thing that differs: where, and what the views and the events say, as everybody may read it."""

    view: str
    key: str
    field: str
    live: object
    replayed: object


class Verdict(NamedTuple):
    sequence: int
    live: str
    replayed: str
    parked: int
    gaps: dict[str, int]
    difference: Difference | None

    @property
    def holds(self) -> bool:
        return self.difference is None and self.live == self.replayed

    @property
    def nothing_wrong(self) -> bool:
        """The views hold, and they hold everything: no event is parked, none is missing."""
        return self.holds and not self.parked and not self.gaps


class Replay:
    """The views as the events say they must be. `rows` are the audit rows that are to be compared at the end: those
    that differ from the live ones, and those of parked events, which later events may correct."""

    def __init__(self, read: Reader = read_event) -> None:
        self._folded = Folded(read=read)
        self.rows: dict[int, Document] = {}
        self.differing = 0

    @property
    def checkpoint(self) -> Checkpoint:
        return self._folded.checkpoint

    @property
    def views(self) -> Touched:
        return self._folded.views

    @property
    def parked(self) -> dict[int, Document]:
        return self._folded.parked

    async def advance(
        self, ledger: Ledger, store: ViewStore, upto: int, on_progress: Callable[[int, int], None]
    ) -> None:
        """Folds on to `upto`, comparing the live audit rows on the way."""
        async for page in ledger.read(self.checkpoint.sequence, upto):
            rows = await store.audit_rows(page[0].sequence, page[-1].sequence)
            self.add(page, {row["_id"]: row for row in rows})
            on_progress(self.checkpoint.sequence, upto)

    def add(self, page: Sequence[Stored], live_rows: Mapping[int, Document]) -> None:
        """Folds one page, whose live audit rows are given."""
        self._keep_rows(self._folded.take(page), live_rows)

    def _keep_rows(self, outcome: Outcome, live: Mapping[int, Document]) -> None:
        self.rows |= {row["_id"]: row for row in outcome.corrected_rows}
        for row in outcome.audit_rows:
            if row["outcome"] != APPLIED:
                self.rows[row["_id"]] = row
            elif live.get(row["_id"]) != row:
                self.differing += 1
                if self.differing <= MOST_DIFFERENCES:
                    self.rows[row["_id"]] = row


async def verify(ledger: Ledger, store: ViewStore, on_progress: Callable[[int, int], None]) -> Verdict:
    """Compares at the checkpoint of the live views, which may move while this runs."""
    replay = Replay()
    for _ in range(STILLNESS_TRIES):
        stands_at = await store.checkpoint()
        await replay.advance(ledger, store, stands_at.sequence, on_progress)
        live = {name: _by_key(await store.documents(name)) for name in (*VIEW_NAMES, PARKED)}
        live[AUDIT_TRAIL] = _by_key(await store.audit_rows_of(list(replay.rows)))
        if await store.checkpoint() == stands_at:
            return _judge(replay, live)
    raise TimeoutError("the live views kept moving; verify again when it is quieter")


def _judge(replay: Replay, live: Touched) -> Verdict:
    beside = {PARKED: _by_key(replay.parked.values()), AUDIT_TRAIL: _by_key(replay.rows.values())}
    replayed = {**replay.views, **beside}
    differences = (first_difference(name, live[name], replayed[name]) for name in replayed)
    difference = next((found for found in differences if found), None)
    return Verdict(
        sequence=replay.checkpoint.sequence,
        live=_digest(live),
        replayed=_digest(replay.views),
        parked=len(replay.parked),
        gaps=replay.checkpoint.gaps,
        difference=difference,
    )


def first_difference(view: str, live: dict[str, Document], replayed: dict[str, Document]) -> Difference | None:
    """By key, then by field; `None` stands for a document or field that is not there."""
    for key in sorted(live.keys() | replayed.keys()):
        ours, theirs = live.get(key), replayed.get(key)
        if ours == theirs:
            continue
        if ours is None or theirs is None:
            return _difference(view, key, "", ours, theirs)
        names = sorted(ours.keys() | theirs.keys())
        name = next(name for name in names if ours.get(name) != theirs.get(name))
        return _difference(view, key, name, ours.get(name), theirs.get(name))
    return None


def _difference(view: str, key: str, field: str, live: object, replayed: object) -> Difference:
    return Difference(view, key, field, masked_value(view, field, live), masked_value(view, field, replayed))


def _by_key(documents: Iterable[Document]) -> dict[str, Document]:
    return {str(document["_id"]): document for document in documents}


def _digest(views: Touched) -> str:
    return total_digest({name: view_digest(views[name].values()) for name in VIEW_NAMES})
