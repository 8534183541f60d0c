"""Folds the whole ledger into views of the next generation while the old ones serve, then has those serve."""

import logging
from typing import NamedTuple

from services.tracker.projection import view_sets
from services.tracker.projection.committing import Projection
from services.tracker.projection.digest import total_digest
from services.tracker.projection.errors import FenceLost
from services.tracker.projection.fold import Checkpoint, OnProgress
from services.tracker.projection.store import ViewStore
from services.tracker.projection.version import fold_version
from shared.eventstore.ledger import Ledger

SWAP_TRIES = 20
CAUGHT_UP_SOON_EVENTS = 10_000
"""By so many the live views may be ahead of those that replace them, where they can't be caught otherwise: whoever
projects folds these again."""

logger = logging.getLogger(__name__)


class Rebuilt(NamedTuple):
    """`sequence` is where new and old views were compared, `upto` how far the new ones were when they came to serve.
    `before` is empty where the old ones were not there. `lost` counts events that they knew and the ledger no longer
    holds."""

    sequence: int
    upto: int
    before: str
    after: str
    parked: int
    lost: int


async def rebuild(ledger: Ledger, live: ViewStore, on_progress: OnProgress) -> Rebuilt:
    """Goes on where a killed rebuild with the same fold was. Raises `FenceLost`, and the live views are as they were,
    where others renewed them at every try, or another rebuild took over."""
    await view_sets.mend_checkpoint(live)
    await live.prepare()
    await view_sets.drop_replaced(live.database)
    await view_sets.drop_abandoned(live.database)
    filling = await view_sets.filling_generation(live.database)
    projection = Projection(filling, await filling.checkpoint())
    done: Rebuilt | None = None
    try:
        for tries_left in reversed(range(SWAP_TRIES)):
            stands_at = await live.checkpoint()
            end = await ledger.last_sequence()
            if done is None:
                was_at, digest = await live.at_once(_standing)
                if was_at.sequence <= end:
                    await _fill(projection, ledger, was_at.sequence, end, on_progress)
                    done = await _compare(was_at, digest, filling, projection.checkpoint)
            await _fill(projection, ledger, end, end, on_progress)
            if done is None or not done.sequence:
                done = await _compare(was_at, digest, filling, projection.checkpoint)
            may_be_ahead = 0 if tries_left else CAUGHT_UP_SOON_EVENTS
            parked = await filling.count_parked()
            if await view_sets.swap(live, stands_at, filling, projection.checkpoint, may_be_ahead):
                return done._replace(upto=projection.checkpoint.sequence, parked=parked)
    finally:
        await projection.close()
    await filling.drop()
    raise FenceLost("somebody else made the live views anew at every try to replace them")


async def _standing(views: ViewStore) -> tuple[Checkpoint, str]:
    return await views.checkpoint(), total_digest(await views.digests())


async def _fill(projection: Projection, ledger: Ledger, upto: int, end: int, on_progress: OnProgress) -> None:
    if projection.checkpoint.sequence < upto:
        async for page in ledger.read(projection.checkpoint.sequence, upto):
            await projection.add(page)
            on_progress(page[-1].sequence, end)
    await projection.settle()


async def _compare(was_at: Checkpoint, digest: str, filling: ViewStore, filled_to: Checkpoint) -> Rebuilt:
    before = digest if was_at.sequence == filled_to.sequence else ""
    after = total_digest(await filling.digests())
    lost = max(0, was_at.sequence - filled_to.sequence)
    return Rebuilt(filled_to.sequence, filled_to.sequence, before, after, await filling.count_parked(), lost)


async def renew(ledger: Ledger, live: ViewStore, on_progress: OnProgress) -> None:
    """Rebuilds views that another version of the fold made; today's are left as they are."""
    if await live.made_by() == fold_version():
        return
    if not (await live.checkpoint()).sequence:
        await live.begin_anew()
        return
    logger.warning("another version of the fold made the views; they are made again while the old ones serve")
    done = await rebuild(ledger, live, on_progress)
    logger.warning("rebuilt up to ledger event %s", done.upto)
    logger.warning("at ledger event %s they are %s; the old ones were %s", done.sequence, done.after, done.before)
