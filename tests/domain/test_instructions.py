"""What is said about a task: comments by anybody of the unit, instructions by those who lead it or the congress."""

from datetime import date

from services.subcommittee import instruction
from shared.domain import task
from shared.domain.decider import Actor
from shared.domain.task import AGGREGATE, MOST_COMMENTS, MOST_INSTRUCTIONS
from shared.events.instruction import InstructionIssued
from shared.events.task import TaskCancelled, TaskCommented, TaskInstructed
from shared.unit.instructions import note_instructions
from tests.congress import envelope_of, life_of_a_task
from tests.domain.scenario import DEPUTY, LEAD, OFFICER, POLICY, accepting, assert_all_told, given, rejecting

OPEN, COMPLETED = tuple(life_of_a_task(1)[:1]), tuple(life_of_a_task(1))
CANCELLED = (*OPEN, TaskCancelled(reason="Trùng việc"))
CHAIR = Actor("subcommittee.lead", "subcommittee")
SAID = {"comment_id": "c-1", "text": "Đã nhận bản in thử"}
COMMENTED = (*OPEN, TaskCommented(**SAID))
ORDER = {"instruction_id": "i-1", "text": "Chốt số phòng nghỉ", "due_on": date(2020, 9, 12)}
INSTRUCTED = (*OPEN, TaskInstructed(**ORDER, given_by=LEAD.id))
NOTED = (*OPEN, TaskInstructed(**ORDER, given_by=CHAIR.id))
TALKATIVE = (*OPEN, *(TaskCommented(comment_id=f"c-{number}", text="x") for number in range(2, MOST_COMMENTS + 2)))
STRICT = (
    *OPEN,
    *(
        TaskInstructed(instruction_id=f"i-{number}", text="x", given_by=LEAD.id)
        for number in range(2, MOST_INSTRUCTIONS + 2)
    ),
)


def comments(**changes: object) -> task.CommentOnTask:
    return task.CommentOnTask(task_id="1-03", **SAID | changes)


def instructs(**changes: object) -> task.InstructTask:
    return task.InstructTask(task_id="1-03", **ORDER | changes)


def notes(**changes: object) -> task.NoteInstruction:
    return task.NoteInstruction(task_id="1-03", **ORDER | {"given_by": CHAIR.id} | changes)


ACCEPTED = {
    "anybody of the unit comments": (OPEN, comments(), OFFICER, COMMENTED[-1]),
    "a completed task is commented on": (COMPLETED, comments(), OFFICER, COMMENTED[-1]),
    "the lead gives an instruction": (OPEN, instructs(), LEAD, INSTRUCTED[-1]),
    "a deputy gives an instruction without a day": (
        COMMENTED, instructs(due_on=None), DEPUTY,
        TaskInstructed(**ORDER | {"due_on": None}, given_by=DEPUTY.id),
    ),
    "the policy notes what the sub-committee's lead instructed": (OPEN, notes(), POLICY, NOTED[-1]),
}  # fmt: skip

REJECTED = [
    *(((), command, POLICY, "task_not_found") for command in (comments(), instructs(), notes())),
    *(
        (closed, command, POLICY, "task_closed")
        for command in (instructs(), notes())
        for closed in (COMPLETED, CANCELLED)
    ),
    (COMMENTED, comments(text="Khác"), OFFICER, "comment_already_made"),
    (TALKATIVE, comments(), OFFICER, "task_comments_full"),
    (OPEN, instructs(), OFFICER, "no_right_to_instruct"),
    (OPEN, notes(), LEAD, "note_for_the_policy_only"),
    (INSTRUCTED, instructs(text="Khác"), LEAD, "instruction_already_given"),
    (INSTRUCTED, instructs(), DEPUTY, "instruction_already_given"),
    (NOTED, notes(given_by="subcommittee.deputy"), POLICY, "instruction_already_given"),
    (STRICT, instructs(), LEAD, "task_instructions_full"),
    (STRICT, notes(), POLICY, "task_instructions_full"),
]


@accepting(ACCEPTED)
def test_it_happens_once_that(history, command, actor, event):
    given(AGGREGATE, *history).when(command, actor).then(event)
    given(AGGREGATE, *history, event).when(command, actor).nothing_happened()


@rejecting(REJECTED)
def test_refused(history, command, actor, code):
    given(AGGREGATE, *history).when(command, actor).rejected(code)


# --- the sub-committee's own ---
ISSUED = {"unit": "logistics", "task_id": "1-03", **{name: ORDER[name] for name in ("text", "due_on")}}


def gives(**changes: object) -> instruction.GiveInstruction:
    return instruction.GiveInstruction(instruction_id="i-1", **ISSUED | changes)


GIVEN = (InstructionIssued(**ISSUED),)
GIVING = {
    "its lead instructs a unit on a task": ((), gives(), CHAIR, GIVEN[-1]),
    "a deputy instructs a unit on a task": ((), gives(), Actor("subcommittee.deputy-3", "subcommittee"), GIVEN[-1]),
}
NOT_GIVING = [
    ((), gives(), Actor("subcommittee.office", "subcommittee"), "no_right_to_give"),
    (GIVEN, gives(task_id="1-04"), CHAIR, "instruction_already_issued"),
]


@accepting(GIVING)
def test_in_the_sub_committee_it_happens_once_that(history, command, actor, event):
    given(instruction.AGGREGATE, *history).when(command, actor).then(event)
    given(instruction.AGGREGATE, *history, event).when(command, actor).nothing_happened()


@rejecting(NOT_GIVING)
def test_the_sub_committee_refuses(history, command, actor, code):
    given(instruction.AGGREGATE, *history).when(command, actor).rejected(code)


def test_everything_of_the_sub_committee_is_told():
    assert_all_told(instruction, GIVING, NOT_GIVING)


def test_only_the_unit_that_is_addressed_notes_it_under_the_same_id():
    issued = GIVEN[-1]
    envelope = envelope_of(issued, "subcommittee", "instruction", "i-1", 0)
    assert note_instructions("security").react(issued, envelope) == ()
    assert note_instructions("logistics").react(issued, envelope) == (notes(),)
