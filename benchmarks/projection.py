"""How fast the projector fills the views, against a bare pull and bulk writes of the very same documents."""

import asyncio
from collections.abc import Sequence
from functools import partial

from pymongo import InsertOne, ReplaceOne

from benchmarks.measure import Against, Aim, Row, in_turn, seconds, timed
from benchmarks.peers.handler import handle_one_by_one
from benchmarks.place import RUNNER, SAMPLE, Recorded
from benchmarks.pulling import Pull, bare_pull
from services.tracker.history.folded import Folded
from services.tracker.projection.committing import Projection
from services.tracker.projection.fold import Checkpoint, Outcome
from services.tracker.projection.store import ViewStore
from shared.eventstore.ledger import Ledger
from shared.eventstore.names import ledger_stream
from shared.platform.mongo import Database

NAME = "live projection"
PATIENCE_S = 600


async def measure(recorded: Recorded) -> list[Row]:
    """Leaves the live views behind, at the end of the ledger."""
    ledger = Ledger(recorded.place.connection, recorded.congress)
    sample = min(SAMPLE, recorded.events)
    lives = [Noting(recorded.beside(f"live-{number}")) for number in range(recorded.rounds - 1)]
    lives.append(Noting(recorded.database))
    works = [timed(partial(_project, lives, ledger)), partial(_bare, recorded, ledger, lives)]
    works.append(timed(partial(handle_one_by_one, recorded, sample)))
    if recorded.peer:
        works.append(timed(partial(_peers_runner, recorded, sample)))
    ours, bare, handler, *peer = await in_turn(recorded.rounds, *works)
    rate, floor, events = recorded.events / ours, recorded.events / bare, recorded.events
    aims = (Aim(0.8, Against.FLOOR, at_least=True),)
    runner = {"peer": sample / peer[0], "peer_name": RUNNER} if peer else {}
    why = "reading, decoding and folding share two cores with both servers; a transaction costs more than bare writes"
    against = {"peer": sample / handler, "peer_name": "handler per message"}
    return [
        Row(NAME, rate, "events/s", events, floor, aims=aims, missed_because=why, **runner),
        Row(
            f"{NAME}, against a handler per message",
            rate,
            "events/s",
            events,
            aims=(Aim(15, Against.PEER, at_least=True),),
            missed_because="see the live projection; a faster MongoDB helps the handler most",
            **against,
        ),
    ]


class Noting(ViewStore):
    """Notes at which ledger events its commits ended."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.ends: set[int] = set()

    async def commit(self, outcome: Outcome, read: Checkpoint) -> None:
        await super().commit(outcome, read)
        self.ends.add(outcome.checkpoint.sequence)


async def _project(lives: Sequence[Noting], ledger: Ledger, number: int) -> None:
    live = lives[number]
    await live.prepare()
    projection = Projection(live, Checkpoint())
    async for page in ledger.read():
        await projection.add(page)
    await projection.settle()


async def _bare(recorded: Recorded, ledger: Ledger, lives: Sequence[Noting], number: int) -> float:
    """Only the pull and the writes are timed; what to write is folded in between, in commits as `lives` had them."""
    folded, spent, bare = Folded(), 0.0, recorded.beside(f"bare-{number}")
    waiting: Outcome | None = None
    async with bare_pull(recorded.place.connection, ledger_stream(recorded.congress)) as pull:
        async for page in ledger.read():
            outcome = folded.take(page)
            if waiting is None:
                waiting = outcome
            else:
                waiting.go_on_with(outcome)
            if page[-1].sequence in lives[number].ends:
                spent += await seconds(partial(_pull_and_write, bare, pull, waiting))
                waiting = None
    return spent


async def _pull_and_write(database: Database, pull: Pull, outcome: Outcome) -> None:
    await pull(len(outcome.audit_rows))
    replaced = [ReplaceOne({"_id": key}, doc, upsert=True) for key, doc in outcome.documents["tasks"].items()]
    await database["tasks"].bulk_write(replaced, ordered=False)
    rows = [InsertOne(row) for row in outcome.audit_rows]
    await database["audit"].bulk_write(rows, ordered=False)


async def _peers_runner(recorded: Recorded, sample: int, _: int) -> None:
    from benchmarks.peers.eventsourced import clear_view, runner

    assert recorded.peer is not None
    clear_view(recorded.peer)

    def run() -> None:
        with runner(recorded.postgres) as running:
            running.wait(sample, timeout=PATIENCE_S)

    await asyncio.to_thread(run)
