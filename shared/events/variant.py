"""What happens to a unit's variant for one case."""

from datetime import date

from shared.events.base import Event, members
from shared.values.types import EntityId, Phrase, Vnd


class VariantAdjusted(Event):
    """What is left empty stays as the task has it."""

    TYPE = "vn.daihoi.variant.adjusted.v1"
    task_id: EntityId
    applies: bool | None = None
    planned_vnd: Vnd | None = None
    deadline: date | None = None
    reason: Phrase
    past_because: Phrase | None = None


class AdjustmentWithdrawn(Event):
    TYPE = "vn.daihoi.variant.adjustment-withdrawn.v1"
    task_id: EntityId


class VariantPrepared(Event):
    TYPE = "vn.daihoi.variant.prepared.v1"
    signed_by: str


VariantEvent = VariantAdjusted | AdjustmentWithdrawn | VariantPrepared
EVENTS = members(VariantEvent)
