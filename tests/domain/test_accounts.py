import pytest

from services.logistics import expenses
from services.tracker.reports.expenses import accounts_of
from shared.eventstore.direct import Stored
from shared.eventstore.envelope import as_bytes
from tests.congress import BEGINNING, envelope_of
from tests.domain.test_expenses import ADVANCED, ESTIMATED, SETTLED, WHY, advance, spending
from tests.domain.test_fold import Folded


def account(*events, secured_vnd=200):
    entries = [
        Stored(
            sequence=number,
            subject="evt.memory.logistics.expense.4-01",
            recorded=BEGINNING,
            body=as_bytes(envelope_of(event, "logistics", "expense", "4-01", number)),
            source=f"EVENTS_LOGISTICS_memory {number} > > evt",
        )
        for number, event in enumerate(events, start=1)
    ]
    documents = Folded().add(entries).views["expenses"].values()
    (found,) = accounts_of(documents, [{"_id": "logistics/4-01", "secured_vnd": secured_vnd}])
    return found


def test_an_account_adds_up():
    found = account(*SETTLED)
    sums = (found.estimated_vnd, found.guaranteed_vnd, found.advanced_vnd, found.spent_vnd, found.left_vnd)
    assert sums == (300, 200, 150, 120, 80)
    assert (found.to_return_vnd, found.still_due_vnd) == (30, 0)
    assert found.flags == ["estimated_beyond_guaranteed", "settled", "to_return"]


@pytest.mark.parametrize(
    ("event", "flag", "left"),
    [
        (expenses.MoneyAdvanced(**advance("a2", 80, WHY), beyond_vnd=30), "advanced_beyond_guaranteed", 200),
        (expenses.SpendingRecorded(**spending("s1", 260, WHY), beyond_vnd=60), "spent_beyond_guaranteed", -60),
    ],
)
def test_what_goes_beyond_the_guarantee_is_flagged_with_the_reason(event, flag, left):
    found = account(*ADVANCED, event)
    assert flag in found.flags
    assert (found.left_vnd, found.reasons) == (left, [WHY])


@pytest.mark.parametrize("secured_vnd", [None, 199])
def test_a_guarantee_that_the_task_does_not_state_is_flagged(secured_vnd):
    assert "task_secures_another_sum" in account(*ESTIMATED, secured_vnd=secured_vnd).flags
    assert "task_secures_another_sum" not in account(*ESTIMATED).flags
