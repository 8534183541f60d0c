"""Folds the whole ledger into views of the next generation while the old ones serve, then swaps them in."""

from collections.abc import Callable
from typing import NamedTuple

from services.tracker.digest import total_digest
from services.tracker.fold import Checkpoint
from services.tracker.projector import Projection
from services.tracker.store import FenceLost, ViewStore, begin_swap, drop_abandoned, finish_swap, next_generation
from shared.eventstore.ledger import Ledger

SWAP_TRIES = 20

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
    """Raises `FenceLost` if the live views move too fast to be swapped; they are as they were then."""
    await live.prepare()
    await drop_abandoned(live.database)
    filling = next_generation(live.database)
    await filling.prepare()
    projection = Projection(filling, Checkpoint())
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


async def _swap(live: ViewStore, stands_at: Checkpoint, filling: ViewStore, filled_to: Checkpoint) -> Rebuilt:
    same_place = stands_at.sequence == filled_to.sequence
    before = total_digest(await live.digests()) if same_place else ""
    after = total_digest(await filling.digests())
    parked = await filling.count_parked()
    await begin_swap(live, stands_at, filling, filled_to)
    await finish_swap(live.database)
    lost = max(0, stands_at.sequence - filled_to.sequence)
    return Rebuilt(filled_to.sequence, before, after, parked, lost)
