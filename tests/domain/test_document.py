from datetime import date

import pytest

from shared.domain import document
from shared.domain.document import AGGREGATE
from shared.events.document import DocumentIssued, DocumentSuperseded, DocumentWithdrawn
from tests.domain import corrected_papers as corrected
from tests.domain.scenario import OFFICER, accepting, assert_all_told, given, rejecting

PLAN = {
    "symbol": "76-KH/TU",
    "kind": "kế hoạch",
    "title": {"vi": "Kế hoạch tuyên truyền đại hội đảng các cấp"},
    "issuer": "Tỉnh ủy",
    "issued_on": date(2019, 9, 16),
    "urgency": "urgent",
    "basis": ("66-QĐ/TW", "Kế hoạch công tác của Tiểu ban"),
    "advised_by": "Bộ phận tuyên truyền",
}
NEXT_TERM = PLAN | {"term": "2020-2025"}
SUPERSEDE = document.SupersedeDocument(document_id="76-KH-TU", superseded_by="80-KH/TU")
WITHDRAW = document.WithdrawDocument(document_id="76-KH-TU", reason="Ban hành nhầm")

ISSUED = (DocumentIssued(**PLAN),)
SUPERSEDED = (*ISSUED, DocumentSuperseded(superseded_by="80-KH/TU"))
WITHDRAWN = (*ISSUED, DocumentWithdrawn(reason="Ban hành nhầm"))

OF_A_TERM = (DocumentIssued(**NEXT_TERM),)


def by_its_symbol(superseded_by):
    return document.SupersedeDocument(document_id="76-KH/TU (2020-2025)", superseded_by=superseded_by)


BY_ITS_SYMBOL = by_its_symbol("76-KH/TU")
OF_ANOTHER_TERM = "76-KH/TU (2025-2030)"

ACCEPTED = {
    "a document of the next term takes its place, with the same symbol": (
        OF_A_TERM,
        by_its_symbol(OF_ANOTHER_TERM),
        OFFICER,
        DocumentSuperseded(superseded_by=OF_ANOTHER_TERM),
    ),
    "a document is issued": ((), document.IssueDocument(**PLAN), OFFICER, ISSUED[-1]),
    "a document is issued in a term": (
        (),
        document.IssueDocument(**NEXT_TERM),
        OFFICER,
        DocumentIssued(**NEXT_TERM),
    ),
    "a newer document takes its place": (ISSUED, SUPERSEDE, OFFICER, SUPERSEDED[-1]),
    "it is withdrawn": (ISSUED, WITHDRAW, OFFICER, WITHDRAWN[-1]),
}
REJECTED = [
    ((), SUPERSEDE, OFFICER, "document_not_found"),
    ((), WITHDRAW, OFFICER, "document_not_found"),
    (ISSUED, document.IssueDocument(**PLAN | {"kind": "quy định"}), OFFICER, "document_already_issued"),
    (ISSUED, document.IssueDocument(**PLAN | {"basis": ()}), OFFICER, "document_already_issued"),
    (ISSUED, SUPERSEDE.model_copy(update={"superseded_by": "76-KH/TU"}), OFFICER, "document_supersedes_itself"),
    (OF_A_TERM, BY_ITS_SYMBOL, OFFICER, "document_supersedes_itself"),
    (OF_A_TERM, by_its_symbol("76-KH/TU (2020-2025)"), OFFICER, "document_supersedes_itself"),
    (WITHDRAWN, SUPERSEDE, OFFICER, "document_not_in_force"),
    (WITHDRAWN, WITHDRAW.model_copy(update={"reason": "Sai số"}), OFFICER, "document_not_in_force"),
    (SUPERSEDED, WITHDRAW, OFFICER, "document_not_in_force"),
    *(
        ((), document.IssueDocument(**PLAN | {"symbol": symbol}), OFFICER, "document_number_too_long")
        for symbol in ("20201014000000000001/QĐ-UBND", "1234567890-KH/TU", "9223372036854775808/2020/NĐ-CP")
    ),
    (SUPERSEDED, SUPERSEDE.model_copy(update={"superseded_by": "81-KH/TU"}), OFFICER, "document_not_in_force"),
]


@accepting(ACCEPTED)
def test_it_happens_once_that(history, command, actor, event):
    given(AGGREGATE, *history).when(command, actor).then(event)
    given(AGGREGATE, *history, event).when(command, actor).nothing_happened()


@rejecting(REJECTED)
def test_what_is_on_file_is_not_rewritten(history, command, actor, code):
    given(AGGREGATE, *history).when(command, actor).rejected(code)


def test_every_command_event_and_refusal_is_told_here():
    assert_all_told(document, ACCEPTED | corrected.DOCUMENT, [*REJECTED, *corrected.DOCUMENT_REJECTED])


@pytest.mark.parametrize(("history", "in_force"), [(ISSUED, True), (SUPERSEDED, False), (WITHDRAWN, False)])
def test_a_document_is_in_force_until_superseded_or_withdrawn(history, in_force):
    assert AGGREGATE.fold(history).in_force is in_force


def test_a_document_is_filed_under_its_symbol():
    assert document.IssueDocument(**PLAN).entity_id == SUPERSEDE.entity_id == "76-KH-TU"


def test_numbers_begin_again_with_a_term_so_each_term_has_files_of_its_own():
    assert document.IssueDocument(**NEXT_TERM).entity_id == "76-KH-TU_2020-2025"


@pytest.mark.parametrize(
    ("named", "document_id"),
    [
        ("76-KH/TU", "76-KH-TU"),
        ("76-KH/TU (2020-2025)", "76-KH-TU_2020-2025"),
        ("76-KH-TU_2020-2025", "76-KH-TU_2020-2025"),
        ("39/KH-BPĐBANTT", "39_KH-BPDBANTT"),
        ("39_KH-BPDBANTT", "39_KH-BPDBANTT"),
    ],
)
@pytest.mark.parametrize("command", [document.SupersedeDocument, document.WithdrawDocument])
def test_a_document_is_named_by_its_id_or_by_its_symbol(command, named, document_id):
    rest = {"superseded_by": "80-KH/TU"} if command is document.SupersedeDocument else {"reason": "Sai số"}
    assert command(document_id=named, **rest).entity_id == document_id


def test_the_term_is_no_part_of_a_symbol():
    with pytest.raises(ValueError, match="term"):
        document.IssueDocument(**PLAN | {"symbol": "76-KH/TU (2020-2025)"})


@pytest.mark.parametrize("symbol", ["", "   ", "/-/", "x" * 70])
def test_a_symbol_that_names_no_file_is_refused(symbol):
    with pytest.raises(ValueError, match="symbol"):
        document.IssueDocument(**PLAN | {"symbol": symbol})
    with pytest.raises(ValueError, match="basis"):
        document.IssueDocument(**PLAN | {"basis": [symbol]})


@pytest.mark.parametrize("term", ["", "2020", "XX", "2020 - 2025"])
def test_a_term_is_two_years(term):
    with pytest.raises(ValueError, match="term"):
        document.IssueDocument(**PLAN | {"term": term})


def test_the_longest_symbol_still_leaves_an_id_that_commands_can_name():
    longest = document.IssueDocument(**NEXT_TERM | {"symbol": "x" * 69}).entity_id
    assert document.WithdrawDocument(document_id=longest, reason="Sai số").document_id == longest
