"""The sub-committee gives an instruction on one task of a unit."""

from datetime import date

from shared.events.base import Event
from shared.values.types import Brief, EntityId, Name, Unit


class InstructionIssued(Event):
    TYPE = "vn.daihoi.instruction.issued.v1"
    SENTENCE = "{actor} gave {unit} an instruction on task {task_id}: {text}"
    unit: Unit
    task_id: EntityId
    text: Brief
    due_on: date | None = None
    past_because: Name | None = None


EVENTS = (InstructionIssued,)
