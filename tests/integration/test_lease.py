"""The lease: one tracker holds it, its term only goes up, and a commit of an earlier term changes nothing."""

import asyncio

import pytest

from services.tracker.projection.committing import Projection
from services.tracker.projection.errors import FenceLost
from services.tracker.projection.lease import LAPSES_AFTER_S, WRITER, Lease, LeaseLost, Watch
from services.tracker.projection.store import CHECKPOINTS, ViewStore
from shared.eventstore.store import EventStore
from tests.congress import Writer, settled
from tests.waiting import until

LONG = LAPSES_AFTER_S


@pytest.fixture
async def leases(views):
    """Makes leases of the same congress, each as a process of its own would."""
    return lambda: Lease(views.database)


async def written_down(views):
    return await views.database[CHECKPOINTS].find_one({"_id": WRITER})


def test_a_lease_that_is_seen_to_change_never_lapses():
    watch = Watch()
    assert [watch.unchanged_s(beat, beat, beat + 0.1) for beat in range(20)] == [0.0] * 20


def test_what_counts_is_how_long_it_was_seen_unchanged_from_answer_to_question():
    watch = Watch()
    assert watch.unchanged_s((1, 7), 10.0, 11.0) == 0
    assert watch.unchanged_s((1, 7), 12.0, 15.0) == 1.0
    assert watch.unchanged_s((1, 7), 15.0, 16.0) == 4.0


def test_who_could_not_look_for_a_while_counts_anew():
    watch = Watch()
    watch.unchanged_s((1, 7), 0.0, 0.0)
    assert watch.unchanged_s((1, 7), LONG * 10, LONG * 10) == 0
    assert watch.unchanged_s((1, 7), LONG * 11, LONG * 11) == LONG


async def test_of_many_that_want_it_at_once_one_gets_it_and_the_others_say_whom_they_wait_for(leases):
    wanting = [leases() for _ in range(5)]
    tasks = [asyncio.create_task(lease.acquire()) for lease in wanting]

    async def told():
        return sum(bool(lease.waits_for) for lease in wanting) == 4

    try:
        await until(told)
        [holder] = [lease for lease, task in zip(wanting, tasks, strict=True) if task.done()]
        await holder.renew()
        assert {lease.waits_for for lease in wanting if lease is not holder} == {holder.holder}
    finally:
        for task in tasks:
            task.cancel()


async def test_a_lease_that_was_let_go_is_taken_and_the_term_goes_up(leases, views):
    terms = []
    for _ in range(3):
        lease = leases()
        await lease.acquire()
        terms.append(lease.term)
        await lease.release()
    assert terms == [1, 2, 3]
    assert (await written_down(views))["holder"] == ""


async def test_a_holder_that_no_longer_renews_is_followed_by_another_and_learns_of_it(leases):
    first, second = leases(), leases()
    await first.acquire()
    await second.acquire()
    assert second.term == first.term + 1
    with pytest.raises(LeaseLost):
        await first.renew()
    await first.release()
    await second.renew()


async def test_a_holder_that_can_not_renew_in_time_gives_up_by_itself(leases, views, monkeypatch):
    lease = leases()
    await lease.acquire()

    async def never():
        await asyncio.Event().wait()

    monkeypatch.setattr(lease, "renew", never)
    with pytest.raises(LeaseLost, match="in time"):
        await lease.hold()


async def test_a_lease_that_is_gone_begins_no_term_below_that_of_the_checkpoint(leases, views):
    await views.database[CHECKPOINTS].update_one({"_id": "views"}, {"$set": {"term": 41}})
    lease = leases()
    await lease.acquire()
    assert lease.term == 42


async def test_a_commit_of_an_earlier_term_changes_nothing_even_from_where_the_checkpoint_is(
    connection, congress, ledger, views, leases
):
    events = await Writer(EventStore(connection, congress, "logistics")).write([1])
    await settled(ledger, events)
    paused, after = leases(), leases()
    await paused.acquire()
    await views.take_over(paused.session, paused.term)
    late = Projection(views, await views.checkpoint())
    await paused.release()
    await after.acquire()
    follower = ViewStore(views.database)
    await follower.take_over(after.session, after.term)
    async for page in ledger.read():
        await late.add(page)
    with pytest.raises(FenceLost):
        await late.settle()
    assert (await views.checkpoint()).sequence == 0
    with pytest.raises(FenceLost):
        await views.take_over(paused.session, paused.term)
    on_time = Projection(follower, await follower.checkpoint())
    async for page in ledger.read():
        await on_time.add(page)
    await on_time.settle()
    assert (await views.checkpoint()).sequence == events
