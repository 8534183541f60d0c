"""Aggregates as they are stored: what their events come to, where each is, and which of them can't be read."""

import logging
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import UNSET
from pydantic import BaseModel

from shared.domain.correcting import Noted
from shared.domain.decider import Aggregate, Key
from shared.events.base import Event
from shared.eventstore.direct import Stored
from shared.eventstore.envelope import Envelope, check_ids, check_place, decode, decode_data
from shared.eventstore.errors import Undecodable
from shared.eventstore.names import is_name
from shared.eventstore.store import EventStore, NewEvent
from shared.unit.discards import Discards
from shared.unit.problems import UNREADABLE_HISTORY
from shared.values.brief import brief
from shared.values.types import EARLIEST, LATEST

logger = logging.getLogger(__name__)


class EventReference(BaseModel):
    """One stored event: `sequence` is its place in the service's own stream."""

    id: UUID
    type: str
    entity: str
    entity_id: str
    sequence: int


@dataclass(frozen=True)
class Loaded:
    """An aggregate as it was read: its state, its last sequence, where each event is stored, when the first of them
    happened and the latest, and the fingerprints of the commands behind them, by the id of the event that holds
    one."""

    state: Any = None
    sequence: int = 0
    began: datetime | None = None
    stored: dict[UUID, EventReference] = field(default_factory=dict)
    fingerprints: dict[UUID, str] = field(default_factory=dict)
    latest: datetime | None = None

    def after(self, reference: EventReference, envelope: Envelope, state: Any) -> "Loaded":
        """The state with one event more. `stored` and `fingerprints` only grow, so others may hold them too. A time
        that no command could name does not count."""
        self.stored[reference.id] = reference
        if envelope.fingerprint is not UNSET:
            self.fingerprints[reference.id] = envelope.fingerprint
        happened = envelope.time if EARLIEST <= envelope.time < LATEST else None
        began, latest = self.began or happened, max(filter(None, (self.latest, happened)), default=None)
        return replace(self, state=state, sequence=reference.sequence, began=began, latest=latest)


class Loader:
    """Reads the aggregates of one service. An event that this service can't take in as its own holds up what is
    decided about the aggregate, until the sub-committee discards it; then it is passed over."""

    def __init__(self, store: EventStore, aggregates: Sequence[Aggregate], discards: Discards | None) -> None:
        self._store = store
        self._discards = discards
        self.aggregates = {aggregate.entity: aggregate for aggregate in aggregates}
        self._events = {event.TYPE: event for aggregate in aggregates for event in aggregate.events}

    async def load(self, key: Key) -> Loaded:
        """Raises the refusal `unreadable_history`, or `Unavailable`."""
        loaded = Loaded()
        for stored in await self._store.load(*key):
            loaded = await self._and(loaded, key, stored, lenient=False)
        return loaded

    async def noted(self, key: Key) -> tuple[Noted, ...]:
        """The aggregate's events with who recorded each and when it happened, for corrections: the state has neither.
        Those that its state is made without are left out. Raises `Unavailable`."""
        noted, state = [], None
        for stored in await self._store.load(*key):
            if self._discards and self._discards.strike_out((stored.subject, stored.sequence)):
                continue
            with suppress(Undecodable):
                envelope, event = self._read(stored)
                state = self._evolved(key, state, event)
                noted.append(Noted(event, envelope.actor, min(max(envelope.time, EARLIEST), LATEST)))
        return tuple(noted)

    async def load_all(self, entity: str) -> dict[Key, Any]:
        """The states of all aggregates of one kind, as far as their events can be read. What nobody began is none."""
        loaded: dict[Key, Loaded] = defaultdict(Loaded)
        for stored in await self._store.load(entity, "*"):
            key = entity, stored.subject.rpartition(".")[2]
            if is_name(key[1]):
                loaded[key] = await self._and(loaded[key], key, stored, lenient=True)
        return {key: aggregate.state for key, aggregate in sorted(loaded.items()) if aggregate.state is not None}

    async def _and(self, loaded: Loaded, key: Key, stored: Stored, *, lenient: bool) -> Loaded:
        """The state with one event more. One that can't be taken in is passed over where that is lenient, or where it
        was discarded. Raises the refusal `unreadable_history`, or `Unavailable`."""
        discards, place = self._discards, (stored.subject, stored.sequence)
        if discards and discards.strike_out(place):
            return replace(loaded, sequence=stored.sequence)
        try:
            return self._with(loaded, key, stored)
        except Undecodable as error:
            if not lenient and not (discards and await discards.hold(place)):
                logger.error("event %s of the stream can't be read: %s", stored.sequence, brief(error))
                raise UNREADABLE_HISTORY(
                    entity_id=key[1], sequence=stored.sequence, service=self._store.service
                ) from error
            return replace(loaded, sequence=stored.sequence)

    def _with(self, loaded: Loaded, key: Key, stored: Stored) -> Loaded:
        """Raises `Undecodable`, also for what can't have happened to the aggregate as it was."""
        envelope, event = self._read(stored)
        state = self._evolved(key, loaded.state, event)
        return loaded.after(reference_to(NewEvent(*key, envelope), stored.sequence), envelope, state)

    def _evolved(self, key: Key, state: Any, event: Event) -> Any:
        try:
            return self.aggregates[key[0]].evolve(state, event)
        except Exception as error:
            raise Undecodable(f"{event.TYPE} does not fit what came before: {error!r}") from error

    def _read(self, stored: Stored) -> tuple[Envelope, Event]:
        """Raises `Undecodable`."""
        envelope = decode(stored.body)
        check_place(envelope, stored.subject)
        check_ids(envelope)
        model = self._events.get(envelope.type)
        if model is None:
            raise Undecodable(f"{envelope.type} is not known here")
        return envelope, decode_data(envelope, model)


def reference_to(event: NewEvent, sequence: int) -> EventReference:
    envelope = event.envelope
    return EventReference(
        id=UUID(envelope.id), type=envelope.type, entity=event.entity, entity_id=event.entity_id, sequence=sequence
    )
