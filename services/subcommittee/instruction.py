"""An instruction of the sub-committee on one task of a unit. The unit's policy puts it on record with the task."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.subcommittee.listed import UNITS, check_units
from shared.domain.decider import Actor, Aggregate, Command, Key, RankRefusal, Refusal, latest, once, require_rank
from shared.domain.ranks import Act
from shared.events.instruction import EVENTS, InstructionIssued
from shared.values.types import Brief, Day, EntityId, Name, Unit


class GiveInstruction(Command):
    """Instructs a unit on one of its tasks; for the sub-committee's lead or a deputy. `past_because` says why
    `due_on` is over already."""

    NAME = "give-instruction"
    GIVEN_BY = Act.DECIDE
    DEADLINE = "due_on"
    ENTITY = "instruction"
    ID = "instruction_id"
    instruction_id: EntityId
    unit: Unit
    task_id: EntityId
    text: Brief
    due_on: Day | None = None
    past_because: Name | None = None


ALREADY_GIVEN = Refusal(
    "instruction_already_issued", "Instruction {instruction_id} is given already, with another content."
)
NO_RIGHT_TO_GIVE = RankRefusal(
    "no_right_to_give", "{actor} can't instruct a unit on a task; the sub-committee's lead or a deputy does."
)


def reads(command: GiveInstruction, instruction: InstructionIssued | None) -> Sequence[Key]:
    return (UNITS,) if instruction is None else ()


def decide(
    command: GiveInstruction, instruction: InstructionIssued | None, actor: Actor, seen: Mapping[Key, Any]
) -> Sequence[InstructionIssued]:
    require_rank(command, actor, NO_RIGHT_TO_GIVE)
    if instruction is None:
        check_units([command.unit], seen)
    issued = InstructionIssued(**command.content())
    return once(issued, instruction, ALREADY_GIVEN(instruction_id=command.instruction_id))


AGGREGATE = Aggregate(
    events=EVENTS,
    commands=(GiveInstruction,),
    evolve=latest,
    decide=decide,
    reads=reads,
    holds_while_nothing_else_is_written=True,
)
