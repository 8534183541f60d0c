"""How long after a command was sent the view shows it, at 200 commands a second."""

import asyncio
import os
import sys
import time
from collections.abc import Awaitable, Callable

from benchmarks.measure import Against, Aim, Row, percentile
from benchmarks.place import RUNNER, Place, Recorded
from benchmarks.work import TASKS, Work
from daihoi.ops.supervisor import running_services
from services.tracker.projection.store import ViewStore
from shared.eventstore.names import service_stream
from shared.platform.mongo import mongo_database
from shared.unit.client import CommandClient

RATE = 200
COMMANDS = 2_000
MOST_IN_FLIGHT = 50
"""A service that can't keep up is not flooded; its commands grow old while they wait."""
LOOK_EVERY_S = 0.01
"""What is told is late by so much at most. Whoever looks more often takes the time of what he looks at."""
PATIENCE_S = 300

type Send = Callable[[int], Awaitable[int]]
"""Sends the command with this number and gives the place of its event."""
type Seen = Callable[[], Awaitable[int]]
"""The place of the last event that the view shows."""


async def measure(place: Place, recorded: Recorded, *, begins: bool = False) -> list[Row]:
    """After the commands, for the tasks are those that they made; or where it `begins`, with tasks of its own."""
    client = CommandClient(place.connection, place.settings.congress)
    async with (
        mongo_database(place.servers.mongo_url, place.settings.database) as database,
        running_services(place.settings, place.servers, client, ["logistics", "tracker"]),
    ):
        if begins:
            work = Work(client, place.settings)
            await work.begin()
            await work.settled(place.connection, place.settings.congress)
        ours = await _ours(place, client, ViewStore(database))
    peers = await _peers(recorded) if recorded.peer else []
    aims = (Aim(100, Against.VALUE, at_least=False),)
    why = "service, tracker, shadow, both servers and who measures share two cores; a commit is four requests"
    rows = []
    for percent, wanted in ((50, ()), (99, aims)):
        peer = percentile(peers, percent) if peers else None
        told = {"peer": peer, "peer_name": RUNNER, "aims": wanted, "missed_because": why}
        rows.append(Row(f"freshness p{percent}", percentile(ours, percent), "ms", COMMANDS, **told))
    return rows


async def _ours(place: Place, client: CommandClient, views: ViewStore) -> list[float]:
    work = Work(client, place.settings)
    stream = service_stream(place.settings.congress, "logistics")

    async def seen() -> int:
        """The checkpoint changes in the same transaction as the documents."""
        at = (await views.checkpoint()).origins.get(stream)
        return at.sequence if at else 0

    async def send(_: int) -> int:
        return await work.progress()

    sent = await send(0)
    await _wait_for(sent, seen)
    return await _ages(send, seen)


async def _peers(recorded: Recorded) -> list[float]:
    from benchmarks.peers.eventsourced import APPLICATION, view_at_the_end

    peer = recorded.peer
    assert peer is not None
    view = view_at_the_end(peer, recorded.postgres)
    environment = {**os.environ, **recorded.postgres}
    child = await asyncio.create_subprocess_exec(sys.executable, "-m", "benchmarks.peers.projecting", env=environment)

    async def seen() -> int:
        return await asyncio.to_thread(view.max_tracking_id, APPLICATION) or 0

    async def send(number: int) -> int:
        return await asyncio.to_thread(peer.report_progress, number % TASKS, number % 101, f"turn {number}")

    try:
        await _wait_for(await send(0), seen)
        return await _ages(send, seen)
    finally:
        child.terminate()
        await child.wait()


async def _wait_for(place: int, seen: Seen) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while await seen() < place:
            await asyncio.sleep(LOOK_EVERY_S)


async def _ages(send: Send, seen: Seen) -> list[float]:
    """Milliseconds from when a command was due to being seen, command by command."""
    waiting: dict[int, float] = {}
    ages: list[float] = []
    free = asyncio.Semaphore(MOST_IN_FLIGHT)

    async def command(number: int) -> None:
        due = time.perf_counter()
        async with free:
            waiting[await send(number)] = due

    async def look() -> None:
        while len(ages) < COMMANDS:
            place = await seen()
            now = time.perf_counter()
            shown = [each for each in waiting if each <= place]
            ages.extend((now - waiting.pop(each)) * 1000 for each in shown)
            await asyncio.sleep(LOOK_EVERY_S)

    async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as group:
        group.create_task(look())
        began = time.perf_counter()
        for number in range(COMMANDS):
            await asyncio.sleep(max(0.0, began + number / RATE - time.perf_counter()))
            group.create_task(command(number))
    return ages
