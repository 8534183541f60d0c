from io import StringIO

import pytest
from rich.console import Console

from daihoi.terminal.unit_tables import expenses_tables
from shared.events.expense import ExpenseEstimated, MoneyAdvanced, SpendingRecorded
from shared.eventstore.direct import Stored
from shared.eventstore.envelope import as_bytes
from shared.reports.expenses import Account, accounts_of, not_estimated
from tests.congress import BEGINNING, envelope_of
from tests.domain.test_expenses import ADVANCED, ESTIMATED, SETTLED, WHY, advance, spending
from tests.domain.test_fold import Folded


def accounts(**histories):
    """The accounts of the tasks, each of its events."""
    documents = [document for task_id, events in histories.items() for document in folded(task_id, events)]
    return accounts_of(documents, [])


def account(*events, secured_vnd=200):
    (found,) = accounts_of(folded("4-01", events), [{"_id": "logistics/4-01", "secured_vnd": secured_vnd}])
    return found


def folded(task_id, events):
    entries = [
        Stored(
            sequence=number,
            subject=f"evt.memory.logistics.expense.{task_id}",
            recorded=BEGINNING,
            body=as_bytes(envelope_of(event, "logistics", "expense", task_id, number)),
            source=f"EVENTS_LOGISTICS_memory {number} > > evt",
        )
        for number, event in enumerate(events, start=1)
    ]
    return Folded().add(entries).views["expenses"].values()


def test_an_account_adds_up():
    found = account(*SETTLED)
    sums = (found.estimated_vnd, found.guaranteed_vnd, found.advanced_vnd, found.spent_vnd, found.left_vnd)
    assert sums == (300, 200, 150, 120, 80)
    assert (found.to_return_vnd, found.still_due_vnd) == (30, 0)
    assert found.flags == ["estimated_beyond_guaranteed", "settled", "to_return"]


@pytest.mark.parametrize(
    ("event", "flag", "left"),
    [
        (MoneyAdvanced(**advance("a2", 80, WHY), beyond_vnd=30), "advanced_beyond_guaranteed", (200, 0)),
        (SpendingRecorded(**spending("s1", 260, WHY), beyond_vnd=60), "spent_beyond_guaranteed", (0, 60)),
    ],
)
def test_what_goes_beyond_the_guarantee_is_flagged_with_the_reason(event, flag, left):
    found = account(*ADVANCED, event)
    assert flag in found.flags
    assert ((found.left_vnd, found.overspent_vnd), found.reasons) == (left, [WHY])


@pytest.mark.parametrize("secured_vnd", [None, 199])
def test_a_guarantee_that_the_task_does_not_state_is_flagged(secured_vnd):
    assert "task_secures_another_sum" in account(*ESTIMATED, secured_vnd=secured_vnd).flags
    assert "task_secures_another_sum" not in account(*ESTIMATED).flags


def spent(number, amount_vnd, voucher):
    return SpendingRecorded(**spending(f"s{number}", amount_vnd) | {"voucher": voucher})


RICH = ExpenseEstimated(amount_vnd=100, guaranteed_vnd=500, funding_source="Ngân sách tỉnh")


def test_what_one_task_has_over_fills_no_gap_of_another():
    found = accounts(a=[*ESTIMATED, spent(1, 260, "PC-01")], b=[RICH, spent(1, 10, "PC-02")])
    total = {
        name: sum(getattr(each, name) for each in found)
        for name in Account.model_fields
        if "_vnd" in name[-4:] and name not in ("to_return_vnd", "still_due_vnd")
    }
    assert (total["unsecured_vnd"], total["surplus_vnd"]) == (100, 400)
    assert total["estimated_vnd"] + total["surplus_vnd"] == total["guaranteed_vnd"] + total["unsecured_vnd"]
    assert (total["left_vnd"], total["overspent_vnd"]) == (490, 60)
    assert total["guaranteed_vnd"] + total["overspent_vnd"] == total["spent_vnd"] + total["left_vnd"]


def test_money_that_is_lacking_and_money_that_is_over_stand_in_two_columns():
    console = Console(width=100, record=True, file=StringIO())
    console.print(expenses_tables(accounts(a=[*ESTIMATED, spent(1, 260, "PC-01")], b=[RICH]), "vi"))
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in console.export_text().splitlines()]
    assert ["Tổng số", "400", "700", "100", "400"] in rows
    assert ["Tổng số", "0", "260", "500", "60"] in rows


def warnings(*found):
    return [[(warning.code, warning.en) for warning in each.warnings] for each in found]


def test_the_same_voucher_twice_is_warned_of_across_tasks_however_it_is_spelled():
    (one, other, clean) = accounts(
        **{
            "4-02": [*ADVANCED, spent(1, 10, "PC-01"), spent(2, 10, " pc-01"), spent(3, 10, "PC-02")],
            "4-10": [*ADVANCED, spent(1, 10, "Pc-01 ")],
            "4-11": [*ADVANCED, spent(1, 10, "PC-011")],
        }
    )
    told = "is on record 3 times: 4-02/s1, 4-02/s2, 4-10/s1."
    assert [[code for code, _ in each] for each in warnings(one, other, clean)] == [
        ["voucher_used_twice"],
        ["voucher_used_twice"],
        [],
    ]
    assert one.warnings[0].en.endswith(told)
    assert other.warnings[0].vi == "Chứng từ Pc-01 được ghi 3 lần: 4-02/s1, 4-02/s2, 4-10/s1."


def test_spending_beyond_the_advance_is_warned_of():
    within, beyond = accounts(a=[*ADVANCED, spent(1, 150, "1")], b=[*ADVANCED, spent(1, 1_151, "2")])
    assert warnings(within, beyond) == [
        [],
        [("spent_beyond_advance", "1,151 VND were spent, 1,001 VND more than the 150 VND that were advanced.")],
    ]
    console = Console(width=100, record=True, file=StringIO())
    console.print(expenses_tables([beyond], "vi"))
    assert "⚠ Đã chi 1.151 đồng, vượt 1.001 đồng" in console.export_text()


def test_tasks_with_money_that_nobody_has_estimated_are_told_of():
    def task_of(number, planned, status="open"):
        return {"_id": f"logistics/{number}", "task_id": number, "unit": "logistics", "status": status,
                "title": {"vi": "Xe", "en": ""}, "planned_vnd": planned, "secured_vnd": None}  # fmt: skip

    tasks = [task_of("4-01", 5), task_of("4-02", 12_000_000), task_of("4-03", 0), task_of("4-04", 1, "cancelled")]
    lines = not_estimated(folded("4-01", ESTIMATED), tasks)
    assert [(line.id, line.planned_vnd, line.secured_vnd) for line in lines] == [("4-02", 12_000_000, 0)]
    console = Console(width=100, record=True, file=StringIO())
    console.print(expenses_tables([], "vi", lines))
    told = console.export_text()
    assert ("chưa lập dự toán" in told, "12.000.000" in told, "Bảo đảm theo" in told) == (True, True, False)
