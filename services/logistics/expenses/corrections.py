"""Corrections of an account: its estimate, an advance, a payment. The rules are those of the first recording: nothing
goes beyond what is guaranteed unless somebody says why. In a settled account only those who lead correct, and a
corrected sum settles it anew.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from services.logistics.expenses.account import (
    NOT_FOUND,
    Amount,
    Expense,
    ExpenseCommand,
    beyond,
    evolve,
    settlement,
)
from shared.domain.correcting import (
    NEVER_RECORDED,
    Correction,
    Past,
    Recorders,
    require_after_beginning,
    require_right,
    require_room,
    wrong_values,
)
from shared.domain.decider import Actor, Key, Refusal
from shared.domain.known_list import check_entry
from shared.domain.ranks import Act
from shared.events import expense as events
from shared.values.code_lists import CodeList
from shared.values.field_names import field_words
from shared.values.types import Brief, Day, EntityId, Name, Vnd


class CorrectEstimate(ExpenseCommand, Correction):
    """Puts right what was recorded wrongly of the estimate; a new estimate is a revision."""

    NAME = "correct-estimate"
    VALUES = events.EstimateValues
    amount_vnd: Vnd | None = None
    guaranteed_vnd: Vnd | None = None
    funding_source: Brief | None = None


class CorrectAdvance(ExpenseCommand, Correction):
    """Puts right what was recorded wrongly of an advance; `on` is the day on which the money was handed over."""

    NAME = "correct-advance"
    VALUES = events.AdvanceValues
    HAPPENED: ClassVar[frozenset[str]] = frozenset({"on"})
    advance_id: EntityId
    amount_vnd: Amount | None = None
    recipient: Name | None = None
    purpose: Brief | None = None
    on: Day | None = None
    beyond_guaranteed_because: Brief | None = None


class CorrectSpending(ExpenseCommand, Correction):
    """Puts right what was recorded wrongly of a payment; `on` is the day on which it was paid."""

    NAME = "correct-spending"
    VALUES = events.SpendingValues
    HAPPENED: ClassVar[frozenset[str]] = frozenset({"on"})
    spending_id: EntityId
    amount_vnd: Amount | None = None
    payee: Name | None = None
    voucher: Name | None = None
    on: Day | None = None
    beyond_guaranteed_because: Brief | None = None


Wish = CorrectEstimate | CorrectAdvance | CorrectSpending

ADVANCE_NOT_FOUND = Refusal("advance_not_found", "Task {task_id} has no advance {advance_id}.")
SPENDING_NOT_FOUND = Refusal("spending_not_found", "Task {task_id} has no payment {spending_id}.")
SETTLED_FOR_LEADS = Refusal(
    "expense_settled_for_leads",
    "The expenses of task {task_id} are settled; there only the unit's lead or a deputy corrects, not {actor}.",
)


def correct(
    command: Wish, expense: Expense | None, actor: Actor, past: Past, seen: Mapping[Key, Any]
) -> Sequence[events.ExpenseEvent]:
    if expense is None:
        raise NOT_FOUND(task_id=command.task_id)
    match command:
        case CorrectEstimate():
            return _estimate(command, expense, actor, past, seen)
        case CorrectAdvance():
            return _advance(command, expense, actor, past)
        case CorrectSpending():
            return _spending(command, expense, actor, past)


def _estimate(
    command: CorrectEstimate, expense: Expense, actor: Actor, past: Past, seen: Mapping[Key, Any]
) -> Sequence[events.ExpenseEvent]:
    fields = tuple(events.EstimateValues.model_fields)
    recorders = Recorders({events.ExpenseEstimated: fields, events.ExpenseRevised: fields})
    held = dict(expense.held)
    wrong = wrong_values(command, held)
    if not wrong:
        return ()
    _check(command, wrong, expense, actor, past, recorders)
    if "funding_source" in wrong:
        check_entry(CodeList.FUNDING_SOURCES, wrong["funding_source"], seen)
    before = events.EstimateValues(**{name: held[name] for name in wrong})
    return (events.EstimateCorrected(before=before, after=events.EstimateValues(**wrong), reason=command.reason),)


def _advance(command: CorrectAdvance, expense: Expense, actor: Actor, past: Past) -> Sequence[events.ExpenseEvent]:
    advance_id = command.advance_id
    advance = next((entry for entry in expense.advances if entry.advance_id == advance_id), None)
    if advance is None:
        raise ADVANCE_NOT_FOUND(task_id=command.task_id, advance_id=advance_id)
    fields = tuple(events.AdvanceValues.model_fields)
    recorders = Recorders({events.MoneyAdvanced: fields}, ("advance_id", advance_id))
    wrong, held = _wrong(command, advance, past, recorders)
    if not wrong:
        return ()
    _check(command, wrong, expense, actor, past, recorders)
    after = wrong | _beyond(command, wrong, advance, expense, expense.advanced_vnd)
    corrected = events.AdvanceCorrected(
        advance_id=advance_id,
        before=events.AdvanceValues(**{name: held[name] for name in after}),
        after=events.AdvanceValues(**after),
        reason=command.reason,
    )
    return _settled_anew(corrected, expense)


def _spending(command: CorrectSpending, expense: Expense, actor: Actor, past: Past) -> Sequence[events.ExpenseEvent]:
    spending_id = command.spending_id
    spending = next((entry for entry in expense.spending if entry.spending_id == spending_id), None)
    if spending is None:
        raise SPENDING_NOT_FOUND(task_id=command.task_id, spending_id=spending_id)
    fields = tuple(events.SpendingValues.model_fields)
    recorders = Recorders({events.SpendingRecorded: fields}, ("spending_id", spending_id))
    wrong, held = _wrong(command, spending, past, recorders)
    if not wrong:
        return ()
    _check(command, wrong, expense, actor, past, recorders)
    after = wrong | _beyond(command, wrong, spending, expense, expense.spent_vnd)
    corrected = events.SpendingCorrected(
        spending_id=spending_id,
        before=events.SpendingValues(**{name: held[name] for name in after}),
        after=events.SpendingValues(**after),
        reason=command.reason,
    )
    return _settled_anew(corrected, expense)


type _Entry = events.MoneyAdvanced | events.SpendingRecorded


def _wrong(
    command: CorrectAdvance | CorrectSpending, entry: _Entry, past: Past, recorders: Recorders
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is to be put right, and what is on record of the entry. Why it was beyond may be said only together with
    the sum, or where it was said before."""
    held = {**dict(entry), "on": _day_of(past, recorders)}
    wrong = wrong_values(command, held)
    if wrong.keys() == {"beyond_guaranteed_because"} and entry.beyond_guaranteed_because is None:
        raise NEVER_RECORDED(fields=(field_words("beyond_guaranteed_because"),), entity_id=command.task_id)
    return wrong, held


def _day_of(past: Past, recorders: Recorders) -> object:
    """The day that was said last, or the one on which the entry happened."""
    noted = next((noted for noted in reversed(past.noted) if recorders.says(noted.event, "on")), None)
    corrected = getattr(getattr(noted and noted.event, "after", None), "on", None)
    return corrected or (noted.day if noted else None)


def _check(
    command: Wish, wrong: Mapping[str, Any], expense: Expense, actor: Actor, past: Past, recorders: Recorders
) -> None:
    if expense.settled and not actor.ranks_for(Act.DECIDE):
        raise SETTLED_FOR_LEADS(task_id=command.task_id, actor=actor.id)
    require_right(command, wrong, actor, past, recorders)
    require_after_beginning(command, past)
    require_room(command, expense.corrections)


def _beyond(
    command: CorrectAdvance | CorrectSpending,
    wrong: Mapping[str, Any],
    entry: _Entry,
    expense: Expense,
    total_vnd: int,
) -> dict[str, Any]:
    """How far all of it is beyond what is guaranteed with the corrected sum, as far as that is new. A smaller sum
    needs no reason."""
    because = command.beyond_guaranteed_because or entry.beyond_guaranteed_because
    amount_vnd = wrong.get("amount_vnd")
    if amount_vnd is None or (because is None and amount_vnd < entry.amount_vnd):
        return {}
    beyond_vnd = beyond(command.task_id, because, expense, total_vnd - entry.amount_vnd + amount_vnd)
    return {} if beyond_vnd == entry.beyond_vnd else {"beyond_vnd": beyond_vnd}


def _settled_anew(
    corrected: events.AdvanceCorrected | events.SpendingCorrected, expense: Expense
) -> Sequence[events.ExpenseEvent]:
    after = evolve(expense, corrected)
    settled = settlement(after)
    return (corrected,) if expense.settled in (None, settled) else (corrected, settled)
