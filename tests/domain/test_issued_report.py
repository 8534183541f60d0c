"""A report is issued once under its symbol, by those who lead the sub-committee; the list knows which came last."""

import pytest
from typer.testing import CliRunner

from daihoi.cli.main import app
from daihoi.terminal.fields import FIELD_NAMES
from services.subcommittee import issued_report
from services.subcommittee.issued_report import AGGREGATE, IssueReport
from shared.domain.decider import Actor
from shared.events.issued_report import ReportIssued
from shared.reports.issued_reports import IssuedReport, issued_as, issued_reports, last_issued
from shared.views import issued_reports as view
from tests.domain.scenario import accepting, assert_all_told, given, rejecting
from tests.domain.test_growth import stored

LEAD = Actor("subcommittee.lead", "subcommittee")
DEPUTY = Actor("subcommittee.deputy-2", "subcommittee")
OFFICE = Actor("subcommittee.office", "subcommittee")
SHOWN = {
    "symbol": "12-BC/TB",
    "issued_on": "2020-09-11",
    "signer": "Phó Trưởng Tiểu ban",
    "signing": "K/T",
    "period_from": "2020-09-01",
    "period_to": "2020-09-10",
    "today": "2020-09-10",
    "coming_days": 15,
    "sequence": 969,
    "digest": "0a" * 32,
    "content_digest": "0b" * 32,
    "content_form": 1,
}


def issues(**changes: object) -> IssueReport:
    return IssueReport(**SHOWN | changes)


ISSUED = ReportIssued(**SHOWN)
ONE_DAY = {"period_from": "2020-09-10"}
ACCEPTED = {
    "the lead issues a report": ((), issues(), LEAD, ISSUED),
    "a deputy issues one of a single day": ((), issues(**ONE_DAY), DEPUTY, ReportIssued(**SHOWN | ONE_DAY)),
}
UNFIT = ReportIssued(**SHOWN | {"symbol": "x"})
REJECTED = [
    ((), issues(), OFFICE, "no_right_to_issue"),
    ((ISSUED,), issues(), OFFICE, "no_right_to_issue"),
    ((), issues(symbol="x"), LEAD, "report_symbol_unfit"),
    ((), issues(symbol="Báo cáo số 12"), LEAD, "report_symbol_unfit"),
    ((), issues(period_to="2020-08-31"), LEAD, "report_period_reversed"),
    ((ISSUED,), issues(sequence=970), LEAD, "report_already_issued"),
    ((ISSUED,), issues(signer="Trưởng Tiểu ban"), DEPUTY, "report_already_issued"),
    ((ISSUED,), issues(content_digest="0c" * 32), LEAD, "report_already_issued"),
]


@accepting(ACCEPTED)
def test_it_happens_once_that(history, command, actor, event):
    given(AGGREGATE, *history).when(command, actor).then(event)
    given(AGGREGATE, *history, event).when(command, actor).nothing_happened()


def test_the_state_s_form_is_a_number_too_and_what_was_issued_under_none_stays():
    given(AGGREGATE).when(issues(symbol="12/BC-TB"), LEAD).then(ReportIssued(**SHOWN | {"symbol": "12/BC-TB"}))
    given(AGGREGATE, UNFIT).when(issues(symbol="x"), LEAD).nothing_happened()


@rejecting(REJECTED)
def test_refused(history, command, actor, code):
    given(AGGREGATE, *history).when(command, actor).rejected(code)


def test_everything_is_told():
    assert_all_told(issued_report, ACCEPTED, REJECTED)


@pytest.mark.parametrize(
    ("one", "other", "are_same"),
    [("12-BC/TB", "12-BC/TB", True), ("12-BC/TB", "12/BC-TB", False), ("12-BC/TB", "12-BC/TB-BPHC", False)],
)
def test_a_symbol_names_one_report_and_both_forms_are_two(one, other, are_same):
    assert (issues(symbol=one).entity_id == issues(symbol=other).entity_id) is are_same


def on_record(entity_id: str, **changes: object) -> dict:
    return view.fold(None, stored(AGGREGATE, ReportIssued(**SHOWN | changes), 1)) | {"_id": entity_id}


def test_the_last_report_is_the_one_that_shows_the_latest_event_up_to_a_place():
    documents = [
        on_record("12-BC-TB", sequence=40),
        on_record("9-BC-TB", symbol="9-BC/TB", sequence=20),
        on_record("forged", symbol="99-BC/TB", sequence=10**9),
    ]
    assert [report.symbol for report in issued_reports(documents)] == ["9-BC/TB", "12-BC/TB", "99-BC/TB"]
    places = {upto: last_issued(documents, upto) for upto in (19, 20, 39, 40, 10**6)}
    assert {upto: report and report.symbol for upto, report in places.items()} == {
        19: None, 20: "9-BC/TB", 39: "9-BC/TB", 40: "12-BC/TB", 10**6: "12-BC/TB"
    }  # fmt: skip
    for name in ("12-BC/TB", "12-BC-TB"):
        assert issued_as(documents, name).sequence == 40
    assert issued_as(documents, "13-BC/TB") is None
    assert on_record("12-BC-TB").keys() - {"_id"} <= FIELD_NAMES.keys()


@pytest.mark.parametrize(
    ("symbol", "signing", "signature"),
    [
        ("12-BC/TB", "K/T", "K/T Trưởng Tiểu ban"),
        ("12/BC-UBND", "T/M", "TM. Trưởng Tiểu ban"),
        ("12/BC-UBND", "TUQ", "TUQ. Trưởng Tiểu ban"),
        ("12-BC/TB", None, "Trưởng Tiểu ban"),
    ],
)
def test_a_signature_is_written_as_the_form_of_the_symbol_has_it(symbol, signing, signature):
    document = on_record("x", symbol=symbol, signing=signing, signer="Trưởng Tiểu ban")
    assert IssuedReport.model_validate(document).signature == signature


def test_a_report_is_found_by_its_symbol_without_marks_and_capitals():
    document = {"_id": "01_BC-BTC", **ISSUED.model_dump(mode="json")}
    document |= {"symbol": "01/BC-BTC", "issued_by": "subcommittee.lead", "issued_at": "2020-09-11T02:00:00Z"}
    assert issued_as([document], "01/bc-btc").symbol == issued_as([document], "01_BC-BTC").symbol == "01/BC-BTC"
    assert issued_as([document], "02/bc-btc") is None


def test_all_that_a_report_is_not_issued_without_is_named_at_once(monkeypatch, tmp_path):
    monkeypatch.setenv("DAIHOI_DATA_DIR", str(tmp_path))
    ended = CliRunner().invoke(app, ["report", "issue", "--lang", "vi"], prog_name="daihoi")
    assert (ended.exit_code, "--number, --signer, --from" in ended.stderr) == (2, True)
