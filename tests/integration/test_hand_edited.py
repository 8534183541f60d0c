"""Somebody has edited the database by hand: it is found and told in words, and a rebuild makes it good."""

import asyncio
from datetime import date

import pytest
from bson import Decimal128, ObjectId

from daihoi.terminal.audit import verdict_lines
from services.tracker import queries
from services.tracker.health import trouble_finding
from services.tracker.history import verify as verification
from services.tracker.history.verify import verify
from services.tracker.projection.errors import ViewsBroken
from services.tracker.projection.projector import Projector
from services.tracker.projection.rebuild import rebuild
from services.tracker.projection.store import CHECKPOINTS, LIVE, ViewStore
from shared.eventstore.store import EventStore
from tests.congress import Writer, settled
from tests.integration.test_tracker import at, project_all, silent
from tests.waiting import until

TODAY = date(2020, 10, 1)
TASK = {"_id": "logistics/task-1"}


@pytest.fixture
async def written(connection, congress, ledger, views):
    events = await Writer(EventStore(connection, congress, "logistics")).write(range(1, 4))
    await settled(ledger, events)
    await project_all(ledger, views)
    return events


async def set_in_task(views, **fields):
    await views.collection("tasks").update_one(TASK, {"$set": fields})


async def refused(look):
    """What was said in words where the views could not be read; what a rebuild is for where they could."""
    try:
        await look
    except ViewsBroken as broken:
        return str(broken)
    return "nothing to be said: daihoi rebuild makes them good"


EDITS = {
    "a null is added": (lambda v: set_in_task(v, odd=None), ("tasks", "logistics/task-1", "odd")),
    "0 for false": (lambda v: set_in_task(v, suspended=0), ("tasks", "logistics/task-1", "suspended")),
    "1.0 for 1": (lambda v: set_in_task(v, percent=100.0), ("tasks", "logistics/task-1", "percent")),
    "a null for nothing in a list": (
        lambda v: set_in_task(v, coordinating=None),
        ("tasks", "logistics/task-1", "coordinating"),
    ),
    "another type": (lambda v: set_in_task(v, title=ObjectId()), ("tasks", "logistics/task-1", "title")),
    "a field is gone": (
        lambda v: v.collection("tasks").update_one(TASK, {"$unset": {"status": ""}}),
        ("tasks", "logistics/task-1", "status"),
    ),
    "a row after the last": (
        lambda v: v.collection("audit_trail").insert_one({"_id": 1_000_000, "outcome": "applied"}),
        ("audit_trail", "1000000", ""),
    ),
    "a row before the first": (
        lambda v: v.collection("audit_trail").insert_one({"_id": -1, "changes": []}),
        ("audit_trail", "-1", ""),
    ),
    "a row between two": (
        lambda v: v.collection("audit_trail").insert_one({"_id": 1.5, "changes": []}),
        ("audit_trail", "float 1.5", ""),
    ),
    "a row under text": (
        lambda v: v.collection("audit_trail").insert_one({"_id": "7", "changes": []}),
        ("audit_trail", "str '7'", ""),
    ),
    "a document under a number": (lambda v: v.collection("tasks").insert_one({"_id": 7}), ("tasks", "int 7", "")),
    "a document of another kind": (
        lambda v: v.collection("meetings").insert_one({"_id": Decimal128("1"), "x": [ObjectId()]}),
        ("meetings", "Decimal128 Decimal128('1')", ""),
    ),
    "an entity that is said to be held up": (
        lambda v: v.database[CHECKPOINTS].update_one({"_id": LIVE}, {"$set": {"held": 9}}),
        (CHECKPOINTS, LIVE, "held"),
    ),
    "a parked event that is none": (
        lambda v: v.collection("parked").insert_one({"_id": "x"}),
        ("parked", "str 'x'", ""),
    ),
}


@pytest.mark.parametrize("edit", EDITS)
async def test_what_was_edited_is_found_and_a_rebuild_makes_it_good(ledger, views, written, edit):
    by_hand, where = EDITS[edit]
    await by_hand(views)
    verdict = await verify(ledger, views, silent)
    assert not verdict.holds
    assert verdict.difference[:3] == where
    assert any(where[1] in line for line in verdict_lines(verdict, "en"))
    assert "daihoi rebuild" in await refused(queries.consolidated_report("t", views, ledger, TODAY))
    await rebuild(ledger, views, silent)
    assert (await verify(ledger, views, silent)).nothing_wrong
    await queries.consolidated_report("t", views, ledger, TODAY)


BROKEN = {
    "no sequence": {"$unset": {"sequence": ""}},
    "a sequence in words": {"$set": {"sequence": "three"}},
    "a sequence with a point": {"$set": {"sequence": 3.5}},
    "origins in a list": {"$set": {"origins": [1]}},
    "an origin of another form": {"$set": {"origins": {"EVENTS_X": {"a": 1}}}},
    "a generation of another type": {"$set": {"generation": 5}},
    "refusals of another form": {"$set": {"refused": [1]}},
    "replaced ones of another form": {"$set": {"replaced": "x"}},
}


@pytest.mark.parametrize("edit", BROKEN)
async def test_a_checkpoint_that_can_not_be_read_is_named_and_a_rebuild_makes_a_new_one(
    ledger, views, written, edit, monkeypatch
):
    monkeypatch.setattr(verification, "CATCH_UP_S", 0.2)
    await views.database[CHECKPOINTS].update_one({"_id": LIVE}, BROKEN[edit])
    for look in (verify(ledger, views, silent), queries.consolidated_report("t", views, ledger, TODAY)):
        assert "daihoi rebuild" in await refused(look)
    done = await rebuild(ledger, views, silent)
    assert (done.sequence, done.parked) == (written, 0)
    assert (await verify(ledger, views, silent)).nothing_wrong


async def park_nonsense(views, stream):
    await views.database[CHECKPOINTS].update_one({"_id": LIVE}, {"$set": {"held": 1}})
    await views.collection("parked").insert_one({"_id": "x", "subject": f"evt.{stream}.security.task.task-1"})


@pytest.mark.parametrize("what", ["the checkpoint", "what is parked"])
async def test_a_tracker_that_meets_what_no_tracker_wrote_says_so_and_goes_on_after_a_rebuild(
    connection, congress, ledger, views, written, what
):
    if what == "the checkpoint":
        await views.database[CHECKPOINTS].update_one({"_id": LIVE}, {"$set": {"origins": "none"}})
    else:
        await park_nonsense(views, congress)
        written += await Writer(EventStore(connection, congress, "security")).write([1])
        await settled(ledger, written)
    projector = Projector(ledger, views)
    running = asyncio.create_task(projector.run())
    try:

        async def complains():
            return isinstance(projector.progress.trouble, ViewsBroken)

        await until(complains)
        assert trouble_finding(projector.progress.trouble, 0).code == "views_broken"
        await rebuild(ledger, ViewStore(views.database), silent)
        await at(views, written)

        async def content():
            return projector.progress.trouble is None

        await until(content)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert (await verify(ledger, views, silent)).nothing_wrong
