"""Commands in, events out: validate → load → decide → append, and decide afresh when others were faster."""

import asyncio
import logging
import random
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import uuid5
from weakref import WeakValueDictionary

from pydantic import BaseModel

from shared.domain.correcting import Correction, Past
from shared.domain.decider import Actor, Aggregate, Command, Key, Refused
from shared.domain.entering import entered
from shared.events.base import Event
from shared.eventstore import errors
from shared.eventstore.envelope import Cause, encode, event_id
from shared.eventstore.names import is_name
from shared.eventstore.store import WHOLE_STREAM, EventStore, NewEvent
from shared.i18n import format_minute
from shared.unit import problems
from shared.unit.discards import Discards
from shared.unit.loading import EventReference, Loaded, Loader, reference_to
from shared.unit.others import Others
from shared.unit.requests import CommandRequest, check_happened, fingerprint_of
from shared.unit.writers import Writers

DECIDE_TRIES = 20
BACK_OFF_S = 0.005
REMEMBERED_AGGREGATES = 10_000

logger = logging.getLogger(__name__)

type Doing = Callable[[Any, Cause], Awaitable[Answer]]
"""Does one kind of command; see `CommandHandler.offer`."""


class Answer(BaseModel):
    """What a command did; no events: everything was so already. The same command id gets the same answer."""

    events: tuple[EventReference, ...]
    sequence: int


class Question(Command):
    """What a service is asked as it is given commands, by somebody with a token: nothing is written, and the answer
    says more than that."""

    ANSWER: ClassVar[type[Answer]] = Answer


class CommandHandler:
    """Executes the commands of one service. Many may run at once; the expected sequence keeps them apart.

    Commands on one aggregate take turns here, and so do those during which nothing else may be written; where such a
    one met a conflict, it writes alone. All of that only saves conflicts: other instances of the service don't wait.
    """

    def __init__(
        self,
        store: EventStore,
        aggregates: Sequence[Aggregate],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        discards: Discards | None = None,
    ) -> None:
        self._store = store
        self._now = now
        self._discards = discards
        self._loader = Loader(store, aggregates, discards)
        self._commands = {command.NAME: command for aggregate in aggregates for command in aggregate.public_commands}
        self._doings: dict[type[Command], Doing] = {}
        self._remembered: OrderedDict[Key, Loaded] = OrderedDict()
        self._turns: WeakValueDictionary[Key, asyncio.Lock] = WeakValueDictionary()
        self._turn_of_those_that_need_all_still = asyncio.Lock()
        self._writers = Writers()

    def offer(self, command: type[Command], doing: Doing) -> None:
        """Callers may give `command` from now on, which is no decision about one aggregate: `doing` does it."""
        self._commands[command.NAME] = command
        self._doings[command] = doing

    def parse(self, name: str, data: dict[str, Any]) -> Command:
        """The typed command. Raises the refusal `unknown_command`, or `ValidationError`."""
        if name not in self._commands:
            raise problems.UNKNOWN_COMMAND(service=self._store.service, command=name)
        return entered(self._commands[name], data)

    async def handle(self, name: str, request: CommandRequest, actor: Actor) -> Answer:
        """One caller's command. Raises `Refused` or `ValidationError`; then nothing was written."""
        now = self._now()  # read once: it may jump back
        happened = request.happened or now
        check_happened(happened, now)
        command = self.parse(name, request.data)
        cause = Cause(
            command_id=request.command_id,
            actor=actor,
            happened=happened,
            correlation_id=request.command_id,
            causation_id=request.command_id,
            is_dated=request.happened is not None,
            fingerprint=fingerprint_of(command, request, actor),
        )
        return await self._doings.get(type(command), self.execute)(command, cause)

    async def state(self, entity: str, entity_id: str) -> Any:
        """That of an aggregate as it was last read; `None` where nothing happened to it yet. Raises `Refused`,
        `Unavailable`."""
        return (await self._load((entity, entity_id))).state

    async def execute(self, command: Command, cause: Cause) -> Answer:
        """Decides and appends, again after a conflict. A command that converges is given again, under an id that
        follows from its own, until nothing is left to do. Raises `Refused`."""
        answer = await self._execute_in_turn(command, cause)
        if not command.CONVERGES or not answer.events:
            return answer
        again = cause.model_copy(update={"command_id": uuid5(cause.command_id, "again"), "fingerprint": ""})
        events = (*answer.events, *(await self.execute(command, again)).events)
        return Answer(events=events, sequence=events[-1].sequence)

    async def ids(self, entity: str) -> list[str]:
        """The ids of all aggregates of one kind as they are stored now, sorted; none that no command could have made.
        Raises `Unavailable`."""
        return [entity_id for entity_id in await self._store.ids(entity) if is_name(entity_id)]

    async def _execute_in_turn(self, command: Command, cause: Cause) -> Answer:
        parts = command.parts()
        keys = sorted({(part.ENTITY, part.entity_id) for part in parts})
        needs_all_still = any(
            self._loader.aggregates[entity].holds_while_nothing_else_is_written for entity, _ in keys
        )
        async with AsyncExitStack() as taking_turns:
            if needs_all_still:
                await taking_turns.enter_async_context(self._turn_of_those_that_need_all_still)
            for key in keys:
                await taking_turns.enter_async_context(self._turns.setdefault(key, asyncio.Lock()))
            return await self._execute(parts, keys, cause, needs_all_still=needs_all_still)

    async def _execute(
        self, parts: Sequence[Command], keys: Sequence[Key], cause: Cause, *, needs_all_still: bool
    ) -> Answer:
        try:
            if self._discards and await self._discards.have_grown():
                self._remembered.clear()
            for tries in range(DECIDE_TRIES):
                writers = self._writers
                async with writers.alone() if needs_all_still and tries else writers.beside_others():
                    if answer := await self._try(parts, keys, cause):
                        return answer
                await asyncio.sleep(random.uniform(0, BACK_OFF_S * tries))  # noqa: S311 - no secret
        except errors.Unavailable as error:
            self._forget(keys)
            raise problems.UNAVAILABLE() from error
        except errors.TooManyEvents as error:
            raise problems.TOO_MANY_EVENTS(count=error.count, most=error.most) from error
        except errors.TooLarge as error:
            raise problems.TOO_LARGE() from error
        except errors.Rejected as error:
            logger.error("an append was refused for good: %s", error)
            raise problems.REJECTED(service=self._store.service) from error
        except errors.StreamLost as lost:
            self._forget(keys)
            raise problems.STREAM_LOST_EVENTS(
                stream=lost.stream, sequence=lost.last_good, service=lost.service
            ) from lost
        raise problems.CONFLICT()

    async def _try(self, parts: Sequence[Command], keys: Sequence[Key], cause: Cause) -> Answer | None:
        """`None` where it has to be decided afresh: others were faster, or what was remembered may be stale."""
        from_memory = {key for key in keys if key in self._remembered}
        loaded = {key: await self._load(key) for key in keys}
        try:
            # Memory may be stale. An append to it finds that out; a refusal, silence about one of the aggregates, or
            # an earlier try that seems to have left one alone would not, so look again.
            if earlier := _earlier_answer(cause, loaded):
                if from_memory <= _touched_by(earlier.events):
                    return earlier
            else:
                others = Others(self._store, self._loader)
                states, events = await self._decide(parts, loaded, cause, others)
                if from_memory <= _touched_by(events):
                    return await self._append(loaded, states, events, others.upto)
        except Refused:
            if not from_memory:
                await self._store.watch.assure()
                raise
        except (errors.Conflict, errors.Duplicate):
            pass
        self._forget(keys)
        return None

    async def _decide(
        self, parts: Sequence[Command], loaded: dict[Key, Loaded], cause: Cause, others: Others
    ) -> tuple[dict[Key, Any], list[NewEvent]]:
        states = {key: aggregate.state for key, aggregate in loaded.items()}
        events: list[NewEvent] = []
        positions = dict.fromkeys(loaded, 0)
        for part in parts:
            key = (part.ENTITY, part.entity_id)
            aggregate = self._loader.aggregates[part.ENTITY]
            is_effect = part.CONVERGES and part is not parts[0]
            if cause.fingerprint:  # somebody gave it
                part.check_given_at(cause.happened)
            try:
                decided, latest_seen = await self._decided(aggregate, part, states[key], cause, others)
            except Refused:
                if not is_effect:
                    raise
                continue  # what brings it about is done all the same; a policy puts it on record
            for event in decided:
                states[key] = aggregate.evolve(states[key], event)
                is_dated = cause.is_dated and not is_effect
                dated = _not_before(cause, key, loaded[key].began, latest_seen, is_dated=is_dated)
                envelope = encode(event, dated, self._store.service, *key, positions[key])
                positions[key] += 1
                events.append(NewEvent(*key, envelope))
        return states, events

    async def _decided(
        self, aggregate: Aggregate, command: Command, state: Any, cause: Cause, others: Others
    ) -> tuple[Sequence[Event], datetime | None]:
        """The events, and when the latest of what was read for them by name happened."""
        seen = await others.see(aggregate, command, state)
        if isinstance(command, Correction):
            # The history is read once more: the state does not say who recorded what.
            noted = await self._loader.noted((aggregate.entity, command.entity_id))
            past = Past(noted, cause.happened, cause.is_dated)
            latest = max((event.happened for event in noted), default=None)
            return aggregate.correct(command, state, cause.actor, past, seen), latest
        if aggregate.reads is None:
            return aggregate.decide(command, state, cause.actor), None
        return aggregate.decide(command, state, cause.actor, seen), others.latest(seen)

    async def _append(
        self, loaded: dict[Key, Loaded], states: dict[Key, Any], events: Sequence[NewEvent], upto: int | None
    ) -> Answer:
        if not events:
            return Answer(events=(), sequence=max(aggregate.sequence for aggregate in loaded.values()))
        expected = {key: aggregate.sequence for key, aggregate in loaded.items()}
        last = await self._store.append(events, expected if upto is None else expected | {WHOLE_STREAM: upto})
        references = []
        for sequence, event in enumerate(events, start=last - len(events) + 1):
            key = (event.entity, event.entity_id)
            references.append(reference_to(event, sequence))
            loaded[key] = loaded[key].after(references[-1], event.envelope, states[key])
            self._remember(key, loaded[key])
        return Answer(events=tuple(references), sequence=last)

    async def _load(self, key: Key) -> Loaded:
        if remembered := self._remembered.get(key):
            self._remembered.move_to_end(key)
            return remembered
        loaded = await self._loader.load(key)
        self._remember(key, loaded)
        return loaded

    def _remember(self, key: Key, loaded: Loaded) -> None:
        self._remembered[key] = loaded
        if len(self._remembered) > REMEMBERED_AGGREGATES:
            self._remembered.popitem(last=False)

    def _forget(self, keys: Sequence[Key]) -> None:
        for key in keys:
            self._remembered.pop(key, None)


def _not_before(
    cause: Cause, key: Key, began: datetime | None, latest_seen: datetime | None, *, is_dated: bool
) -> Cause:
    """Nothing happens to what has not begun: whoever says that it did is refused. Where nobody says so, as a clock
    was set back or a policy reacts to what happened before, it happens at the beginning, and no effect comes before
    what it was decided on."""
    if is_dated:
        if began is not None and cause.happened < began:
            happened, since = format_minute(cause.happened), format_minute(began)
            raise problems.BEFORE_ITS_BEGINNING(entity_id=key[1], happened=happened, began=since)
        return cause
    return cause.model_copy(update={"happened": max(filter(None, (cause.happened, began, latest_seen)))})


def _earlier_answer(cause: Cause, loaded: dict[Key, Loaded]) -> Answer | None:
    """What this command did before, if anything. Raises the refusal `command_id_reused` where it was another."""
    command_id = cause.command_id
    earlier: list[EventReference] = []
    for (entity, entity_id), aggregate in loaded.items():
        position = 0
        while reference := aggregate.stored.get(event_id(command_id, entity, entity_id, position)):
            if cause.fingerprint not in ("", aggregate.fingerprints.get(reference.id, cause.fingerprint)):
                raise problems.COMMAND_ID_REUSED(command_id=command_id)
            earlier.append(reference)
            position += 1
    if not earlier:
        return None
    earlier.sort(key=lambda reference: reference.sequence)
    return Answer(events=tuple(earlier), sequence=earlier[-1].sequence)


def _touched_by(events: Iterable[NewEvent | EventReference]) -> set[Key]:
    return {(event.entity, event.entity_id) for event in events}
