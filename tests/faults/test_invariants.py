"""Each invariant speaks where the one thing is broken that it watches over, and is silent where nothing is."""

import json
from datetime import UTC, datetime
from types import SimpleNamespace
from uuid import uuid4

import msgspec
import pytest

from services.logistics.main import SERVICE
from services.tracker.projection.committing import Projection
from shared.domain.decider import Actor
from shared.domain.task import OpenTask
from shared.events.policy import PolicyRefused
from shared.events.task import TaskStarted
from shared.eventstore.envelope import Cause, as_bytes
from shared.eventstore.names import ledger_stream, service_stream
from shared.eventstore.store import EventStore
from shared.eventstore.streams import stream_configs
from shared.unit.commands import CommandHandler, CommandRequest
from shared.unit.refusals import REFUSALS, RecordRefusal
from tests.congress import envelope_of, settled
from tests.faults.invariants import INVARIANTS, MOST_BYTES
from tests.faults.load import FACTS
from tests.faults.scene import Forged

OURS = ("t-1", "t-2")
OF_A_POLICY = "p-1"
POLICY = Actor("policy.open-assigned-items", "logistics")


class Broken:
    """A scene that went well: two acknowledged commands, one task that a policy opened. Its parts can be broken."""

    def __init__(self, connection, settings, ledger, views):
        self.connection, self.settings, self.ledger, self.views = connection, settings, ledger, views
        self.forged = []
        self.load = SimpleNamespace(
            answers={}, refused={uuid4()}, orders=SimpleNamespace(opened_by_policies=[OF_A_POLICY])
        )
        self.handler = CommandHandler(
            EventStore(connection, settings.congress, "logistics"), (*SERVICE.aggregates, REFUSALS)
        )

    def tracker_says(self, line):
        log = self.settings.data_dir / "logs" / "tracker.log"
        log.parent.mkdir(exist_ok=True)
        log.write_text(f"{line}\n", "utf-8")

    async def play(self):
        self.tracker_says("INFO the projection goes on after 1 tries")
        for task_id in OURS:
            command_id = uuid4()
            request = CommandRequest(command_id=command_id, data=opened(task_id))
            lead = Actor("logistics.lead", "logistics")
            self.load.answers[command_id] = await self.handler.handle("open-task", request, lead)
        await self.by_a_policy(OpenTask(**opened(OF_A_POLICY)))
        await self.projected()

    async def by_a_policy(self, command):
        given = uuid4()
        now = datetime.now(UTC)
        cause = Cause(command_id=given, actor=POLICY, happened=now, correlation_id=given, causation_id=given)
        return await self.handler.execute(command, cause)

    async def store_by_hand(self, subject, body):
        stream = service_stream(self.settings.congress, "logistics")
        await self.connection.jetstream().publish(subject, body, stream=stream)

    async def settled(self):
        stream = service_stream(self.settings.congress, "logistics")
        await settled(self.ledger, (await self.connection.jetstream().stream_info(stream)).state.last_seq)

    async def projected(self):
        await self.settled()
        await self.views.prepare()
        projection = Projection(self.views, await self.views.checkpoint())
        async for page in self.ledger.read(projection.checkpoint.sequence):
            await projection.add(page)
        await projection.settle()


def opened(task_id):
    return FACTS | {"task_id": task_id, "title": {"vi": "Việc"}, "planned_vnd": 1}


@pytest.fixture
async def scene(connection, settings, ledger, views):
    found = Broken(connection, settings, ledger, views)
    await found.play()
    return found


async def an_acknowledged_event_is_missing(scene):
    answer = next(iter(scene.load.answers.values()))
    lost = answer.events[0].model_copy(update={"id": uuid4()})
    scene.load.answers[uuid4()] = answer.model_copy(update={"events": (lost,)})


async def two_commands_have_one_event(scene):
    scene.load.answers[uuid4()] = next(iter(scene.load.answers.values()))


async def an_event_is_stored_twice(scene):
    stored = await scene.ledger.event(1)
    await scene.store_by_hand(stored.subject, stored.body)
    await scene.projected()


async def a_policy_has_other_ids_the_second_time(scene):
    stored = await scene.ledger.event(3)
    again = json.loads(stored.body) | {"id": str(uuid4())}
    await scene.store_by_hand(stored.subject, json.dumps(again).encode())
    await scene.projected()


async def a_refused_command_has_left_something(scene):
    command_id, _ = scene.load.answers.popitem()
    scene.load.refused.add(command_id)


async def an_event_is_of_no_command(scene):
    scene.load.answers.popitem()


async def a_policy_has_done_nothing(scene):
    scene.load.orders.opened_by_policies.append("p-2")


async def a_policy_has_done_too_much(scene):
    await scene.by_a_policy(OpenTask(**opened("p-3")))
    await scene.projected()


async def a_policy_was_refused(scene):
    refused = PolicyRefused(policy="p", command="open-task", code="conflict", detail="-")
    await scene.by_a_policy(RecordRefusal(cause=uuid4(), refused=refused))
    await scene.projected()


async def an_audit_row_is_missing(scene):
    await scene.views.collection("audit_trail").delete_one({"_id": 2})


async def an_audit_row_is_there_twice(scene):
    row = (await scene.views.documents("audit_trail"))[0]
    await scene.views.collection("audit_trail").insert_one(row | {"_id": 99})


async def a_document_differs(scene):
    await scene.views.collection("tasks").update_one({"_id": "logistics/t-1"}, {"$set": {"planned_vnd": 2}})


async def an_event_was_passed_over(scene):
    """As by a checkpoint that moved without its views."""
    scene.load.orders.opened_by_policies.append("p-2")
    await scene.by_a_policy(OpenTask(**opened("p-2")))
    await scene.settled()
    end = await scene.ledger.last_sequence()
    await scene.views.database["checkpoints"].update_one({"_id": "views"}, {"$set": {"sequence": end}})


async def the_views_are_not_at_the_end(scene):
    scene.load.orders.opened_by_policies.append("p-2")
    await scene.by_a_policy(OpenTask(**opened("p-2")))
    await scene.settled()


async def something_is_parked(scene):
    await scene.store_by_hand(f"evt.{scene.settings.congress}.logistics.task.t-1", as_bytes(of_tomorrow("t-1")))
    await scene.projected()


async def something_forged_is_left(scene):
    envelope = of_tomorrow("t-1")
    subject = f"evt.{scene.settings.congress}.logistics.task.t-1"
    scene.forged.append(Forged(envelope.id, subject))
    await scene.store_by_hand(subject, as_bytes(envelope))
    await scene.projected()


async def something_has_waited_for_another(scene):
    await scene.views.collection("audit_trail").update_one({"_id": 1}, {"$set": {"waited_until": 3}})


async def a_document_has_grown(scene):
    await scene.views.collection("tasks").update_one({"_id": "logistics/t-1"}, {"$set": {"note": "x" * MOST_BYTES}})


def of_tomorrow(task_id):
    """An event that no code of today knows."""
    told = envelope_of(TaskStarted(), "logistics", "task", task_id, 0)
    return msgspec.structs.replace(told, type="vn.daihoi.task.teleported.v1")


async def a_tracker_took_the_ledger_for_broken(scene):
    scene.tracker_says("ERROR the projection waits: LedgerBroken: the ledger has a hole after sequence 3")


async def the_ledger_lacks_the_first_of_a_stream(scene):
    await ledger_made_anew(scene, lambda source: source | {"opt_start_seq": 2})
    await settled(scene.ledger, 2)


async def the_ledger_lacks_all_of_a_stream(scene):
    await ledger_made_anew(scene, lambda source: source | {"opt_start_seq": 99})


async def ledger_made_anew(scene, changed):
    name = ledger_stream(scene.settings.congress)
    config = stream_configs(scene.settings.congress)[-1]
    config["sources"] = [changed(source) for source in config["sources"]]
    await scene.connection.jetstream().delete_stream(name)
    await scene.connection.request(f"$JS.API.STREAM.CREATE.{name}", json.dumps(config).encode(), timeout=10)


async def test_where_all_is_well_no_invariant_speaks(scene):
    assert {name: await invariant(scene) for name, invariant in INVARIANTS.items()} == dict.fromkeys(INVARIANTS, "")
    assert await scene.ledger.last_sequence() == len(OURS) + 1


@pytest.mark.parametrize(
    ("breaks", "speaks"),
    [
        (an_acknowledged_event_is_missing, {"acknowledged once"}),
        (two_commands_have_one_event, {"acknowledged once"}),
        (an_event_is_stored_twice, {"acknowledged once", "nothing twice"}),
        (a_refused_command_has_left_something, {"nothing twice"}),
        (an_event_is_of_no_command, {"nothing twice"}),
        (a_policy_has_other_ids_the_second_time, {"nothing twice", "policies once"}),
        (a_policy_has_done_nothing, {"policies once"}),
        (a_policy_has_done_too_much, {"policies once"}),
        (a_policy_was_refused, {"policies once"}),
        (an_audit_row_is_missing, {"views = fold"}),
        (an_audit_row_is_there_twice, {"views = fold"}),
        (a_document_differs, {"views = fold"}),
        (an_event_was_passed_over, {"views = fold"}),
        (the_views_are_not_at_the_end, {"views = fold"}),
        (the_ledger_lacks_the_first_of_a_stream, {"origins 1, 2, 3"}),
        (the_ledger_lacks_all_of_a_stream, {"origins 1, 2, 3"}),
        (something_is_parked, {"parked alone"}),
        (something_forged_is_left, {"parked alone"}),
        (something_has_waited_for_another, {"parked alone"}),
        (a_document_has_grown, {"documents bounded"}),
        (a_tracker_took_the_ledger_for_broken, {"no false alarm"}),
    ],
)
async def test_an_invariant_speaks_where(scene, breaks, speaks):
    await breaks(scene)
    assert {name for name in speaks if await INVARIANTS[name](scene)} == speaks
