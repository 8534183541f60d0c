"""A tracker that is stopped in mid-commit leaves no transaction open that others would have to wait for."""

import asyncio
from contextlib import suppress

from services.tracker.projection.committing import Projection
from services.tracker.projection.store import CHECKPOINTS, ViewStore
from shared.platform.mongo import mongo_database, open_session
from tests.congress import in_memory, life_of_a_task

PAGE = 4
ROUNDS = 100
MOMENTS = 30
BETWEEN_MOMENTS_S = 0.0005
OTHERS_WAIT_S = 5


async def test_a_commit_that_nobody_waits_for_any_more_keeps_no_lock(endpoints, database, views):
    events = in_memory("logistics", [(f"t{number}", life_of_a_task(number)) for number in range(ROUNDS)])
    session, _ = await open_session(database)
    async with mongo_database(endpoints.mongo_url, database.name) as seen_by_others:
        for number in range(ROUNDS):
            cut_off = asyncio.create_task(commit_the_next_page(ViewStore(database), session, events))
            await asyncio.sleep(number % MOMENTS * BETWEEN_MOMENTS_S)
            cut_off.cancel()
            with suppress(asyncio.CancelledError):
                await cut_off
            async with asyncio.timeout(OTHERS_WAIT_S):
                await seen_by_others[CHECKPOINTS].update_one({"_id": "views"}, {"$set": {"seen": number}})
    assert (await views.checkpoint()).sequence, "cut off too early to prove anything"


async def commit_the_next_page(store, session, events):
    await store.take_over(session, 1)
    projection = Projection(store, await store.checkpoint())
    try:
        at = projection.checkpoint.sequence
        await projection.add(events[at : at + PAGE])
        await projection.settle()
    finally:
        await projection.close()
