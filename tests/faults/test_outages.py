"""NATS or MongoDB stopped, paused, or replaced by an empty one: the tracker waits, goes on or refuses, saying why."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress

import pytest

from services.tracker.health import TrackerHealth
from services.tracker.history.verify import verify
from services.tracker.projection.projector import DOUBLINGS, RETRY_DELAY_S, Projector
from services.tracker.projection.rebuild import rebuild
from services.tracker.projection.store import ViewStore
from shared.eventstore.direct import Stored
from shared.eventstore.errors import LedgerOther
from shared.eventstore.ledger import Ledger, fingerprint
from shared.eventstore.store import EventStore
from shared.eventstore.streams import provision, stream_configs
from shared.platform.mongo import mongo_database
from shared.platform.nats import nats_connection
from shared.unit.health import Health
from tests.congress import Writer, life_of_a_task, settled
from tests.own_servers import OwnServers, own_servers
from tests.servers import operator_of
from tests.waiting import until

pytestmark = pytest.mark.long

OUTAGE_S = 12
SHORT_OUTAGE_S = 1.5
"""After the first try, which takes five or ten: long enough to see whoever tries again at once."""
MOST_TRIES = 8
MOST_LINES = 16
EVENTS_OF_A_TASK = len(life_of_a_task(1))


@pytest.fixture
def servers(tmp_path) -> Iterator[OwnServers]:
    with own_servers(tmp_path) as found:
        yield found


class Scene:
    """A congress on servers of its own, and the tracker that follows it."""

    def __init__(self, servers, congress, connection, views):
        self.servers, self.congress, self.connection, self.views = servers, congress, connection, views
        self.ledger = Ledger(connection, congress)

    async def write(self, *numbers: int) -> int:
        """Writes the lives of tasks of logistics; the ledger's end."""
        before = await self.ledger.last_sequence()
        written = await Writer(EventStore(self.connection, self.congress, "logistics")).write(numbers)
        await settled(self.ledger, before + written)
        return before + written

    async def at(self, sequence: int) -> None:
        async def there() -> bool:
            return (await self.views.checkpoint()).sequence == sequence

        await until(there)

    async def holds(self, events: int) -> None:
        await self.at(events)
        verdict = await verify(self.ledger, self.views, lambda *_: None)
        assert (verdict.holds, verdict.sequence, verdict.parked) == (True, events, 0)
        assert len(await self.views.documents("audit_trail")) == events

    @asynccontextmanager
    async def tracked(self) -> AsyncIterator["Tracked"]:
        projector = Projector(self.ledger, self.views)
        running = asyncio.create_task(projector.run())
        try:
            yield Tracked(projector, TrackerHealth(projector, self.views, self.ledger))
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running


class Tracked:
    def __init__(self, projector: Projector, health: TrackerHealth) -> None:
        self.projector, self.health = projector, health

    async def knows(self, sequence: int) -> bool:
        """Whether it has seen its own commit through."""
        return self.projector.progress.checkpoint.sequence == sequence

    async def has_tried(self) -> bool:
        return self.projector.progress.tries > 0

    async def says(self, code: str) -> Health:
        """Its health, as soon as that has a finding of this code."""
        told: list[Health] = []

        async def said() -> bool:
            told.append(await self.health.look())
            return code in {each.code for each in told[-1].findings}

        await until(said)
        return told[-1]


@pytest.fixture
async def scene(servers, congress) -> AsyncIterator[Scene]:
    async with (
        nats_connection(servers.endpoints.nats_url, "tests", operator_of(servers.endpoints)) as connection,
        mongo_database(servers.endpoints.mongo_url, f"daihoi_{congress}") as database,
    ):
        await provision(connection, congress)
        yield Scene(servers, congress, connection, ViewStore(database))


async def an_outage_later(outage_s: float = OUTAGE_S) -> None:
    began = time.monotonic()

    async def over() -> bool:
        return time.monotonic() - began > outage_s

    await until(over)


def most_tries_within(seconds: float) -> int:
    """One more than its waits allow: a lease that lapses breaks off one of them."""
    tries, waited_s = 2, 0.0
    while (waited_s := waited_s + RETRY_DELAY_S * 2 ** min(tries - 2, DOUBLINGS)) <= seconds:
        tries += 1
    return tries


@pytest.mark.parametrize(("how", "outage_s"), [("stopped", SHORT_OUTAGE_S), ("paused", OUTAGE_S)])
@pytest.mark.parametrize(("name", "code"), [("nats", "jetstream_silent"), ("mongo", "mongo_silent")])
async def test_a_tracker_waits_out_a_server_that_is_gone_or_slow_without_spinning(
    scene, caplog, name, code, how, outage_s
):
    server = getattr(scene.servers, name)
    events = await scene.write(1, 2)
    async with scene.tracked() as tracker:
        await scene.holds(events)
        began = time.monotonic()
        with caplog.at_level(logging.INFO, logger="services.tracker"):
            if how == "stopped":
                await server.stop()
            else:
                server.pause()
            said = await tracker.says(code)
            assert not said.ready
            assert all(finding.advice and finding.advice_vi for finding in said.findings if not finding.is_healthy)
            await until(tracker.has_tried)
            await an_outage_later(outage_s)
            assert tracker.projector.progress.tries <= most_tries_within(time.monotonic() - began)
            assert len(caplog.records) <= MOST_LINES
        if how == "stopped":
            await server.start()
        else:
            server.go_on()
        await until(lambda: ready_again(tracker))
        events = await scene.write(3)
        await scene.holds(events)


async def ready_again(tracker: Tracked) -> bool:
    health = await tracker.health.look()
    return health.ready and health.detail["role"] == "active"


async def test_an_empty_broker_in_place_of_the_old_one_stops_the_tracker_until_the_old_one_is_back(scene):
    events = await scene.write(1, 2)
    async with scene.tracked() as tracker:
        await scene.holds(events)
        await scene.servers.nats.replace_by_an_empty_one()
        assert not (await tracker.says("ledger_gone")).ready
        await provision(scene.connection, scene.congress)
        said = await tracker.says("ledger_short")
        assert not said.ready
        assert f"before the checkpoint {events}" in said.reasons[0]
        await scene.write(9)
        await an_outage_later()
        assert (await scene.views.checkpoint()).sequence == events
        assert len(await scene.views.documents("tasks")) == 2
        assert tracker.projector.progress.tries <= 2 * MOST_TRIES
        await scene.servers.nats.bring_the_old_one_back()
        await until(lambda: ready_again(tracker))
        events = await scene.write(3)
        await scene.holds(events)


@pytest.mark.parametrize("tracker_runs", [True, False])
@pytest.mark.parametrize("more", [0, 1])
async def test_another_ledger_of_the_same_or_greater_length_is_refused_until_a_rebuild(scene, tracker_runs, more):
    events = await scene.write(1, 2)
    async with scene.tracked() as tracker:
        await scene.holds(events)
        if tracker_runs:
            await replace_by_another_ledger(scene, 2 + more)
            said = await tracker.says("ledger_other")
    if not tracker_runs:
        await replace_by_another_ledger(scene, 2 + more)
        async with scene.tracked() as tracker:
            said = await tracker.says("ledger_other")
    assert not said.ready
    assert (await scene.views.checkpoint()).sequence == events
    assert {task["_id"] for task in await scene.views.documents("tasks")} == {"logistics/task-1", "logistics/task-2"}
    await rebuild(scene.ledger, scene.views, lambda *_: None)
    async with scene.tracked() as tracker:
        await scene.holds(EVENTS_OF_A_TASK * (2 + more))
        events = await scene.write(50)
        await scene.holds(events)


async def replace_by_another_ledger(scene: Scene, tasks: int) -> None:
    await scene.servers.nats.replace_by_an_empty_one()
    await until(lambda: streams_made(scene))
    await scene.write(*range(101, 101 + tasks))


async def streams_made(scene: Scene) -> bool:
    """The connection may only be coming back."""
    with suppress(Exception):
        await provision(scene.connection, scene.congress)
        return True
    return False


async def test_a_follower_notices_streams_that_were_made_anew_between_two_looks(scene):
    following = await followed_to_the_end(scene)
    for config in stream_configs(scene.congress):
        await scene.connection.jetstream().delete_stream(config["name"])
    await provision(scene.connection, scene.congress)
    await scene.write(101, 102, 103)
    with pytest.raises(LedgerOther):
        await anext(following)


async def test_a_follower_notices_a_backup_that_others_have_written_on_between_two_looks(scene):
    await scene.write(1)
    await scene.servers.nats.keep_a_copy()
    await until(lambda: streams_made(scene))
    following = await followed_to_the_end(scene)
    await scene.servers.nats.bring_the_old_one_back()
    await until(lambda: streams_made(scene))
    await scene.write(101, 102, 103)
    with pytest.raises(LedgerOther):
        await anext(following)


async def followed_to_the_end(scene: Scene) -> AsyncIterator[list[Stored]]:
    """A follower that knows the last of some more events, and waits between two looks as long as the test likes."""
    end = await scene.write(21, 22)
    last = await scene.ledger.event(end)
    following = scene.ledger.follow(end, fingerprint(last))
    assert await anext(following) == []
    return following


async def test_an_empty_mongodb_in_place_of_the_old_one_is_filled_again_from_the_first_event(scene, caplog):
    events = await scene.write(1, 2, 3)
    async with scene.tracked() as tracker:
        await scene.holds(events)
        with caplog.at_level(logging.INFO, logger="services.tracker"):
            await scene.servers.mongo.replace_by_an_empty_one()
            await scene.at(events)
            await until(lambda: tracker.knows(events))
        said = await tracker.says("refolded")
        assert said.ready
        assert [each.detail for each in said.findings if each.code == "refolded"] == [
            f"The views were empty and are folded from the first event: {events} of {events}."
        ]
        assert "the views are empty" in caplog.text
        await scene.holds(events)
        events = await scene.write(4)
        await scene.holds(events)


async def test_a_tracker_that_does_not_get_on_while_the_ledger_does_is_not_ready(scene, monkeypatch):
    """A loop that hangs for whatever reason, as the watchdog sees it."""
    monkeypatch.setattr("services.tracker.health.STALLED_AFTER_S", 1)
    events = await scene.write(1)
    async with scene.tracked() as tracker:
        await scene.holds(events)
        await until(lambda: tracker.knows(events))

        async def hang(*_):
            await asyncio.Event().wait()

        monkeypatch.setattr("services.tracker.projection.committing.Projection.add", hang)
        await scene.write(2)
        said = await tracker.says("stalled")
        assert not said.ready
        assert said.detail["lag_events"] == EVENTS_OF_A_TASK
