"""The shadow says by name where the live views differ from the events, and leaves snapshots behind."""

import pytest

from services.tracker.history import as_of, snapshots
from services.tracker.history.shadow import Shadow, last_check
from services.tracker.history.snapshots import Snapshots
from services.tracker.projection.store import ViewStore
from shared.eventstore.store import EventStore
from tests.congress import Writer, settled
from tests.integration.test_tracker import project_all

TASKS = 150
CHECKS = 3


@pytest.fixture
async def written(connection, congress, ledger, views, monkeypatch):
    monkeypatch.setattr(as_of, "EVERY", 1000)
    monkeypatch.setattr(snapshots, "EVERY", 1000)
    events = await Writer(EventStore(connection, congress, "logistics")).write(range(1, TASKS + 1))
    await settled(ledger, events)
    await project_all(ledger, views)
    return events


@pytest.fixture
async def shadow(ledger, views):
    return Shadow(ledger, views, Snapshots(views.database))


async def test_views_that_say_what_the_events_say_have_no_drift(shadow, views, written):
    for _ in range(CHECKS):
        await shadow.check()
    found = await last_check(views)
    assert (found.sequence, found.drift) == (written, [])
    assert await Snapshots(views.database).last_sequence() == 1000


@pytest.mark.parametrize(
    ("by_hand", "named"),
    [
        (lambda tasks: tasks.update_one({"_id": "logistics/task-7"}, {"$set": {"percent": 7}}), "logistics/task-7"),
        (lambda tasks: tasks.delete_one({"_id": "logistics/task-8"}), "logistics/task-8"),
        (lambda tasks: tasks.insert_one({"_id": "logistics/task-0"}), "logistics/task-0"),
    ],
    ids=["changed", "removed", "added"],
)
async def test_what_was_changed_by_hand_is_named(shadow, views, written, by_hand, named):
    await shadow.check()
    await by_hand(views.collection("tasks"))
    for _ in range(CHECKS):
        await shadow.check()
    assert (await last_check(views)).drift == [f"tasks {named}"]


async def test_drift_that_is_mended_is_forgotten(shadow, views, written):
    await views.collection("tasks").update_one({"_id": "logistics/task-7"}, {"$inc": {"percent": 1}})
    await shadow.check()
    assert (await last_check(views)).drift
    await views.collection("tasks").update_one({"_id": "logistics/task-7"}, {"$inc": {"percent": -1}})
    await shadow.check()
    assert not (await last_check(views)).drift


async def test_views_that_move_while_they_are_compared_are_no_drift(
    shadow, ledger, views, connection, congress, written, monkeypatch
):
    await shadow.check()
    fetch = ViewStore.fetch

    async def moved_by_then(store, keys):
        monkeypatch.setattr(ViewStore, "fetch", fetch)
        more = await Writer(EventStore(connection, congress, "security")).write([1])
        await settled(ledger, written + more)
        await project_all(ledger, views)
        return await fetch(store, keys)

    monkeypatch.setattr(ViewStore, "fetch", moved_by_then)
    await shadow.check()
    found = await last_check(views)
    assert (found.sequence, found.drift) == (written, []), "what is compared is from one moment"


async def test_views_of_another_fold_are_not_compared(shadow, views, written):
    await views.database["checkpoints"].update_one({"_id": "views"}, {"$set": {"fold": "another"}})
    await shadow.check()
    assert await last_check(views) is None
