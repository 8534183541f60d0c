"""The account of one task's money: estimated → advanced and spent → settled.

The rule that is logistics' own: nothing is advanced or spent beyond what is guaranteed unless the command says why,
and what it says is kept. All spending counts against what was advanced, so settling says what is to be returned or is
still due.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field

from shared.domain.decider import Actor, Aggregate, Command, Key, Refusal, State, begun, commands_of, once
from shared.domain.known_list import check_entry, key_of
from shared.events import expense as events
from shared.values.code_lists import CodeList
from shared.values.types import Brief, EntityId, Name, Phrase, Vnd

Amount = Annotated[int, Field(strict=True, ge=1, le=10**15)]
"""Money that changes hands, in đồng: never nothing."""
MOST_ADVANCES = 200
MOST_SPENDING = 1000


class Expense(State):
    estimated: events.ExpenseEstimated
    revised: events.ExpenseRevised | None = None
    advances: tuple[events.MoneyAdvanced, ...] = ()
    spending: tuple[events.SpendingRecorded, ...] = ()
    settled: events.ExpenseSettled | None = None

    @property
    def funding_source(self) -> str:
        return (self.revised or self.estimated).funding_source

    @property
    def guaranteed_vnd(self) -> int:
        return (self.revised or self.estimated).guaranteed_vnd

    @property
    def advanced_vnd(self) -> int:
        return sum(advance.amount_vnd for advance in self.advances)

    @property
    def spent_vnd(self) -> int:
        return sum(spent.amount_vnd for spent in self.spending)


def evolve(expense: Expense | None, event: events.ExpenseEvent) -> Expense:
    if isinstance(event, events.ExpenseEstimated):
        return Expense(estimated=event)
    expense = begun(expense, event)
    match event:
        case events.ExpenseRevised():
            return expense.but(revised=event)
        case events.MoneyAdvanced():
            return expense.but(advances=(*expense.advances, event))
        case events.SpendingRecorded():
            return expense.but(spending=(*expense.spending, event))
        case events.ExpenseSettled():
            return expense.but(settled=event)


class ExpenseCommand(Command):
    ENTITY = "expense"
    ID = "task_id"
    task_id: EntityId


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

NOT_FOUND = Refusal("expense_not_found", "Nothing has been estimated for task {task_id}.")
ALREADY_ESTIMATED = Refusal(
    "expense_already_estimated", "The expenses of task {task_id} already have another estimate; revise that one."
)
IS_SETTLED = Refusal("expense_settled", "The expenses of task {task_id} are settled.")
ADVANCE_TAKEN = Refusal("advance_id_taken", "Advance {advance_id} of task {task_id} exists with different content.")
SPENDING_TAKEN = Refusal(
    "spending_id_taken", "Spending {spending_id} of task {task_id} exists with different content."
)
BEYOND_GUARANTEED = Refusal(
    "beyond_guaranteed",
    "Task {task_id} would be {beyond_vnd} VND beyond the {guaranteed_vnd} VND that are guaranteed; say why.",
)
ADVANCES_FULL = Refusal("expense_advances_full", "Task {task_id} has {most} advances on record; that is the most.")
SPENDING_FULL = Refusal(
    "expense_spending_full",
    "Task {task_id} has {most} payments on record; that is the most. Record the others together, by one voucher.",
)


def reads(command: Wish, expense: Expense | None) -> Sequence[Key]:
    return (key_of(CodeList.FUNDING_SOURCES),) if _names_a_source(command, expense) else ()


def _names_a_source(command: Wish, expense: Expense | None) -> bool:
    """Whether it names another source of funding than what is on record last."""
    match command:
        case EstimateExpense():
            return expense is None
        case ReviseEstimate():
            return expense is not None and expense.funding_source != command.funding_source
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
            return () if expense.settled else (_settlement(expense),)


def _advance(command: AdvanceMoney, expense: Expense) -> Sequence[events.ExpenseEvent]:
    for advance in expense.advances:
        if advance.advance_id == command.advance_id:
            if _is_repeat(command, advance):
                return ()
            raise ADVANCE_TAKEN(task_id=command.task_id, advance_id=command.advance_id)
    _require_open(command, expense)
    if len(expense.advances) >= MOST_ADVANCES:
        raise ADVANCES_FULL(task_id=command.task_id, most=MOST_ADVANCES)
    beyond_vnd = _beyond(command, expense, expense.advanced_vnd + command.amount_vnd)
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
    beyond_vnd = _beyond(command, expense, expense.spent_vnd + command.amount_vnd)
    return (events.SpendingRecorded(**command.content(), beyond_vnd=beyond_vnd),)


def _is_repeat(command: AdvanceMoney | RecordSpending, recorded: events.ExpenseEvent) -> bool:
    return command.content() == recorded.model_dump(exclude={"beyond_vnd"})


def _beyond(command: AdvanceMoney | RecordSpending, expense: Expense, total_vnd: int) -> int:
    """How far `total_vnd` goes beyond what is guaranteed. Raises a refusal where it does and nobody said why."""
    beyond_vnd = max(0, total_vnd - expense.guaranteed_vnd)
    if beyond_vnd and command.beyond_guaranteed_because is None:
        raise BEYOND_GUARANTEED(task_id=command.task_id, beyond_vnd=beyond_vnd, guaranteed_vnd=expense.guaranteed_vnd)
    return beyond_vnd


def _settlement(expense: Expense) -> events.ExpenseSettled:
    advanced, spent = expense.advanced_vnd, expense.spent_vnd
    return events.ExpenseSettled(
        advanced_vnd=advanced,
        spent_vnd=spent,
        to_return_vnd=max(0, advanced - spent),
        still_due_vnd=max(0, spent - advanced),
    )


def _require_open(command: ExpenseCommand, expense: Expense) -> None:
    if expense.settled:
        raise IS_SETTLED(task_id=command.task_id)


AGGREGATE = Aggregate(events=events.EVENTS, commands=commands_of(Wish), evolve=evolve, decide=decide, reads=reads)
