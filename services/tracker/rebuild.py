"""Folds the whole ledger into `<view>__next` while the old views serve, then swaps them in."""

from collections.abc import Callable
from typing import NamedTuple

from services.tracker.digest import total_digest
from services.tracker.fold import Checkpoint
from services.tracker.projector import Projection
from services.tracker.store import FenceLost, ViewStore, begin_swap, finish_swap
from shared.eventstore.ledger import Ledger

SWAP_TRIES = 20

type OnProgress = Callable[[int, int], None]
"""Called with the sequence reached and the sequence to reach."""


class Rebuilt(NamedTuple):
    """`before` is the digest of the views that were replaced, empty where they were not at the same sequence."""

    sequence: int
    before: str
    after: str
    parked: int


async def rebuild(ledger: Ledger, live: ViewStore, on_progress: OnProgress) -> Rebuilt:
    """Raises `FenceLost` if the live views move too fast to be swapped; they are as they were then."""
    await live.prepare()
    filling = ViewStore(live.database, "__next")
    await live.checkpoint()
    await filling.drop()
    await filling.prepare()
    projection = Projection(filling, Checkpoint())
    for _ in range(SWAP_TRIES):
        stands_at = await live.checkpoint()
        end = max(await ledger.last_sequence(), stands_at.sequence)
        async for page in ledger.read(projection.checkpoint.sequence, end):
            await projection.add(page)
            on_progress(page[-1].sequence, end)
        await projection.settle()
        checkpoint = projection.checkpoint
        same_place = stands_at.sequence == checkpoint.sequence
        before = total_digest(await live.digests()) if same_place else ""
        after = total_digest(await filling.digests())
        parked = await filling.count_parked()
        try:
            await begin_swap(live.database, stands_at)
        except FenceLost:
            continue
        await finish_swap(live.database)
        return Rebuilt(checkpoint.sequence, before, after, parked)
    raise FenceLost("the live views moved on at every try to swap")
