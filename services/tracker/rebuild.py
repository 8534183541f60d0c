"""Folds the whole ledger into views of the next generation while the old ones serve, then has those serve."""

import logging
from collections.abc import Callable
from typing import NamedTuple

from services.tracker.digest import total_digest
from services.tracker.fold import Checkpoint
from services.tracker.generations import drop_abandoned, drop_replaced, filling_generation, swap
from services.tracker.past.version import fold_version
from services.tracker.projector import Projection
from services.tracker.store import FenceLost, ViewStore
from shared.eventstore.ledger import Ledger

SWAP_TRIES = 20

logger = logging.getLogger(__name__)

type OnProgress = Callable[[int, int], None]
"""Called with the sequence reached and the sequence to reach."""


class Rebuilt(NamedTuple):
    """`sequence` is where the new views were compared with those that they replaced; by the swap both may be further.
    `before` is the digest of the latter, empty where they were not there. `lost` counts events that they knew and the
    ledger no longer holds."""

    sequence: int
    before: str
    after: str
    parked: int
    lost: int


async def rebuild(ledger: Ledger, live: ViewStore, on_progress: OnProgress) -> Rebuilt:
    """Goes on where a killed rebuild with the same fold was. Raises `FenceLost` if the live views move too fast to be
    replaced, or another rebuild took over; the live views are as they were then."""
    await live.prepare()
    await drop_replaced(live.database)
    await drop_abandoned(live.database)
    filling = await filling_generation(live.database)
    projection = Projection(filling, await filling.checkpoint())
    done: Rebuilt | None = None
    try:
        for _ in range(SWAP_TRIES):
            stands_at = await live.checkpoint()
            end = await ledger.last_sequence()
            async for page in ledger.read(projection.checkpoint.sequence, end):
                await projection.add(page)
                on_progress(page[-1].sequence, end)
            await projection.settle()
            done = done or await _compare(live, stands_at, filling, projection.checkpoint)
            if await swap(live, stands_at, filling, projection.checkpoint):
                return done
    finally:
        await projection.close()
    await filling.drop()
    raise FenceLost("the live views moved on at every try to replace them")


async def _compare(live: ViewStore, stands_at: Checkpoint, filling: ViewStore, filled_to: Checkpoint) -> Rebuilt:
    """Takes its time; the live views may move on meanwhile."""
    before = total_digest(await live.digests()) if stands_at.sequence == filled_to.sequence else ""
    if await live.checkpoint() != stands_at:
        before = ""
    after = total_digest(await filling.digests())
    lost = max(0, stands_at.sequence - filled_to.sequence)
    return Rebuilt(filled_to.sequence, before, after, await filling.count_parked(), lost)


async def renew(ledger: Ledger, live: ViewStore, on_progress: OnProgress) -> None:
    """Rebuilds views that another version of the fold made; today's are left as they are."""
    if await live.made_by() == fold_version():
        return
    if not (await live.checkpoint()).sequence:
        await live.begin_anew()
        return
    logger.warning("another version of the fold made the views; they are made again while the old ones serve")
    done = await rebuild(ledger, live, on_progress)
    logger.warning("rebuilt at ledger event %s: %s; the old ones were %s", done.sequence, done.after, done.before)
