"""Instructions on a task by those who lead: the unit's own, given here, and the sub-committee's, which the unit's
policy notes."""

from collections.abc import Sequence

from shared.domain.decider import Actor, RankRefusal, Refusal, require_rank
from shared.domain.ranks import Act
from shared.domain.task.command import TaskCommand
from shared.domain.task.rights import require_lead
from shared.domain.task.state import Task
from shared.events.task import TaskEvent, TaskInstructed
from shared.values.types import Brief, Day, EntityId, Name

MOST_INSTRUCTIONS = 50
"""Of the unit's lead and of the sub-committee together."""


class Instruct(TaskCommand):
    """`past_because` says why `due_on` is over already."""

    DEADLINE = "due_on"
    instruction_id: EntityId
    text: Brief
    due_on: Day | None = None
    past_because: Name | None = None


class InstructTask(Instruct):
    """Gives an instruction on a task; for the unit's lead or a deputy. `past_because` says why `due_on` is over
    already."""

    NAME = "instruct-task"
    GIVEN_BY = Act.DECIDE


class NoteInstruction(Instruct):
    """Notes what the sub-committee instructed, and who there; for the unit's policy only."""

    NAME = "note-instruction"
    GIVEN_BY = Act.FOLLOW
    given_by: Name


NO_RIGHT_TO_INSTRUCT = RankRefusal(
    "no_right_to_instruct", "{actor} can't give instructions on a task; the unit's lead or a deputy does."
)
FOR_THE_POLICY = RankRefusal(
    "note_for_the_policy_only",
    "{actor} can't note an instruction of the sub-committee; the unit's policy does so by itself.",
)
ALREADY_INSTRUCTED = Refusal(
    "instruction_already_given",
    "Instruction {instruction_id} on task {task_id} is on record already, with another content.",
)
INSTRUCTIONS_FULL = Refusal(
    "task_instructions_full", "Task {task_id} has {most} instructions already; that is the most."
)

Wish = InstructTask | NoteInstruction


def decide(command: Wish, task: Task, actor: Actor) -> Sequence[TaskEvent]:
    if isinstance(command, NoteInstruction):
        require_rank(command, actor, FOR_THE_POLICY)
        return _instructed(command, task, TaskInstructed(**command.content()))
    require_lead(command, actor, NO_RIGHT_TO_INSTRUCT)
    return _instructed(command, task, TaskInstructed(**command.content(), given_by=actor.id))


def _instructed(command: Wish, task: Task, instructed: TaskInstructed) -> Sequence[TaskEvent]:
    last = task.records.instructions.get(command.instruction_id)
    if last == instructed:
        return ()
    if last is not None:
        raise ALREADY_INSTRUCTED(task_id=command.task_id, instruction_id=command.instruction_id)
    if len(task.records.instructions) >= MOST_INSTRUCTIONS:
        raise INSTRUCTIONS_FULL(task_id=command.task_id, most=MOST_INSTRUCTIONS)
    return (instructed,)
