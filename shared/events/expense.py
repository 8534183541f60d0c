"""What happens to the account of one task's money, which logistics keeps."""

from datetime import date

from shared.events.base import Event, Values, if_corrected, members
from shared.values.types import Brief


class ExpenseEstimated(Event):
    TYPE = "vn.daihoi.expense.estimated.v1"
    amount_vnd: int
    guaranteed_vnd: int
    funding_source: str


class ExpenseRevised(Event):
    TYPE = "vn.daihoi.expense.revised.v1"
    amount_vnd: int
    guaranteed_vnd: int
    funding_source: str
    reason: str


class MoneyAdvanced(Event):
    TYPE = "vn.daihoi.expense.money-advanced.v1"
    advance_id: str
    amount_vnd: int
    recipient: str
    purpose: str
    beyond_guaranteed_because: str | None = None
    beyond_vnd: int = 0


class SpendingRecorded(Event):
    TYPE = "vn.daihoi.expense.spending-recorded.v1"
    spending_id: str
    amount_vnd: int
    payee: str
    voucher: str
    beyond_guaranteed_because: str | None = None
    beyond_vnd: int = 0


class ExpenseSettled(Event):
    TYPE = "vn.daihoi.expense.settled.v1"
    advanced_vnd: int
    spent_vnd: int
    to_return_vnd: int
    still_due_vnd: int


class EstimateValues(Values):
    amount_vnd: int | None = if_corrected()
    guaranteed_vnd: int | None = if_corrected()
    funding_source: str | None = if_corrected()


class EstimateCorrected(Event):
    TYPE = "vn.daihoi.expense.estimate-corrected.v1"
    SENTENCE = "{actor} corrected the estimate of task {id}: {after}; recorded before: {before}; reason: {reason}"
    before: EstimateValues
    after: EstimateValues
    reason: Brief


class AdvanceValues(Values):
    """`on` is the day on which the money was handed over."""

    amount_vnd: int | None = if_corrected()
    recipient: str | None = if_corrected()
    purpose: str | None = if_corrected()
    on: date | None = if_corrected()
    beyond_guaranteed_because: str | None = if_corrected()
    beyond_vnd: int | None = if_corrected()


class AdvanceCorrected(Event):
    TYPE = "vn.daihoi.expense.advance-corrected.v1"
    SENTENCE = (
        "{actor} corrected advance {advance_id} of task {id}: {after}; recorded before: {before}; reason: {reason}"
    )
    advance_id: str
    before: AdvanceValues
    after: AdvanceValues
    reason: Brief


class SpendingValues(Values):
    """`on` is the day on which it was paid."""

    amount_vnd: int | None = if_corrected()
    payee: str | None = if_corrected()
    voucher: str | None = if_corrected()
    on: date | None = if_corrected()
    beyond_guaranteed_because: str | None = if_corrected()
    beyond_vnd: int | None = if_corrected()


class SpendingCorrected(Event):
    TYPE = "vn.daihoi.expense.spending-corrected.v1"
    SENTENCE = (
        "{actor} corrected payment {spending_id} of task {id}: {after}; recorded before: {before}; reason: {reason}"
    )
    spending_id: str
    before: SpendingValues
    after: SpendingValues
    reason: Brief


ExpenseEvent = (
    ExpenseEstimated | ExpenseRevised | MoneyAdvanced | SpendingRecorded | ExpenseSettled
    | EstimateCorrected | AdvanceCorrected | SpendingCorrected
)  # fmt: skip
EVENTS = members(ExpenseEvent)
