"""`make bench`: measures, prints one table, writes `benchmarks/results.json` and `benchmarks/RESULTS.md`.

With `--only` some parts alone are measured; then nothing is written unless `--out` says where.
"""

import argparse
import json
import logging
import os
import platform
import re
import tempfile
from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import uvloop

from benchmarks import commands, freshness, pages, past, projection, reading, rebuilding, starting
from benchmarks.costs import databases, locks
from benchmarks.history import record
from benchmarks.measure import Row
from benchmarks.peers.postgres import NotInstalled, fresh_database, postgres
from benchmarks.place import Place, Recorded, Report
from benchmarks.table import markdown
from shared.eventstore.operating import connected_as
from shared.eventstore.streams import provision
from shared.platform.databases import MONGOD, NONE, mongod_program
from shared.platform.embedded import endpoints
from shared.platform.memory import collect_rarely
from shared.platform.mongo import mongo_database
from shared.platform.settings import Settings
from shared.unit.issuer import make_issuer_keys
from shared.values.units import OPERATOR
from tests.mongod import installed_mongod

HERE = Path(__file__).parent
NO_MONGOD = "On mongod nothing was measured: none is here. Get it: make mongod"
HISTORIES = {"projection": projection, "reading": reading, "rebuilding": rebuilding, "past": past}
"""What is measured on every history; the past needs the views that the projection leaves behind."""
ON_THE_SMALLEST = ("commands", "freshness")
PAGES = "pages"
ON_MONGOD = ("freshness", "projection", "rebuilding", "past")
PARTS = ("starting", *ON_THE_SMALLEST, PAGES, *HISTORIES, "locks", "databases")
SIZES = (10_000, 100_000)
FULL = (*SIZES, 1_000_000)


async def measure(place: Place, sizes: Sequence[int], parts: Collection[str]) -> AsyncIterator[list[Row]]:
    """The rows of one history after the other."""
    for events in sizes:
        rows: list[Row] = []
        place.say(f"{events:,} events: recording them")
        async with recorded(place, events) as history:
            if events == sizes[0] and "commands" in parts:
                place.say("commands")
                rows += await commands.measure(place, history)
            if events == sizes[0] and "freshness" in parts:
                place.say("freshness")
                rows += await freshness.measure(place, history, begins="commands" not in parts)
            for name, bench in HISTORIES.items():
                if name in parts:
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


async def run(sizes: Sequence[int], parts: Collection[str], folder: Path, out: Path | None) -> str:
    """Writes after each history what there is so far; all of it in the end."""
    rows: list[Row] = []
    missing, say = "", Report()
    mongod = mongod_program() or str(installed_mongod() or "")
    if not mongod and not {*ON_MONGOD, "databases"}.isdisjoint(parts):
        missing = NO_MONGOD
    if "starting" in parts:
        say("starting")
        rows += starting.measure()
    if not {*ON_THE_SMALLEST, PAGES, *HISTORIES}.isdisjoint(parts):
        with peer_or_reason() as (peers, no_peer):
            missing = "  \n".join(filter(None, (no_peer, missing)))
            if missing:
                say(missing)
            async with a_place(folder / "SecantusDB", NONE, peers, say) as place:
                if PAGES in parts:
                    rows += await pages.measure(place)
                async for measured in measure(place, sizes if parts - {PAGES} else (), parts):
                    rows += measured
                    write(rows, missing, out)
    if mongod and not set(ON_MONGOD).isdisjoint(parts):
        async with a_place(folder / "mongod", mongod, {}, say) as place:
            beside = {(row.name, row.events): row async for row in measure_on_mongod(place, sizes, parts)}
        rows = [row.beside(beside.get((row.name, row.events))) for row in rows]
    if "locks" in parts:
        say("locks, TLS and flushing on NATS")
        rows += await locks.measure(folder / "locks")
    if "databases" in parts:
        say("journalling, passwords and TLS on the database")
        rows += await databases.measure(folder / "databases", mongod)
    return write(rows, missing, out)


@asynccontextmanager
async def a_place(folder: Path, mongod: str, peers: Mapping[str, str], say: Report) -> AsyncIterator[Place]:
    """Servers of a run's own, on this mongod, and the streams and keys of its congress."""
    os.environ[MONGOD] = mongod
    settings = Settings(congress="bench", data_dir=folder)
    make_issuer_keys(settings.issuer_private_key_path, settings.issuer_public_key_path)
    with endpoints(settings) as servers:
        async with connected_as(OPERATOR, settings, servers, "bench") as connection:
            await provision(connection, settings.congress)
            yield Place(settings, servers, connection, peers, say)


async def measure_on_mongod(place: Place, sizes: Sequence[int], parts: Collection[str]) -> AsyncIterator[Row]:
    """What depends on the database, once more."""
    for events in sizes:
        place.say(f"{events:,} events on mongod")
        async with recorded(place, events) as history:
            if events == sizes[0] and "freshness" in parts:
                for row in await freshness.measure(place, history, begins=True):
                    yield row
            for name, bench in HISTORIES.items():
                if name in ON_MONGOD and name in parts:
                    for row in await bench.measure(history):
                        yield row


def write(rows: Sequence[Row], missing: str, out: Path | None) -> str:
    """The page; it is only told, and written nowhere, where there is no `out`."""
    text = markdown(rows, machine(), missing)
    if out:
        out.mkdir(parents=True, exist_ok=True)
        results = {"machine": machine(), "missing": missing, "rows": [row.as_json() for row in rows]}
        (out / "results.json").write_text(json.dumps(results, indent=2, ensure_ascii=False) + "\n")
        (out / "RESULTS.md").write_text(text)
    return text


def wanted(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """`parts` and `out` as they are meant."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--full", action="store_true", help="a million events too")
    parser.add_argument(
        "--events", type=int, action="append", help="only histories of this many (10 times 500 or more)"
    )
    parser.add_argument(
        "--only", action="append", choices=PARTS, help="only this part, or these; prints what it finds"
    )
    parser.add_argument("--out", type=Path, help="where the results are written; benchmarks/ for all parts")
    given = parser.parse_args(arguments)
    given.parts = {*(given.only or PARTS)}
    if "past" in given.parts:
        given.parts.add("projection")
    given.out = given.out or (None if given.only else HERE)
    return given


def main() -> None:
    given = wanted()
    collect_rarely()  # as `daihoi` does
    logging.getLogger("asyncio").setLevel(logging.ERROR)  # it warns of every TLS connection's end
    with tempfile.TemporaryDirectory(prefix="daihoi-bench-", ignore_cleanup_errors=True) as folder:
        sizes = given.events or (FULL if given.full else SIZES)
        print(uvloop.run(run(sizes, given.parts, Path(folder), given.out)))


if __name__ == "__main__":
    main()
