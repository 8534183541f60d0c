"""What a support unit does with the sub-committee's instructions on its tasks."""

from collections.abc import Sequence

from shared.domain.task import NoteInstruction
from shared.events.instruction import InstructionIssued
from shared.eventstore.envelope import Envelope
from shared.unit.policies import Policy
from shared.values.units import SUBCOMMITTEE


def note_instructions(unit: str) -> Policy:
    """The instruction keeps its id, and who gave it. One on a task that the unit has not, or that is closed, is
    refused, and the refusal put on record."""

    def react(issued: InstructionIssued, envelope: Envelope) -> Sequence[NoteInstruction]:
        if issued.unit != unit:
            return ()
        content = issued.model_dump(include={"task_id", "text", "due_on", "past_because"})
        return (NoteInstruction(instruction_id=envelope.subject, given_by=envelope.actor, **content),)

    return Policy(name="note-instructions", service=SUBCOMMITTEE, events=(InstructionIssued,), react=react)
