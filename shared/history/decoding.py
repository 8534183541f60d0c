"""Ledger bytes to typed events. What can't be read comes out as `Unreadable`; no message raises anything."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import MAXYEAR, MINYEAR, UTC, datetime
from functools import lru_cache
from importlib import import_module
from pkgutil import iter_modules
from typing import NamedTuple

from shared import events
from shared.events.base import Event
from shared.eventstore.direct import Stored
from shared.eventstore.envelope import Envelope, check_ids, check_place, decode, decode_data
from shared.eventstore.errors import Undecodable
from shared.eventstore.ledger import Origin, origin_of
from shared.history.storable import NOT_STORABLE
from shared.values.local_time import LOCAL_TIME
from shared.values.types import ID_PATTERN, MAX_SEQUENCE
from shared.views.all_views import VIEWS
from shared.views.view import Recorded, View

UNDECODABLE = "undecodable"
UNKNOWN_TYPE = "unknown_type"
MISPLACED = "misplaced"
NOWHERE = Origin("", 0)
"""Of a message that no service's stream was the source of."""


def _published() -> Iterator[type[Event]]:
    """Every event of `shared.events`. One that no view shows still has its row in the audit trail."""
    for module in iter_modules(events.__path__, f"{events.__name__}."):
        for model in vars(import_module(module.name)).values():
            if isinstance(model, type) and issubclass(model, Event) and "TYPE" in vars(model):
                yield model


EVENT_TYPES: dict[str, type[Event]] = {event.TYPE: event for event in _published()}
VIEWS_OF: dict[str, tuple[View, ...]] = {
    name: tuple(view for view in VIEWS if event in view.events) for name, event in EVENT_TYPES.items()
}


class Unreadable(NamedTuple):
    """A ledger message that is no event this code knows. `reason` is a stable word, `detail` is for people."""

    stored: Stored
    origin: Origin
    reason: str
    detail: str
    envelope: Envelope | None = None


class LeftOut(NamedTuple):
    """An event that is not folded, because it happened after the time that is asked for."""

    origin: Origin


type Decoder = Callable[[Stored], Recorded | Unreadable]


def decode_event(stored: Stored, origin: Origin | None = None) -> Recorded | Unreadable:
    """`origin` is where it was read, unless that was the ledger, which says of each event where it comes from."""
    origin = origin or _origin(stored)
    try:
        envelope = decode(stored.body)
    except Undecodable as error:
        return Unreadable(stored, origin, UNDECODABLE, str(error))
    model = EVENT_TYPES.get(envelope.type)
    if model is None:
        return Unreadable(stored, origin, UNKNOWN_TYPE, f"no view knows {envelope.type}", envelope)
    try:
        check_ids(envelope)
        event = decode_data(envelope, model)
    except Exception as error:
        # What a field's own validator raises is not known here.
        return Unreadable(stored, origin, UNDECODABLE, str(error), envelope)
    if reason := _misplaced(envelope, stored.subject, origin):
        return Unreadable(stored, origin, MISPLACED, reason, envelope)
    if not _has_a_date(envelope.time):
        return Unreadable(stored, origin, NOT_STORABLE, f"no calendar has {envelope.time} everywhere", envelope)
    return Recorded(stored.sequence, stored.recorded, origin, envelope, event)


@dataclass
class RefusingDecoder:
    """Decodes with today's code, and refuses what is to be refused: the reason and the detail by ledger sequence."""

    refused: dict[int, tuple[str, str]] = field(default_factory=dict)

    def __call__(self, stored: Stored) -> Recorded | Unreadable:
        event = decode_event(stored)
        if stored.sequence not in self.refused:
            return event
        return Unreadable(stored, event.origin, *self.refused[stored.sequence], event.envelope)


def _origin(stored: Stored) -> Origin:
    try:
        origin = origin_of(stored)
    except ValueError:
        return NOWHERE
    return origin if _may_be_a_stream(origin.stream) and 0 < origin.sequence <= MAX_SEQUENCE else NOWHERE


@lru_cache(maxsize=100)
def _may_be_a_stream(name: str) -> bool:
    return re.fullmatch(r"[A-Za-z0-9_-]{1,255}", name, re.ASCII) is not None


_is_id = re.compile(ID_PATTERN).fullmatch


def _misplaced(envelope: Envelope, subject: str, origin: Origin) -> str:
    """Why the event may not stand where it stands, empty where it may."""
    if origin is NOWHERE:
        return "no stream of a service is said to be its source"
    if not _is_id(envelope.subject):
        return "the id of its entity is none"
    try:
        check_place(envelope, subject, origin.stream)
    except Undecodable as error:
        return str(error)
    return ""


def _has_a_date(moment: datetime) -> bool:
    if MINYEAR < moment.year < MAXYEAR:
        return True
    try:
        return bool(moment.astimezone(UTC) and moment.astimezone(LOCAL_TIME))
    except OverflowError:
        return False
