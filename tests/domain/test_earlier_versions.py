"""What earlier versions let in is read and folded still, though no command can say it any more."""

import pytest

from services.logistics import expenses, resources
from services.subcommittee import meeting
from shared.domain import document, task, variant
from shared.views import documents
from tests.domain.largest import FACE
from tests.domain.scenario import AGGREGATES
from tests.domain.test_growth import stored

LONG = FACE * 2000
EVIDENCE = {"title": LONG, "link": "https://" + "x" * 1992, "sha256": "0a" * 32, "size_bytes": 10**15}
SUM = 10**15
EARLIER = [
    task.TaskSubmitted(submitted_by="logistics.member", note=LONG, evidence=[EVIDENCE] * 50),
    task.TaskAssigned(collective=LONG, individual=LONG, coordinating=[LONG] * 60),
    task.TaskDeadlineSet(deadline="9999-12-31"),
    task.ClearanceRequired(clearance_id="c1", kind="place", holder=LONG, purpose=LONG),
    variant.VariantAdjusted(task_id="1-03", deadline="0001-01-01", reason=LONG),
    meeting.MeetingHeld(title={"vi": "Họp\x00\u202e"}, held_on="1990-01-01", chair={"position": "e\u0302"}),
    expenses.MoneyAdvanced(advance_id="a1", amount_vnd=SUM, recipient=LONG, purpose=LONG, beyond_vnd=SUM),
    expenses.SpendingRecorded(spending_id="s1", amount_vnd=SUM, payee=LONG, voucher=LONG, beyond_vnd=2 * SUM),
    resources.ResourceReserved(
        reservation_id="r1", starts="0001-01-02T00:00:00Z", ends="9999-12-30T00:00:00Z", purpose=LONG
    ),
]


@pytest.mark.parametrize("event", EARLIER, ids=lambda event: type(event).__name__)
def test_an_event_that_no_command_brings_about_any_more_is_the_same_when_it_is_read(event):
    aggregate = next(each for each in AGGREGATES if type(event) in each.events)
    read = stored(aggregate, event, 1).event
    assert read.model_dump(mode="json") == event.model_dump(mode="json")


def test_sums_beyond_the_largest_amount_are_settled():
    estimated = expenses.ExpenseEstimated(amount_vnd=SUM, guaranteed_vnd=SUM, funding_source="x")
    account = expenses.AGGREGATE.fold([estimated, *[EARLIER[-3]] * 2, *[EARLIER[-2]] * 3])
    (settled,) = expenses.decide(expenses.SettleExpense(task_id="1-03"), account, None)
    assert (settled.advanced_vnd, settled.spent_vnd, settled.still_due_vnd) == (2 * SUM, 3 * SUM, SUM)


@pytest.mark.parametrize(
    ("symbol", "form", "number"),
    [
        ("20201014000000000001/QĐ-UBND", "other", None),
        ("9223372036854775808-KH/TU", "other", None),
        ("999999999999999999/QĐ-UBND", "state", 10**18 - 1),
        ("٢٠-KH/TU", "other", None),
    ],
)
def test_a_document_with_a_number_that_no_64_bits_hold_is_filed_without_one(symbol, form, number):
    issued = document.DocumentIssued(symbol=symbol, kind="quyết định", title={"vi": "x"}, issuer="UBND")
    filed = documents.VIEW.fold(None, stored(document.AGGREGATE, issued, 1))
    assert (filed["symbol"], filed["form"], filed["number"]) == (symbol, form, number)
