import pytest

from services.logistics import expenses
from services.logistics.expenses import AGGREGATE
from shared.events.expense import ExpenseEstimated, ExpenseRevised, ExpenseSettled, MoneyAdvanced, SpendingRecorded
from tests.domain import corrected
from tests.domain.scenario import LEAD, OFFICER, accepting, assert_all_told, given, rejecting

SUMS = {"amount_vnd": 300, "guaranteed_vnd": 200, "funding_source": "Ngân sách tỉnh"}
MORE = SUMS | {"guaranteed_vnd": 250, "reason": "Bổ sung kinh phí"}
WHY = "Phải giữ phòng trước ngày 10-9"


def advance(advance_id: str, amount_vnd: int, because: str | None = None) -> dict[str, object]:
    told = {"advance_id": advance_id, "amount_vnd": amount_vnd, "recipient": "Trưởng phòng Quản trị"}
    return told | {"purpose": "Đặt cọc", "beyond_guaranteed_because": because}


def spending(spending_id: str, amount_vnd: int, because: str | None = None) -> dict[str, object]:
    told = {"spending_id": spending_id, "amount_vnd": amount_vnd, "payee": "Nhà khách", "voucher": "PC-01"}
    return told | {"beyond_guaranteed_because": because}


def to_advance(*told: object) -> expenses.AdvanceMoney:
    return expenses.AdvanceMoney(task_id="4-01", **advance(*told))


def to_spend(*told: object) -> expenses.RecordSpending:
    return expenses.RecordSpending(task_id="4-01", **spending(*told))


ESTIMATE = expenses.EstimateExpense(task_id="4-01", **SUMS)
REVISE = expenses.ReviseEstimate(task_id="4-01", **MORE)
SETTLE = expenses.SettleExpense(task_id="4-01")

ESTIMATED = (ExpenseEstimated(**SUMS),)
REVISED = (*ESTIMATED, ExpenseRevised(**MORE))
ADVANCED = (*ESTIMATED, MoneyAdvanced(**advance("a1", 150)))
SPENT = (*ADVANCED, SpendingRecorded(**spending("s1", 120)))


def settled(advanced: int, spent: int, to_return: int, still_due: int) -> ExpenseSettled:
    return ExpenseSettled(advanced_vnd=advanced, spent_vnd=spent, to_return_vnd=to_return, still_due_vnd=still_due)


SETTLED = (*SPENT, settled(150, 120, 30, 0))
ACCEPTED = {
    "a task's expenses are estimated": ((), ESTIMATE, OFFICER, ESTIMATED[-1]),
    "the estimate is revised": (ESTIMATED, REVISE, LEAD, REVISED[-1]),
    "money is advanced": (ESTIMATED, to_advance("a1", 150), LEAD, ADVANCED[-1]),
    "advances reach what is guaranteed": (
        ADVANCED,
        to_advance("a2", 50),
        LEAD,
        MoneyAdvanced(**advance("a2", 50)),
    ),
    "an advance goes beyond it and says why": (
        ADVANCED,
        to_advance("a2", 80, WHY),
        LEAD,
        MoneyAdvanced(**advance("a2", 80, WHY), beyond_vnd=30),
    ),
    "a reason that was not needed is kept as well": (
        ESTIMATED,
        to_advance("a1", 150, WHY),
        LEAD,
        MoneyAdvanced(**advance("a1", 150, WHY)),
    ),
    "a revised guarantee counts": (
        REVISED,
        to_advance("a1", 250),
        LEAD,
        MoneyAdvanced(**advance("a1", 250)),
    ),
    "less is guaranteed than was advanced": (
        ADVANCED,
        REVISE.model_copy(update={"guaranteed_vnd": 100}),
        OFFICER,
        ExpenseRevised(**MORE | {"guaranteed_vnd": 100}),
    ),
    "spending is recorded": (ADVANCED, to_spend("s1", 120), OFFICER, SPENT[-1]),
    "spending goes beyond what is guaranteed and says why": (
        SPENT,
        to_spend("s2", 100, WHY),
        OFFICER,
        SpendingRecorded(**spending("s2", 100, WHY), beyond_vnd=20),
    ),
    "what was not spent is to be returned": (SPENT, SETTLE, LEAD, SETTLED[-1]),
    "what was spent beyond the advances is due": (
        (*SPENT, SpendingRecorded(**spending("s2", 80))),
        SETTLE,
        LEAD,
        settled(150, 200, 0, 50),
    ),
    "an account on which nothing moved is settled": (ESTIMATED, SETTLE, LEAD, settled(0, 0, 0, 0)),
}
REJECTED = [
    *(
        ((), command, LEAD, "expense_not_found")
        for command in (REVISE, to_advance("a1", 1), to_spend("s1", 1), SETTLE)
    ),
    (ESTIMATED, ESTIMATE.model_copy(update={"amount_vnd": 301}), LEAD, "expense_already_estimated"),
    (ESTIMATED, to_advance("a1", 201), LEAD, "beyond_guaranteed"),
    (ADVANCED, to_advance("a2", 51), LEAD, "beyond_guaranteed"),
    (SPENT, to_spend("s2", 81), OFFICER, "beyond_guaranteed"),
    (ADVANCED, to_advance("a1", 149), LEAD, "advance_id_taken"),
    (ADVANCED, to_advance("a1", 150, WHY), LEAD, "advance_id_taken"),
    (SPENT, to_spend("s1", 119), OFFICER, "spending_id_taken"),
    (SETTLED, to_advance("a2", 1), LEAD, "expense_settled"),
    (SETTLED, to_spend("s2", 1), OFFICER, "expense_settled"),
    (SETTLED, REVISE, LEAD, "expense_settled"),
    ((*ESTIMATED, *ADVANCED[-1:] * expenses.MOST_ADVANCES), to_advance("a2", 1), LEAD, "expense_advances_full"),
    ((*ESTIMATED, *SPENT[-1:] * expenses.MOST_SPENDING), to_spend("s2", 1), OFFICER, "expense_spending_full"),
]


@accepting(ACCEPTED)
def test_it_happens_once_that(history, command, actor, event):
    given(AGGREGATE, *history).when(command, actor).then(event)
    given(AGGREGATE, *history, event).when(command, actor).nothing_happened()


@pytest.mark.parametrize("command", [ESTIMATE, to_advance("a1", 150), to_spend("s1", 120), SETTLE])
def test_what_was_done_before_the_account_was_settled_is_not_refused_when_it_is_told_again(command):
    given(AGGREGATE, *SETTLED).when(command).nothing_happened()


@rejecting(REJECTED)
def test_nothing_goes_beyond_what_is_guaranteed_unsaid_and_nothing_counts_twice(history, command, actor, code):
    given(AGGREGATE, *history).when(command, actor).rejected(code)


def test_every_command_event_and_refusal_is_told_here():
    assert_all_told(expenses, ACCEPTED | corrected.EXPENSE, [*REJECTED, *corrected.EXPENSE_REJECTED])


@pytest.mark.parametrize("amount_vnd", [0, -1, 1.5, "100"])
def test_money_changes_hands_in_whole_dong_and_never_none(amount_vnd):
    with pytest.raises(ValueError, match="amount_vnd"):
        to_advance("a1", amount_vnd)
