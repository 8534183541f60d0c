"""A variant: how one unit prepares for one case of the congress.

A task applies in a variant when its own scenario is that case or every case (`both`). An adjustment says otherwise
for one task, or gives it another cost or deadline there. What is for normal conditions (`none`) and goes on in a
storm is for every case, or adjusted in the storm's variant: no case falls back on another. The unit's lead signs the
variant; a later adjustment opens it again.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from shared.domain.decider import (
    Actor,
    Aggregate,
    Command,
    Key,
    RankRefusal,
    Refusal,
    State,
    commands_of,
    require_rank,
)
from shared.domain.known_list import check_entry, key_of
from shared.domain.ranks import Act
from shared.events.variant import EVENTS, AdjustmentWithdrawn, VariantAdjusted, VariantEvent, VariantPrepared
from shared.values.code_lists import EVERY_CASE, CodeList, EntryId
from shared.values.types import Brief, Day, EntityId, Vnd

MOST_ADJUSTMENTS = 1400


class Demand(State):
    """What a case demands of a task."""

    suspended: bool
    planned_vnd: Vnd
    deadline: date | None


class Variant(State):
    adjustments: Mapping[str, VariantAdjusted] = {}
    signed_by: str | None = None


def demanded(
    case: str, adjustment: VariantAdjusted | None, *, scenario: str, planned_vnd: int, deadline: date | None
) -> Demand:
    """What `case` demands of a task for `scenario` that was planned at `planned_vnd` and agreed for `deadline`."""
    applies = scenario in (case, EVERY_CASE)
    if adjustment is not None:
        applies = applies if adjustment.applies is None else adjustment.applies
        planned_vnd = planned_vnd if adjustment.planned_vnd is None else adjustment.planned_vnd
        deadline = adjustment.deadline or deadline
    return Demand(suspended=not applies, planned_vnd=planned_vnd, deadline=deadline)


def evolve(variant: Variant | None, event: VariantEvent) -> Variant:
    variant = variant or Variant()
    match event:
        case VariantAdjusted():
            return Variant(adjustments={**variant.adjustments, event.task_id: event})
        case AdjustmentWithdrawn():
            return Variant(
                adjustments={key: other for key, other in variant.adjustments.items() if key != event.task_id}
            )
        case VariantPrepared():
            return variant.but(signed_by=event.signed_by)


class VariantCommand(Command):
    ENTITY = "variant"
    ID = "variant"
    variant: EntryId


class AdjustVariant(VariantCommand):
    """Says what is different for one task in the variant: whether it applies, its cost, its deadline. The whole of
    an earlier adjustment of the task is replaced. `past_because` says why the deadline is over already."""

    NAME = "adjust-variant"
    DEADLINE = "deadline"
    task_id: EntityId
    applies: bool | None = None
    planned_vnd: Vnd | None = None
    deadline: Day | None = None
    reason: Brief
    past_because: Brief | None = None


class WithdrawAdjustment(VariantCommand):
    """Takes the task's adjustment out of the variant again."""

    NAME = "withdraw-adjustment"
    task_id: EntityId


class PrepareVariant(VariantCommand):
    """Declares the variant prepared, signed by the unit's lead. A later adjustment opens it again."""

    NAME = "prepare-variant"
    GIVEN_BY = Act.SIGN


Wish = AdjustVariant | WithdrawAdjustment | PrepareVariant

NO_TASK = Refusal("task_not_found", "There is no task {task_id} to adjust.")
NOTHING_ADJUSTED = Refusal(
    "nothing_adjusted",
    "The adjustment of task {task_id} says nothing: give whether it applies, a cost or a deadline.",
)
ADJUSTMENTS_FULL = Refusal(
    "variant_adjustments_full", "The variant adjusts {most} tasks; withdraw an adjustment before you make another."
)
NOT_THE_LEAD = RankRefusal(
    "not_the_lead", "Only the unit's lead declares a variant prepared, and {actor} is not the lead."
)


def reads(command: VariantCommand, variant: Variant | None) -> Sequence[Key]:
    cases = key_of(CodeList.CASES)
    return (cases, ("task", command.task_id)) if isinstance(command, AdjustVariant) else (cases,)


def decide(
    command: Wish, variant: Variant | None, actor: Actor, seen: Mapping[Key, object]
) -> Sequence[VariantEvent]:
    """What is adjusted for a case that was retired since can only be taken out again."""
    is_begun, variant = variant is not None, variant or Variant()
    match command:
        case AdjustVariant():
            return _adjust(command, variant, seen)
        case WithdrawAdjustment():
            if not is_begun:
                check_entry(CodeList.CASES, command.variant, seen)
            adjusted = command.task_id in variant.adjustments
            return (AdjustmentWithdrawn(task_id=command.task_id),) if adjusted else ()
        case PrepareVariant():
            require_rank(command, actor, NOT_THE_LEAD)
            if variant.signed_by:
                return ()
            check_entry(CodeList.CASES, command.variant, seen)
            return (VariantPrepared(signed_by=actor.id),)


def _adjust(command: AdjustVariant, variant: Variant, seen: Mapping[Key, object]) -> Sequence[VariantEvent]:
    adjusted = VariantAdjusted(**command.content())
    if variant.adjustments.get(command.task_id) == adjusted:
        return ()
    check_entry(CodeList.CASES, command.variant, seen)
    if seen.get(("task", command.task_id)) is None:
        raise NO_TASK(task_id=command.task_id)
    if command.applies is None and command.planned_vnd is None and command.deadline is None:
        raise NOTHING_ADJUSTED(task_id=command.task_id)
    if command.task_id not in variant.adjustments and len(variant.adjustments) >= MOST_ADJUSTMENTS:
        raise ADJUSTMENTS_FULL(most=MOST_ADJUSTMENTS)
    return (adjusted,)


AGGREGATE = Aggregate(events=EVENTS, commands=commands_of(Wish), evolve=evolve, decide=decide, reads=reads)
