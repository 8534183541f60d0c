"""What a view is, and how a ledger event looks to one."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from shared.events.base import Event
from shared.eventstore.envelope import Envelope
from shared.eventstore.ledger import Origin

type Document = dict[str, Any]
"""JSON values only: dates and instants are ISO 8601 strings, so that every store gives back the same bytes."""


MOST_KEPT = 500
"""Entries of a history in a document. The ledger has all; `left_out` counts those that the document has not."""
INSTANT_LENGTH = len("2020-10-14T00:00:00.000000Z")


class Recorded(msgspec.Struct, frozen=True, gc=False):
    """A ledger event, decoded. `recorded` is the ledger's time; `envelope.time` is when it happened."""

    sequence: int
    recorded: datetime
    origin: Origin
    envelope: Envelope
    event: Event


class View(msgspec.Struct, frozen=True):
    """`events` are the types it reads; its documents are keyed by `_id`."""

    name: str
    events: tuple[type[Event], ...]
    route: Callable[[Recorded], Sequence[str]]
    fold: Callable[[Document | None, Recorded], Document]


class Unfoldable(Exception):
    """An event that a view can't take in, such as one about something that never began."""


def by_service_and_id(recorded: Recorded) -> Sequence[str]:
    """`logistics/1-03`: two services may use the same id."""
    return (f"{recorded.envelope.source}/{recorded.envelope.subject}",)


def by_id(recorded: Recorded) -> Sequence[str]:
    return (recorded.envelope.subject,)


def begun(document: Document | None, recorded: Recorded) -> Document:
    """The document so far. Raises `Unfoldable` where there is none yet."""
    if document is None:
        raise Unfoldable(f"{recorded.envelope.type} came before anything that begins {recorded.envelope.subject}")
    return document


def with_more(document: Document, name: str, *new: Any) -> Document:
    """The history `name` with `new` at its end, as fields of the document. The newest stay."""
    whole = [*document[name], *new]
    over = len(whole) - MOST_KEPT
    if over <= 0:
        return {name: whole}
    left_out = document.get("left_out", {})
    return {name: whole[over:], "left_out": {**left_out, name: left_out.get(name, 0) + over}}


def instant(moment: datetime) -> str:
    """UTC, microseconds always written, so that text order is time order."""
    text: str = msgspec.to_builtins(moment)
    if len(text) == INSTANT_LENGTH:
        return text
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
