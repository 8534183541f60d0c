"""What only some may read, masked for everybody else: the details of incidents, and where people can be reached. Who
these are is in `shared.unit.roles` (`READ_RESTRICTED`).

What may be read is listed: a field that a later version adds is masked until somebody lists it. The database and
the broker are not guarded: whoever reads those directly reads everything.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from shared.history.parked_rows import BODY_FIELDS
from shared.views.view import Document

MASK = "«restricted»"
ENTITY = "incident"
VIEW = "incidents"
PARKED = "parked"
OPEN_DATA = frozenset({"place", "kind", "happened_at", "severity"})
"""What everybody may read of an incident's event."""
OPEN_FIELDS = OPEN_DATA | {"_id", "reported_at", "status", "resolved_at"}
"""What everybody may read of its document."""
OF_A_HOLDING = frozenset({"position", "person", "person_id", "since", "until", "exclusive", "acting"})
"""What everybody may read of who holds a position."""

OF_A_CORRECTION = frozenset({"before", "after", "reason"})
"""What everybody may read of a correction on the register: names and kinds."""


class Open(NamedTuple):
    """Which fields everybody may read; of `entries`, which are lists, these fields of each."""

    fields: frozenset[str]
    entries: Mapping[str, frozenset[str]] = {}


DATA = {
    ENTITY: Open(OPEN_DATA),
    "organisation": Open(OF_A_HOLDING | {"kind", "name", "deputises_for", "alias", *OF_A_CORRECTION}),
}
"""The entities of whose events something is masked."""
FIELDS = {
    VIEW: Open(OPEN_FIELDS),
    "organisations": Open(
        frozenset({"_id", "kind", "name", "search", "positions", "deputies", "aliases", "corrections"}),
        dict.fromkeys(("holders", "acting", "former"), OF_A_HOLDING),
    ),
}
"""Their views."""
DETAILS = frozenset({"details", "outcome", "lessons", "reopened_because"})
"""The fields of what is restricted in it; names of any others may themselves tell."""
WITH_WORDS = frozenset({"data", "changes", *BODY_FIELDS})
"""The fields of audit rows and parked events that hold what an event says."""


def masked_document(document: Mapping[str, Any], shown: Open = FIELDS[VIEW]) -> Document:
    """A document of a view, or the data of an event, as everybody may see it."""
    return {name: _masked_field(name, value, shown) for name, value in document.items()}


def masked_documents(view: str, documents: Sequence[Document]) -> list[Document]:
    """Documents of any view as everybody may see them; what was parked is shown without what it says."""
    if view in FIELDS:
        return [masked_document(document, FIELDS[view]) for document in documents]
    if view == PARKED:
        return [_without_its_words(document) for document in documents]
    return list(documents)


def masked_row(row: Document) -> Document:
    masked = {**row, "changes": [masked_change(change) for change in row["changes"]]}
    if "data" in row and (entities := _masked_of(row["entity"], _part(row["type"], 2))):
        masked["data"] = masked_document(row["data"], _open_data(entities))
    return masked


def masked_line(line: dict[str, Any]) -> dict[str, Any]:
    """A line of the replay as everybody may see it, whether or not this version can read the event."""
    event = line.get("event", {})
    entities = _masked_of(_part(line["subject"], 3), _part(event.get("type", ""), 2))
    if not entities:
        return line
    masked = dict(line)
    if "body" in line:
        masked["body"] = MASK
    if event:
        masked["event"] = {**event, "data": masked_document(event["data"], _open_data(entities))}
    return masked


def _masked_of(*entities: str) -> set[str]:
    return set(entities) & DATA.keys()


def _open_data(entities: Iterable[str]) -> Open:
    """What is open in all of them, where an event says of itself that it is about another than its subject."""
    return Open(frozenset.intersection(*(DATA[entity].fields for entity in entities)))


def masked_parked(document: Document) -> Document:
    if not _masked_of(_part(document["subject"], 3), _part(document["type"] or "", 2)):
        return document
    return _without_its_words(document)


def masked_value(view: str, field: str, value: object) -> object:
    """One side of a difference that the verification found: a field, or where `field` is empty a whole document."""
    if value is None:
        return None
    if shown := FIELDS.get(view):
        if not field and isinstance(value, dict):
            return masked_document(value, shown)
        return _masked_field(field, value, shown)
    if field in WITH_WORDS:
        return MASK
    if isinstance(value, dict):
        return {name: MASK if name in WITH_WORDS else inner for name, inner in value.items()}
    return value


def masked_change(change: dict[str, Any]) -> dict[str, Any]:
    shown = FIELDS.get(change["view"])
    if shown is None or change["field"] in shown.fields:
        return change
    masked = dict(change)
    for name in change.keys() & {"before", "after"}:
        masked[name] = _masked_field(change["field"], change[name], shown)
    for name in change.keys() & {"added", "removed"}:
        masked[name] = [_masked_entry(change["field"], entry, shown) for entry in change[name] or ()]
    return masked


def _masked_field(name: str, value: object, shown: Open) -> object:
    if name in shown.entries and isinstance(value, list):
        return [_masked_entry(name, entry, shown) for entry in value]
    return value if name in shown.fields else _masked(value)


def _masked_entry(name: str, entry: object, shown: Open) -> object:
    fields = shown.entries.get(name)
    if fields is None or not isinstance(entry, dict):
        return MASK
    return {field: value if field in fields else _masked(value) for field, value in entry.items()}


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
