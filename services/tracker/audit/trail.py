"""`audit_trail`: one row per ledger event, keyed by its sequence: who did what, when, and what it changed."""

from collections.abc import Iterator
from typing import Any

from msgspec.structs import asdict

from services.tracker.audit.sentences import summary
from services.tracker.projections.view import Document, Recorded, instant
from shared.eventstore.direct import Stored
from shared.eventstore.envelope import Envelope
from shared.eventstore.ledger import Origin

APPLIED = "applied"
DISCARDED = "discarded"
NOT_WORTH_TELLING = frozenset({"_id", "updated_at", "search"})


def audit_row(event: Recorded, changes: list[dict[str, Any]], waited_until: int | None = None) -> Document:
    """`waited_until` is the sequence at which an event was taken in that had been parked."""
    envelope = event.envelope
    row = {
        "_id": event.sequence,
        "recorded": instant(event.recorded),
        "origin": asdict(event.origin),
        "outcome": APPLIED,
        **_told(envelope),
        "summary": summary(envelope),
        "changes": changes,
    }
    return row if waited_until is None else row | {"waited_until": waited_until}


def parked_audit_row(stored: Stored, origin: Origin, envelope: Envelope | None, reason: str) -> Document:
    return {
        "_id": stored.sequence,
        "recorded": instant(stored.recorded),
        "origin": asdict(origin),
        "outcome": f"parked: {reason}",
        **(_told(envelope) if envelope else {"subject": stored.subject}),
        "changes": [],
    }


def discarded_audit_row(parked: Document, envelope: Envelope | None, discard: Recorded) -> Document:
    """The row of an event that is no longer parked because somebody decided to go on without it; `reason` is
    why it was."""
    return {
        "_id": parked["_id"],
        "recorded": parked["recorded"],
        "origin": parked["origin"],
        "outcome": DISCARDED,
        "reason": parked["reason"],
        **(_told(envelope) if envelope else {}),
        "subject": parked["subject"],
        "discarded_at": discard.sequence,
        "discarded_by": discard.envelope.actor,
        "changes": [],
    }


def discard_change(parked: Document) -> dict[str, Any]:
    """What a discard changes, in its own row."""
    key = str(parked["_id"])
    return {"view": "parked", "key": key, "field": "reason", "before": parked["reason"], "after": DISCARDED}


def _told(envelope: Envelope) -> Document:
    return {
        "happened": instant(envelope.time),
        "actor": envelope.actor,
        "unit": envelope.source,
        "type": envelope.type,
        "entity": envelope.type.split(".")[2] if envelope.type.count(".") > 2 else envelope.type,
        "entity_id": envelope.subject,
        "event_id": envelope.id,
        "correlation_id": envelope.correlationid,
        "causation_id": envelope.causationid,
    }


def changes_between(view: str, key: str, before: Document | None, after: Document) -> list[dict[str, Any]]:
    """The fields that differ, with their values before and after; inside a field that holds others, those."""
    return [
        {"view": view, "key": key, "field": name, "before": old, "after": new}
        for name, old, new in _differences(before or {}, after)
    ]


def _differences(before: Document, after: Document, inside: str = "") -> Iterator[tuple[str, Any, Any]]:
    known = before.get
    for name in [name for name, new in after.items() if known(name) is not new]:
        old, new = known(name), after[name]
        if name in NOT_WORTH_TELLING or old == new:
            continue
        if isinstance(old, dict) and isinstance(new, dict):
            yield from _differences(old, new, f"{inside}{name}.")
        else:
            yield f"{inside}{name}", old, new
