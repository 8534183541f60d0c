"""`make bench`: measures, prints one table, writes `benchmarks/results.json` and `benchmarks/RESULTS.md`."""

import argparse
import json
import os
import platform
import re
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import uvloop

from benchmarks import commands, freshness, past, projection, reading, rebuilding, starting
from benchmarks.history import record
from benchmarks.measure import Row
from benchmarks.peers.postgres import NotInstalled, fresh_database, postgres
from benchmarks.place import Place, Recorded
from benchmarks.table import markdown
from shared.eventstore.operating import connected_as
from shared.eventstore.rights import OPERATOR
from shared.eventstore.streams import provision
from shared.platform.databases import MONGOD, NONE, mongod_program
from shared.platform.embedded import endpoints
from shared.platform.memory import collect_rarely
from shared.platform.mongo import mongo_database
from shared.platform.settings import Settings
from shared.unit.issuer import make_issuer_keys
from tests.mongod import installed_mongod

HERE = Path(__file__).parent
NO_MONGOD = "On mongod nothing was measured: none is here. Get it: make mongod"
SIZES = (10_000, 100_000)
FULL = (*SIZES, 1_000_000)


async def measure(place: Place, sizes: Sequence[int]) -> AsyncIterator[list[Row]]:
    """The rows of one history after the other."""
    for events in sizes:
        rows: list[Row] = []
        place.say(f"{events:,} events: recording them")
        async with recorded(place, events) as history:
            if events == sizes[0]:
                place.say("starting")
                rows += starting.measure()
                place.say("commands")
                rows += await commands.measure(place, history)
                place.say("freshness")
                rows += await freshness.measure(place, history)
            for name, bench in (
                ("live projection", projection),
                ("bulk read", reading),
                ("rebuild", rebuilding),
                ("as of, verify", past),
            ):
                place.say(f"{events:,} events: {name}")
                rows += await bench.measure(history)
        yield rows


@asynccontextmanager
async def recorded(place: Place, events: int) -> AsyncIterator[Recorded]:
    """The history in this project's ledger, and the same one at the peer's."""
    congress = f"bench-{events}"
    await record(place.connection, congress, events)
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(mongo_database(place.servers.mongo_url, f"daihoi_{congress}"))
        if not place.postgres:
            yield Recorded(place, events, congress, database, {}, None)
            return
        from benchmarks.peers.eventsourced import Tasks

        peers = fresh_database(place.postgres, f"bench_{events}")
        peer = stack.enter_context(Tasks(env=dict(peers)))
        peer.record(events)
        yield Recorded(place, events, congress, database, peers, peer)


@contextmanager
def peer_or_reason() -> Iterator[tuple[Mapping[str, str], str]]:
    """The peer's server; or nothing, and in words what is missing and how to get it."""
    with ExitStack() as stack:
        missing = ""
        try:
            import eventsourcing.postgres  # noqa: F401

            found = stack.enter_context(postgres())
        except ImportError as error:
            found, missing = {}, f"The peer was not measured: {error}. Get it: pip install 'daihoi[bench]'"
        except NotInstalled as error:
            found, missing = {}, f"The peer was not measured: {error}"
        yield found, missing


def machine() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    model = re.search(r"model name\s*:\s*(.+)", cpuinfo.read_text()) if cpuinfo.exists() else None
    memory_gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    of = f" of {model[1].strip()}" if model else ""
    system = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    return f"{os.cpu_count()} cores{of}, {memory_gib:.0f} GiB, {system}, {datetime.now(UTC):%Y-%m-%d}"


async def run(sizes: Sequence[int], folder: Path, out: Path) -> str:
    """Writes after each history what there is so far; all of it in the end."""
    rows: list[Row] = []
    mongod = mongod_program() or str(installed_mongod() or "")
    with peer_or_reason() as (peers, missing):
        async with a_place(folder / "SecantusDB", NONE, peers) as place:
            missing = "  \n".join(filter(None, (missing, "" if mongod else NO_MONGOD)))
            if missing:
                place.say(missing)
            async for found in measure(place, sizes):
                rows += found
                write(rows, missing, out)
    if mongod:
        async with a_place(folder / "mongod", mongod, {}) as place:
            beside = {(row.name, row.events): row async for row in measure_on_mongod(place, sizes)}
        rows = [row.beside(beside.get((row.name, row.events))) for row in rows]
    return write(rows, missing, out)


@asynccontextmanager
async def a_place(folder: Path, mongod: str, peers: Mapping[str, str]) -> AsyncIterator[Place]:
    """Servers of a run's own, on this mongod."""
    os.environ[MONGOD] = mongod
    settings = Settings(congress="bench", data_dir=folder)
    with endpoints(settings) as servers:
        async with connected_as(OPERATOR, settings, servers, "bench") as connection:
            yield Place(settings, servers, connection, peers)


async def measure_on_mongod(place: Place, sizes: Sequence[int]) -> AsyncIterator[Row]:
    """What depends on the database, once more."""
    make_issuer_keys(place.settings.issuer_private_key_path, place.settings.issuer_public_key_path)
    await provision(place.connection, place.settings.congress)
    for events in sizes:
        place.say(f"{events:,} events on mongod")
        async with recorded(place, events) as history:
            if events == sizes[0]:
                for row in await freshness.measure(place, history, begins=True):
                    yield row
            for bench in (projection, rebuilding, past):
                for row in await bench.measure(history):
                    yield row


def write(rows: Sequence[Row], missing: str, out: Path) -> str:
    results = {"machine": machine(), "missing": missing, "rows": [row.as_json() for row in rows]}
    (out / "results.json").write_text(json.dumps(results, indent=2, ensure_ascii=False) + "\n")
    text = markdown(rows, machine(), missing)
    (out / "RESULTS.md").write_text(text)
    return text


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--full", action="store_true", help="a million events too")
    parser.add_argument(
        "--events", type=int, action="append", help="only histories of this many (10 times 500 or more)"
    )
    parser.add_argument("--out", type=Path, default=HERE, help="where the results are written")
    wanted = parser.parse_args()
    collect_rarely()  # as `daihoi` does
    with tempfile.TemporaryDirectory(prefix="daihoi-bench-", ignore_cleanup_errors=True) as folder:
        sizes = wanted.events or (FULL if wanted.full else SIZES)
        print(uvloop.run(run(sizes, Path(folder), wanted.out)))


if __name__ == "__main__":
    main()
