"""Corrections on a real stream: who recorded what is read back from it, whatever an instance remembers."""

from datetime import timedelta

import pytest

from shared.domain.decider import Refused
from tests.contract.test_commands import HAPPENED, Instance
from tests.contract.units import TASK, WORK

WHY = {"task_id": "1-03", "reason": "Ghi nhầm khi nhập liệu"}
LATER = HAPPENED + timedelta(hours=1)


@pytest.fixture
def instances(connection, congress):
    return [Instance(connection, congress, "logistics") for _ in range(2)]


async def refused(sending) -> str:
    with pytest.raises(Refused) as why:
        await sending
    return why.value.code


async def test_whoever_recorded_a_value_corrects_it_and_the_lead_does(instances):
    here, there = instances
    await here.send("open-task", TASK)
    await here.send("set-deadline", {"task_id": "1-03", "deadline": "2020-09-30"}, by="member", happened=LATER)
    right = WHY | {"deadline": "2020-09-20"}
    assert await refused(here.send("correct-task", right, happened=LATER)) == "no_right_to_correct"
    early = there.send("correct-task", right, by="member", happened=HAPPENED)
    assert await refused(early) == "correction_before_recording"
    answer = await there.send("correct-task", right, by="member", happened=LATER)
    assert [event.type for event in answer.events] == ["vn.daihoi.task.corrected.v1"]
    assert (await here.send("correct-task", right, happened=LATER)).events == ()
    assert len((await here.send("correct-task", WHY | {"title": WORK["title"] | {"en": "Hall"}})).events) == 1


async def test_a_correction_sees_what_another_instance_recorded_meanwhile(instances):
    here, there = instances
    await here.send("open-task", TASK)
    await there.send("correct-task", WHY | {"planned_vnd": 4_000_000}, by="lead")
    assert await refused(here.send("correct-task", WHY | {"planned_vnd": 3_000_000})) == "no_right_to_correct"
    answer = await here.send("correct-task", WHY | {"planned_vnd": 3_000_000}, by="lead")
    _, envelope = await here.load(answer.events[0])
    assert envelope.data["before"] == {"planned_vnd": 4_000_000}
    assert envelope.data["after"] == {"planned_vnd": 3_000_000}
