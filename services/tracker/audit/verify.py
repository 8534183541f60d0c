"""Proves the live views: folds the ledger afresh in memory and compares every document and every audit row."""

from collections.abc import Callable
from typing import NamedTuple

from services.tracker.digest import total_digest, view_digest
from services.tracker.fold import Touched
from services.tracker.past.folded import Folded
from services.tracker.projections.view import Document
from services.tracker.restricted import masked_value
from services.tracker.store import AUDIT_TRAIL, PARKED, VIEW_NAMES, ViewStore
from shared.eventstore.ledger import Ledger

STILLNESS_TRIES = 50


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
    """The views as the events say they must be, and the first audit row that says something else."""

    def __init__(self) -> None:
        self.folded = Folded()
        self.trail_difference: Difference | None = None

    async def advance(
        self, ledger: Ledger, store: ViewStore, upto: int, on_progress: Callable[[int, int], None]
    ) -> None:
        """Folds on to `upto`, comparing the live audit rows on the way."""
        async for page in ledger.read(self.folded.checkpoint.sequence, upto):
            outcome = self.folded.take(page)
            if self.trail_difference is None:
                told = {str(row["_id"]): row for row in outcome.audit_rows}
                rows = store.audit_rows(page[0].sequence, page[-1].sequence)
                live = {str(row["_id"]): row async for row in rows}
                self.trail_difference = first_difference(AUDIT_TRAIL, live, told)
            on_progress(outcome.checkpoint.sequence, upto)


async def verify(ledger: Ledger, store: ViewStore, on_progress: Callable[[int, int], None]) -> Verdict:
    """Compares at the checkpoint of the live views, which may move while this runs."""
    replay = Replay()
    for _ in range(STILLNESS_TRIES):
        upto = (await store.checkpoint()).sequence
        await replay.advance(ledger, store, upto, on_progress)
        live = {name: _by_key(await store.documents(name)) for name in (*VIEW_NAMES, PARKED)}
        if (await store.checkpoint()).sequence == upto:
            return _judge(replay, live)
    raise TimeoutError("the live views kept moving; verify again when it is quieter")


def _judge(replay: Replay, live: Touched) -> Verdict:
    folded = replay.folded
    replayed = {**folded.views, PARKED: _by_key(list(folded.parked.values()))}
    differences = (first_difference(name, live[name], replayed[name]) for name in (*VIEW_NAMES, PARKED))
    difference = next((found for found in differences if found), replay.trail_difference)
    return Verdict(
        sequence=folded.checkpoint.sequence,
        live=_digest(live),
        replayed=_digest(folded.views),
        parked=len(folded.parked),
        gaps=folded.checkpoint.gaps,
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


def _by_key(documents: list[Document]) -> dict[str, Document]:
    return {str(document["_id"]): document for document in documents}


def _digest(views: Touched) -> str:
    return total_digest({name: view_digest(views[name].values()) for name in VIEW_NAMES})
