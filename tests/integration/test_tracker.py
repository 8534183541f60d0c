"""The tracker on the real servers: the checkpoint moves with the views, and nothing is lost or done twice."""

import asyncio
import contextlib
import json

import pytest

from services.tracker.history.verify import verify
from services.tracker.projection import committing
from services.tracker.projection.committing import Projection
from services.tracker.projection.errors import FenceLost
from services.tracker.projection.fold import Checkpoint
from services.tracker.projection.lease import WRITER
from services.tracker.projection.projector import Projector
from services.tracker.projection.rebuild import rebuild
from services.tracker.projection.store import CHECKPOINTS, COLLECTIONS, ViewStore
from services.tracker.queries import timeline
from shared.eventstore import ledger as ledger_pages
from shared.eventstore.errors import LedgerBroken
from shared.eventstore.ledger import Ledger
from shared.eventstore.names import ledger_stream, service_stream
from shared.eventstore.store import EventStore
from shared.eventstore.streams import stream_configs
from shared.platform.mongo import transaction
from tests.congress import Writer, life_of_a_task, settled
from tests.waiting import TIMEOUT_S, until


def silent(*_):
    pass


@pytest.fixture
async def written(connection, congress, ledger):
    """Ten tasks of logistics and five of security, all their lives long: the number of events."""
    logistics = await Writer(EventStore(connection, congress, "logistics")).write(range(1, 11))
    security = await Writer(EventStore(connection, congress, "security")).write(range(1, 6))
    await settled(ledger, logistics + security)
    return logistics + security


@contextlib.asynccontextmanager
async def tracking(ledger, views):
    projector = Projector(ledger, views)
    running = asyncio.create_task(projector.run())
    try:
        yield projector
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running


async def project_all(ledger, views):
    projection = Projection(views, await views.checkpoint())
    async for page in ledger.read(projection.checkpoint.sequence):
        await projection.add(page)
    await projection.settle()


async def at(views, sequence):
    async def there():
        return (await views.checkpoint()).sequence >= sequence

    await until(there)


async def test_the_views_say_what_the_events_say(ledger, views, written):
    async with tracking(ledger, views):
        await at(views, written)
    tasks = await views.documents("tasks")
    assert len(tasks) == 15
    assert {task["status"] for task in tasks} == {"completed"}
    verdict = await verify(ledger, views, silent)
    assert verdict.holds
    assert verdict.sequence == written


async def test_events_that_arrive_later_are_in_the_views_soon_after(connection, congress, ledger, views, written):
    async with tracking(ledger, views):
        await at(views, written)
        more = await Writer(EventStore(connection, congress, "propaganda")).write([1])
        await at(views, written + more)
    assert (await verify(ledger, views, silent)).holds


async def test_an_idle_tracker_folds_again_what_the_database_has_forgotten(
    connection, congress, ledger, views, written
):
    async with tracking(ledger, views) as projector:
        await at(views, written)
        earlier = await everything_in(views)
        end = written + await Writer(EventStore(connection, congress, "propaganda")).write([1])

        async def idle():
            return projector.progress.checkpoint.sequence == end

        await until(idle)
        await put_back(views, earlier)
        await at(views, end)
    assert (await verify(ledger, views, silent)).holds
    assert len(await views.documents("audit_trail")) == end


PAGE = 10
AHEAD = 40


class Held(ViewStore):
    """Commits when it is let go on, and then each at once; or fails."""

    def __init__(self, database):
        super().__init__(database)
        self.let_go_on = asyncio.Event()
        self.fails = False
        self.committed = []

    async def commit(self, outcome, read):
        await self.let_go_on.wait()
        if self.fails:
            raise FenceLost("as the test wants it")
        await super().commit(outcome, read)
        self.committed.append(outcome.checkpoint.sequence)


class Folding:
    """Small pages folded into a store that is held."""

    def __init__(self, ledger, store):
        self.reached = 0
        self.projection = Projection(store, Checkpoint())
        self.task = asyncio.create_task(self._run(ledger))

    async def _run(self, ledger):
        async for page in ledger.read():
            await self.projection.add(page)
            self.reached = page[-1].sequence
        await self.projection.settle()

    async def as_far_as_it_may(self):
        """All but the page that waits for a commit."""
        return self.reached == AHEAD - PAGE


@pytest.fixture
async def held(ledger, views, written, monkeypatch):
    monkeypatch.setattr(ledger_pages, "BATCH_MESSAGES", PAGE)
    monkeypatch.setattr(committing, "UNCOMMITTED_EVENTS", AHEAD)
    assert written > 2 * AHEAD
    return Held(views.database)


async def test_pages_are_folded_while_a_commit_is_under_way_up_to_a_bound(ledger, views, written, held):
    folding = Folding(ledger, held)
    await until(folding.as_far_as_it_may)
    held.let_go_on.set()
    await asyncio.wait_for(folding.task, TIMEOUT_S)
    assert AHEAD in held.committed, "what was folded meanwhile is committed together"
    assert len(held.committed) < written // PAGE
    assert folding.projection.checkpoint.sequence == held.committed[-1] == written
    assert (await verify(ledger, views, silent)).holds


async def test_who_waits_for_a_commit_hears_that_it_failed(ledger, views, written, held):
    folding = Folding(ledger, held)
    await until(folding.as_far_as_it_may)
    held.fails = True
    held.let_go_on.set()
    with pytest.raises(FenceLost, match="as the test wants it"):
        await asyncio.wait_for(folding.task, TIMEOUT_S)
    assert (await views.checkpoint()).sequence == 0


async def everything_in(views):
    """Views and checkpoint as they are together."""
    async with transaction(views.database) as session:
        return {
            name: [each async for each in views.database[name].find({"_id": {"$ne": WRITER}}, session=session)]
            for name in (*COLLECTIONS, CHECKPOINTS)
        }


async def put_back(views, earlier):
    """As a database leaves it that was killed and has forgotten its last commits."""
    async with transaction(views.database) as session:
        for name, documents in earlier.items():
            await views.database[name].delete_many({"_id": {"$ne": WRITER}}, session=session)
            if documents:
                await views.database[name].insert_many(documents, session=session)


async def test_two_trackers_at_once_apply_every_event_once(ledger, views, written):
    other = ViewStore(views.database)
    async with tracking(ledger, views), tracking(ledger, other):
        await at(views, written)
    assert (await verify(ledger, views, silent)).holds
    assert len(await views.documents("audit_trail")) == written


async def test_a_commit_from_a_checkpoint_that_has_moved_changes_nothing(ledger, views, written):
    late = Projection(views, await views.checkpoint())
    await project_all(ledger, views)
    async for page in ledger.read():
        await late.add(page)
    with pytest.raises(FenceLost):
        await late.settle()
    assert (await verify(ledger, views, silent)).holds


async def test_a_commit_that_fails_half_way_leaves_nothing_behind(ledger, views, written):
    await views.collection("audit_trail").insert_one({"_id": written})
    projection = Projection(views, Checkpoint())
    async for page in ledger.read():
        await projection.add(page)
    with pytest.raises(Exception, match=r"duplicate key|E11000"):
        await projection.settle()
    assert (await views.checkpoint()).sequence == 0
    assert await views.documents("tasks") == []


async def test_what_can_not_be_read_is_parked_and_counted_and_the_rest_goes_on(
    connection, congress, ledger, views, written
):
    stream = service_stream(congress, "logistics")
    for body in (b"not json", b"{}"):
        await connection.jetstream().publish(f"evt.{congress}.logistics.task.odd", body, stream=stream)
    await Writer(EventStore(connection, congress, "logistics")).write([99])
    end = written + 2 + len(life_of_a_task(99))
    await settled(ledger, end)
    async with tracking(ledger, views):
        await at(views, end)
    assert await views.count_parked() == 2
    assert len(await views.documents("audit_trail")) == end
    assert len(await views.documents("tasks")) == 16
    verdict = await verify(ledger, views, silent)
    assert (verdict.holds, verdict.parked) == (True, 2)


async def test_a_ledger_that_misses_an_event_of_a_unit_says_so(connection, congress, ledger, views, written):
    """A ledger that was made to source logistics from its third event on."""
    name = ledger_stream(congress)
    config = stream_configs(congress)[-1]
    for source in config["sources"]:
        if "LOGISTICS" in source["name"]:
            source["opt_start_seq"] = 3
    js = connection.jetstream()
    await js.delete_stream(name)
    await connection.request(f"$JS.API.STREAM.CREATE.{name}", json.dumps(config).encode())
    await settled(ledger, written - 2)
    async with tracking(ledger, views):
        await at(views, written - 2)
    assert (await views.checkpoint()).gaps == {service_stream(congress, "logistics"): 1}
    parked = await views.documents("parked")
    assert {row["reason"] for row in parked} == {"origin_gap"}
    assert len(await views.documents("tasks")) == 5


async def test_a_checkpoint_ahead_of_the_ledger_stops_the_tracker_and_it_says_why(ledger, views, written):
    await views.database["checkpoints"].update_one({"_id": "views"}, {"$set": {"sequence": written + 1000}})
    async with tracking(ledger, views) as projector:

        async def complains():
            return "before the checkpoint" in str(projector.progress.trouble)

        await until(complains)
    assert (await views.checkpoint()).sequence == written + 1000


async def test_verify_names_the_first_document_and_field_that_differ(ledger, views, written):
    await project_all(ledger, views)
    await views.collection("tasks").update_one({"_id": "logistics/task-3"}, {"$set": {"secured_vnd": 1}})
    verdict = await verify(ledger, views, silent)
    assert not verdict.holds
    assert verdict.live != verdict.replayed
    assert verdict.difference == ("tasks", "logistics/task-3", "secured_vnd", 1, 1_500_000)


@pytest.mark.parametrize("view", ["audit_trail", "tasks"])
async def test_verify_finds_a_document_that_is_gone_or_should_not_be(ledger, views, written, view):
    await project_all(ledger, views)
    key = (await views.documents(view))[0]["_id"]
    await views.collection(view).delete_one({"_id": key})
    found = (await verify(ledger, views, silent)).difference
    assert (found.view, found.key, found.live) == (view, str(key), None)


async def test_verify_finds_a_doctored_audit_row(ledger, views, written):
    await project_all(ledger, views)
    await views.collection("audit_trail").update_one({"_id": 7}, {"$set": {"actor": "somebody.else"}})
    verdict = await verify(ledger, views, silent)
    assert not verdict.holds
    assert (verdict.difference.view, verdict.difference.key) == ("audit_trail", "7")


async def test_a_rebuild_gives_the_same_views_and_repairs_what_was_changed(ledger, views, written):
    await project_all(ledger, views)
    before = await views.digests()
    await views.collection("tasks").delete_many({})
    done = await rebuild(ledger, views, silent)
    assert done.before != done.after
    assert await views.digests() == before
    assert (await verify(ledger, views, silent)).holds


async def test_a_rebuild_under_a_running_tracker_loses_nothing(connection, congress, ledger, views, written):
    async with tracking(ledger, views):
        await at(views, written)
        await rebuild(ledger, views, silent)
        more = await Writer(EventStore(connection, congress, "propaganda")).write(range(1, 4))
        await at(views, written + more)
    assert (await verify(ledger, views, silent)).holds


async def test_a_rebuild_is_the_way_back_when_the_broker_has_lost_events(ledger, views, written):
    await project_all(ledger, views)
    await views.database["checkpoints"].update_one({"_id": "views"}, {"$set": {"sequence": written + 7}})
    with pytest.raises(LedgerBroken, match="the broker has lost events"):
        await verify(ledger, views, silent)
    done = await rebuild(ledger, views, silent)
    assert (done.sequence, done.lost) == (written, 7)
    assert (await verify(ledger, views, silent)).holds


async def test_a_timeline_tells_one_entity_and_what_changed(ledger: Ledger, views, written):
    await project_all(ledger, views)
    rows = await timeline(views, ledger, "logistics/task-2")
    assert [row["type"].split(".")[3] for row in rows] == [event.TYPE.split(".")[3] for event in life_of_a_task(2)]
    assert len(await timeline(views, ledger, "task-2")) == 2 * len(rows)
    assert await timeline(views, ledger, "no such thing") == []
