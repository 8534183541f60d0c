"""A rebuild in a process of its own: how long it takes, and the most memory it held.

The floor is a bare bulk insert of the same final documents and audit rows.
"""

import asyncio
import json
import sys
from functools import partial
from statistics import median
from typing import NamedTuple

import uvloop
from pymongo import InsertOne

from benchmarks.measure import Against, Aim, Row, peak_memory_mib, seconds
from benchmarks.place import Recorded
from services.tracker.history.folded import Folded
from services.tracker.projection.rebuild import rebuild
from services.tracker.projection.store import ViewStore
from shared.eventstore.credentials import credentials_for
from shared.eventstore.ledger import Ledger
from shared.platform.memory import collect_rarely
from shared.platform.mongo import mongo_database
from shared.platform.nats import nats_connection
from shared.values.units import AUDITOR

PAGE = 1000
PEAK = "rebuild, peak memory"


class Rebuilding(NamedTuple):
    seconds: float
    peak_mib: float


async def measure(recorded: Recorded) -> list[Row]:
    ours: list[Rebuilding] = []
    bare: list[float] = []
    for number in range(recorded.rounds):
        ours.append(await _in_a_process(recorded))
        bare.append(await _bare(recorded, number))
    events = recorded.events
    rate, floor = events / median(each.seconds for each in ours), events / median(bare)
    memory = max(each.peak_mib for each in ours)
    why = "it also makes collections, reads, folds and digests, and writes a task once in each commit that touches it"
    at_least = (Aim(0.8, Against.FLOOR, at_least=True),)
    at_most = (Aim(400, Against.VALUE, at_least=False),)
    return [
        Row("rebuild", rate, "events/s", events, floor, aims=at_least, missed_because=why),
        Row(PEAK, memory, "MiB", events, aims=at_most, missed_because="documents stay in memory"),
    ]


async def _in_a_process(recorded: Recorded) -> Rebuilding:
    servers = recorded.place.servers
    where = (servers.nats_url, servers.mongo_url, servers.nats_credentials)
    names = (*where, recorded.congress, recorded.database.name)
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.rebuilding", *names, stdout=asyncio.subprocess.PIPE
    )
    told, _ = await child.communicate()
    if child.returncode:
        raise RuntimeError(f"the rebuild ended with {child.returncode}")
    return Rebuilding(**json.loads(told))


async def _bare(recorded: Recorded, number: int) -> float:
    """Only the inserts are timed; what to insert is folded in between."""
    folded, spent, bare = Folded(), 0.0, recorded.beside(f"inserted-{number}")

    async def insert(collection: str, documents: list[dict[str, object]]) -> None:
        inserts = [InsertOne(document) for document in documents]
        await bare[collection].bulk_write(inserts, ordered=False)

    async for page in Ledger(recorded.place.connection, recorded.congress).read():
        spent += await seconds(partial(insert, "audit", folded.take(page).audit_rows))
    documents = list(folded.views["tasks"].values())
    for first in range(0, len(documents), PAGE):
        spent += await seconds(partial(insert, "tasks", documents[first : first + PAGE]))
    return spent


async def _rebuild(
    nats_url: str, mongo_url: str, nats_credentials: str, congress: str, database_name: str
) -> Rebuilding:
    async with (
        nats_connection(nats_url, "bench", credentials_for(nats_credentials, congress, AUDITOR)) as connection,
        mongo_database(mongo_url, database_name) as database,
    ):
        ledger, live = Ledger(connection, congress), ViewStore(database)
        taken = await seconds(lambda: rebuild(ledger, live, lambda _reached, _end: None))
        return Rebuilding(taken, peak_memory_mib())


if __name__ == "__main__":
    collect_rarely()  # as `daihoi` does
    print(json.dumps(uvloop.run(_rebuild(*sys.argv[1:]))._asdict()))
