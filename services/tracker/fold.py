"""One fold, three uses: the live projector, the rebuild and every verification run this function on pages of events.

It is pure. Given the documents a page touches, what is parked of their entities and the position of every origin, it
says what changes.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from services.tracker.audit.trail import (
    audit_row,
    changes_between,
    discard_change,
    discarded_audit_row,
    parked_audit_row,
)
from services.tracker.parking import (
    ORIGIN_GAP,
    ORIGIN_REPEAT,
    Lot,
    Parking,
    Problem,
    behind,
    holds_up,
    parked_document,
    stored_again,
)
from services.tracker.projections.view import Document, Recorded
from services.tracker.reading import VIEWS_OF, LeftOut, Unreadable, read_event
from shared.domain.parked_event import ParkedEventDiscarded
from shared.eventstore.direct import Stored
from shared.eventstore.ledger import Origin, fingerprint

type Touched = dict[str, dict[str, Document]]
"""Documents by view and key."""
type Reader = Callable[[Stored], Recorded | Unreadable]


class OriginPosition(NamedTuple):
    """How far one service's stream has been applied; `gap_at` is the first sequence found missing."""

    sequence: int = 0
    gap_at: int | None = None


BEGINNING = OriginPosition()


@dataclass(frozen=True)
class Checkpoint:
    """Everything up to `sequence` is in the views or parked; `fingerprint` is that of the event there. `held` counts
    the entities that a parked event holds up; `renewed`, how often others than the projection have written the
    views."""

    sequence: int = 0
    origins: dict[str, OriginPosition] = field(default_factory=dict)
    fingerprint: str = ""
    held: int = 0
    renewed: int | None = None

    @property
    def gaps(self) -> dict[str, int]:
        return {stream: at.gap_at for stream, at in self.origins.items() if at.gap_at is not None}


@dataclass
class Outcome:
    """What a page of events changes, and the checkpoint after it."""

    checkpoint: Checkpoint
    documents: Touched = field(default_factory=lambda: defaultdict(dict))
    audit_rows: list[Document] = field(default_factory=list)
    """One for each event of the page."""
    corrected_rows: list[Document] = field(default_factory=list)
    """Of earlier events that were parked and no longer are, or for another reason."""
    parked: list[Document] = field(default_factory=list)
    """Parked anew, or for another reason than before."""
    left: list[Document] = field(default_factory=list)
    """No longer parked."""

    def go_on_with(self, later: "Outcome") -> None:
        """Takes in what the page right after changes, which knew of nothing parked, and so let nothing go."""
        self.checkpoint = later.checkpoint
        for name, documents in later.documents.items():
            self.documents[name].update(documents)
        self.audit_rows += later.audit_rows
        self.parked += later.parked


def touched_keys(events: Iterable[Recorded | Unreadable]) -> dict[str, set[str]]:
    """The keys, by view, of the documents that `events` may change."""
    keys: dict[str, set[str]] = defaultdict(set)
    for event in events:
        if isinstance(event, Recorded):
            for view in VIEWS_OF[event.envelope.type]:
                keys[view.name].update(view.route(event))
    return keys


def fold_page(
    page: Sequence[Stored],
    events: Sequence[Recorded | Unreadable | LeftOut],
    documents: Touched,
    checkpoint: Checkpoint,
    lot: Lot | None = None,
    read: Reader = read_event,
    *,
    audited: bool = True,
) -> Outcome:
    """`events` are the decoded `page`, `documents` those it touches as they are now, `lot` what is parked of its
    entities and of those it discards from. Nothing passed in is changed. Without `audited` no audit rows are made:
    they take two thirds of the time, and not everybody looks at them."""
    folding = _Folding(documents, checkpoint, Parking(lot or {}), read, audited)
    for stored, event in zip(page, events, strict=True):
        folding.add(stored, event)
    return folding.outcome(page)


class _Folding:
    """One page on its way."""

    def __init__(
        self, documents: Touched, checkpoint: Checkpoint, parking: Parking, read: Reader, audited: bool
    ) -> None:
        self._before = documents
        self._checkpoint = checkpoint
        self._origins = dict(checkpoint.origins)
        self._parking = parking
        self._read = read
        self._audited = audited
        self._documents: Touched = defaultdict(dict)
        self._rows: dict[int, Document] = {}
        self._freed: list[str] = []

    def add(self, stored: Stored, event: Recorded | Unreadable | LeftOut) -> None:
        problem = _out_of_line(event.origin, self._origins)
        if isinstance(event, LeftOut):
            return
        problem = problem or self._held_up(stored.subject) or self._take_in(event)
        if problem is not None:
            self._park(stored, event, problem)
        while self._freed:
            self._let_go(self._freed.pop(), stored.sequence)

    def outcome(self, page: Sequence[Stored]) -> Outcome:
        last, held = page[-1], self._checkpoint.held + self._parking.newly_held()
        parked, left = self._parking.changes()
        rows = self._rows if self._audited else {}
        return Outcome(
            replace(
                self._checkpoint,
                sequence=last.sequence,
                origins=self._origins,
                fingerprint=fingerprint(last),
                held=held,
            ),
            self._documents,
            [rows[stored.sequence] for stored in page if stored.sequence in rows],
            [row for key, row in rows.items() if key < page[0].sequence],
            parked,
            left,
        )

    def _held_up(self, subject: str) -> Problem | None:
        first = self._parking.first(subject)
        return behind(first["_id"]) if first else None

    def _take_in(self, event: Recorded | Unreadable, waited_until: int | None = None) -> Problem | None:
        """All views of one event, or none."""
        if isinstance(event, Unreadable):
            return Problem(event.reason, event.detail)
        try:
            changed, changes = self._folded(event)
            if isinstance(event.event, ParkedEventDiscarded):
                changes += self._discard(event, event.event)
        except Exception as error:
            return Problem("unfoldable", f"{type(error).__name__}: {error}")
        for view_name, key, after in changed:
            self._documents[view_name][key] = after
        if self._audited:
            self._rows[event.sequence] = audit_row(event, changes, waited_until)
        return None

    def _folded(self, event: Recorded) -> tuple[list[tuple[str, str, Document]], list[dict[str, Any]]]:
        changed: list[tuple[str, str, Document]] = []
        changes: list[dict[str, Any]] = []
        for view in VIEWS_OF[event.envelope.type]:
            for key in view.route(event):
                before = self._documents[view.name].get(key) or self._before.get(view.name, {}).get(key)
                after = view.fold(before, event)
                changed.append((view.name, key, after))
                if self._audited:
                    changes += changes_between(view.name, key, before, after)
        return changed, changes

    def _discard(self, recorded: Recorded, discarded: ParkedEventDiscarded) -> list[dict[str, Any]]:
        """Drops the parked event that is meant. Where there is none, nothing happens: what could be taken in is never
        taken back, and an event behind a gap is not lost by a discard."""
        sequence = int(recorded.envelope.subject)
        found = self._parking.queue(discarded.stored_under).get(sequence)
        if not found or found["origin"]["sequence"] != discarded.origin_sequence or found["reason"] == ORIGIN_GAP:
            return []
        self._parking.take_out(found)
        self._rows[sequence] = discarded_audit_row(found, self._read(stored_again(found)).envelope, recorded)
        if holds_up(found):
            self._freed.append(discarded.stored_under)
        return [discard_change(found)]

    def _let_go(self, subject: str, at: int) -> None:
        """Takes in what has waited, in order, until one event can't be; the rest waits behind that one."""
        while (waiting := self._parking.first(subject)) is not None:
            stored = stored_again(waiting)
            event = self._read(stored)
            problem = self._take_in(event, waited_until=at)
            if problem is not None:
                self._parking.put_all_behind(self._park(stored, event, problem))
                return
            self._parking.take_out(waiting)

    def _park(self, stored: Stored, event: Recorded | Unreadable, problem: Problem) -> Document:
        document = parked_document(stored, event, problem)
        self._parking.put(document)
        self._rows[stored.sequence] = parked_audit_row(stored, event.origin, event.envelope, problem.reason)
        return document


def _out_of_line(origin: Origin, origins: dict[str, OriginPosition]) -> Problem | None:
    """Origin sequences run 1, 2, 3 …; after a gap, that origin stops until somebody has looked."""
    known = origins.get(origin.stream, BEGINNING)
    expected = known.sequence + 1
    if origin.sequence < expected:
        return Problem(ORIGIN_REPEAT, f"{origin.stream} {origin.sequence} was applied before")
    if known.gap_at is None and origin.sequence == expected:
        origins[origin.stream] = OriginPosition(origin.sequence)
        return None
    gap_at = known.gap_at or expected
    origins[origin.stream] = known._replace(gap_at=gap_at)
    return Problem(ORIGIN_GAP, f"{origin.stream} {gap_at} is missing from the ledger")
