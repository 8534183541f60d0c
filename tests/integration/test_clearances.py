"""A task that needs a clearance, between processes: logistics has the task, security decides."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from daihoi.ops.supervisor import Supervisor
from shared.eventstore.envelope import decode
from shared.eventstore.store import EventStore
from shared.unit.client import CommandClient
from shared.unit.problems import ProblemError
from tests.conftest import token_for
from tests.contract.units import SHOWN, TASK
from tests.waiting import until

THE_TASK = {"task_id": TASK["task_id"]}
BUS = {"clearance_id": "bus", "kind": "vehicle", "holder": "Xe đưa đón", "purpose": "Đưa đón đại biểu"}
THE_BUS = {"clearance_id": "bus"}


@pytest.fixture
async def units(connection, settings, endpoints) -> Iterator["Units"]:
    supervisor = Supervisor(settings, endpoints)
    client = CommandClient(connection, settings.congress)
    try:
        for name in ("logistics", "security"):
            supervisor.start(name)
        await supervisor.wait_until_ready(client)
        yield Units(client, settings)
    finally:
        supervisor.stop()


class Units:
    """The two services, as their members meet them."""

    def __init__(self, client, settings):
        self._client, self._settings = client, settings

    async def outcome(self, actor, command, data):
        """What came of it: the last part of the event's type, or the problem's code."""
        token, unit = token_for(self._settings, actor), actor.partition(".")[0]
        try:
            answer = await self._client.send(unit, command, data, token=token, command_id=uuid4())
        except ProblemError as error:
            self.told = error.problem
            return error.problem.code
        return answer.events[-1].type.split(".")[-2]

    async def until_it_is(self, expected, *what):
        async def so() -> bool:
            return await self.outcome(*what) == expected

        await until(so)

    async def work_and_submit(self):
        assert await self.outcome("logistics.member", "start-task", THE_TASK) == "started"
        assert await self.outcome("logistics.member", "submit-task", THE_TASK | SHOWN) == "submitted"


async def test_a_task_is_not_completed_before_its_clearance_is_granted_nor_after_it_is_withdrawn(
    units, connection, congress
):
    complete = ("logistics.lead", "complete-task", THE_TASK)
    in_charge = {"collective": "Sở Giao thông", "individual": "Phó Giám đốc"}
    await units.outcome("logistics.member", "open-task", TASK)
    await units.outcome("logistics.member", "assign-task", THE_TASK | in_charge)
    assert await units.outcome("logistics.member", "require-clearance", THE_TASK | BUS) == "clearance-required"
    await units.work_and_submit()
    assert await units.outcome(*complete) == "clearance_missing"
    assert "bus (not decided)" in units.told.detail

    await units.until_it_is("granted", "security.lead", "grant-clearance", THE_BUS)
    await units.until_it_is("completed", *complete)

    assert await units.outcome("security.lead", "withdraw-clearance", THE_BUS | {"reason": "Hỏng"}) == "withdrawn"
    assert await units.outcome("logistics.lead", "reopen-task", THE_TASK | {"reason": "Đổi xe"}) == "reopened"
    assert await units.outcome("logistics.member", "submit-task", THE_TASK | SHOWN) == "submitted"
    heard = EventStore(connection, congress, "logistics")

    async def of_the_withdrawal() -> bool:
        stored = await heard.load("known-clearance", "bus")
        return [decode(each.body).data["decision"] for each in stored] == ["granted", "withdrawn"]

    await until(of_the_withdrawal)
    assert await units.outcome(*complete) == "clearance_missing"
    assert "bus (withdrawn)" in units.told.detail
    assert await units.outcome("logistics.member", "drop-clearance", THE_TASK | DROP) == "no_right_to_drop"
    assert await units.outcome("logistics.lead", "drop-clearance", THE_TASK | DROP) == "clearance-dropped"
    assert await units.outcome(*complete) == "completed"


DROP = THE_BUS | {"reason": "Đại biểu đi bộ"}
