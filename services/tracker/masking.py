"""Who may read what: the details of incidents are for security and the auditor, and masked for everybody else.

What may be read is listed: a field that a later version adds is masked until somebody lists it. The database and
the broker are not guarded: whoever reads those directly reads everything.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from services.tracker.projection.parking import BODY_FIELDS
from shared.values.units import AUDITOR, SECURITY
from shared.views.view import Document

MASK = "«restricted»"
READERS = frozenset({SECURITY, AUDITOR})
"""The units whose tokens unmask."""
ENTITY = "incident"
VIEW = "incidents"
PARKED = "parked"
OPEN_DATA = frozenset({"place", "kind", "happened_at", "severity"})
"""What everybody may read of an incident's event."""
OPEN_FIELDS = OPEN_DATA | {"_id", "reported_at", "status", "resolved_at"}
"""What everybody may read of its document."""
DETAILS = frozenset({"details", "outcome", "lessons", "reopened_because"})
"""The fields of what is restricted in it; names of any others may themselves tell."""
WITH_WORDS = frozenset({"data", "changes", *BODY_FIELDS})
"""The fields of audit rows and parked events that hold what an event says."""


def masked_document(document: Mapping[str, Any], shown: frozenset[str] = OPEN_FIELDS) -> Document:
    """A document of the `incidents` view, or the data of an event, as everybody may see it."""
    return {name: value if name in shown else _masked(value) for name, value in document.items()}


def masked_documents(view: str, documents: Sequence[Document]) -> list[Document]:
    """Documents of any view as everybody may see them; what was parked is shown without what it says."""
    if view == VIEW:
        return [masked_document(document) for document in documents]
    if view == PARKED:
        return [_without_its_words(document) for document in documents]
    return list(documents)


def masked_row(row: Document) -> Document:
    masked = {**row, "changes": [masked_change(change) for change in row["changes"]]}
    if "data" in row and ENTITY in (row["entity"], _part(row["type"], 2)):
        masked["data"] = masked_document(row["data"], OPEN_DATA)
    return masked


def masked_line(line: dict[str, Any]) -> dict[str, Any]:
    """A line of the replay as everybody may see it, whether or not this version can read the event."""
    event = line.get("event", {})
    if not {_part(line["subject"], 3), _part(event.get("type", ""), 2)} & {ENTITY}:
        return line
    masked = dict(line)
    if "body" in line:
        masked["body"] = MASK
    if event:
        masked["event"] = {**event, "data": masked_document(event["data"], OPEN_DATA)}
    return masked


def masked_parked(document: Document) -> Document:
    if ENTITY not in (_part(document["subject"], 3), _part(document["type"] or "", 2)):
        return document
    return _without_its_words(document)


def masked_value(view: str, field: str, value: object) -> object:
    """One side of a difference that the verification found: a field, or where `field` is empty a whole document."""
    if value is None:
        return None
    if view == VIEW:
        return masked_document(value) if isinstance(value, dict) else value if field in OPEN_FIELDS else MASK
    if field in WITH_WORDS:
        return MASK
    if isinstance(value, dict):
        return {name: MASK if name in WITH_WORDS else inner for name, inner in value.items()}
    return value


def masked_change(change: dict[str, Any]) -> dict[str, Any]:
    if change["view"] != VIEW or change["field"] in OPEN_FIELDS:
        return change
    masked = dict(change)
    for name in change.keys() & {"before", "after"}:
        masked[name] = _masked(change[name])
    for name in change.keys() & {"added", "removed"}:
        masked[name] = [MASK for _ in change[name] or ()]
    return masked


def _without_its_words(parked: Document) -> Document:
    return {name: MASK if name in BODY_FIELDS else value for name, value in parked.items()}


def _masked(value: object) -> object:
    """Shows that there is something, and nothing of it; of the fields that every incident has, which are filled."""
    if isinstance(value, dict) and value.keys() <= DETAILS:
        return {name: _masked(inner) for name, inner in value.items()}
    return None if value is None else MASK


def _part(name: str, position: int) -> str:
    parts = name.split(".")
    return parts[position] if len(parts) > position else ""
