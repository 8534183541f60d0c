"""The parking lot on the real servers: poison parks, its entity waits, and people retry or discard."""

import asyncio
import json

import pytest

from daihoi.ops.supervisor import Supervisor
from services.tracker.history.repair import retry
from services.tracker.history.verify import verify
from services.tracker.projection.committing import Projection
from services.tracker.projection.errors import FenceLost
from services.tracker.projection.rebuild import rebuild
from services.tracker.projection.store import ViewStore
from shared.domain.decider import Refused
from shared.events.parked_event import ParkedEventDiscarded
from shared.events.task import TaskFunded, TaskProgressed
from shared.eventstore.envelope import as_bytes
from shared.eventstore.names import service_stream
from shared.eventstore.store import EventStore
from shared.history.decoding import EVENT_TYPES, VIEWS_OF
from shared.unit.client import CommandClient
from shared.views.view import View
from tests.conftest import token_for
from tests.congress import Writer, envelope_of, life_of_a_task, settled
from tests.integration.test_tracker import at, project_all, silent, tracking
from tests.program import Shell

EVERYTHING = len(life_of_a_task(1))
WHATEVER = 1_000


class Stage:
    """Writes to the streams of services, and knows how much the ledger has to hold."""

    def __init__(self, connection, congress, ledger):
        self.connection, self.congress, self.ledger = connection, congress, ledger
        self.events = 0

    def store(self, service):
        return EventStore(self.connection, self.congress, service)

    async def write(self, *numbers, service="logistics"):
        self.events += await Writer(self.store(service)).write(numbers)
        await settled(self.ledger, self.events)

    async def raw(self, body, entity="task", entity_id="task-1", service="logistics"):
        """The ledger sequence."""
        stream = service_stream(self.congress, service)
        subject = f"evt.{self.congress}.{service}.{entity}.{entity_id}"
        await self.connection.jetstream().publish(subject, body, stream=stream)
        self.events += 1
        await settled(self.ledger, self.events)
        return self.events

    async def event(self, event, entity="task", entity_id="task-1", service="logistics"):
        envelope = envelope_of(event, service, entity, entity_id, WHATEVER + self.events)
        return await self.raw(as_bytes(envelope), entity, entity_id, service)

    async def discard(self, views, sequence):
        (parked,) = await views.documents("parked", _id=sequence)
        discarded = ParkedEventDiscarded(
            stored_under=parked["subject"], origin_sequence=parked["origin"]["sequence"], reason="gửi nhầm"
        )
        return await self.event(discarded, "parked-event", str(sequence), "subcommittee")


@pytest.fixture
def stage(connection, congress, ledger):
    return Stage(connection, congress, ledger)


async def reasons(views):
    return {parked["_id"]: parked["reason"] for parked in await views.documents("parked")}


async def proved(ledger, views, parked=0):
    verdict = await verify(ledger, views, silent)
    assert (verdict.holds, verdict.parked, verdict.difference) == (True, parked, None)


async def percent(views, task="logistics/task-1"):
    (found,) = await views.documents("tasks", _id=task)
    return found["percent"]


async def test_an_entity_waits_behind_poison_until_a_discard_while_the_others_move_on(stage, ledger, views):
    await stage.write(1, 2)
    async with tracking(ledger, views):
        poison = await stage.raw(b"\xffnot json")
        await at(views, stage.events)
        waiting = await stage.event(TaskProgressed(percent=77, note=""))
        await stage.event(TaskProgressed(percent=66, note=""), entity_id="task-2")
        await at(views, stage.events)
        assert await reasons(views) == {poison: "undecodable", waiting: "behind"}
        assert (await percent(views), await percent(views, "logistics/task-2")) == (100, 66)
        await proved(ledger, views, parked=2)
        discard = await stage.discard(views, poison)
        await at(views, discard)
    assert await reasons(views) == {}
    assert await percent(views) == 77
    await proved(ledger, views)
    rows = {row["_id"]: row for row in await views.audit_rows_of([poison, waiting])}
    assert (rows[poison]["outcome"], rows[poison]["discarded_at"]) == ("discarded", discard)
    assert (rows[waiting]["outcome"], rows[waiting]["waited_until"]) == ("applied", discard)


async def test_a_rebuild_goes_on_past_poison_says_how_much_is_parked_and_replays_discards(stage, ledger, views):
    await stage.write(1, 2)
    first = await stage.raw(b"{}")
    await stage.event(TaskProgressed(percent=77, note=""))
    await project_all(ledger, views)
    await stage.discard(views, first)
    await stage.raw(b"{}", entity_id="task-2")
    await stage.event(TaskProgressed(percent=66, note=""), entity_id="task-2")
    await stage.write(3)
    await project_all(ledger, views)
    live = await views.digests(), await reasons(views)
    done = await rebuild(ledger, views, silent)
    assert (done.before, done.parked, done.sequence) == (done.after, 2, stage.events)
    assert (await views.digests(), await reasons(views)) == live
    assert await percent(views) == 77
    await proved(ledger, views, parked=2)
    assert (await views.checkpoint()).held == 1


def everyone(document, recorded):
    """Events of all tasks feed one document, in their order."""
    return {"_id": "all", "told": [*(document or {"told": []})["told"], recorded.envelope.subject]}


@pytest.fixture
def a_view_of_all(monkeypatch):
    view = View("organisations", (), lambda recorded: ("all",), everyone)
    monkeypatch.setitem(VIEWS_OF, TaskFunded.TYPE, (*VIEWS_OF[TaskFunded.TYPE], view))


@pytest.fixture
async def upgraded(stage, ledger, views, a_view_of_all):
    """Views that an older version made, which knew no funding."""
    await stage.write(1, 2)
    await stage.write(1, service="security")
    with pytest.MonkeyPatch.context() as older:
        older.delitem(EVENT_TYPES, TaskFunded.TYPE)
        await project_all(ledger, views)
    assert await views.count_parked() == 3 * (EVERYTHING - 3)
    return stage


async def test_a_retry_after_an_upgrade_comes_to_what_a_rebuild_gives(upgraded, ledger, views):
    done = await retry(ledger, views, lambda subject: True, silent)
    assert len(done.taken_in) == 3 * (EVERYTHING - 3)
    assert (done.still_parked, done.sequence) == ([], upgraded.events)
    await proved(ledger, views)
    (of_all,) = await views.documents("organisations")
    assert of_all["told"] == ["task-1", "task-2", "task-1"]
    mended = await views.digests()
    await rebuild(ledger, views, silent)
    assert await views.digests() == mended


async def test_a_retry_of_one_entity_takes_in_that_one_only(upgraded, ledger, views, congress):
    one = f"evt.{congress}.logistics.task.task-2"
    done = await retry(ledger, views, lambda subject: subject == one, silent)
    assert len(done.taken_in) == EVERYTHING - 3
    assert {parked["subject"] for parked in await views.documents("parked")} == {
        f"evt.{congress}.logistics.task.task-1",
        f"evt.{congress}.security.task.task-1",
    }
    assert {task["_id"] for task in await views.documents("tasks", status="completed")} == {"logistics/task-2"}
    assert (await views.checkpoint()).held == 2


async def test_a_tracker_that_runs_goes_on_from_what_a_retry_has_written(upgraded, ledger, views):
    async with tracking(ledger, views):
        await upgraded.write(3)
        await upgraded.event(TaskProgressed(percent=44, note=""))
        await at(views, upgraded.events)
        await retry(ledger, ViewStore(views.database), lambda subject: True, silent)
        await upgraded.event(TaskProgressed(percent=55, note=""))
        await at(views, upgraded.events)
    assert await percent(views) == 55
    await proved(ledger, views)


async def test_a_retry_that_can_take_nothing_in_leaves_everything_as_it_is(stage, ledger, views):
    await stage.write(1)
    poison = await stage.raw(b"{}")
    await stage.event(TaskProgressed(percent=77, note=""))
    await project_all(ledger, views)
    before = await views.digests(), await views.documents("parked")
    done = await retry(ledger, views, lambda subject: True, silent)
    assert (done.taken_in, done.documents) == ([], [])
    assert [parked["_id"] for parked in done.still_parked] == [poison, poison + 1]
    assert (await views.digests(), await views.documents("parked")) == before
    await proved(ledger, views, parked=2)


async def test_two_retries_at_once_come_to_the_same(upgraded, ledger, views):
    other = ViewStore(views.database)
    await asyncio.gather(*(retry(ledger, store, lambda subject: True, silent) for store in (views, other)))
    await proved(ledger, views)


async def test_a_retry_changes_nothing_where_a_rebuild_is_needed(upgraded, ledger, views):
    await views.collection("tasks").insert_one({"_id": "from nowhere"})
    before = await reasons(views)
    with pytest.raises(Refused, match="rebuild"):
        await retry(ledger, views, lambda subject: True, silent)
    assert await reasons(views) == before


@pytest.mark.parametrize("how", ["retry", "rebuild"])
async def test_a_commit_from_before_a_retry_or_a_rebuild_changes_nothing(upgraded, ledger, views, how):
    late = Projection(views, await views.checkpoint())
    if how == "retry":
        await retry(ledger, views, lambda subject: True, silent)
    else:
        await rebuild(ledger, views, silent)
    assert (await views.checkpoint()).sequence == late.checkpoint.sequence
    await upgraded.event(TaskProgressed(percent=1, note=""))
    async for page in ledger.read(late.checkpoint.sequence):
        await late.add(page)
    with pytest.raises(FenceLost):
        await late.settle()


# --- as people do it ---
@pytest.fixture
async def office(connection, settings, endpoints, views, stage):
    """The sub-committee's service and the tracker, and a shell beside them."""
    supervisor = Supervisor(settings, endpoints)
    try:
        for name in ("subcommittee", "tracker"):
            supervisor.start(name)
        await supervisor.wait_until_ready(CommandClient(connection, settings.congress))
        shell = Shell(settings.data_dir, endpoints, settings.congress)
        shell.environment["DAIHOI_DATA_DIR"] = str(settings.data_dir)
        yield shell
    finally:
        supervisor.stop()


async def run(shell, *arguments, ends_with=0, **environment):
    ran = await asyncio.to_thread(shell.run, "parked", *arguments, **environment)
    assert ran.returncode == ends_with, ran.stderr
    assert "Traceback" not in ran.stderr
    return ran


async def told(shell, *arguments, ends_with=0):
    return json.loads((await run(shell, *arguments, "--format", "json", ends_with=ends_with)).stdout)


async def test_a_parked_event_is_listed_shown_tried_again_and_discarded(office, stage, views, settings, ledger):
    await stage.write(1)
    poison = await stage.raw(b'{"hello": "there"}')
    await stage.event(TaskProgressed(percent=77, note=""))
    await stage.event(TaskProgressed(percent=88, note=""))
    await at(views, stage.events)

    (listed,) = await told(office, "list")
    assert listed | {"since": ""} == {
        "sequence": poison,
        "entity": "logistics/task/task-1",
        "type": None,
        "reason": "undecodable",
        "since": "",
        "waiting": 2,
    }
    assert "logistics/task/task-1" in (await run(office, "list")).stdout
    assert "Bản ghi đang tạm gác" in (await run(office, "list", "--lang", "vi")).stdout

    shown = await told(office, "show", str(poison))
    assert (shown["body"], shown["waiting"]) == ('{"hello": "there"}', [poison + 1, poison + 2])
    assert "specversion" in shown["detail"]
    printed = (await run(office, "show", str(poison))).stdout
    assert f"daihoi parked retry {poison}" in printed
    assert f"see ledger event {poison}" in (await run(office, "show", str(poison + 1))).stdout

    for what in (str(poison + 1), "logistics/task-1"):
        again = await told(office, "retry", what, ends_with=1)
        assert (again["taken_in"], again["still_parked"]) == ([], [poison, poison + 1, poison + 2])
    assert "0 taken in, 3 still parked" in (await run(office, "retry", "--all", ends_with=1)).stdout

    chair = token_for(settings, "subcommittee.chair")
    because = ("discard", str(poison), "--reason", "sent by mistake")
    assert "missing_token" in (await run(office, *because, ends_with=1)).stderr
    assert (
        "wrong_unit"
        in (await run(office, *because, "--token", token_for(settings, "logistics.lead"), ends_with=1)).stderr
    )
    assert (await ledger.last_sequence()) == stage.events
    done = await run(office, *because, DAIHOI_TOKEN=chair)
    assert done.stdout.strip() == f"Ledger event {poison} is discarded. Behind it: 2 taken in, 0 still parked."
    assert await percent(views) == 88
    assert await told(office, "list") == []
    await proved(ledger, views)
    (row,) = await views.audit_rows_of([poison])
    assert row["discarded_by"] == "subcommittee.chair"
    replayed = await asyncio.to_thread(
        office.lines, "audit", "replay", "--type", "vn.daihoi.parked-event.discarded.v1"
    )
    assert [line["event"]["data"]["reason"] for line in replayed] == ["sent by mistake"]


async def test_the_details_of_a_parked_incident_are_masked_unless_security_asks(office, stage, views, settings):
    secret = "cửa sau"
    sequence = await stage.raw(
        json.dumps({"details": secret}, ensure_ascii=False).encode(), "incident", "i1", "security"
    )
    await at(views, sequence)
    token = token_for(settings, "security.member")
    for form in ("text", "json"):
        shown = ("show", str(sequence), "--format", form)
        masked = (await run(office, *shown)).stdout
        assert "«restricted»" in masked
        assert secret not in masked
        assert secret in (await run(office, *shown, "--token", token)).stdout


async def test_a_rebuild_past_poison_says_where_to_look(office, stage, views):
    await stage.write(1)
    sequence = await stage.raw(b"{}")
    await at(views, sequence)
    ran = await asyncio.to_thread(office.run, "rebuild")
    assert ran.returncode == 1
    assert "1 event is parked: daihoi parked list" in ran.stdout
