"""kill -9 at any moment, then start again: no acknowledged command is lost, no event is there twice."""

import asyncio
import os
import signal
from collections import Counter
from uuid import UUID, uuid4

import pytest

from daihoi.ops.supervisor import Supervisor
from services.tracker.history.verify import verify
from shared.eventstore.store import EventStore
from shared.history.decoding import decode_event
from shared.unit.client import CommandClient
from shared.unit.problems import ProblemError
from tests.conftest import token_for
from tests.congress import Writer, settled
from tests.faults.scene import dying
from tests.waiting import until

pytestmark = pytest.mark.long

TASKS_TO_PROJECT = 1500
COMMANDS = 120
KILL_AFTER = (15, 40, 75)
DEATH_TIMEOUT_S = 180


def kill_9(supervisor: Supervisor, name: str) -> None:
    child = supervisor.children[name]
    os.kill(child.pid, signal.SIGKILL)
    child.wait()


async def histogram_of_ids(ledger) -> Counter[UUID]:
    return Counter([decode_event(stored).envelope.id async for page in ledger.read() for stored in page])


@pytest.mark.parametrize("point", ["inside_the_transaction", "after_the_transaction"])
async def test_a_tracker_killed_in_mid_projection_goes_on_where_its_checkpoint_is(
    connection, congress, ledger, views, supervisor, point
):
    events = await Writer(EventStore(connection, congress, "logistics")).write(range(1, TASKS_TO_PROJECT + 1))
    await settled(ledger, events)
    await dies_at(supervisor, "tracker", point, 2)
    killed_at = (await views.checkpoint()).sequence
    assert 0 < killed_at < events, "killed too late to prove anything"
    assert (await verify(ledger, views, lambda *_: None)).holds, "views and checkpoint are of one piece"
    supervisor.start("tracker")

    async def done() -> bool:
        return (await views.checkpoint()).sequence == events

    await until(done)
    verdict = await verify(ledger, views, lambda *_: None)
    assert (verdict.holds, verdict.sequence, verdict.parked) == (True, events, 0)
    assert len(await views.documents("audit_trail")) == events


async def dies_at(supervisor: Supervisor, service: str, point: str, count: int) -> None:
    """Starts a service that kills itself at `point`, and waits for its death."""
    child = supervisor.start(service, dying(service, point, count))
    await asyncio.wait_for(asyncio.to_thread(child.wait), DEATH_TIMEOUT_S)
    assert child.returncode == -signal.SIGKILL


async def test_a_unit_killed_between_and_during_commands_loses_and_doubles_nothing(
    connection, congress, ledger, views, settings, supervisor
):
    client = CommandClient(connection, congress)
    for name in ("logistics", "tracker"):
        supervisor.start(name)
    await supervisor.wait_until_ready(client)
    token = token_for(settings, "logistics.lead")
    acknowledged: dict[UUID, list[str]] = {}

    async def command(number: int) -> None:
        """Opens a task; sent again under the same id until somebody answers."""
        group = {"number": 1, "name": {"vi": "Văn kiện"}}
        facts = {"title": {"vi": f"Việc {number}"}, "group": group, "phase": "before", "scenario": "both"}
        data = {"task_id": f"t-{number}", "planned_vnd": 0, **facts}
        command_id = uuid4()

        async def answered() -> bool:
            try:
                answer = await client.send("logistics", "open-task", data, token=token, command_id=command_id)
            except ProblemError as error:
                if error.problem.code not in ("service_not_running", "unavailable"):
                    raise
                return False
            acknowledged[command_id] = [str(event.id) for event in answer.events]
            return True

        await until(answered)

    async def killings() -> None:
        for count in KILL_AFTER:

            async def reached(count: int = count) -> bool:
                return len(acknowledged) >= count

            await until(reached)
            kill_9(supervisor, "logistics")
            supervisor.start("logistics")

    killing = asyncio.create_task(killings())
    for first in range(0, COMMANDS, 4):  # four in flight, so that a kill falls into some
        await asyncio.gather(*(command(number) for number in range(first, first + 4)))
    await killing

    await settled(ledger, COMMANDS)
    ids = await histogram_of_ids(ledger)
    assert set(ids.values()) == {1}
    assert set(ids) == {event_id for ids_of_one in acknowledged.values() for event_id in ids_of_one}
    assert len(ids) == COMMANDS

    async def projected() -> bool:
        return (await views.checkpoint()).sequence == COMMANDS

    await until(projected)
    assert (await verify(ledger, views, lambda *_: None)).holds


async def test_a_policy_killed_while_it_opens_tasks_opens_each_once(
    connection, congress, ledger, views, settings, supervisor
):
    client = CommandClient(connection, congress)
    for name in ("subcommittee", "security"):
        supervisor.start(name)
    await supervisor.wait_until_ready(client)
    office = token_for(settings, "subcommittee.office")
    items = [an_item(number) for number in range(1, 101)]
    published = {"catalogue": "main", "note": {"vi": "thử"}, "items": items}
    assigned = {"unit": "security", "item_ids": [item["code"].replace(".", "-") for item in items]}
    for name, data in (("publish-catalogue", published), ("assign-items", assigned)):
        await client.send("subcommittee", name, data, token=office, command_id=uuid4())

    async def opened(count: int) -> bool:
        return await ledger.last_sequence() >= 200 + count

    for count in (1, 30, 60):
        await until(lambda count=count: opened(count))
        kill_9(supervisor, "security")
        supervisor.start("security")
    await until(lambda: opened(100))
    tasks = Counter(
        [
            stored.subject.rpartition(".")[2]
            async for page in ledger.read()
            for stored in page
            if b"task.opened" in stored.body
        ]
    )
    assert tasks == Counter(assigned["item_ids"])


def an_item(number: int) -> dict[str, object]:
    return {
        "code": f"8.{number:03}",
        "title": {"vi": f"Việc {number}"},
        "group": {"number": 8, "name": {"vi": "An ninh"}},
        "unit": "security",
        "phase": "before",
        "scenario": "both",
        "due_offset_days": -1,
        "budget_vnd": 0,
    }


async def test_duties_open_once_each_in_a_unit_of_two_processes_one_of_which_is_killed(
    connection, congress, ledger, settings, supervisor, endpoints
):
    client, second = CommandClient(connection, congress), Supervisor(settings, endpoints)
    localities = [f"xa-{number:02}" for number in range(40)]
    phases = [{"phase": phase, "deadline": "2099-09-20"} for phase in ("before", "after")]
    ordered, expected = (2 + len(phases)) * len(localities), len(localities) * len(phases)
    try:
        doomed = second.start("logistics", dying("logistics", "between_append_and_ack", expected // 8))
        await second.wait_until_ready(client)
        for name in ("subcommittee", "logistics"):
            supervisor.start(name)
        await supervisor.wait_until_ready(client)
        office = token_for(settings, "subcommittee.office")
        entries = [
            {"organisation_id": locality, "kind": "locality", "name": {"vi": locality}, "positions": ["Chủ tịch"]}
            for locality in localities
        ]
        duty = {"unit": "logistics", "duty": "sanitation", "localities": localities}
        for name, data in (
            ("register-organisations", {"entries": entries}),
            ("hand-out-duty", duty | {"phases": phases}),
        ):
            await client.send("subcommittee", name, data, token=office, command_id=uuid4())

        async def opened() -> bool:
            return await ledger.last_sequence() >= ordered + 3 * expected

        await asyncio.wait_for(asyncio.to_thread(doomed.wait), DEATH_TIMEOUT_S)
        assert doomed.returncode == -signal.SIGKILL
        await until(opened)
    finally:
        second.stop()
    events = [decode_event(stored).envelope async for page in ledger.read() for stored in page]
    ours = [event for event in events if event.source == "logistics"]
    ids = [f"{locality}-sanitation-{each['phase']}" for locality in localities for each in phases]
    for what in ("opened", "assigned", "deadline-set"):
        assert Counter(event.subject for event in ours if event.type.split(".")[-2] == what) == Counter(ids)
    assert len(ours) == 3 * expected
