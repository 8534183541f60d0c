"""The account of one task's money: estimated → advanced and spent → settled.

The rule that is logistics' own: nothing is advanced or spent beyond what is guaranteed unless the command says why,
and what it says is kept. All spending counts against what was advanced, so settling says what is to be returned or is
still due. A correction of a sum in a settled account settles it anew.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from services.logistics.expenses import corrections
from services.logistics.expenses.account import (
    NOT_FOUND,
    Amount,
    Expense,
    ExpenseCommand,
    beyond,
    evolve,
    settlement,
)
from shared.domain.decider import Actor, Aggregate, Key, Refusal, commands_of, once
from shared.domain.known_list import check_entry, key_of
from shared.events import expense as events
from shared.values.code_lists import CodeList
from shared.values.types import Brief, EntityId, Name, Phrase, Vnd

MOST_ADVANCES = 200
MOST_SPENDING = 1000


class EstimateExpense(ExpenseCommand):
    """Opens a task's account: what the work will cost, how much of it is guaranteed, and from where."""

    NAME = "estimate-expense"
    amount_vnd: Vnd
    guaranteed_vnd: Vnd
    funding_source: Phrase


class ReviseEstimate(ExpenseCommand):
    """States the sums anew, with a reason; the first estimate stays on record."""

    NAME = "revise-estimate"
    amount_vnd: Vnd
    guaranteed_vnd: Vnd
    funding_source: Phrase
    reason: Phrase


class AdvanceMoney(ExpenseCommand):
    """Hands money to `recipient`, a position, before it is spent."""

    NAME = "advance-money"
    advance_id: EntityId
    amount_vnd: Amount
    recipient: Name
    purpose: Brief
    beyond_guaranteed_because: Brief | None = None


class RecordSpending(ExpenseCommand):
    """Records what was paid to `payee`, a position or a body, and the number of the voucher."""

    NAME = "record-spending"
    spending_id: EntityId
    amount_vnd: Amount
    payee: Name
    voucher: Name
    beyond_guaranteed_because: Brief | None = None


class SettleExpense(ExpenseCommand):
    """Closes the account: what was advanced and not spent is to be returned, what was spent beyond it is due."""

    NAME = "settle-expense"


Wish = EstimateExpense | ReviseEstimate | AdvanceMoney | RecordSpending | SettleExpense

ALREADY_ESTIMATED = Refusal(
    "expense_already_estimated", "The expenses of task {task_id} already have another estimate; revise that one."
)
IS_SETTLED = Refusal("expense_settled", "The expenses of task {task_id} are settled.")
ADVANCE_TAKEN = Refusal("advance_id_taken", "Advance {advance_id} of task {task_id} exists with different content.")
SPENDING_TAKEN = Refusal(
    "spending_id_taken", "Spending {spending_id} of task {task_id} exists with different content."
)
ADVANCES_FULL = Refusal("expense_advances_full", "Task {task_id} has {most} advances on record; that is the most.")
SPENDING_FULL = Refusal(
    "expense_spending_full",
    "Task {task_id} has {most} payments on record; that is the most. Record the others together, by one voucher.",
)


def reads(command: Wish | corrections.Wish, expense: Expense | None) -> Sequence[Key]:
    return (key_of(CodeList.FUNDING_SOURCES),) if _names_a_source(command, expense) else ()


def _names_a_source(command: Wish | corrections.Wish, expense: Expense | None) -> bool:
    """Whether it names another source of funding than what is on record last."""
    match command:
        case EstimateExpense():
            return expense is None
        case ReviseEstimate():
            return expense is not None and expense.funding_source != command.funding_source
        case corrections.CorrectEstimate():
            return command.funding_source is not None
        case _:
            return False


def decide(
    command: Wish, expense: Expense | None, actor: Actor, seen: Mapping[Key, Any]
) -> Sequence[events.ExpenseEvent]:
    if isinstance(command, EstimateExpense):
        estimated = events.ExpenseEstimated(**command.content())
        if expense is None:
            check_entry(CodeList.FUNDING_SOURCES, command.funding_source, seen)
            return (estimated,)
        return once(estimated, expense.estimated, ALREADY_ESTIMATED(task_id=command.task_id))
    if expense is None:
        raise NOT_FOUND(task_id=command.task_id)
    match command:
        case ReviseEstimate():
            revised = events.ExpenseRevised(**command.content())
            if expense.revised == revised:
                return ()
            _require_open(command, expense)
            if _names_a_source(command, expense):
                check_entry(CodeList.FUNDING_SOURCES, command.funding_source, seen)
            return (revised,)
        case AdvanceMoney():
            return _advance(command, expense)
        case RecordSpending():
            return _spend(command, expense)
        case SettleExpense():
            return () if expense.settled else (settlement(expense),)


def _advance(command: AdvanceMoney, expense: Expense) -> Sequence[events.ExpenseEvent]:
    for advance in expense.advances:
        if advance.advance_id == command.advance_id:
            if _is_repeat(command, advance):
                return ()
            raise ADVANCE_TAKEN(task_id=command.task_id, advance_id=command.advance_id)
    _require_open(command, expense)
    if len(expense.advances) >= MOST_ADVANCES:
        raise ADVANCES_FULL(task_id=command.task_id, most=MOST_ADVANCES)
    total_vnd = expense.advanced_vnd + command.amount_vnd
    beyond_vnd = beyond(command.task_id, command.beyond_guaranteed_because, expense, total_vnd)
    return (events.MoneyAdvanced(**command.content(), beyond_vnd=beyond_vnd),)


def _spend(command: RecordSpending, expense: Expense) -> Sequence[events.ExpenseEvent]:
    for spending in expense.spending:
        if spending.spending_id == command.spending_id:
            if _is_repeat(command, spending):
                return ()
            raise SPENDING_TAKEN(task_id=command.task_id, spending_id=command.spending_id)
    _require_open(command, expense)
    if len(expense.spending) >= MOST_SPENDING:
        raise SPENDING_FULL(task_id=command.task_id, most=MOST_SPENDING)
    total_vnd = expense.spent_vnd + command.amount_vnd
    beyond_vnd = beyond(command.task_id, command.beyond_guaranteed_because, expense, total_vnd)
    return (events.SpendingRecorded(**command.content(), beyond_vnd=beyond_vnd),)


def _is_repeat(command: AdvanceMoney | RecordSpending, recorded: events.ExpenseEvent) -> bool:
    return command.content() == recorded.model_dump(exclude={"beyond_vnd"})


def _require_open(command: ExpenseCommand, expense: Expense) -> None:
    if expense.settled:
        raise IS_SETTLED(task_id=command.task_id)


AGGREGATE = Aggregate(
    events=events.EVENTS,
    commands=(*commands_of(Wish), *commands_of(corrections.Wish)),
    evolve=evolve,
    decide=decide,
    reads=reads,
    correct=corrections.correct,
)
