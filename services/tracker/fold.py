"""One fold, three uses: the live projector, the rebuild and every verification run this function on pages of events.

It is pure. Given the documents a page touches and the position of every origin, it says what changes.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from services.tracker.audit.trail import audit_row, changes_between, parked_audit_row
from services.tracker.projections.view import Document, Recorded
from services.tracker.reading import VIEWS_OF, LeftOut, Unreadable
from shared.eventstore.direct import Stored
from shared.eventstore.ledger import Origin

type Touched = dict[str, dict[str, Document]]
"""Documents by view and key."""


class OriginPosition(NamedTuple):
    """How far one service's stream has been applied; `gap_at` is the first sequence found missing."""

    sequence: int = 0
    gap_at: int | None = None


@dataclass(frozen=True)
class Checkpoint:
    """Everything up to `sequence` is in the views."""

    sequence: int = 0
    origins: dict[str, OriginPosition] = field(default_factory=dict)

    @property
    def gaps(self) -> dict[str, int]:
        return {stream: at.gap_at for stream, at in self.origins.items() if at.gap_at is not None}


@dataclass
class Outcome:
    """What a page of events changes, and the checkpoint after it."""

    checkpoint: Checkpoint
    documents: Touched = field(default_factory=lambda: defaultdict(dict))
    audit_rows: list[Document] = field(default_factory=list)
    parked: list[Document] = field(default_factory=list)


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
    *,
    audited: bool = True,
) -> Outcome:
    """`events` are the decoded `page`, `documents` those it touches as they are now. Nothing passed in is changed.
    Without `audited` no audit rows are made: they take two thirds of the time, and not everybody looks at them."""
    outcome = Outcome(checkpoint)
    origins = dict(checkpoint.origins)
    for stored, event in zip(page, events, strict=True):
        problem = _out_of_line(event.origin, origins)
        if isinstance(event, LeftOut):
            continue
        if problem is None and isinstance(event, Unreadable):
            problem = event.reason, event.detail
        if problem is None and isinstance(event, Recorded):
            try:
                _apply(event, documents, outcome, audited)
            except Exception as error:
                problem = "unfoldable", f"{type(error).__name__}: {error}"
        if problem is not None:
            outcome.parked.append(_parked(stored, event, *problem))
            if audited:
                outcome.audit_rows.append(parked_audit_row(stored, event.origin, event.envelope, problem[0]))
    outcome.checkpoint = replace(checkpoint, sequence=page[-1].sequence, origins=origins)
    return outcome


def _apply(event: Recorded, documents: Touched, outcome: Outcome, audited: bool) -> None:
    """All views of one event, or none."""
    changed: list[tuple[str, str, Document]] = []
    changes: list[dict[str, Any]] = []
    for view in VIEWS_OF[event.envelope.type]:
        for key in view.route(event):
            before = outcome.documents[view.name].get(key) or documents.get(view.name, {}).get(key)
            after = view.fold(before, event)
            changed.append((view.name, key, after))
            if audited:
                changes += changes_between(view.name, key, before, after)
    if audited:
        outcome.audit_rows.append(audit_row(event, changes))
    for view_name, key, after in changed:
        outcome.documents[view_name][key] = after


def _out_of_line(origin: Origin, origins: dict[str, OriginPosition]) -> tuple[str, str] | None:
    """Origin sequences run 1, 2, 3 …; after a gap, that origin stops until somebody has looked."""
    known = origins.get(origin.stream, OriginPosition())
    expected = known.sequence + 1
    if origin.sequence < expected:
        return "origin_repeat", f"{origin.stream} {origin.sequence} was applied before"
    if known.gap_at is None and origin.sequence == expected:
        origins[origin.stream] = OriginPosition(origin.sequence)
        return None
    gap_at = known.gap_at or expected
    origins[origin.stream] = known._replace(gap_at=gap_at)
    return "origin_gap", f"{origin.stream} {gap_at} is missing from the ledger"


def _parked(stored: Stored, event: Recorded | Unreadable, reason: str, detail: str) -> Document:
    return {
        "_id": stored.sequence,
        "subject": stored.subject,
        "type": event.envelope.type if event.envelope else None,
        "origin": event.origin._asdict(),
        "reason": reason,
        "detail": detail,
        "body": stored.body.decode("utf-8", errors="backslashreplace"),
    }
