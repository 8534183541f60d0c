"""Commands in, events out: validate → load → decide → append, and decide afresh when others were faster."""

import asyncio
import random
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5
from weakref import WeakValueDictionary

from pydantic import AwareDatetime, BaseModel, ConfigDict

from shared.domain.decider import Actor, Aggregate, Command, Event, Key, Refused
from shared.eventstore.envelope import Cause, decode, decode_data, encode, event_id
from shared.eventstore.errors import Conflict, Duplicate, TooLarge, Unavailable
from shared.eventstore.store import EventStore, NewEvent
from shared.i18n import format_minute
from shared.unit.problems import CONFLICT, IN_THE_FUTURE, TOO_LARGE, UNAVAILABLE, UNKNOWN_COMMAND

DECIDE_TRIES = 20
BACK_OFF_S = 0.005
REMEMBERED_AGGREGATES = 10_000
CLOCK_SKEW = timedelta(minutes=5)


class CommandRequest(BaseModel):
    """What a caller sends. `happened` is for work that is put on record later; it defaults to now."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    command_id: UUID
    data: dict[str, Any]
    happened: AwareDatetime | None = None


class EventReference(BaseModel):
    """One stored event: `sequence` is its place in the service's own stream."""

    id: UUID
    type: str
    entity: str
    entity_id: str
    sequence: int


class Answer(BaseModel):
    """What a command did; no events: everything was so already. The same command id gets the same answer."""

    events: tuple[EventReference, ...]
    sequence: int


@dataclass(frozen=True)
class Loaded:
    """An aggregate as it was read: its state, its last sequence, and where each event is stored."""

    state: Any = None
    sequence: int = 0
    stored: dict[UUID, EventReference] = field(default_factory=dict)


class CommandHandler:
    """Executes the commands of one service. Many may run at once; the expected sequence keeps them apart.

    Commands on one aggregate take turns here, which only saves conflicts: other instances of the service don't.
    """

    def __init__(
        self,
        store: EventStore,
        aggregates: Sequence[Aggregate],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._now = now
        self._aggregates = {aggregate.entity: aggregate for aggregate in aggregates}
        self._commands = {
            command.NAME: command
            for aggregate in aggregates
            if not aggregate.internal
            for command in aggregate.commands
        }
        self._events = {event.TYPE: event for aggregate in aggregates for event in aggregate.events}
        self._remembered: OrderedDict[Key, Loaded] = OrderedDict()
        self._turns: WeakValueDictionary[Key, asyncio.Lock] = WeakValueDictionary()

    def parse(self, name: str, data: dict[str, Any]) -> Command:
        """The typed command. Raises the refusal `unknown_command`, or `ValidationError`."""
        if name not in self._commands:
            raise UNKNOWN_COMMAND(service=self._store.service, command=name)
        return self._commands[name].model_validate(data)

    async def handle(self, name: str, request: CommandRequest, actor: Actor) -> Answer:
        """One caller's command. Raises `Refused` or `ValidationError`; then nothing was written."""
        now = self._now()  # read once: it may jump back
        happened = request.happened or now
        if happened > now + CLOCK_SKEW:
            raise IN_THE_FUTURE(happened=format_minute(happened))
        cause = Cause(
            command_id=request.command_id,
            actor=actor,
            happened=happened,
            correlation_id=request.command_id,
            causation_id=request.command_id,
        )
        command = self.parse(name, request.data)
        for part in command.parts():
            part.check_given_at(happened)
        return await self.execute(command, cause)

    async def execute(self, command: Command, cause: Cause) -> Answer:
        """Decides and appends, again after a conflict. A command that converges is given again, under an id that
        follows from its own, until nothing is left to do. Raises `Refused`."""
        answer = await self._execute_in_turn(command, cause)
        if not command.CONVERGES or not answer.events:
            return answer
        again = cause.model_copy(update={"command_id": uuid5(cause.command_id, "again")})
        events = (*answer.events, *(await self.execute(command, again)).events)
        return Answer(events=events, sequence=events[-1].sequence)

    async def ids(self, entity: str) -> list[str]:
        """The ids of all aggregates of one kind as they are stored now, sorted. Raises `Unavailable`."""
        return await self._store.ids(entity)

    async def _execute_in_turn(self, command: Command, cause: Cause) -> Answer:
        parts = command.parts()
        keys = sorted({(part.ENTITY, part.entity_id) for part in parts})
        async with AsyncExitStack() as taking_turns:
            for key in keys:
                await taking_turns.enter_async_context(self._turns.setdefault(key, asyncio.Lock()))
            return await self._execute(parts, keys, cause)

    async def _execute(self, parts: Sequence[Command], keys: Sequence[Key], cause: Cause) -> Answer:
        try:
            for tries in range(DECIDE_TRIES):
                from_memory = {key for key in keys if key in self._remembered}
                loaded = {key: await self._load(key) for key in keys}
                try:
                    # Memory may be stale. An append to it finds that out; a refusal, silence about one of the
                    # aggregates, or an earlier try that seems to have left one alone would not, so look again.
                    if earlier := _earlier_answer(cause.command_id, loaded):
                        if from_memory <= _touched_by(earlier.events):
                            return earlier
                    else:
                        states, events = await self._decide(parts, loaded, cause)
                        if from_memory <= _touched_by(events):
                            return await self._append(loaded, states, events)
                except Refused:
                    if not from_memory:
                        raise
                except (Conflict, Duplicate):
                    await asyncio.sleep(random.uniform(0, BACK_OFF_S * tries))  # noqa: S311 - no secret
                self._forget(keys)
        except Unavailable as error:
            self._forget(keys)
            raise UNAVAILABLE() from error
        except TooLarge as error:
            raise TOO_LARGE() from error
        raise CONFLICT()

    async def _decide(
        self, parts: Sequence[Command], loaded: dict[Key, Loaded], cause: Cause
    ) -> tuple[dict[Key, Any], list[NewEvent]]:
        states = {key: known.state for key, known in loaded.items()}
        events: list[NewEvent] = []
        positions = dict.fromkeys(loaded, 0)
        for part in parts:
            key = (part.ENTITY, part.entity_id)
            aggregate = self._aggregates[part.ENTITY]
            for event in await self._decided(aggregate, part, states[key], cause.actor):
                states[key] = aggregate.evolve(states[key], event)
                envelope = encode(event, cause, self._store.service, *key, positions[key])
                positions[key] += 1
                events.append(NewEvent(*key, envelope))
        return states, events

    async def _decided(self, aggregate: Aggregate, command: Command, state: Any, actor: Actor) -> Sequence[Event]:
        if aggregate.reads is None:
            return aggregate.decide(command, state, actor)
        seen: dict[Key, Any] = {}
        for entity, entity_id in aggregate.reads(command, state):
            ids = await self._store.ids(entity) if entity_id == "*" else [entity_id]
            for each in ids:
                seen[entity, each] = (await self._read((entity, each))).state
        return aggregate.decide(command, state, actor, seen)

    async def _append(self, loaded: dict[Key, Loaded], states: dict[Key, Any], events: Sequence[NewEvent]) -> Answer:
        if not events:
            return Answer(events=(), sequence=max(known.sequence for known in loaded.values()))
        last = await self._store.append(events, {key: known.sequence for key, known in loaded.items()})
        first = last - len(events) + 1
        references = tuple(_reference(event, first + offset) for offset, event in enumerate(events))
        self._remember(loaded, states, references)
        return Answer(events=references, sequence=last)

    def _remember(
        self, loaded: dict[Key, Loaded], states: dict[Key, Any], references: Sequence[EventReference]
    ) -> None:
        for reference in references:
            key = (reference.entity, reference.entity_id)
            stored = loaded[key].stored
            stored[reference.id] = reference  # events are only ever added: whoever else holds it is none the worse
            self._keep(key, Loaded(states[key], reference.sequence, stored))

    async def _load(self, key: Key) -> Loaded:
        if known := self._remembered.get(key):
            self._remembered.move_to_end(key)
            return known
        known = await self._read(key)
        self._keep(key, known)
        return known

    async def _read(self, key: Key) -> Loaded:
        """As it is stored now, whatever is remembered."""
        entity, entity_id = key
        state, sequence, references = None, 0, {}
        for stored in await self._store.load(entity, entity_id):
            envelope = decode(stored.body)
            event = decode_data(envelope, self._events[envelope.type])
            state, sequence = self._aggregates[entity].evolve(state, event), stored.sequence
            reference = _reference(NewEvent(entity, entity_id, envelope), sequence)
            references[reference.id] = reference
        return Loaded(state, sequence, references)

    def _keep(self, key: Key, known: Loaded) -> None:
        self._remembered[key] = known
        if len(self._remembered) > REMEMBERED_AGGREGATES:
            self._remembered.popitem(last=False)

    def _forget(self, keys: Sequence[Key]) -> None:
        for key in keys:
            self._remembered.pop(key, None)


def _earlier_answer(command_id: UUID, loaded: dict[Key, Loaded]) -> Answer | None:
    """What this command id did before, where it did something."""
    found: list[EventReference] = []
    for (entity, entity_id), known in loaded.items():
        position = 0
        while reference := known.stored.get(event_id(command_id, entity, entity_id, position)):
            found.append(reference)
            position += 1
    if not found:
        return None
    found.sort(key=lambda reference: reference.sequence)
    return Answer(events=tuple(found), sequence=found[-1].sequence)


def _touched_by(events: Iterable[NewEvent | EventReference]) -> set[Key]:
    return {(event.entity, event.entity_id) for event in events}


def _reference(event: NewEvent, sequence: int) -> EventReference:
    envelope = event.envelope
    return EventReference(
        id=UUID(envelope.id), type=envelope.type, entity=event.entity, entity_id=event.entity_id, sequence=sequence
    )
