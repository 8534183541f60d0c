"""What happens to the account of one task's money, which logistics keeps."""

from shared.events.base import Event, members


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


ExpenseEvent = ExpenseEstimated | ExpenseRevised | MoneyAdvanced | SpendingRecorded | ExpenseSettled
EVENTS = members(ExpenseEvent)
