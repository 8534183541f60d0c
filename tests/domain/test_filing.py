"""Documents on file beside each other: lineage, numbers used twice, and the next free one."""

import pytest

from shared.reports.document_register import filed, next_number
from shared.values.symbol import DocumentSymbol
from shared.values.types import slug


def a_document(symbol, kind="Kế hoạch", issuer="Bộ phận tuyên truyền", **other):
    parsed = DocumentSymbol.parse(symbol)
    return {
        "_id": f"propaganda/{parsed.entity_id}",
        "unit": "propaganda",
        "symbol": symbol,
        "kind": kind,
        "title": {"vi": "Việc", "en": ""},
        "issuer": issuer,
        "term": None,
        "advised_by": None,
        "urgency": "normal",
        "basis": [],
        "number": parsed.number,
        "kind_code": parsed.kind,
        "status": "in_force",
        "superseded_by": None,
        **other,
    }


def codes(document):
    return [warning.code for warning in document.warnings]


def test_lineage_is_told_from_both_ends():
    old = a_document("03-KH/TB-BPTT", superseded_by="05-KH/TB-BPTT", status="superseded")
    new = a_document("05-KH/TB-BPTT", basis=["76-KH/TU", "66-QĐ/TW"])
    plan = a_document("76-KH/TU", issuer="Tỉnh ủy")
    first, second, third = filed([plan, new, old])
    assert (first.superseded_by, first.supersedes) == ("05-KH/TB-BPTT", [])
    assert (second.supersedes, second.basis) == (["03-KH/TB-BPTT"], ["76-KH/TU", "66-QĐ/TW"])
    assert third.basis_of == ["05-KH/TB-BPTT"]


def of_term(term, symbol="03-KH/TB", **other):
    return a_document(symbol, term=term, _id=f"propaganda/{slug(symbol)}_{term}", **other)


def test_lineage_respects_the_term_in_which_numbers_were_given():
    older, plan = of_term("2015-2020"), of_term("2020-2025")
    found = filed(
        [
            older,
            plan,
            of_term("2020-2025", "04-KH/TB", basis=["03-KH/TB"]),
            of_term("2020-2025", "05-KH/TB", basis=["03-KH/TB (2015-2020)"]),
            a_document("06-KH/TB", basis=["03-KH/TB"]),
        ]
    )
    of_older, of_plan = (each.basis_of for each in found[:2])
    assert (of_older, of_plan) == (["05-KH/TB (2020-2025)"], ["04-KH/TB"])


def test_a_document_of_the_next_term_with_the_same_symbol_takes_its_place():
    older, newer = filed([of_term("2015-2020", superseded_by="03-KH/TB (2020-2025)"), of_term("2020-2025")])
    assert (older.supersedes, newer.supersedes) == ([], ["03-KH/TB (2015-2020)"])


def test_a_document_that_states_no_term_is_still_the_basis_of_one_that_does():
    plan, *_ = filed([a_document("03-KH/TB"), of_term("2020-2025", "04-KH/TB", basis=["03-KH/TB"])])
    assert plan.basis_of == ["04-KH/TB (2020-2025)"]


def test_documents_are_listed_in_the_order_of_their_numbers():
    found = filed([a_document(symbol) for symbol in ("10-KH/TB", "9-KH/TB", "02-KH/TB")])
    assert [document.symbol for document in found] == ["02-KH/TB", "9-KH/TB", "10-KH/TB"]


def test_a_document_that_names_what_is_not_on_file_is_listed_all_the_same():
    (document,) = filed([a_document("03-KH/TB-BPTT", superseded_by="09-KH/TB-BPTT", basis=["1-KH/X"])])
    assert (document.superseded_by, document.basis) == ("09-KH/TB-BPTT", ["1-KH/X"])


def test_what_was_filed_before_basis_and_term_were_known_is_listed():
    bare = a_document("03-KH/TB-BPTT")
    for name in ("basis", "term", "advised_by"):
        del bare[name]
    (document,) = filed([bare])
    assert (document.basis, document.term, document.advised_by) == ([], None, None)
    assert next_number([bare], "TB-BPTT", "KH").number == 4


def test_a_number_used_twice_is_told_at_both_documents_in_both_languages():
    one, other = filed([a_document("03-KH/TB-BPTT"), a_document("3/KH-BPTT", issuer="bộ phận Tuyên truyền")])
    assert codes(one) == ["number_used_twice"]
    assert "number_used_twice" in codes(other)
    assert one.warnings[0].en == "The number 3 is also that of 3/KH-BPTT: same issuer, kind and term."
    assert one.warnings[0].vi.startswith("Số 3 trùng với số của 3/KH-BPTT")


@pytest.mark.parametrize(
    "other",
    [
        a_document("04-KH/TB-BPTT"),
        a_document("03-TB/TB-BPTT", "Thông báo"),
        a_document("03-KH/TB-BPTT", issuer="Tỉnh ủy", _id="security/03-KH-TB-BPTT"),
        a_document("03-KH/TB-BPTT", term="2020-2025", _id="propaganda/03-KH-TB-BPTT_2020-2025"),
        a_document("không số", "Kế hoạch"),
    ],
)
def test_a_number_is_free_for_another_issuer_kind_or_term(other):
    assert all("number_used_twice" not in codes(document) for document in filed([a_document("03-KH/TB-BPTT"), other]))


def test_documents_without_any_number_do_not_share_one():
    one, other = filed([a_document("không số"), a_document("cũng không số")])
    assert codes(one) == codes(other) == ["neither_form"]


ON_FILE = [
    a_document("03-KH/TB-BPTT"),
    a_document("05-KH/TB-BPTT", status="withdrawn"),
    a_document("09-TB/TB-BPTT", "Thông báo"),
    a_document("02-KH/TB-BPTT", term="2020-2025"),
    a_document("76-KH/TU", issuer="Ban Thường vụ Tỉnh ủy"),
    a_document("30/2020/KH-TB-BPTT"),
    a_document("không số"),
]


@pytest.mark.parametrize(
    ("issuer", "kind", "term", "party", "state"),
    [
        ("Bộ phận tuyên truyền", "KH", None, "06-KH/TB-BPTT", "6/KH-TB-BPTT"),
        ("bo phan tuyen truyen", "kế hoạch", None, "06-KH/TB-BPTT", "6/KH-TB-BPTT"),
        ("TB-BPTT", "KH", None, "06-KH/TB-BPTT", "6/KH-TB-BPTT"),
        ("TB-BPTT", "KH", "2020-2025", "03-KH/TB-BPTT", "3/KH-TB-BPTT"),
        ("TB-BPTT", "KH", "2025-2030", "01-KH/TB-BPTT", "1/KH-TB-BPTT"),
        ("TB-BPTT", "TB", None, "10-TB/TB-BPTT", "10/TB-TB-BPTT"),
        ("Bộ phận tuyên truyền", "BC", None, "01-BC/TB-BPTT", "1/BC-TB-BPTT"),
        ("TU", "KH", None, "77-KH/TU", "77/KH-TU"),
        ("BPHC", "KH", None, "01-KH/BPHC", "1/KH-BPHC"),
        ("Bộ phận hậu cần", "KH", None, "01-KH/…", "1/KH-…"),
    ],
)
def test_numbers_count_from_01_per_issuer_kind_and_term(issuer, kind, term, party, state):
    found = next_number(ON_FILE, issuer, kind, term)
    assert (found.party, found.state) == (party, state)


def test_a_number_is_not_used_again_though_its_document_was_withdrawn():
    assert next_number(ON_FILE, "TB-BPTT", "KH").model_dump() == {
        "issuer": "TB-BPTT",
        "kind": "KH",
        "term": None,
        "number": 6,
        "party": "06-KH/TB-BPTT",
        "state": "6/KH-TB-BPTT",
        "counted": 2,
    }
