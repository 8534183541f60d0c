"""Reading the whole history into memory: read, decode, fold. The peer selects and decodes from PostgreSQL."""

import asyncio
from functools import partial

from benchmarks.measure import Against, Aim, Row, in_turn, timed
from benchmarks.place import Recorded
from benchmarks.pulling import bare_pull
from services.tracker.history.folded import Folded
from shared.eventstore.ledger import Ledger
from shared.eventstore.names import ledger_stream


async def measure(recorded: Recorded) -> list[Row]:
    works = [timed(partial(_fold, recorded)), timed(partial(_bare, recorded))]
    if recorded.peer:
        works.append(timed(partial(_peer, recorded)))
    ours, bare, *peer = await in_turn(recorded.rounds, *works)
    events = recorded.events
    against = {"peer": events / peer[0], "peer_name": "eventsourcing's select and decode"} if peer else {}
    why = (
        "the peer folds nothing and its envelope is a table's columns; "
        "of ours, a third of the time goes to reading, a third to decoding and checking types, a third to folding"
    )
    aims = (Aim(1.0, Against.PEER, at_least=True),)
    told = {"aims": aims, "missed_because": why, **against}
    return [Row("bulk read, decode, fold", events / ours, "events/s", events, events / bare, **told)]


async def _fold(recorded: Recorded, _: int) -> None:
    folded = Folded()
    async for page in Ledger(recorded.place.connection, recorded.congress).read():
        folded.take(page, audited=False)
    assert folded.checkpoint.sequence == recorded.events


async def _bare(recorded: Recorded, _: int) -> None:
    async with bare_pull(recorded.place.connection, ledger_stream(recorded.congress)) as pull:
        await pull(recorded.events)


async def _peer(recorded: Recorded, _: int) -> None:
    assert recorded.peer is not None
    assert await asyncio.to_thread(recorded.peer.read_all, recorded.events) == recorded.events
