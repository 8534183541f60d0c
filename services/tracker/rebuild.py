"""Folds the whole ledger into views of the next generation while the old ones serve, then swaps them in."""

import logging
from collections.abc import Callable
from typing import NamedTuple

from services.tracker.digest import total_digest
from services.tracker.fold import Checkpoint
from services.tracker.past.version import fold_version
from services.tracker.projector import Projection
from services.tracker.store import (
    FenceLost,
    ViewStore,
    begin_swap,
    drop_abandoned,
    filling_generation,
    finish_swap,
)
from shared.eventstore.ledger import Ledger

SWAP_TRIES = 20

logger = logging.getLogger(__name__)

type OnProgress = Callable[[int, int], None]
"""Called with the sequence reached and the sequence to reach."""


class Rebuilt(NamedTuple):
    """`before` is the digest of the views that were replaced, empty where they were not at the same sequence. `lost`
    counts events that they knew and the ledger no longer holds."""

    sequence: int
    before: str
    after: str
    parked: int
    lost: int


async def rebuild(ledger: Ledger, live: ViewStore, on_progress: OnProgress) -> Rebuilt:
    """Goes on where a killed rebuild with the same fold was. Raises `FenceLost` if the live views move too fast to be
    swapped, or another rebuild took over; the live views are as they were then."""
    await live.prepare()
    await live.checkpoint()  # finishes a swap that a killed rebuild began
    await drop_abandoned(live.database)
    filling = await filling_generation(live.database)
    projection = Projection(filling, await filling.checkpoint())
    try:
        for _ in range(SWAP_TRIES):
            stands_at = await live.checkpoint()
            end = await ledger.last_sequence()
            async for page in ledger.read(projection.checkpoint.sequence, end):
                await projection.add(page)
                on_progress(page[-1].sequence, end)
            await projection.settle()
            try:
                return await _swap(live, stands_at, filling, projection.checkpoint)
            except FenceLost:
                continue
    finally:
        await projection.close()
    await filling.drop()
    raise FenceLost("the live views moved on at every try to swap")


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


async def _swap(live: ViewStore, stands_at: Checkpoint, filling: ViewStore, filled_to: Checkpoint) -> Rebuilt:
    same_place = stands_at.sequence == filled_to.sequence
    before = total_digest(await live.digests()) if same_place else ""
    after = total_digest(await filling.digests())
    parked = await filling.count_parked()
    await begin_swap(live, stands_at, filling, filled_to)
    await finish_swap(live.database)
    lost = max(0, stands_at.sequence - filled_to.sequence)
    return Rebuilt(filled_to.sequence, before, after, parked, lost)
