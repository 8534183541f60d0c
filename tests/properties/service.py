"""A service of two instances, and what has to come of whatever is sent to them."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager
from typing import NamedTuple
from uuid import UUID

import pytest
import uvloop
from hypothesis import strategies as st
from nats.aio.client import Client

from shared.domain.decider import Actor, Command, Refused
from shared.eventstore import direct, store
from shared.eventstore.envelope import Cause
from shared.eventstore.store import EventStore
from shared.platform.embedded import Endpoints
from shared.platform.nats import nats_connection
from shared.unit.commands import Answer, CommandHandler, CommandRequest
from shared.unit.refusals import REFUSALS
from tests.contract.units import SERVICE_AGGREGATES
from tests.properties.broker import ACK_TIMEOUT_S, Died, Mishap, Unreliable
from tests.properties.history import HAPPENED, Expected, History, Told, keys_of, read_history
from tests.servers import operator_of
from tests.waiting import TIMEOUT_S

HERE, THERE = 0, 1
SOMEWHERE = st.sampled_from([HERE, THERE])
UNANSWERED = "unavailable"


class Wish(NamedTuple):
    """A command as it was sent, and may be sent again."""

    id: UUID
    command: Command
    actor: Actor


def cause_of(wish: Wish) -> Cause:
    return Cause(
        command_id=wish.id, actor=wish.actor, happened=HAPPENED, correlation_id=wish.id, causation_id=wish.id
    )


class Instance:
    """One running copy of a service, with a connection and a memory of its own."""

    def __init__(self, connection: Client, congress: str, service: str, met: Counter[Mishap]) -> None:
        self.connection = Unreliable(connection, met)
        self._store = EventStore(self.connection, congress, service, ACK_TIMEOUT_S)
        self._aggregates = [*SERVICE_AGGREGATES[service], REFUSALS]
        self.start()

    def start(self) -> None:
        """With an empty memory."""
        self.connection.heal()
        self.handler = CommandHandler(self._store, self._aggregates)

    def forget_the_oldest(self) -> None:
        if oldest := next(iter(self.handler._remembered), None):
            self.handler._forget([oldest])

    def answers(self, command: Command) -> bool:
        """Whether callers may give it; some only policies give."""
        return command.NAME in self.handler._commands

    async def send(self, wish: Wish) -> Answer | str:
        """The answer, or the code of the refusal. Whoever hears nothing more is as good as refused."""
        request = CommandRequest(command_id=wish.id, data=wish.command.model_dump(mode="json"), happened=HAPPENED)
        try:
            if not self.answers(wish.command):
                return await self.handler.execute(wish.command, cause_of(wish))
            return await self.handler.handle(wish.command.NAME, request, wish.actor)
        except Refused as refused:
            return refused.code
        except Died:
            self.start()
            return UNANSWERED

    def remembers_all(self, command: Command, history: History) -> bool:
        """Whether it knows where the aggregates of a command stand."""
        return all(self.handler._remembered[key].sequence == history.last_sequence([key]) for key in keys_of(command))

    def assert_memory_is_true(self, history: History) -> None:
        """Whatever it remembers was so, at the sequence that it remembers."""
        for key, known in self.handler._remembered.items():
            until_then = [told for told in history.of(key) if told.sequence <= known.sequence]
            assert known.sequence == (until_then[-1].sequence if until_then else 0)
            assert known.state == history.aggregates[key[0]].fold(told.event for told in until_then)
            where = {told.id: told.sequence for told in history.of(key)}
            assert {told.id for told in until_then} <= known.stored.keys() <= where.keys()
            assert all(where[event_id] == reference.sequence for event_id, reference in known.stored.items())


class Service:
    """After everything that is done here the stream is read afresh and compared with what had to come."""

    def __init__(self, connection: Client, congress: str, name: str, met: Counter[Mishap]) -> None:
        self.name = name
        self.aggregates = [*SERVICE_AGGREGATES[name], REFUSALS]
        self.instances = [Instance(connection, congress, name, met) for _ in (HERE, THERE)]
        self.history = History(self.aggregates)
        self._connection = connection
        self._congress = congress

    def expected(self, wish: Wish) -> Expected:
        return self.history.expected(wish.command, wish.id, wish.actor)

    async def send(self, where: int, wish: Wish) -> None:
        expected = self.expected(wish)
        answer = await self.instances[where].send(wish)
        assert answer != UNANSWERED
        await self.judge(wish, answer, expected)

    async def send_into(self, mishap: Mishap, at_the_first: bool, where: int, wish: Wish) -> bool:
        """Whether there was an answer."""
        expected, instance = self.expected(wish), self.instances[where]
        instance.connection.meet(mishap, at_the_first)
        answer = await instance.send(wish)
        instance.connection.heal()
        await self.judge(wish, answer, expected)
        return answer != UNANSWERED

    async def send_both(self, slow: Wish, quick: Wish) -> None:
        """`slow` is decided here; before its append, `quick` is done there."""
        if slow.command.CONVERGES:  # then it appends more than once
            await self.send(HERE, slow)
            await self.send(THERE, quick)
            return
        here, there = self.instances
        release = here.connection.hold()
        before = self.expected(slow)
        running = asyncio.create_task(here.send(slow))
        held = asyncio.create_task(here.connection.held.wait())
        await asyncio.wait([running, held], return_when=asyncio.FIRST_COMPLETED)
        held.cancel()
        if running.done():
            here.connection.heal()
            await self.judge(slow, await running, before)
            await self.send(THERE, quick)
            return
        written = {wanted.key for wanted in before.to_come}
        stood_at = self.history.last_sequence(written)
        expected = self.expected(quick)
        await self.judge(quick, await there.send(quick), expected)
        release.set()
        now = self.expected(slow)
        still_stands = not now.done and self.history.last_sequence(written) == stood_at
        await self.judge(slow, await running, now, *([before] if still_stands else []))

    async def judge(self, wish: Wish, answer: Answer | str, *expected: Expected) -> None:
        """What was stored and what was answered are what one of `expected` says."""
        new = await self.read()
        for told in new:
            assert (told.envelope.actor, told.envelope.time) == (wish.actor.id, HAPPENED)
            assert told.envelope.causationid == told.envelope.correlationid == str(wish.id)
        came = [told.wanted for told in new]
        if answer == UNANSWERED:
            assert any(each.may_be_cut_at(came) for each in expected)
            return
        code = answer if isinstance(answer, str) else None
        ways = [each for each in expected if each.to_come == came and (each.refused and each.refused.code) == code]
        assert ways
        if code is None:
            told = [*ways[0].done, *new]
            assert_answers(answer, told)
            assert told or answer.sequence == self.history.last_sequence(keys_of(wish.command))

    async def read(self) -> list[Told]:
        """What is new since the stream was read last. What was there is there still."""
        before = self.history.told
        self.history = await read_history(self._connection, self._congress, self.name, self.aggregates)
        assert self.history.told[: len(before)] == before
        for instance in self.instances:
            instance.assert_memory_is_true(self.history)
        return self.history.told[len(before) :]


def assert_answers(answer: Answer, told: Sequence[Told]) -> None:
    references = [(each.id, each.event.TYPE, *each.key, each.sequence) for each in told]
    assert [tuple(vars(reference).values()) for reference in answer.events] == references
    assert not told or answer.sequence == told[-1].sequence


@contextmanager
def standing_still(endpoints: Endpoints) -> Iterator[tuple[asyncio.AbstractEventLoop, Client]]:
    """A loop that stands still between two steps, for a machine whose steps are plain functions; and a connection.
    Nobody gives the real server up: on a busy machine it would be a mishap that nobody has asked for."""
    loop = uvloop.new_event_loop()
    entered = nats_connection(endpoints.nats_url, "properties", operator_of(endpoints))
    try:
        with in_loop(loop, entered) as connection, pytest.MonkeyPatch.context() as patch:
            patch.setattr(store, "LOOK_TIMEOUT_S", TIMEOUT_S)
            patch.setattr(direct, "READ_TIMEOUT_S", TIMEOUT_S)
            patch.setattr(connection, "request", _patient(connection.request))
            yield loop, connection
    finally:
        loop.close()


def _patient[**Args, T](request: Callable[Args, T]) -> Callable[Args, T]:
    def asking(*args: Args.args, **options: Args.kwargs) -> T:
        return request(*args, **options | {"timeout": TIMEOUT_S})

    return asking


@contextmanager
def in_loop[T](loop: asyncio.AbstractEventLoop, entered: AbstractAsyncContextManager[T]) -> Iterator[T]:
    found = loop.run_until_complete(entered.__aenter__())
    try:
        yield found
    finally:
        loop.run_until_complete(entered.__aexit__(None, None, None))
