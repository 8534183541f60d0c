"""Two trackers as processes: one projects, the other stands by and takes over, and no event is applied twice."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from daihoi.ops.supervisor import Supervisor
from services.tracker.history.verify import verify
from services.tracker.projection.lease import WRITER
from services.tracker.projection.store import CHECKPOINTS
from shared.eventstore.store import EventStore
from shared.unit.client import CommandClient
from tests.congress import Writer, settled
from tests.waiting import until

TASKS = 200
USUAL = [sys.executable, "-m", "daihoi", "service", "tracker"]


def at_the_second_commit(point: str, blow: str) -> list[str]:
    return [sys.executable, "-m", "tests.faults.dying", "tracker", point, "2", blow]


class Pair:
    """Two trackers of one congress, and what can be asked about them."""

    def __init__(self, supervisor, views, client):
        self.supervisor, self.views, self.client = supervisor, views, client

    def start(self, name: str, command: list[str] | None = None) -> None:
        self.supervisor.start(name, command or USUAL)

    def process(self, name: str) -> int:
        return self.supervisor.children[name].pid

    async def lease(self) -> dict:
        return await self.views.database[CHECKPOINTS].find_one({"_id": WRITER}) or {}

    async def holds(self, name: str) -> bool:
        return f"/{self.process(name)}/" in (await self.lease()).get("holder", "")

    async def stands_by(self, name: str) -> bool:
        """Whether the other one answers that it is ready, and that it waits for `name`."""
        healths = await self.client.healths("tracker")
        standing = [health for health in healths if health.detail.get("role") == "standby" and health.ready]
        return any(f"/{self.process(name)}/" in health.detail.get("waits_for", "") for health in standing)

    async def one_of_each(self) -> bool:
        """Whether one projects and the other stands by; which one may change on a machine that is busy."""
        roles = [health.detail.get("role") for health in await self.client.healths("tracker") if health.ready]
        return sorted(roles) == ["active", "standby"]

    async def wait_for_holder(self, name: str) -> None:
        await until(lambda: self.holds(name))

    async def start_first_then_second(self, command: list[str] | None = None) -> None:
        self.start("first", command)
        await self.wait_for_holder("first")
        self.start("second")
        await until(lambda: self.stands_by("first"))


@pytest.fixture
def supervisor(settings, endpoints) -> Iterator[Supervisor]:
    running = Supervisor(settings, endpoints)
    yield running
    for child in running.children.values():
        child.send_signal(signal.SIGCONT)
    running.stop()


@pytest.fixture
def pair(supervisor, views, connection, congress) -> Pair:
    return Pair(supervisor, views, CommandClient(connection, congress))


@pytest.fixture
def write(connection, congress, ledger):
    """Writes the lives of many tasks; the number of the ledger's last event."""

    async def lives(service: str = "logistics", tasks: int = TASKS) -> int:
        before = await ledger.last_sequence()
        written = await Writer(EventStore(connection, congress, service)).write(range(1, tasks + 1))
        await settled(ledger, before + written)
        return before + written

    return lives


@asynccontextmanager
async def watched(views) -> AsyncIterator[None]:
    """Neither the checkpoint nor its term ever goes back while this runs."""
    seen: list[tuple[int, int]] = []

    async def look() -> None:
        while True:
            found = await views.database[CHECKPOINTS].find_one({"_id": "views"})
            seen.append((found.get("term", 0), found["sequence"]))
            await asyncio.sleep(0.01)

    looking = asyncio.create_task(look())
    try:
        yield
    finally:
        looking.cancel()
    assert seen == sorted(seen)
    assert [at for _, at in seen] == sorted(at for _, at in seen)
    assert len(set(seen)) > 1, "nothing moved that could have gone back"


async def all_applied_once(ledger, views, events: int) -> None:
    async def done() -> bool:
        return (await views.checkpoint()).sequence == events

    await until(done)
    verdict = await verify(ledger, views, lambda *_: None)
    assert (verdict.holds, verdict.sequence, verdict.parked) == (True, events, 0)
    rows = await views.documents("audit_trail")
    assert sorted(row["_id"] for row in rows) == list(range(1, events + 1))


@pytest.mark.long
@pytest.mark.parametrize("point", ["inside_the_transaction", "after_the_transaction"])
async def test_the_second_takes_over_from_a_first_that_is_killed(pair, write, ledger, views, point):
    await pair.start_first_then_second(at_the_second_commit(point, "SIGKILL"))
    term = (await pair.lease())["term"]
    async with watched(views):
        events = await write()
        await all_applied_once(ledger, views, events)
    assert pair.supervisor.children["first"].wait() == -signal.SIGKILL
    assert await pair.holds("second")
    assert (await pair.lease())["term"] > term


@pytest.mark.long
@pytest.mark.parametrize("point", ["inside_the_transaction", "before_the_transaction"])
async def test_a_first_that_stood_still_wakes_up_as_one_of_two_and_has_moved_nothing(
    pair, write, ledger, views, point
):
    await pair.start_first_then_second(at_the_second_commit(point, "SIGSTOP"))
    async with watched(views):
        events = await write()
        await pair.wait_for_holder("second")
        os.kill(pair.process("first"), signal.SIGCONT)
        await all_applied_once(ledger, views, events)
        await until(pair.one_of_each)
        more = await write("propaganda", 20)
        await all_applied_once(ledger, views, more)


@pytest.mark.long
async def test_of_two_started_at_once_one_projects_and_the_other_stands_by(pair, write, ledger, views):
    events = await write()
    async with watched(views):
        for name in ("first", "second"):
            pair.start(name)
        await all_applied_once(ledger, views, events)
    await until(pair.one_of_each)


@pytest.mark.long
async def test_a_tracker_that_is_stopped_lets_the_lease_go_before_it_ends(pair, write, ledger, views):
    await pair.start_first_then_second()
    events = await write(tasks=20)
    async with watched(views):
        pair.supervisor.children["first"].terminate()
        assert await asyncio.to_thread(pair.supervisor.children["first"].wait) == 0
        assert not await pair.holds("first")
        await pair.wait_for_holder("second")
        events = await write("propaganda", 20)
        await all_applied_once(ledger, views, events)
