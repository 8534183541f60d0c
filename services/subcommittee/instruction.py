"""An instruction of the sub-committee on one task of a unit. The unit's policy puts it on record with the task."""

from collections.abc import Sequence

from shared.domain.decider import Actor, Aggregate, Command, Refusal, latest, once
from shared.events.instruction import EVENTS, InstructionIssued
from shared.values.types import Brief, Day, EntityId, KnownUnit, Name


class GiveInstruction(Command):
    """Instructs a unit on one of its tasks; for the sub-committee's lead or a deputy. `past_because` says why
    `due_on` is over already."""

    NAME = "give-instruction"
    DEADLINE = "due_on"
    ENTITY = "instruction"
    ID = "instruction_id"
    instruction_id: EntityId
    unit: KnownUnit
    task_id: EntityId
    text: Brief
    due_on: Day | None = None
    past_because: Name | None = None


ALREADY_GIVEN = Refusal(
    "instruction_already_issued", "Instruction {instruction_id} is given already, with another content."
)
NO_RIGHT_TO_GIVE = Refusal(
    "no_right_to_give", "{actor} can't instruct a unit on a task; the sub-committee's lead or a deputy does."
)


def decide(
    command: GiveInstruction, instruction: InstructionIssued | None, actor: Actor
) -> Sequence[InstructionIssued]:
    if not actor.leads:
        raise NO_RIGHT_TO_GIVE(actor=actor.id)
    issued = InstructionIssued(**command.content())
    return once(issued, instruction, ALREADY_GIVEN(instruction_id=command.instruction_id))


AGGREGATE = Aggregate(events=EVENTS, commands=(GiveInstruction,), evolve=latest, decide=decide)
