"""A rebuild that is killed, that another one meets, or that nobody asked for because the fold has changed."""

import asyncio
import signal
import sys
from contextlib import suppress

import pytest

from daihoi.ops.supervisor import Supervisor
from services.tracker.history.verify import verify
from services.tracker.projection import view_sets as generations
from services.tracker.projection.errors import FenceLost
from services.tracker.projection.projector import Projector
from services.tracker.projection.rebuild import rebuild, renew
from services.tracker.projection.store import COLLECTIONS, ViewStore
from services.tracker.projection.version import fold_version
from services.tracker.projection.view_sets import MARK, drop_replaced, filling_generation, swap
from services.tracker.queries import timeline
from shared.eventstore.store import EventStore
from tests.congress import Writer, settled
from tests.integration.test_tracker import project_all
from tests.waiting import until

TASKS = 60
DEATH_TIMEOUT_S = 180


def silent(*_):
    pass


@pytest.fixture
async def written(connection, congress, ledger):
    events = await Writer(EventStore(connection, congress, "logistics")).write(range(1, TASKS + 1))
    await settled(ledger, events)
    return events


@pytest.fixture
def supervisor(settings, endpoints):
    running = Supervisor(settings, endpoints)
    yield running
    running.stop()


async def made_anew(views):
    """The generations of which there are collections, without the first."""
    names = await views.database.list_collection_names()
    return {MARK + name.partition(MARK)[2] for name in names if MARK in name}


async def filled(ledger, views):
    filling = await filling_generation(views.database)
    await project_all(ledger, filling)
    return filling


async def killed(supervisor, point, count=1):
    """A rebuild, when it was killed there."""
    command = [sys.executable, "-m", "tests.faults.dying", "rebuild", point, str(count)]
    child = supervisor.start("rebuild", command)
    await asyncio.wait_for(asyncio.to_thread(child.wait), DEATH_TIMEOUT_S)
    assert child.returncode == -signal.SIGKILL


@pytest.mark.parametrize(
    "point", ["inside_the_transaction", pytest.param("after_the_transaction", marks=pytest.mark.long)]
)
async def test_a_rebuild_goes_on_where_a_killed_one_was(
    connection, congress, ledger, views, supervisor, written, point
):
    written += await Writer(EventStore(connection, congress, "propaganda")).write(range(1, 101))
    await settled(ledger, written)
    await project_all(ledger, views)
    await killed(supervisor, point, 3)
    (left_behind,) = await made_anew(views)
    assert (await verify(ledger, views, silent)).holds, "the old views are untouched"
    reached = []
    done = await rebuild(ledger, views, lambda sequence, _: reached.append(sequence))
    assert min(reached) > 1000, "the first pages were not read again"
    assert (done.sequence, done.before) == (written, done.after)
    assert views.generation == left_behind
    assert (await verify(ledger, views, silent)).holds


async def test_a_rebuild_that_is_killed_in_mid_swap_leaves_the_old_views_as_they_are(
    ledger, views, supervisor, written
):
    await project_all(ledger, views)
    await killed(supervisor, "in_mid_swap")
    (left_behind,) = await made_anew(views)
    assert (await verify(ledger, views, silent)).holds
    assert views.generation == ""
    await rebuild(ledger, views, silent)
    assert views.generation not in ("", left_behind), "nobody fills on what may have been about to serve"
    assert (await verify(ledger, views, silent)).holds


@pytest.mark.long
async def test_a_rebuild_that_is_killed_after_the_swap_has_done_its_work(ledger, views, supervisor, written):
    await project_all(ledger, views)
    await views.collection("tasks").delete_many({})
    await killed(supervisor, "after_the_swap")
    assert (await verify(ledger, views, silent)).holds
    assert {views.generation} == await made_anew(views)
    await rebuild(ledger, views, silent)
    assert len(await made_anew(views)) == 2, "what serves is not filled once more"
    assert (await verify(ledger, views, silent)).holds


async def test_whoever_reads_sees_the_new_views_at_once_and_the_old_ones_stay_for_a_while(
    ledger, views, written, monkeypatch
):
    await project_all(ledger, views)
    reader = ViewStore(views.database)
    old = reader.collection("tasks")
    await views.collection("tasks").delete_one({"_id": "logistics/task-1"})
    assert not await reader.documents("tasks", _id="logistics/task-1")
    await rebuild(ledger, views, silent)
    assert await reader.documents("tasks", _id="logistics/task-1")
    await drop_replaced(views.database)
    assert await old.count_documents({}) == TASKS - 1, "somebody may still be reading it"
    monkeypatch.setattr(generations, "READ_FOR_S", 0)
    await drop_replaced(views.database)
    names = set(await views.database.list_collection_names())
    assert names >= {name + views.generation for name in COLLECTIONS}
    assert not names & set(COLLECTIONS)
    assert (await verify(ledger, views, silent)).holds


async def test_views_that_have_moved_past_the_filled_ones_are_not_replaced_by_them(
    connection, congress, ledger, views, written
):
    await project_all(ledger, views)
    filling = await filled(ledger, views)
    stands_at, filled_to = await views.checkpoint(), await filling.checkpoint()
    more = await Writer(EventStore(connection, congress, "propaganda")).write(range(1, 4))
    await settled(ledger, written + more)
    await project_all(ledger, views)
    assert not await swap(views, stands_at, filling, filled_to)
    assert views.generation == ""
    await project_all(ledger, filling)
    assert await swap(views, await views.checkpoint(), filling, await filling.checkpoint())
    assert views.generation == filling.generation
    assert (await verify(ledger, views, silent)).holds


async def test_views_that_were_renewed_meanwhile_are_not_replaced(ledger, views, written):
    await project_all(ledger, views)
    filling = await filled(ledger, views)
    stands_at = await views.checkpoint()
    await views.database["checkpoints"].update_one({"_id": "views"}, {"$set": {"renewed": 1}})
    assert not await swap(views, stands_at, filling, await filling.checkpoint())


async def test_who_was_taken_over_does_not_swap_what_another_fills(ledger, views, written):
    await project_all(ledger, views)
    filling = await filled(ledger, views)
    filled_to = await filling.checkpoint()
    await views.database["checkpoints"].update_one({"_id": f"views{filling.generation}"}, {"$inc": {"sequence": 1}})
    with pytest.raises(FenceLost, match="another rebuild"):
        await swap(views, await views.checkpoint(), filling, filled_to)
    assert (await verify(ledger, views, silent)).holds


async def test_views_that_move_while_they_are_compared_are_replaced_all_the_same(
    connection, congress, ledger, views, written, monkeypatch
):
    await project_all(ledger, views)
    digests, more = ViewStore.digests, []

    async def slow(store):
        if not more:
            more.append(await Writer(EventStore(connection, congress, "propaganda")).write(range(1, 4)))
            await settled(ledger, written + more[0])
            await project_all(ledger, views)
        return await digests(store)

    monkeypatch.setattr(ViewStore, "digests", slow)
    done = await rebuild(ledger, views, silent)
    assert (done.sequence, done.before) == (written, done.after), "both are from one place"
    assert done.upto == written + more[0]
    assert (await views.checkpoint()).sequence == written + more[0]
    assert (await verify(ledger, views, silent)).holds


async def test_what_a_rebuild_left_behind_days_ago_is_removed(ledger, views, written):
    abandoned = ViewStore(views.database, f"{MARK}1000_killed")
    await abandoned.prepare()
    await rebuild(ledger, views, silent)
    assert {views.generation} == await made_anew(views)


async def test_what_serves_is_not_removed_however_old_it_is(ledger, views, written, monkeypatch):
    monkeypatch.setattr(generations.time, "time", lambda: 1000.0)
    await rebuild(ledger, views, silent)
    monkeypatch.undo()
    assert views.generation.startswith(f"{MARK}1000_")
    done = await rebuild(ledger, views, silent)
    assert (done.sequence, done.before) == (written, done.after)
    assert (await verify(ledger, views, silent)).holds


async def test_of_two_rebuilds_at_once_the_later_one_goes_on(ledger, views, written):
    await project_all(ledger, views)
    met = asyncio.Event()

    def wait_for_the_other(sequence, _):
        met.set()

    first = asyncio.create_task(rebuild(ledger, views, wait_for_the_other))
    await met.wait()
    outcomes = await asyncio.gather(first, rebuild(ledger, views, silent), return_exceptions=True)
    lost = [outcome for outcome in outcomes if isinstance(outcome, FenceLost)]
    assert len(lost) <= 1
    assert all(outcome.sequence == written for outcome in outcomes if outcome not in lost)
    assert (await verify(ledger, views, silent)).holds


@pytest.mark.parametrize("mark", [{"$set": {"fold": "another"}}, {"$unset": {"fold": ""}}], ids=["another", "none"])
async def test_views_of_another_fold_are_made_again_by_the_tracker_while_they_serve(ledger, views, written, mark):
    await project_all(ledger, views)
    await views.database["checkpoints"].update_one({"_id": "views"}, mark)
    await views.collection("tasks").update_one(
        {"_id": "logistics/task-1"}, {"$set": {"title.vi": "as it was folded"}}
    )
    older = {"$set": {"summary": {"en": "as it was told"}}, "$unset": {"data": ""}}
    await views.collection("audit_trail").update_one({"_id": 1}, older)
    assert (await timeline(views, ledger, "task-1"))[0]["summary"] == {"en": "as it was told"}
    projector = Projector(ledger, views)
    running = asyncio.create_task(projector.run())

    async def renewing() -> bool:
        return projector.progress.renewed is not None

    async def renewed() -> bool:
        return await views.made_by() == fold_version()

    await until(renewing)
    (old,) = await views.documents("tasks", _id="logistics/task-1")
    assert old["title"]["vi"] == "as it was folded", "the old views serve"
    await until(renewed)
    (row,) = await views.audit_rows_of([1])
    assert "summary" not in row
    (shown, *_) = await timeline(views, ledger, "task-1")
    assert shown["summary"]["en"] == f"Head, Logistics unit opened task task-1: {shown['data']['title']['vi']}"
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    assert (await verify(ledger, views, silent)).holds


async def test_views_of_todays_fold_are_left_alone(ledger, views, written):
    await project_all(ledger, views)
    await renew(ledger, views, lambda *_: pytest.fail("it was rebuilt"))
