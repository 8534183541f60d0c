"""A broker that keeps fewer events than it had, and says nothing: the service says so, takes no command, and goes on
after the stream is restored from the ledger."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from uuid import uuid4

import pytest
from typer.testing import CliRunner

from daihoi.cli.main import app
from daihoi.cli.streams import _restore
from shared.domain.decider import Actor, Refused
from shared.eventstore.direct import read_subject
from shared.eventstore.errors import StreamMismatch, Unavailable
from shared.eventstore.jetstream_api import js_api, stream_info
from shared.eventstore.ledger import Ledger, Origin, fingerprint, origin_of
from shared.eventstore.names import event_subject, ledger_stream, service_stream
from shared.eventstore.restoring import Restoring
from shared.eventstore.store import EventStore
from shared.eventstore.streams import check_streams, provision
from shared.eventstore.wholeness import losses
from shared.platform.embedded import Endpoints
from shared.platform.keeper import nats_server
from shared.platform.nats import nats_connection
from shared.platform.settings import Settings
from shared.unit.commands import CommandHandler, CommandRequest
from shared.unit.health import health_of, jetstream_health
from tests.contract.units import SERVICE_AGGREGATES, TASK
from tests.own_servers import OwnServer
from tests.servers import operator_of
from tests.waiting import until

CONGRESS, UNIT, EVENTS = "lost", "logistics", 60
STREAM, LEDGER = service_stream(CONGRESS, UNIT), ledger_stream(CONGRESS)
ACTOR = Actor("logistics.officer", UNIT)
IN_CHARGE = {"collective": "Sở Y tế", "individual": "Giám đốc Sở Y tế"}


async def answers(scene) -> bool:
    with suppress(Unavailable):
        return bool(await scene.state())
    return False


def silent(*_: object) -> None:
    """Nobody watches the progress."""


class Scene:
    def __init__(self, server, folder, connection):
        self.server, self.folder, self.connection = server, folder, connection
        self.ledger = Ledger(connection, CONGRESS)
        self.running = self.service()

    def service(self):
        """As a process that starts now has it."""
        return Service(EventStore(self.connection, CONGRESS, UNIT))

    async def state(self, stream=STREAM):
        return (await stream_info(self.connection, stream))["state"]

    async def sourced(self, count):
        async def so():
            return (await self.state(LEDGER))["last_seq"] >= count

        await until(so)

    async def update(self, **change):
        config = (await stream_info(self.connection, STREAM))["config"] | change
        assert "error" not in await js_api(self.connection, f"STREAM.UPDATE.{STREAM}", config)

    async def damage(self, how):
        await self.server.stop()
        [block] = self.folder.rglob(f"{STREAM}/msgs/*.blk")
        content = bytearray(block.read_bytes())
        third = len(content) * 2 // 3
        if how == "cut":
            block.write_bytes(content[:third])
        else:
            content[third : third + 200] = b"\xff" * 200
            block.write_bytes(content)
        await self.server.start()
        await until(lambda: answers(self))

    async def lose(self, how):
        match how:
            case "a block is cut" | "a block is damaged":
                await self.damage(how.split()[-1])
            case "a limit is set and taken back":
                await self.update(max_msgs=2)
                await self.update(max_msgs=-1)
            case "an age is set and taken back":
                await self.update(max_age=100_000_000, duplicate_window=100_000_000)

                async def emptied():
                    return (await self.state())["messages"] == 0

                await until(emptied)
                await self.update(max_age=0, duplicate_window=120_000_000_000)
            case "the stream is deleted and made anew":
                await js_api(self.connection, f"STREAM.DELETE.{STREAM}", {})
                await provision(self.connection, CONGRESS)

    async def restore(self, how_many=EVENTS):
        restoring = Restoring(self.connection, CONGRESS, UNIT)
        found = await restoring.look(silent)
        await restoring.restore(found, silent)
        await self.is_as_in_the_ledger(how_many)
        return found

    async def is_as_in_the_ledger(self, how_many):
        copies = [copy async for page in self.ledger.read() for copy in page]
        own = [stored async for stored in read_subject(self.connection, STREAM, ">")]
        assert [stored.sequence for stored in own] == list(range(1, how_many + 1))
        assert [origin_of(copy) for copy in copies] == [Origin(STREAM, stored.sequence) for stored in own]
        assert [fingerprint(copy) for copy in copies] == [fingerprint(stored) for stored in own]
        assert await losses(self.ledger) == []

    async def goes_on(self, known):
        """The ledger takes in the next event, and none a second time."""
        answer = await self.service().open_task(f"9-{known + 1}")
        assert answer.sequence == known + 1
        await self.sourced(known + 1)
        await self.is_as_in_the_ledger(known + 1)


class Service:
    def __init__(self, store):
        self.store = store
        self.handler = CommandHandler(store, SERVICE_AGGREGATES[UNIT])

    async def open_task(self, task_id):
        request = CommandRequest(command_id=uuid4(), data=TASK | {"task_id": task_id})
        return await self.handler.handle("open-task", request, ACTOR)

    async def assign_task(self, task_id):
        request = CommandRequest(command_id=uuid4(), data={"task_id": task_id} | IN_CHARGE)
        return await self.handler.handle("assign-task", request, ACTOR)


@pytest.fixture
async def scene(tmp_path) -> AsyncIterator[Scene]:
    server = OwnServer(nats_server, "nats", tmp_path)
    await server.start()
    endpoints = Endpoints(server.url, "", server.keys)
    try:
        async with nats_connection(server.url, "tests", operator_of(endpoints)) as connection:
            await provision(connection, CONGRESS)
            scene = Scene(server, tmp_path, connection)
            for number in range(EVENTS):
                await scene.running.open_task(f"1-{number}")
            await scene.sourced(EVENTS)
            yield scene
    finally:
        server.end_here()


async def refused(doing):
    with pytest.raises(Refused) as told:
        await doing
    return told.value.code


@pytest.mark.parametrize(
    ("how", "last_good"),
    [
        ("a block is cut", range(30, 50)),
        pytest.param("a block is damaged", range(30, 50), marks=pytest.mark.long),
        pytest.param("a limit is set and taken back", [0], marks=pytest.mark.long),
        pytest.param("an age is set and taken back", [0], marks=pytest.mark.long),
        ("the stream is deleted and made anew", [0]),
    ],
)
async def test_whoever_lost_events_takes_no_command_until_they_are_restored(scene, how, last_good):
    await scene.lose(how)
    before = (await scene.state())["last_seq"]
    for service in (scene.running, scene.service()):
        assert await refused(service.open_task("9-1")) == "stream_lost_events"
        assert await refused(service.open_task("1-59")) == "stream_lost_events", "it would be opened twice"
        assert await refused(service.assign_task("1-58")) == "stream_lost_events"
        health = await jetstream_health(scene.connection, Settings(congress=CONGRESS), service.store)
        assert (health.ready, [each.code for each in health.findings]) == (False, ["stream_lost_events"])
    [loss] = await losses(scene.ledger)
    assert (loss.stream, loss.last_known, loss.service) == (STREAM, EVENTS, UNIT)
    assert loss.last_good in last_good
    assert (await scene.state())["last_seq"] == before
    await scene.restore()
    assert (await scene.running.assign_task("1-58")).sequence == EVENTS + 1
    await scene.sourced(EVENTS + 1)
    await scene.goes_on(EVENTS + 1)


async def test_an_append_that_is_stored_where_an_event_was_is_not_answered_as_done(scene, monkeypatch):
    async def looked_just_before():
        pass

    await scene.lose("the stream is deleted and made anew")
    monkeypatch.setattr(scene.running.store.watch, "assure", looked_just_before)
    assert await refused(scene.running.open_task("9-1")) == "stream_lost_events"


async def test_what_was_stored_in_place_of_lost_events_is_put_aside_and_not_forgotten(scene):
    await scene.lose("a block is damaged")
    lost_from = (await scene.state())["last_seq"] + 1
    subject = event_subject(CONGRESS, UNIT, "task", "2-01")
    await scene.connection.jetstream().publish(subject, b"given to a service of before", stream=STREAM)
    found = await Restoring(scene.connection, CONGRESS, UNIT).look(silent)
    assert [(each.sequence, each.body) for each in found.at_odds] == [(lost_from, b"given to a service of before")]
    restoring = Restoring(scene.connection, CONGRESS, UNIT)
    assert await refused(_restore(restoring, None, "en")) == "stored_in_place_of_lost_events"
    assert await refused(scene.running.open_task("9-1")) == "stream_lost_events"
    await scene.restore()
    await scene.goes_on(EVENTS)


async def test_a_restoration_that_was_interrupted_is_done_by_the_next_one(scene, monkeypatch):
    await scene.lose("a block is cut")
    restoring, sent = Restoring(scene.connection, CONGRESS, UNIT), 0
    send = restoring._send

    async def until_the_plug_is_pulled(copy):
        nonlocal sent
        sent += 1
        if sent > EVENTS // 2:
            raise KeyboardInterrupt
        return await send(copy)

    monkeypatch.setattr(restoring, "_send", until_the_plug_is_pulled)
    with pytest.raises(KeyboardInterrupt):
        await restoring.restore(await restoring.look(silent), silent)
    with pytest.raises(StreamMismatch):
        await provision(scene.connection, CONGRESS)
    with pytest.raises(StreamMismatch, match="restore it first"):
        await check_streams(scene.connection, CONGRESS, UNIT)
    await scene.restore()
    await check_streams(scene.connection, CONGRESS, UNIT)
    await provision(scene.connection, CONGRESS)
    await scene.goes_on(EVENTS)


async def test_the_ledger_takes_its_sources_as_before_once_it_is_past_what_was_restored(scene):
    await scene.lose("a block is cut")
    await scene.restore()
    for events, begins in ((EVENTS, EVENTS + 1), (EVENTS + 1, None)):
        await provision(scene.connection, CONGRESS)
        sources = (await stream_info(scene.connection, LEDGER))["config"]["sources"]
        assert {each.get("opt_start_seq") for each in sources if each["name"] == STREAM} == {begins}
        await scene.goes_on(events)
    await scene.server.stop()
    await scene.server.start()
    await until(lambda: answers(scene))
    await scene.goes_on(EVENTS + 2)


async def test_a_ledger_that_lost_events_is_told_and_restores_nothing(scene):
    config = (await stream_info(scene.connection, LEDGER))["config"]
    await js_api(scene.connection, f"STREAM.UPDATE.{LEDGER}", config | {"max_msgs": 2})
    await js_api(scene.connection, f"STREAM.UPDATE.{LEDGER}", config)
    [loss] = await losses(scene.ledger)
    assert (loss.stream, loss.last_good) == (LEDGER, 0)
    assert await refused(Restoring(scene.connection, CONGRESS, UNIT).look(silent)) == "ledger_lacks_events"


# --- as an operator does it ---
async def daihoi(scene, *arguments):
    settings = {
        "DAIHOI_NATS_URL": scene.server.url,
        "DAIHOI_NATS_CREDENTIALS": scene.server.keys,
        "DAIHOI_CONGRESS": CONGRESS,
        "DAIHOI_DATA_DIR": str(scene.folder / "data"),
    }
    return await asyncio.to_thread(CliRunner().invoke, app, [*arguments, "--lang", "en"], env=settings)


async def test_streams_restore_tells_what_it_does_and_does_nothing_beside_a_running_service(scene):
    await scene.lose("a block is damaged")
    await scene.connection.jetstream().publish(event_subject(CONGRESS, UNIT, "task", "2-01"), b"\xff", stream=STREAM)
    listening = await scene.connection.subscribe(f"health.{CONGRESS}.{UNIT}", cb=answer_as_ready)
    ran = await daihoi(scene, "streams", "restore", UNIT)
    assert (ran.exit_code, ran.stderr.split(":")[0]) == (1, "service_still_runs")
    await listening.unsubscribe()
    aside = scene.folder / "aside.jsonl"
    ran = await daihoi(scene, "streams", "restore", UNIT, "--set-aside", str(aside))
    assert ran.exit_code == 0, ran.stderr
    assert f"{STREAM} has all {EVENTS} events of the ledger again" in ran.stdout
    [kept] = [json.loads(line) for line in aside.read_bytes().splitlines()]
    assert base64.b64decode(kept["body_base64"]) == b"\xff"
    assert aside.stat().st_mode & 0o077 == 0
    await scene.goes_on(EVENTS)


async def answer_as_ready(message):
    await message.respond(health_of([], {}).model_dump_json().encode())
