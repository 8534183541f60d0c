"""Looking back: the views as of five points of the history, and the proof that the live views are right."""

from functools import partial

from benchmarks.measure import Against, Aim, Row, in_turn, timed
from benchmarks.place import MEDIAN_UPTO, Recorded
from services.tracker.history.as_of import ChosenInstant, views_as_of
from services.tracker.history.snapshots import Snapshots
from services.tracker.history.verify import verify
from services.tracker.projection.store import VIEW_NAMES, ViewStore
from shared.eventstore.ledger import Ledger

POINTS_PERCENT = (20, 40, 60, 80, 100)
AS_OF = "as of"


async def measure(recorded: Recorded) -> list[Row]:
    """Needs live views at the end of the ledger."""
    ledger = Ledger(recorded.place.connection, recorded.congress)
    return [*await _as_of(recorded, ledger), await _verify(recorded, ledger)]


async def _as_of(recorded: Recorded, ledger: Ledger) -> list[Row]:
    """One event before each point, where a snapshot would stand: so nearly as much as possible has to be folded."""
    snapshots = Snapshots(recorded.database)

    async def look(at: int, _: int) -> None:
        await views_as_of(ChosenInstant(at), ledger, snapshots, lambda _reached, _end: None)

    await look(recorded.events, 0)
    points = [recorded.events * percent // 100 - 1 for percent in POINTS_PERCENT]
    taken = await in_turn(recorded.rounds, *(timed(partial(look, point)) for point in points))
    told = {"aims": (Aim(2, Against.VALUE, at_least=False),), "missed_because": "up to 9,999 events are folded"}
    return [
        Row(f"{AS_OF} {percent} %", seconds, "s", recorded.events, **told)
        for percent, seconds in zip(POINTS_PERCENT, taken, strict=True)
    ]


async def _verify(recorded: Recorded, ledger: Ledger) -> Row:
    live = ViewStore(recorded.database)

    async def ours(_: int) -> None:
        verdict = await verify(ledger, live, lambda _reached, _end: None)
        assert verdict.nothing_wrong
        assert verdict.sequence == recorded.events

    upto = min(recorded.events, MEDIAN_UPTO)

    async def bare(_: int) -> None:
        async for page in ledger.read(0, upto):
            await live.audit_rows(page[0].sequence, page[-1].sequence)
        for name in VIEW_NAMES:
            await live.documents(name)

    taken, floor = await in_turn(recorded.rounds, timed(ours), timed(bare))
    return Row("verify", recorded.events / taken, "events/s", recorded.events, upto / floor)
