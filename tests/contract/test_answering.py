"""How a service answers commands: many at once, up to a bound, and none is left without an answer when it stops."""

import asyncio
from uuid import uuid4

import pytest

from shared.unit import service
from shared.unit.client import CommandClient
from shared.unit.commands import Answer
from shared.unit.door import Door
from shared.unit.health import answer_health, health_of, health_subject, read_health
from shared.unit.tokens import TokenVerifier
from tests.conftest import token_for
from tests.servers import operator_of
from tests.waiting import until

UNIT = "logistics"
AT_ONCE = 3
FLOOD = 500


class Held:
    """A service that goes on with its commands when it is told to."""

    def __init__(self, broker):
        self.broker = broker
        self.begun, self.at_work, self.most = [], 0, 0
        self.go_on = asyncio.Event()

    async def handle(self, name, request, actor):
        self.begun.append(name)
        self.at_work += 1
        self.most = max(self.most, self.at_work)
        await self.go_on.wait()
        self.at_work -= 1
        return Answer(events=(), sequence=int(name))

    async def has_begun(self, how_many):
        async def begun():
            return len(self.begun) >= how_many

        await until(begun)


@pytest.fixture(params=["", "1"], ids=["as it is", "plain"])
async def held(request, endpoints, congress, settings, connection, monkeypatch):
    monkeypatch.setenv("DAIHOI_PLAIN", request.param)
    monkeypatch.setattr(service, "COMMANDS_AT_ONCE", AT_ONCE)
    broker = service.service_broker(endpoints.nats_url, UNIT, operator_of(endpoints))
    verifier = TokenVerifier(settings.issuer_public_key_path.read_bytes(), congress, UNIT)
    held = Held(broker)
    service.answer_commands(broker, congress, Door(UNIT, held, verifier))
    async with broker:
        await broker.start()
        for _ in range(2):  # the first ping of nats-py may overtake the subscription
            await broker.connection.flush()
        yield held


@pytest.fixture
def send(connection, congress, settings):
    client, token = CommandClient(connection, congress), token_for(settings, f"{UNIT}.lead")

    def sending(number):
        return asyncio.create_task(client.send(UNIT, str(number), {}, token=token, command_id=uuid4()))

    return sending


async def test_as_many_commands_are_worked_on_at_once_as_the_bound_says(held, send, connection):
    answers = [send(number) for number in range(3 * AT_ONCE)]
    await held.has_begun(AT_ONCE)
    await connection.flush()
    await held.broker.connection.flush()
    held.go_on.set()
    assert [answer.sequence for answer in await asyncio.gather(*answers)] == list(range(3 * AT_ONCE))
    assert held.most == AT_ONCE


async def test_a_service_that_stops_answers_what_it_has_begun(held, send):
    answer = send(7)
    await held.has_begun(1)
    stopping = asyncio.create_task(held.broker.stop())
    await asyncio.wait([stopping], timeout=1)
    held.go_on.set()
    assert (await answer).sequence == 7
    await stopping
    assert held.begun == ["7"], "it was not sent again"


async def test_a_service_is_not_ready_before_it_takes_everything(endpoints, connection, congress):
    async def well():
        return health_of((), {})

    async def ignore(message):
        pass

    go_on, broker = asyncio.Event(), service.service_broker(endpoints.nats_url, UNIT, operator_of(endpoints))
    answer_health(broker, congress, UNIT, "here", well)
    health = list(broker.subscribers)
    while (last := broker.subscribers[-1]) in health:  # FastStream keeps them in no order
        broker.subscriber(f"{congress}.{uuid4()}")(ignore)
    last.start = go_on.wait
    client = CommandClient(connection, congress)
    async with broker:
        starting = asyncio.create_task(broker.start())

        async def answers():
            return all(each.code != "service_silent" for each in (await client.health(UNIT)).findings)

        await until(answers)
        early = await client.health(UNIT)
        assert (early.ready, [each.code for each in early.findings]) == (False, ["service_starting"])
        go_on.set()
        await starting
        assert (await client.health(UNIT)).ready


async def test_however_many_ask_for_health_there_is_one_look_at_a_time_and_everybody_is_answered(
    endpoints, connection, congress
):
    looks, at_work, go_on = [], 0, asyncio.Event()

    async def look():
        nonlocal at_work
        looks.append(at_work)
        at_work += 1
        await go_on.wait()
        at_work -= 1
        return health_of((), {"look": len(looks)})

    broker = service.service_broker(endpoints.nats_url, UNIT, operator_of(endpoints))
    answer_health(broker, congress, UNIT, "here", look)
    answers, inbox = [], connection.new_inbox()

    async def hear(message):
        answers.append(read_health(message.data).detail["look"])

    await connection.subscribe(inbox, cb=hear)
    async with broker:
        await broker.start()
        await broker.connection.flush()
        await connection.publish(health_subject(congress, UNIT), b"", reply=inbox)

        async def one_looks():
            return looks

        await until(one_looks)
        for _ in range(FLOOD):
            await connection.publish(health_subject(congress, UNIT), b"", reply=inbox)
        await connection.flush()
        await broker.connection.flush()  # all have come in
        go_on.set()

        async def all_are_answered():
            return len(answers) == FLOOD + 1

        await until(all_are_answered)
    assert (answers[0], looks[:2]) == (1, [0, 0])
    assert min(answers[1:]) == 2, "whoever asks during a look is told by the next one"
    assert len(looks) < FLOOD / 2
    assert set(looks) == {0}


async def test_a_look_that_fails_leaves_the_next_to_ask_an_answer(endpoints, connection, congress):
    looks = []

    async def look():
        looks.append(1)
        if len(looks) == 1:
            raise LookupError("nothing to see")
        return health_of((), {})

    broker = service.service_broker(endpoints.nats_url, UNIT, operator_of(endpoints))
    answer_health(broker, congress, UNIT, "here", look)
    client = CommandClient(connection, congress)
    async with broker:
        await broker.start()

        async def answers():
            return (await client.health(UNIT)).ready

        await until(answers)
    assert len(looks) > 1
