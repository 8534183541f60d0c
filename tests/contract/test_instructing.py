"""The sub-committee instructs a unit on a task: the unit's policy notes it, or says on record why it can't."""

from shared.unit.unseen import Unseen
from tests.contract.test_faces import face, serving  # noqa: F401
from tests.contract.test_seen_to import daihoi
from tests.contract.units import TASK

NOTE = "note-instructions"
SAID = {"unit": "logistics", "text": "Chốt số phòng nghỉ, báo cáo Tiểu ban", "due_on": "2099-09-12"}


async def refusals(face):  # noqa: F811
    unseen = await Unseen(face.connection, face.settings.congress).now()
    return [(each.service, each.refused.policy, each.refused.code, each.refused.detail) for each in unseen]


async def test_an_instruction_reaches_its_task_once_and_one_that_finds_no_task_waits_on_record(face, serving):  # noqa: F811
    async with serving("subcommittee", "logistics", "security"):
        await face.send("logistics", "open-task", TASK)
        for instruction_id, task_id in (("rooms", "1-03"), ("early", "9-99")):
            told = SAID | {"instruction_id": instruction_id, "task_id": task_id}
            await face.send("subcommittee", "give-instruction", told, by="lead")
        await face.policies_are_done("logistics")
        await face.policies_are_done("security")
        _, noted, *_ = await face.history("logistics")
        assert (noted.type, noted.actor) == ("vn.daihoi.task.instructed.v1", f"policy.{NOTE}")
        assert noted.data == {
            "instruction_id": "rooms",
            "text": SAID["text"],
            "given_by": "subcommittee.lead",
            "due_on": "2099-09-12",
            "past_because": None,
        }
        assert await refusals(face) == [("logistics", NOTE, "task_not_found", "There is no task 9-99.")]
        assert "There is no task 9-99." in (await daihoi("policies", "list", COLUMNS="200"))[1]

        await face.send("logistics", "open-task", TASK | {"task_id": "9-99"})
        (early,) = await Unseen(face.connection, face.settings.congress).now()
        again = {"policy": NOTE, "sequence": early.refused.sequence}
        await face.send("logistics", "retry-policy", again, by="lead")
        assert await refusals(face) == []
        assert [event.subject for event in await face.history("logistics")].count("9-99") == 2
        assert await face.history("security") == []
