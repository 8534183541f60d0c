"""`audit_trail`: a row for each ledger event, keyed by its sequence: who did what, when, and what it changed."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Any

from msgspec import UNSET
from msgspec.structs import asdict

from shared.eventstore.canonical import canonical, compact
from shared.eventstore.direct import Stored
from shared.eventstore.envelope import Envelope
from shared.eventstore.ledger import Origin
from shared.history.storable import ROW_BYTES, is_storable, may_not_be_storable
from shared.views.view import Document, Recorded, instant

APPLIED = "applied"
DISCARDED = "discarded"
NOT_REPORTED = frozenset({"_id", "updated_at", "search"})


def applied_row(event: Recorded, changes: list[dict[str, Any]], waited_until: int | None = None) -> Document:
    """`waited_until` is the sequence at which an event was taken in that had been parked."""
    envelope = event.envelope
    row = {
        "_id": event.sequence,
        "recorded": instant(event.recorded),
        "origin": asdict(event.origin),
        "outcome": APPLIED,
        **_of_envelope(envelope),
        "data": envelope.data,
        "changes": changes,
    }
    return row if waited_until is None else row | {"waited_until": waited_until}


def parked_row(stored: Stored, origin: Origin, envelope: Envelope | None, reason: str) -> Document:
    return {
        "_id": stored.sequence,
        "recorded": instant(stored.recorded),
        "origin": asdict(origin),
        "outcome": f"parked: {reason}",
        **(_of_envelope(envelope) if envelope else {"subject": stored.subject}),
        "changes": [],
    }


def discarded_row(parked: Document, envelope: Envelope | None, discard: Recorded) -> Document:
    """The row of an event that somebody decided to go on without; `reason` is why it was parked."""
    return {
        "_id": parked["_id"],
        "recorded": parked["recorded"],
        "origin": parked["origin"],
        "outcome": DISCARDED,
        "reason": parked["reason"],
        **(_of_envelope(envelope) if envelope else {}),
        "subject": parked["subject"],
        "discarded_at": discard.sequence,
        "discarded_by": discard.envelope.actor,
        "changes": [],
    }


def discard_change(parked: Document) -> dict[str, Any]:
    key = str(parked["_id"])
    return {"view": "parked", "key": key, "field": "reason", "before": parked["reason"], "after": DISCARDED}


def within_bounds(row: Document) -> tuple[Document, int]:
    """The row, and its length as JSON. One too long names changes without showing them, and has of the data what fits
    and a store can keep; `not_shown` counts the fields that it lacks."""
    try:
        written = compact(row)
        fits = not may_not_be_storable(written) or is_storable(row.get("data"))
    except TypeError:  # nested too deep
        fits = False
    if not fits:
        row = row | _what_fits(row)
        written = compact(row)
    if len(written) <= ROW_BYTES:
        return row, len(written)
    fields = [
        {name: change[name] for name in ("view", "key", "field")} | {"not_shown_bytes": len(compact(change))}
        for change in row["changes"]
    ]
    short = row | {"changes": fields} | _what_fits(row)
    return short, len(compact(short))


def _what_fits(row: Document) -> Document:
    """The first fields of its data that half a row has room for, and how many it lacks."""
    data, fitting, room = row.get("data", {}), {}, ROW_BYTES // 2
    for name, value in data.items():
        if is_storable({name: value}) and (length := len(compact({name: value}))) <= room:
            fitting[name] = value
            room -= length
    missing = row.get("not_shown", 0) + len(data) - len(fitting)
    return {"data": fitting, "not_shown": missing} if missing else {}


def _of_envelope(envelope: Envelope) -> Document:
    return {
        **_happened(envelope),
        "actor": envelope.actor,
        **({} if envelope.person is UNSET else {"person": envelope.person}),
        "unit": envelope.source,
        "type": envelope.type,
        "entity": envelope.type.split(".")[2] if envelope.type.count(".") > 2 else envelope.type,
        "entity_id": envelope.subject,
        "event_id": envelope.id,
        "correlation_id": envelope.correlationid,
        "causation_id": envelope.causationid,
    }


def _happened(envelope: Envelope) -> Document:
    """When it happened; nothing where the time is at the edge of the calendar and has no UTC; such an event is
    parked."""
    try:
        return {"happened": instant(envelope.time)}
    except OverflowError:
        return {}


type Change = dict[str, Any]
"""What changed in one field of a document: `before` and `after`; of a list only what was `added` and `removed`."""


def changes_between(view: str, key: str, before: Document | None, after: Document) -> list[Change]:
    """The fields that differ; inside a field that holds others, those."""
    return [{"view": view, "key": key, "field": name, **change} for name, change in _differences(before or {}, after)]


def _differences(before: Document, after: Document, inside: str = "") -> Iterator[tuple[str, Change]]:
    for name in [name for name, new in after.items() if before.get(name) is not new]:
        old, new = before.get(name), after[name]
        if name in NOT_REPORTED or old == new:
            continue
        if isinstance(old, dict) and isinstance(new, dict):
            yield from _differences(old, new, f"{inside}{name}.")
        elif isinstance(old, list) and isinstance(new, list):
            yield f"{inside}{name}", _between_lists(old, new)
        else:
            yield f"{inside}{name}", {"before": old, "after": new}


def _between_lists(old: list[Any], new: list[Any]) -> Change:
    """A list that only came in another order is shown whole."""
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False)))
    added, removed = _beyond(old[same:], new[same:]), _beyond(new[same:], old[same:])
    if not added and not removed:
        return {"before": old, "after": new}
    return {"added": added, "removed": removed}


def _beyond(some: Sequence[Any], others: Sequence[Any]) -> list[Any]:
    """What `others` have that `some` have not, in their order; what stands there twice counts twice."""
    if not some:
        return list(others)
    left = Counter(map(canonical, some))
    beyond = []
    for entry in others:
        written = canonical(entry)
        if left[written]:
            left[written] -= 1
        else:
            beyond.append(entry)
    return beyond
