"""The one pure fold, which the live projector, the rebuild and every verification run on pages of events."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Annotated, Any, NamedTuple

import msgspec

from services.tracker.projection import parking
from services.tracker.projection.parking import Lot, Parking, Problem
from shared.events.parked_event import ParkedEventDiscarded
from shared.eventstore.direct import Stored
from shared.eventstore.ledger import Origin, fingerprint
from shared.history import audit_rows, parked_rows
from shared.history.decoding import NOWHERE, VIEWS_OF, Decoder, LeftOut, Unreadable, decode_event
from shared.history.storable import NOT_STORABLE, NotStorable, json_bytes
from shared.views.view import Document, Recorded, Unfoldable

type Touched = dict[str, dict[str, Document]]
"""Documents by view and key."""
type Change = tuple[str, str, Document | None, Document]
"""A document of a view under its key, before and after."""
type Count = Annotated[int, msgspec.Meta(ge=0)]
type OnProgress = Callable[[int, int], None]
"""Called with the ledger sequence reached and the one to reach."""


class OriginPosition(NamedTuple):
    """How far one service's stream has been applied; `gap_at` is the first sequence found missing."""

    sequence: Count = 0
    gap_at: Count | None = None


@dataclass(frozen=True)
class Checkpoint:
    """Everything up to `sequence` is in the views or parked. `held` counts the entities that a parked event holds up,
    `renewed` how often others than the projection have written the views. `refused` is what the database did not
    take, and what it said: whoever folds it again has to refuse it too."""

    sequence: Count = 0
    origins: dict[str, OriginPosition] = field(default_factory=dict)
    fingerprint: str = ""
    held: Count = 0
    renewed: Count | None = None
    refused: tuple[tuple[Count, str], ...] = ()

    def refused_upto(self, sequence: int) -> tuple[tuple[int, str], ...]:
        return tuple(refusal for refusal in self.refused if refusal[0] <= sequence)

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
    bytes: int = 0
    """How much all of it is as JSON, about."""

    def go_on_with(self, later: "Outcome") -> None:
        """Takes in what the page right after changes, which knew of nothing parked, and so let nothing go."""
        self.checkpoint = later.checkpoint
        for name, documents in later.documents.items():
            self.documents[name].update(documents)
        self.audit_rows += later.audit_rows
        self.parked += later.parked
        self.bytes += later.bytes


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
    decode: Decoder = decode_event,
    *,
    audited: bool = True,
) -> Outcome:
    """`documents` are those that the page touches, `lot` is what is parked of its entities and of those it discards
    from. Nothing passed in is changed. Audit rows, which take two thirds of the time, are made where `audited`."""
    folding = _Folding(documents, checkpoint, Parking(lot or {}), decode, audited)
    for stored, event in zip(page, events, strict=True):
        folding.add(stored, event)
    return folding.outcome(page)


class _Folding:
    def __init__(
        self, documents: Touched, checkpoint: Checkpoint, parking: Parking, decode: Decoder, audited: bool
    ) -> None:
        self._before = documents
        self._checkpoint = checkpoint
        self._applied = {stream: at.sequence for stream, at in checkpoint.origins.items()}
        self._gaps = checkpoint.gaps
        self._parking = parking
        self._decode = decode
        self._audited = audited
        self._documents: Touched = defaultdict(dict)
        self._rows: dict[int, Document] = {}
        self._bytes: dict[object, int] = {}
        self._freed: list[str] = []
        self._refused: dict[int, str] = {}

    def add(self, stored: Stored, event: Recorded | Unreadable | LeftOut) -> None:
        problem = self._out_of_line(event.origin)
        if isinstance(event, LeftOut):
            return
        if problem is None and (first := self._parking.first(stored.subject)):
            problem = parking.behind(first["_id"])
        problem = problem or self._take_in(event)
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
                origins={
                    stream: OriginPosition(sequence, self._gaps.get(stream))
                    for stream, sequence in self._applied.items()
                },
                fingerprint=fingerprint(last),
                held=held,
                refused=(*self._checkpoint.refused, *self._refused.items()),
            ),
            self._documents,
            [rows[stored.sequence] for stored in page if stored.sequence in rows],
            [row for key, row in rows.items() if key < page[0].sequence],
            parked,
            left,
            sum(self._bytes.values()),
        )

    def _out_of_line(self, origin: Origin) -> Problem | None:
        """Origin sequences run 1, 2, 3 …; after a gap, that origin stops until somebody has looked."""
        if origin is NOWHERE:
            return None
        stream, sequence = origin.stream, origin.sequence
        applied = self._applied.get(stream, 0)
        if sequence <= applied:
            return Problem(parked_rows.ORIGIN_REPEAT, f"{stream} {sequence} was applied before")
        if sequence == applied + 1 and stream not in self._gaps:
            self._applied[stream] = sequence
            return None
        self._applied[stream] = applied
        gap_at = self._gaps.setdefault(stream, applied + 1)
        return Problem(parked_rows.ORIGIN_GAP, f"{stream} {gap_at} is missing from the ledger")

    def _take_in(self, event: Recorded | Unreadable, waited_until: int | None = None) -> Problem | None:
        """All that one event changes, or nothing: views, its row and what it discards are made before any is kept."""
        if isinstance(event, Unreadable):
            return Problem(event.reason, event.detail)
        try:
            changed = self._folded(event)
            sizes: dict[object, int] = {(name, key): json_bytes(after) for name, key, _, after in changed}
            fields = (audit_rows.changes_between(*change) for change in changed if self._audited)
            changes = list(chain.from_iterable(fields))
            discard = event.event if isinstance(event.event, ParkedEventDiscarded) else None
            dropped = self._meant_by(event, discard) if discard else None
        except NotStorable as error:
            return Problem(error.reason, str(error))
        except OverflowError as error:
            return Problem(NOT_STORABLE, str(error))
        except Exception as error:
            return Problem("unfoldable", f"{type(error).__name__}: {error}")
        if dropped:
            changes += self._discard(dropped, event)
        for name, key, _, after in changed:
            self._documents[name][key] = after
        self._bytes.update(sizes)
        if self._audited:
            self._keep(audit_rows.applied_row(event, changes, waited_until))
        return None

    def _keep(self, row: Document) -> None:
        self._rows[row["_id"]], self._bytes[row["_id"]] = audit_rows.within_bounds(row)

    def _folded(self, event: Recorded) -> list[Change]:
        changed: list[Change] = []
        for view in VIEWS_OF[event.envelope.type]:
            name = view.name
            now, before = self._documents[name], self._before.get(name, {})
            for key in view.route(event):
                document = now.get(key) or before.get(key)
                changed.append((name, key, document, view.fold(document, event)))
        return changed

    def _meant_by(self, recorded: Recorded, discarded: ParkedEventDiscarded) -> Document | None:
        """The parked event that a discard drops, if any: never one that waits behind a gap. Raises `Unfoldable`."""
        named = recorded.envelope.subject
        if not (named.isascii() and named.isdigit()):
            raise Unfoldable(f"{named} is no place in the ledger")
        meant = self._parking.queue(discarded.stored_under).get(int(named))
        is_same = meant is not None and meant["origin"]["sequence"] == discarded.origin_sequence
        return meant if meant and is_same and meant["reason"] != parked_rows.ORIGIN_GAP else None

    def _discard(self, parked: Document, discard: Recorded) -> list[dict[str, Any]]:
        self._parking.take_out(parked)
        envelope = self._decode(parking.stored_again(parked)).envelope
        self._keep(audit_rows.discarded_row(parked, envelope, discard))
        if parked_rows.holds_up(parked):
            self._freed.append(parked["subject"])
        return [audit_rows.discard_change(parked)]

    def _let_go(self, subject: str, at: int) -> None:
        """Takes in what has waited, in order, until one event can't be; the rest waits behind that one."""
        while (waiting := self._parking.first(subject)) is not None:
            stored = parking.stored_again(waiting)
            event = self._decode(stored)
            problem = self._take_in(event, waited_until=at)
            if problem is not None:
                self._parking.put_all_behind(self._park(stored, event, problem))
                return
            self._parking.take_out(waiting)

    def _park(self, stored: Stored, event: Recorded | Unreadable, problem: Problem) -> Document:
        document = parking.parked_document(stored, event, problem)
        self._parking.put(document)
        if problem.reason == parked_rows.UNSTORABLE:
            self._refused[stored.sequence] = document["detail"]
        self._bytes[stored.subject, stored.sequence] = len(stored.body)
        self._keep(audit_rows.parked_row(stored, event.origin, event.envelope, problem.reason))
        return document
