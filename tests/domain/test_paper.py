"""What looks odd about a symbol is told, and nothing is refused for it."""

import pytest

from shared.domain import paper
from shared.domain.paper import KINDS, doubts, same, written
from shared.values.message import Message
from shared.values.symbol import DocumentSymbol, SymbolForm

NOTHING_ODD = [
    ("76-KH/TU", "Kế hoạch"),
    ("03-KH/TB-BPTT", "Kế hoạch"),
    ("01-TB/BPHC", "Thông báo"),
    ("02-KH/TB", "Kế hoạch"),
    ("66-QĐ/TW", "quy định"),
    ("66-QĐ/TW", "Quyết định"),
    ("12-CTr/TU", "chương trình"),
    ("7/KH-UBND", "kế hoạch"),
    ("15/TTr-UBND-VP", "tờ trình"),
    ("30/2020/NĐ-CP", "nghị định"),
    ("12/UBND-VP", "công văn"),
    ("05-BB/CUA-AI-DO", "biên bản"),
    ("5/BB-CUA-AI-DO", "BIÊN  BẢN"),
]
ODD = [
    ("công văn không số", "công văn", ["neither_form"]),
    ("76-kh/TU", "kế hoạch", ["neither_form"]),
    ("3-KH/TU", "kế hoạch", ["number_not_padded"]),
    ("39/KH-BPĐBANTT", "kế hoạch", ["state_form_of_party_body"]),
    ("5/KH-TB-BPTT", "kế hoạch", ["state_form_of_party_body"]),
    ("12-KH/UBND", "kế hoạch", ["party_form_of_state_body"]),
    ("12-TTr/SYT", "tờ trình", ["party_form_of_state_body"]),
    ("12-XYZ/TU", "kế hoạch", ["unknown_kind_code"]),
    ("12-TTR/TU", "tờ trình", ["unknown_kind_code"]),
    ("12-KH/TU", "thông báo", ["kind_does_not_match"]),
    ("12-QĐ/TU", "kế hoạch", ["kind_does_not_match"]),
    ("3-TB/UBND", "kế hoạch", ["number_not_padded", "party_form_of_state_body", "kind_does_not_match"]),
]


@pytest.mark.parametrize(("symbol", "kind"), NOTHING_ODD)
def test_nothing_is_odd_about(symbol, kind):
    assert list(doubts(symbol, kind)) == []


@pytest.mark.parametrize(("symbol", "kind", "codes"), ODD)
def test_it_is_told_what_is_odd_about(symbol, kind, codes):
    assert [doubt.code for doubt in doubts(symbol, kind)] == codes


def test_a_body_of_both_kinds_raises_no_doubt_about_its_form():
    assert list(doubts("12/KH-TU-UBND", "kế hoạch")) == list(doubts("12-KH/TU-UBND", "kế hoạch")) == []


def test_every_doubt_is_told_here_or_needs_other_documents():
    told = {code for *_, codes in ODD for code in codes}
    known = {doubt.code for doubt in vars(paper).values() if isinstance(doubt, Message)}
    assert known - told == {"number_used_twice"}


def test_a_sentence_says_how_the_number_should_be_written():
    (doubt,) = doubts("3-KH/TU", "kế hoạch")
    assert str(doubt) == "In Party form the number has two digits at least: 03-KH/TU, not 3-KH/TU."


@pytest.mark.parametrize("code", KINDS)
@pytest.mark.parametrize("form", [SymbolForm.PARTY, SymbolForm.STATE])
def test_what_is_written_in_a_form_is_read_in_that_form(code, form):
    assert DocumentSymbol.parse(written(form, 6, code, "TB-BPTT"))[1:5] == (form, 6, code, "TB-BPTT")


def test_spellings_are_compared_without_diacritics_case_and_blanks():
    assert same(" Bộ phận  TUYÊN TRUYỀN") == same("bo phan tuyen truyen")
