"""What a service's stream says, read afresh and folded by the domain alone: nobody's memory has a part in it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from copy import copy
from datetime import UTC, datetime
from itertools import accumulate
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from nats.aio.client import Client

from shared.domain.correcting import Noted, Past
from shared.domain.decider import Actor, Aggregate, Command, Key, Refused
from shared.events.base import Event
from shared.eventstore.direct import read_subject
from shared.eventstore.envelope import Envelope, decode, decode_data
from shared.eventstore.names import service_stream
from tests.domain.scenario import decided_in

HAPPENED = datetime(2020, 8, 17, 2, tzinfo=UTC)
"""When all that is asked for did."""


class Wanted(NamedTuple):
    """An event that a command has to bring about, under the id that it has to have."""

    id: UUID
    key: Key
    event: Event


class Told(NamedTuple):
    """An event as it is stored."""

    sequence: int
    key: Key
    envelope: Envelope
    event: Event

    @property
    def id(self) -> UUID:
        return UUID(self.envelope.id)

    @property
    def wanted(self) -> Wanted:
        return Wanted(self.id, self.key, self.event)


class Expected(NamedTuple):
    """What has to come of a command: what it did (`done`) when it was sent before, then the `groups` of events that
    are still to come, each group whole or not at all; and at the end perhaps a refusal."""

    done: list[Told]
    groups: list[list[Wanted]]
    refused: Refused | None = None

    @property
    def to_come(self) -> list[Wanted]:
        return [wanted for group in self.groups for wanted in group]

    def may_be_cut_at(self, came: list[Wanted]) -> bool:
        return came in accumulate(self.groups, initial=[])


def keys_of(command: Command) -> set[Key]:
    return {(part.ENTITY, part.entity_id) for part in command.parts()}


def id_of(command_id: UUID, key: Key, position: int) -> UUID:
    """The stored format of ADR 0006, written down a second time."""
    return uuid5(command_id, f"{key[0]}/{key[1]}/{position}")


class History:
    """Every event of one service, and the states that follow."""

    def __init__(self, aggregates: Sequence[Aggregate], told: Iterable[Told] = ()) -> None:
        self.aggregates = {aggregate.entity: aggregate for aggregate in aggregates}
        self.told = list(told)
        self.by_id = {each.id: each for each in self.told}
        self.states: dict[Key, Any] = {}
        for each in self.told:
            self.evolve(each.key, each.event)

    def evolve(self, key: Key, event: Event) -> None:
        self.states[key] = self.aggregates[key[0]].evolve(self.states.get(key), event)

    def of(self, key: Key) -> list[Told]:
        return [each for each in self.told if each.key == key]

    def past(self, key: Key) -> Past:
        """What a correction is decided on."""
        noted = [Noted(each.event, each.envelope.actor, each.envelope.time) for each in self.of(key)]
        return Past(noted, HAPPENED, is_dated=True)

    def last_sequence(self, keys: Iterable[Key]) -> int:
        return max((each.sequence for each in self.told if each.key in set(keys)), default=0)

    def earlier(self, command: Command, command_id: UUID) -> list[Told]:
        """What this command did before, where it did something."""
        ids = {id_of(command_id, key, place) for key in keys_of(command) for place in range(len(self.told))}
        return [each for each in self.told if each.id in ids]

    def after(self, wanted: Iterable[Wanted]) -> "History":
        """As it would be with these events."""
        later = copy(self)
        later.states = dict(self.states)
        for each in wanted:
            later.evolve(each.key, each.event)
        return later

    def expected(self, command: Command, command_id: UUID, actor: Actor) -> Expected:
        """A command that converges is given again until there is nothing left to do."""
        found, now = Expected([], []), self
        while True:
            if earlier := self.earlier(command, command_id):
                found.done.extend(earlier)
            else:
                outcome = now.outcome(command, command_id, actor)
                if isinstance(outcome, Refused):
                    return found._replace(refused=outcome)
                if not outcome:
                    return found
                found.groups.append(outcome)
                now = now.after(outcome)
            if not command.CONVERGES:
                return found
            command_id = uuid5(command_id, "again")

    def outcome(self, command: Command, command_id: UUID, actor: Actor) -> list[Wanted] | Refused:
        """What the rules make of a new command here and now."""
        states = dict(self.states)
        positions: Counter[Key] = Counter()
        wanted: list[Wanted] = []
        for part in command.parts():
            key = (part.ENTITY, part.entity_id)
            aggregate = self.aggregates[part.ENTITY]
            try:
                part.check_given_at(HAPPENED)
                events = decided_in(self.states, aggregate, part, states.get(key), actor, self.past(key))
            except Refused as refused:
                return refused
            for event in events:
                states[key] = aggregate.evolve(states.get(key), event)
                wanted.append(Wanted(id_of(command_id, key, positions[key]), key, event))
                positions[key] += 1
        return wanted


async def read_history(connection: Client, congress: str, service: str, aggregates: Sequence[Aggregate]) -> History:
    """The whole stream as it is stored now. Fails where its sequences have a hole or an id is there twice."""
    models = {event.TYPE: event for aggregate in aggregates for event in aggregate.events}
    told: list[Told] = []
    stream, everything = service_stream(congress, service), f"evt.{congress}.{service}.>"
    async for stored in read_subject(connection, stream, everything):
        _, _, source, entity, entity_id = stored.subject.split(".")
        envelope = decode(stored.body)
        assert (envelope.source, envelope.subject) == (source, entity_id)
        event = decode_data(envelope, models[envelope.type])
        told.append(Told(stored.sequence, (entity, entity_id), envelope, event))
    assert [each.sequence for each in told] == list(range(1, len(told) + 1))
    history = History(aggregates, told)
    assert len(history.by_id) == len(told), "an event is stored twice"
    return history
