"""A rebuild that is killed, that another one meets, or that nobody asked for because the fold has changed."""

import asyncio
import signal
import sys
from contextlib import suppress

import pytest

from services.supervisor import Supervisor
from services.tracker.audit.verify import verify
from services.tracker.past.version import fold_version
from services.tracker.projector import Projector
from services.tracker.rebuild import rebuild, renew
from services.tracker.store import NEXT, FenceLost
from shared.eventstore.store import EventStore
from tests.congress import Writer, settled
from tests.integration.test_tracker import project_all
from tests.waiting import until

TASKS = 500
DEATH_TIMEOUT_S = 60


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


async def generations(views):
    return {name.partition(NEXT)[2] for name in await views.database.list_collection_names() if NEXT in name}


@pytest.mark.parametrize("point", ["inside_the_transaction", "after_the_transaction"])
async def test_a_rebuild_goes_on_where_a_killed_one_was(ledger, views, supervisor, written, point):
    await project_all(ledger, views)
    child = supervisor.start("rebuild", [sys.executable, "-m", "tests.faults.dying", "rebuild", point, "3"])
    await asyncio.wait_for(asyncio.to_thread(child.wait), DEATH_TIMEOUT_S)
    assert child.returncode == -signal.SIGKILL
    assert len(await generations(views)) == 1
    assert (await verify(ledger, views, silent)).holds, "the old views are untouched"
    reached = []
    done = await rebuild(ledger, views, lambda sequence, _: reached.append(sequence))
    assert min(reached) > 1000, "the first pages were not read again"
    assert (done.sequence, done.before) == (written, done.after)
    assert await generations(views) == set()
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
    projector = Projector(ledger, views, renew)
    running = asyncio.create_task(projector.run())

    async def renewing() -> bool:
        return projector.progress.renewed is not None

    async def renewed() -> bool:
        return await views.made_by() == fold_version()

    await until(renewing)
    (old,) = await views.documents("tasks", _id="logistics/task-1")
    assert old["title"]["vi"] == "as it was folded", "the old views serve"
    await until(renewed)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    assert (await verify(ledger, views, silent)).holds


async def test_views_of_todays_fold_are_left_alone(ledger, views, written):
    await project_all(ledger, views)
    await renew(ledger, views, lambda *_: pytest.fail("it was rebuilt"))
