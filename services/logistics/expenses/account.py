"""Where the account of one task's money stands: its estimate, what was advanced and spent, whether it is settled."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from shared.domain.decider import Command, Refusal, State, begun
from shared.events import expense as events
from shared.values.types import EntityId

Amount = Annotated[int, Field(strict=True, ge=1, le=10**15)]
"""Money that changes hands, in đồng: never nothing."""


class Expense(State):
    """`advances` and `spending` hold what is on record now: corrected where it was recorded wrongly."""

    estimated: events.ExpenseEstimated
    held: events.EstimateValues
    """The estimate as it is now."""
    revised: events.ExpenseRevised | None = None
    advances: tuple[events.MoneyAdvanced, ...] = ()
    spending: tuple[events.SpendingRecorded, ...] = ()
    settled: events.ExpenseSettled | None = None
    corrections: int = 0

    @property
    def funding_source(self) -> str:
        return self.held.funding_source or ""

    @property
    def guaranteed_vnd(self) -> int:
        return self.held.guaranteed_vnd or 0

    @property
    def advanced_vnd(self) -> int:
        return sum(advance.amount_vnd for advance in self.advances)

    @property
    def spent_vnd(self) -> int:
        return sum(spent.amount_vnd for spent in self.spending)


def evolve(expense: Expense | None, event: events.ExpenseEvent) -> Expense:
    if isinstance(event, events.ExpenseEstimated):
        return Expense(estimated=event, held=_estimate(event))
    expense = begun(expense, event)
    match event:
        case events.ExpenseRevised():
            return expense.but(revised=event, held=_estimate(event))
        case events.MoneyAdvanced():
            return expense.but(advances=(*expense.advances, event))
        case events.SpendingRecorded():
            return expense.but(spending=(*expense.spending, event))
        case events.ExpenseSettled():
            return expense.but(settled=event)
        case _:
            return expense.but(corrections=expense.corrections + 1, **_corrected(expense, event))


def _estimate(event: events.ExpenseEstimated | events.ExpenseRevised) -> events.EstimateValues:
    return events.EstimateValues(**event.model_dump(include=set(events.EstimateValues.model_fields)))


def _corrected(
    expense: Expense, event: events.EstimateCorrected | events.AdvanceCorrected | events.SpendingCorrected
) -> dict[str, Any]:
    after = {name: value for name, value in event.after if value is not None}
    match event:
        case events.EstimateCorrected():
            revised = expense.revised and expense.revised.model_copy(update=after)
            return {"held": expense.held.model_copy(update=after), "revised": revised}
        case events.AdvanceCorrected():
            return {"advances": _put_right(expense.advances, "advance_id", event.advance_id, after)}
        case events.SpendingCorrected():
            return {"spending": _put_right(expense.spending, "spending_id", event.spending_id, after)}


def _put_right[Entry: (events.MoneyAdvanced, events.SpendingRecorded)](
    entries: tuple[Entry, ...], key: str, name: str, after: Mapping[str, Any]
) -> tuple[Entry, ...]:
    """Days are the events' own: no entry holds one."""
    right = {field: value for field, value in after.items() if field != "on"}
    return tuple(entry.model_copy(update=right) if getattr(entry, key) == name else entry for entry in entries)


class ExpenseCommand(Command):
    ENTITY = "expense"
    ID = "task_id"
    task_id: EntityId


NOT_FOUND = Refusal("expense_not_found", "Nothing has been estimated for task {task_id}.")
BEYOND_GUARANTEED = Refusal(
    "beyond_guaranteed",
    "Task {task_id} would be {beyond_vnd} VND beyond the {guaranteed_vnd} VND that are guaranteed; say why.",
)


def beyond(task_id: str, because: str | None, expense: Expense, total_vnd: int) -> int:
    """How far `total_vnd` goes beyond what is guaranteed. Raises a refusal where it does and nobody said why."""
    beyond_vnd = max(0, total_vnd - expense.guaranteed_vnd)
    if beyond_vnd and because is None:
        raise BEYOND_GUARANTEED(task_id=task_id, beyond_vnd=beyond_vnd, guaranteed_vnd=expense.guaranteed_vnd)
    return beyond_vnd


def settlement(expense: Expense) -> events.ExpenseSettled:
    advanced, spent = expense.advanced_vnd, expense.spent_vnd
    return events.ExpenseSettled(
        advanced_vnd=advanced,
        spent_vnd=spent,
        to_return_vnd=max(0, advanced - spent),
        still_due_vnd=max(0, spent - advanced),
    )
