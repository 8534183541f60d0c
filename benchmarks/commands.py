"""How long a command takes and how many go through, one and a hundred in flight.

The floor is a bare acknowledged publish of an event of the same size, with a hundred in flight under an expected
sequence; the peer loads, changes and saves an aggregate in its own process.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import count

from benchmarks.measure import Against, Aim, Row, at_once, percentile, seconds
from benchmarks.place import Place, Recorded
from benchmarks.work import TASKS, Work
from daihoi.ops.supervisor import running_services
from shared.eventstore.direct import read_subject
from shared.eventstore.jetstream_api import js_api
from shared.eventstore.names import event_subject, service_stream
from shared.eventstore.streams import stream_configs
from shared.unit.client import CommandClient

WARM_UP = 200
ONE_BY_ONE = 2_000
AT_ONCE = 100
TOGETHER = 6_000
ROUNDS = 3
PATIENCE_S = 60
FLOOR_STREAM, FLOOR = "FLOOR", "evt.floor"
"""As events are: no other subject is led to where the streams are."""
EVENTSOURCING = "eventsourcing's load, command, save"

type Turn = Callable[[], Awaitable[float]]
"""One command or publish: its seconds."""


async def measure(place: Place, recorded: Recorded) -> list[Row]:
    """The peer's commands go to the tasks of `recorded`."""
    client = CommandClient(place.connection, place.settings.congress)
    async with running_services(place.settings, place.servers, client, ["logistics"]):
        work = Work(client, place.settings)
        await work.begin()
        await work.settled(place.connection, place.settings.congress)
        floor = await _Floor.prepare(place, work)
        with ThreadPoolExecutor(AT_ONCE) as threads:
            command = partial(seconds, work.progress)
            turns: list[Turn] = [command, partial(seconds, floor.publish)]
            together: list[Turn] = [command, floor.append]
            if recorded.peer:
                peer = _peer(recorded, threads)
                turns.append(peer)
                together.append(peer)
            rows = await _one_by_one(turns)
            await work.settled(place.connection, place.settings.congress)
            return [*rows, *await _together(together)]


async def _one_by_one(turns: list[Turn]) -> list[Row]:
    taken: list[list[float]] = [[] for _ in turns]
    for number in range(WARM_UP + ONE_BY_ONE):
        for turn, found in zip(turns, taken, strict=True):
            spent = await turn() * 1000
            if number >= WARM_UP:
                found.append(spent)
    why = "a command goes to a service and from there to the stream, and the unit's policy reads it on the same core"
    p50 = (Aim(3, Against.FLOOR, at_least=False), Aim(1, Against.PEER, at_least=False))
    rates = [ONE_BY_ONE * 1000 / sum(found) for found in taken]
    return [
        _row("command p50, 1 in flight", [percentile(found, 50) for found in taken], "ms", p50, why),
        _row("command p99, 1 in flight", [percentile(found, 99) for found in taken], "ms"),
        _row("commands, 1 in flight", rates, "commands/s"),
    ]


async def _together(turns: list[Turn]) -> list[Row]:
    rates: list[list[float]] = [[] for _ in turns]
    taken: list[list[float]] = [[] for _ in turns]
    for _ in range(ROUNDS):
        for turn, rate, found in zip(turns, rates, taken, strict=True):
            began = time.perf_counter()
            spent = await at_once(turn, TOGETHER // ROUNDS, AT_ONCE)
            rate.append(len(spent) / (time.perf_counter() - began))
            found += [each * 1000 for each in spent]
    why = "one process decides and reads its own events: its core is the limit, where bare appends wait for the disk"
    aims = (Aim(0.5, Against.FLOOR, at_least=True), Aim(1, Against.PEER, at_least=True))
    return [
        _row("commands, 100 in flight", [percentile(rate, 50) for rate in rates], "commands/s", aims, why),
        _row("command p50, 100 in flight", [percentile(found, 50) for found in taken], "ms"),
        _row("command p99, 100 in flight", [percentile(found, 99) for found in taken], "ms"),
    ]


def _row(name: str, found: list[float], unit: str, aims: tuple[Aim, ...] = (), why: str = "") -> Row:
    value, floor, *peer = found
    events = ONE_BY_ONE if ", 1 " in name else TOGETHER
    against = {"peer": peer[0], "peer_name": EVENTSOURCING} if peer else {}
    return Row(name, value, unit, events, floor, aims=aims, missed_because=why, **against)


def _peer(recorded: Recorded, threads: ThreadPoolExecutor) -> Turn:
    peer, numbers = recorded.peer, count()
    assert peer is not None

    def report_progress(number: int) -> float:
        began = time.perf_counter()
        peer.report_progress(number % TASKS, number % 101, f"turn {number}")
        return time.perf_counter() - began

    async def turn() -> float:
        return await asyncio.get_running_loop().run_in_executor(threads, report_progress, next(numbers))

    return turn


class _Floor:
    """A stream with the settings of a service's, and an event like those that the commands store."""

    def __init__(self, place: Place, body: bytes) -> None:
        self._connection = place.connection
        self._body = body
        self._numbers = count()
        self._last: dict[str, int] = {}
        self._free = [f"{FLOOR}.task-{number}" for number in range(TASKS)]

    @classmethod
    async def prepare(cls, place: Place, work: Work) -> "_Floor":
        congress = place.settings.congress
        await work.progress()
        subject, stream = (
            event_subject(congress, "logistics", "task", "task-0"),
            service_stream(congress, "logistics"),
        )
        body = [stored.body async for stored in read_subject(place.connection, stream, subject)][-1]
        like = next(config for config in stream_configs(congress) if config["name"] == stream)
        config = like | {"name": FLOOR_STREAM, "subjects": [f"{FLOOR}.>"]}
        await js_api(place.connection, f"STREAM.CREATE.{FLOOR_STREAM}", config)
        return cls(place, body)

    async def publish(self) -> None:
        await self._connection.request(f"{FLOOR}.publish", self._body, timeout=PATIENCE_S)

    async def append(self) -> float:
        """Optimistic: each subject belongs to one writer while it writes."""
        subject = self._free.pop()
        headers = {"Nats-Expected-Last-Subject-Sequence": str(self._last.get(subject, 0))}
        began = time.perf_counter()
        reply = await self._connection.request(subject, self._body, timeout=PATIENCE_S, headers=headers)
        spent = time.perf_counter() - began
        self._last[subject] = json.loads(reply.data)["seq"]
        self._free.insert(0, subject)
        return spent
