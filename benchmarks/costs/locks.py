"""What locks, TLS and flushing cost on NATS: connecting, appending, reading the ledger, and giving commands."""

import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import NamedTuple

from benchmarks.costs.appending import Appending
from benchmarks.costs.nats_ways import CONGRESS, Kind, Way, nats_ways
from benchmarks.costs.ratios import Comparison, Measured, latencies, rates, rows, take
from benchmarks.history import record
from benchmarks.measure import Row, at_once, seconds
from benchmarks.work import Work
from daihoi.ops.supervisor import running_services
from shared.eventstore.ledger import Ledger
from shared.eventstore.operating import connected_as
from shared.eventstore.rights import member_of
from shared.eventstore.store import EventStore
from shared.unit.client import CommandClient
from shared.unit.issuer import make_issuer_keys
from shared.values.units import AUDITOR, OPERATOR

UNIT = "logistics"
HISTORY = f"{CONGRESS}-history"
"""Apart from the congress whose unit is given commands: that would have to read it all first."""
LOCKS, TLS, FLUSHED = "locks", "TLS with locks", "flushed at once"
COMPARED = (
    Comparison(LOCKS, Kind.LOCKED, Kind.OPEN),
    Comparison(TLS, Kind.ENCRYPTED, Kind.LOCKED),
    Comparison(FLUSHED, Kind.OPEN, Kind.UNFLUSHED),
)


class Sizes(NamedTuple):
    """How often things are done; `together` and `history` are events in each of the rounds."""

    connections: int = 50
    one_by_one: int = 1000
    together: int = 1000
    in_flight: int = 100
    history: int = 10_000
    tasks: int = 100
    rounds: int = 5
    warm_up: int = 20


async def measure(folder: Path, sizes: Sizes = Sizes()) -> list[Row]:  # noqa: B008 - a tuple
    with nats_ways(folder) as ways:
        flushing: dict[Kind, Way] = {kind: way for kind, way in ways.items() if kind is not Kind.UNFLUSHED}
        measured = [
            await connecting(flushing, sizes),
            *await appending(ways, sizes),
            await reading(flushing, sizes),
            *await commanding(flushing, sizes),
        ]
    return rows(COMPARED, measured)


async def connecting(ways: Mapping[Kind, Way], sizes: Sizes) -> Measured:
    """As a unit: few identities have longer permissions to show."""

    async def connect(way: Way, _: int) -> float:
        began = time.perf_counter()
        async with connected_as(UNIT, *way):
            return time.perf_counter() - began

    works = {kind: partial(connect, way) for kind, way in ways.items()}
    return latencies("connecting p50", await take(sizes.connections, works, warm_up=1))


async def appending(ways: Mapping[Kind, Way], sizes: Sizes) -> Sequence[Measured]:
    """Leaves the history behind, and more behind it."""
    async with AsyncExitStack() as stack:
        works: dict[Kind, Appending] = {}
        for kind, way in of_history(ways).items():
            async with connected_as(OPERATOR, *way) as operator:
                await record(operator, HISTORY, sizes.history)
            connection = await stack.enter_async_context(connected_as(UNIT, *way))
            works[kind] = Appending(EventStore(connection, HISTORY, UNIT), sizes.in_flight)
        singly = {kind: work.append_one for kind, work in works.items()}
        together = {kind: partial(work.append_many, sizes.together) for kind, work in works.items()}
        return [
            latencies("append p50, 1 in flight", await take(sizes.one_by_one, singly, sizes.warm_up)),
            rates(_in_flight("appends", sizes), await take(sizes.rounds, together), sizes.together),
        ]


async def reading(ways: Mapping[Kind, Way], sizes: Sizes) -> Measured:
    """An auditor reads the history."""

    async def read(ledger: Ledger, _: int) -> float:
        return await seconds(partial(_read_all, ledger, sizes.history))

    async with AsyncExitStack() as stack:
        works = {}
        for kind, way in of_history(ways).items():
            connection = await stack.enter_async_context(connected_as(AUDITOR, *way))
            works[kind] = partial(read, Ledger(connection, HISTORY))
        return rates("reading the ledger", await take(sizes.rounds, works, warm_up=1), sizes.history)


async def _read_all(ledger: Ledger, upto: int) -> None:
    async for _ in ledger.read(0, upto):
        pass


async def commanding(ways: Mapping[Kind, Way], sizes: Sizes) -> Sequence[Measured]:
    """The device of a member gives commands, and the unit's process answers."""
    async with AsyncExitStack() as stack:
        works: dict[Kind, Work] = {}
        for kind, way in ways.items():
            works[kind] = await _work(way, sizes.tasks, stack)
        singly = {kind: partial(_command, work) for kind, work in works.items()}
        together = {kind: partial(_commands, work, sizes) for kind, work in works.items()}
        return [
            latencies("command p50, 1 in flight", await take(sizes.one_by_one, singly, sizes.warm_up)),
            rates(_in_flight("commands", sizes), await take(sizes.rounds, together), sizes.together, "commands/s"),
        ]


async def _work(way: Way, tasks: int, stack: AsyncExitStack) -> Work:
    make_issuer_keys(way.settings.issuer_private_key_path, way.settings.issuer_public_key_path)
    device = await stack.enter_async_context(connected_as(member_of(UNIT), *way))
    client = CommandClient(device, CONGRESS)
    await stack.enter_async_context(running_services(*way, client, [UNIT]))
    work = Work(client, way.settings, tasks)
    await work.begin()
    async with connected_as(OPERATOR, *way) as operator:
        await work.settled(operator, CONGRESS)
    return work


async def _command(work: Work, _: int) -> float:
    return await seconds(work.progress)


async def _commands(work: Work, sizes: Sizes, _: int) -> float:
    turn = partial(seconds, work.progress)
    return await seconds(partial(at_once, turn, sizes.together, sizes.in_flight))


def of_history(ways: Mapping[Kind, Way]) -> Mapping[Kind, Way]:
    other = {"congress": HISTORY}
    return {kind: way._replace(settings=way.settings.model_copy(update=other)) for kind, way in ways.items()}


def _in_flight(what: str, sizes: Sizes) -> str:
    return f"{what}, {sizes.in_flight} in flight"
