"""What earlier versions let in is read and folded still, though no command can say it any more."""

import pytest

from services.logistics import expenses
from shared.domain import document
from shared.events.clearance import ClearanceRequested
from shared.events.document import DocumentIssued
from shared.events.expense import ExpenseEstimated, MoneyAdvanced, SpendingRecorded
from shared.events.incident import IncidentReported
from shared.events.meeting import MeetingHeld
from shared.events.publication import PublicationProposed
from shared.events.resource import ResourceRegistered, ResourceReserved
from shared.events.task import ClearanceRequired, TaskAssigned, TaskDeadlineSet, TaskSubmitted
from shared.events.variant import VariantAdjusted
from shared.history.decoding import VIEWS_OF
from shared.views import documents
from tests.domain.largest import FACE
from tests.domain.scenario import AGGREGATES
from tests.domain.test_growth import stored

LONG = FACE * 2000
EVIDENCE = {"title": LONG, "link": "https://" + "x" * 1992, "sha256": "0a" * 32, "size_bytes": 10**15}
SUM = 10**15
EARLIER = [
    TaskSubmitted(submitted_by="logistics.member", note=LONG, evidence=[EVIDENCE] * 50),
    TaskAssigned(collective=LONG, individual=LONG, coordinating=[LONG] * 60),
    TaskDeadlineSet(deadline="9999-12-31"),
    ClearanceRequired(clearance_id="c1", kind="place", holder=LONG, purpose=LONG),
    VariantAdjusted(task_id="1-03", deadline="0001-01-01", reason=LONG),
    MeetingHeld(title={"vi": "Họp\x00\u202e"}, held_on="1990-01-01", chair={"position": "e\u0302"}),
    MoneyAdvanced(advance_id="a1", amount_vnd=SUM, recipient=LONG, purpose=LONG, beyond_vnd=SUM),
    SpendingRecorded(spending_id="s1", amount_vnd=SUM, payee=LONG, voucher=LONG, beyond_vnd=2 * SUM),
    ResourceReserved(reservation_id="r1", starts="0001-01-02T00:00:00Z", ends="9999-12-30T00:00:00Z", purpose=LONG),
]


@pytest.mark.parametrize("event", EARLIER, ids=lambda event: type(event).__name__)
def test_an_event_that_no_command_brings_about_any_more_is_the_same_when_it_is_read(event):
    aggregate = next(each for each in AGGREGATES if type(event) in each.events)
    read = stored(aggregate, event, 1).event
    assert read.model_dump(mode="json") == event.model_dump(mode="json")


OF_OTHER_VERSIONS = [
    (ResourceRegistered(kind="tent", name={"vi": "Rạp"}, capacity=0), {"kind": "tent", "capacity": 0}),
    (PublicationProposed(channel="drone", title={"vi": "Tin"}, author="", task_id="1.03"), {"channel": "drone"}),
    (IncidentReported(place=" cổng 2 ", kind="flood", details=""), {"place": " cổng 2 ", "kind": "flood"}),
    (ClearanceRequested(kind="vessel", holder=LONG * 2, purpose="", requested_by=""), {"holder": LONG * 2}),
    (ExpenseEstimated(amount_vnd=-1, guaranteed_vnd=SUM * 2, funding_source=" x "), {"funding_source": " x "}),
]


@pytest.mark.parametrize(("event", "shown"), OF_OTHER_VERSIONS, ids=lambda value: type(value).__name__)
def test_an_event_is_not_bound_by_what_its_command_takes_today(event, shown):
    aggregate = next(each for each in AGGREGATES if type(event) in each.events)
    recorded = stored(aggregate, event, 1)
    assert aggregate.fold([recorded.event]) == aggregate.fold([event])
    (view,) = VIEWS_OF[event.TYPE]
    assert shown.items() <= view.fold(None, recorded).items()


def test_sums_beyond_the_largest_amount_are_settled():
    estimated = ExpenseEstimated(amount_vnd=SUM, guaranteed_vnd=SUM, funding_source="x")
    account = expenses.AGGREGATE.fold([estimated, *[EARLIER[-3]] * 2, *[EARLIER[-2]] * 3])
    (settled,) = expenses.decide(expenses.SettleExpense(task_id="1-03"), account, None, {})
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
    issued = DocumentIssued(symbol=symbol, kind="quyết định", title={"vi": "x"}, issuer="UBND")
    filed = documents.VIEW.fold(None, stored(document.AGGREGATE, issued, 1))
    assert (filed["symbol"], filed["form"], filed["number"]) == (symbol, form, number)
