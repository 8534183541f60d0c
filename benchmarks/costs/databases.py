"""What journalling, passwords and TLS cost on the database: connecting, committing, loading, rebuilding."""

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from functools import partial
from itertools import batched
from pathlib import Path
from typing import NamedTuple

from benchmarks.costs.database_ways import Kind, Way, database_ways
from benchmarks.costs.nats_ways import CONGRESS, nats_ways
from benchmarks.costs.nats_ways import Kind as NatsKind
from benchmarks.costs.ratios import Comparison, Measured, latencies, rates, rows, take
from benchmarks.history import record
from benchmarks.measure import Row, seconds
from services.tracker.history.folded import Folded
from services.tracker.projection.fold import Checkpoint, Outcome
from services.tracker.projection.rebuild import rebuild
from services.tracker.projection.store import ViewStore
from shared.eventstore.direct import Stored
from shared.eventstore.ledger import Ledger
from shared.eventstore.operating import connected_as
from shared.platform.mongo import Database
from shared.values.units import OPERATOR

JOURNALLED, PASSWORDS, TLS = "journalled", "passwords", "TLS to the database"
COMPARED = (
    Comparison(JOURNALLED, Kind.KEPT, Kind.LOST),
    Comparison(PASSWORDS, Kind.LOCKED, Kind.KEPT),
    Comparison(TLS, Kind.ENCRYPTED, Kind.KEPT),
)
PAGE = 1000
"""Events in a commit of a bulk load, about as a rebuild has them."""

REBUILT = (Kind.KEPT, Kind.LOST)

type Databases = Mapping[Kind, Database]


class Sizes(NamedTuple):
    """How often things are done; `history` is events in each of the rounds."""

    connections: int = 30
    commits: int = 150
    history: int = 10_000
    rounds: int = 3
    warm_up: int = 10


async def measure(folder: Path, program: str, sizes: Sizes = Sizes()) -> list[Row]:  # noqa: B008 - a tuple
    """On SecantusDB, and beside it on `program` as mongod where it is not empty."""
    with nats_ways(folder / "nats", (NatsKind.OPEN,)) as ways:
        async with connected_as(OPERATOR, *ways[NatsKind.OPEN]) as connection:
            await record(connection, CONGRESS, sizes.history)
            ledger = Ledger(connection, CONGRESS)
            ours = await _on(folder / "SecantusDB", "", ledger, sizes)
            if not program:
                return ours
            beside = {row.name: row for row in await _on(folder / "mongod", program, ledger, sizes)}
            return [row.beside(beside.get(row.name)) for row in ours]


async def _on(folder: Path, program: str, ledger: Ledger, sizes: Sizes) -> list[Row]:
    with database_ways(folder, program) as ways:
        async with AsyncExitStack() as stack:
            databases = {
                kind: await stack.enter_async_context(way.database(f"daihoi_{kind}")) for kind, way in ways.items()
            }
            measured = [
                await connecting(ways, sizes),
                await committing(databases, ledger, sizes),
                await loading(databases, ledger, sizes),
                await rebuilding(databases, ledger, sizes),
            ]
    return rows(COMPARED, measured)


async def connecting(ways: Mapping[Kind, Way], sizes: Sizes) -> Measured:
    """Up to the first answer, as whoever begins to read or write."""

    async def connect(way: Way, _: int) -> float:
        began = time.perf_counter()
        async with way.database("daihoi") as database:
            await database.list_collection_names()
            return time.perf_counter() - began

    works = {kind: partial(connect, way) for kind, way in ways.items() if kind is not Kind.LOST}
    return latencies("connecting p50", await take(sizes.connections, works, warm_up=1))


async def committing(databases: Databases, ledger: Ledger, sizes: Sizes) -> Measured:
    """Views, an audit row and the checkpoint of one event in one transaction, again and again."""
    number = sizes.warm_up + sizes.commits
    events = [stored async for page in ledger.read(0, number) for stored in page]
    outcomes = _outcomes(events, 1)
    works = {kind: _one_by_one(await _empty(database, "commits"), outcomes) for kind, database in databases.items()}
    return latencies("one commit p50", await take(sizes.commits, works, sizes.warm_up))


def _one_by_one(store: ViewStore, outcomes: Sequence[Outcome]) -> Callable[[int], Awaitable[float]]:
    def commit(number: int) -> Awaitable[float]:
        before = outcomes[number - 1].checkpoint if number else Checkpoint()
        return seconds(partial(store.commit, outcomes[number], before))

    return commit


async def loading(databases: Databases, ledger: Ledger, sizes: Sizes) -> Measured:
    """The commits that fill empty views, apart from reading and folding. Who has shown a password once is as fast."""
    events = [stored async for page in ledger.read(0, sizes.history) for stored in page]
    outcomes = _outcomes(events, PAGE)

    async def load(database: Database, number: int) -> float:
        commit = _one_by_one(await _empty(database, f"load-{number}"), outcomes)
        return sum([await commit(turn) for turn in range(len(outcomes))])

    works = {kind: partial(load, database) for kind, database in databases.items() if kind is not Kind.LOCKED}
    return rates("bulk load", await take(sizes.rounds, works), sizes.history)


async def rebuilding(databases: Databases, ledger: Ledger, sizes: Sizes) -> Measured:
    """All of it: reading, folding, filling, comparing, and having the new views serve."""

    async def run(store: ViewStore, _: int) -> float:
        return await seconds(lambda: rebuild(ledger, store, lambda _reached, _end: None))

    works = {kind: partial(run, ViewStore(database)) for kind, database in databases.items() if kind in REBUILT}
    return rates("rebuild", await take(sizes.rounds, works), sizes.history)


def _outcomes(events: Sequence[Stored], page: int) -> list[Outcome]:
    folded = Folded()
    return [folded.take(some) for some in batched(events, page)]


async def _empty(beside: Database, name: str) -> ViewStore:
    """In a database of its own: to drop what is there takes longer than to fill it."""
    store = ViewStore(beside.client[f"{beside.name}-{name}"])
    await store.prepare()
    return store
