"""Every aggregate of every service under whatever is asked of it, by whom and how often, while appends go wrong."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Sequence
from typing import Any, ClassVar
from uuid import UUID

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test
from nats.aio.client import Client

from shared.domain.decider import Actor, Aggregate, Command, Key
from shared.eventstore.jetstream_api import js_api
from shared.eventstore.names import service_stream
from shared.eventstore.streams import stream_configs
from tests.contract.units import SERVICE_AGGREGATES
from tests.properties.broker import Mishap
from tests.properties.effort import effort, short_and_long
from tests.properties.service import SOMEWHERE, Service, Wish, standing_still
from tests.properties.wishes import HOW, actors_of, wishes

FEWER, EXAMPLES = 2, 8
STEPS = {FEWER: 15, EXAMPLES: 25}

EVERY_AGGREGATE = [
    pytest.param(service, aggregate, id=f"{service} {aggregate.entity}")
    for service, aggregates in SERVICE_AGGREGATES.items()
    for aggregate in aggregates
]


class Machine(RuleBasedStateMachine):
    """A service whose stream is new."""

    name: ClassVar[str]
    focus: ClassVar[Aggregate]
    congress: ClassVar[str]
    connection: ClassVar[Client]
    loop: ClassVar[asyncio.AbstractEventLoop]
    met: ClassVar[Counter[Mishap]]
    examples: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        type(self).examples += 1
        congress = f"{self.congress}-{self.examples}"
        self.stream = service_stream(congress, self.name)
        self.run(make_stream(self.connection, congress, self.stream))
        self.service = Service(self.connection, congress, self.name, self.met)
        self.actors = actors_of(self.name) | st.just(Actor("policy.of-the-test", self.name))
        self.sent: list[Wish] = []
        self.seen: set[str] = set()

    def teardown(self) -> None:
        self.run(js_api(self.connection, f"STREAM.DELETE.{self.stream}", {}))

    @rule(data=st.data(), where=SOMEWHERE, then=st.none() | SOMEWHERE)
    def a_command(self, data: st.DataObject, where: int, then: int | None) -> None:
        """Once, or again at once, there or elsewhere."""
        wish = self.new_wish(data)
        self.run(self.service.send(where, wish))
        assert self.service.instances[where].remembers_all(wish.command, self.service.history)
        if then is not None:
            self.run(self.service.send(then, wish))

    @precondition(lambda self: self.sent)
    @rule(data=st.data(), where=SOMEWHERE)
    def a_command_again(self, data: st.DataObject, where: int) -> None:
        self.run(
            self.service.send(
                where, data.draw(st.sampled_from(self.sent[-4:]) | st.sampled_from(self.sent), label="again")
            )
        )

    @rule(data=st.data(), mishap=st.sampled_from(Mishap), at_the_first=st.booleans(), where=SOMEWHERE, then=SOMEWHERE)
    def a_mishap(self, data: st.DataObject, mishap: Mishap, at_the_first: bool, where: int, then: int) -> None:
        """Who gets no answer sends the command again, there or elsewhere."""
        wish = self.new_wish(data, "something")
        if not self.run(self.service.send_into(mishap, at_the_first, where, wish)):
            self.run(self.service.send(then, wish))

    @rule(data=st.data(), twice=st.booleans())
    def two_at_once(self, data: st.DataObject, twice: bool) -> None:
        """Two commands, or the same one twice."""
        slow = self.new_wish(data, "something")
        self.run(self.service.send_both(slow, slow if twice else self.new_wish(data)))

    @rule(where=SOMEWHERE, wholly=st.booleans())
    def a_lapse(self, where: int, wholly: bool) -> None:
        """A restart; or memory is full, and what was used least recently is forgotten."""
        if wholly:
            self.service.instances[where].start()
        else:
            self.service.instances[where].forget_the_oldest()

    def run[T](self, doing: Awaitable[T]) -> T:
        return self.loop.run_until_complete(doing)

    def new_wish(self, data: st.DataObject, *hows: str) -> Wish:
        """For the aggregate that this is about; now and then for those that its decisions want to see."""
        history, among = self.service.history, [self.focus]
        if self.seen and data.draw(st.booleans(), label="of what is seen"):
            among = [aggregate for aggregate in self.service.aggregates if aggregate.entity in self.seen]
        command, actor = data.draw(wishes(among, history, self.actors, hows or HOW), label="wish")
        if self.focus.reads is not None and command.ENTITY == self.focus.entity:
            for part in command.parts():
                state = history.states.get((part.ENTITY, part.entity_id))
                self.seen |= {entity for entity, _ in self.read_for(part, state)} - {self.focus.entity}
        wish = Wish(UUID(int=len(self.sent) + 1), command, actor)
        self.sent.append(wish)
        return wish

    def read_for(self, part: Command, state: Any) -> Sequence[Key]:
        """What a decision wants to see, and what that leads to."""
        keys = self.focus.reads(part, state)
        if self.focus.reads_then is None:
            return keys
        seen = {key: self.service.history.states.get(key) for key in keys}
        return [*keys, *self.focus.reads_then(part, state, seen)]


async def make_stream(connection: Client, congress: str, name: str) -> None:
    """One service's stream alone: quick to make, and nobody else's story is in it."""
    config = next(config for config in stream_configs(congress) if config["name"] == name)
    answer = await js_api(connection, f"STREAM.CREATE.{name}", config)
    if error := answer.get("error"):
        raise RuntimeError(f"no stream {name}: {error['description']}")


@short_and_long(FEWER, EXAMPLES)
@pytest.mark.parametrize(("service", "aggregate"), EVERY_AGGREGATE)
def test_whatever_goes_wrong_a_command_is_done_once_and_what_is_remembered_is_what_is_stored(
    endpoints, congress, service, aggregate, examples
):
    met: Counter[Mishap] = Counter()
    with standing_still(endpoints) as (loop, connection):
        told = {"name": service, "focus": aggregate, "congress": congress, "met": met}
        machine = type("Machine", (Machine,), {**told, "loop": loop, "connection": connection})
        run_state_machine_as_test(machine, settings=effort(examples, STEPS[examples]))
