import pytest

from shared.values.symbol import DocumentSymbol, SymbolForm

PARTY, STATE, OTHER = SymbolForm

FITTING = [
    ("76-KH/TU", PARTY, 76, "KH", "TU", None),
    ("03-KH/TB-BPTT", PARTY, 3, "KH", "TB-BPTT", None),
    ("01-TB/BPHC", PARTY, 1, "TB", "BPHC", None),
    ("66-QĐ/TW", PARTY, 66, "QĐ", "TW", None),
    ("12-CTr/TU", PARTY, 12, "CTr", "TU", None),
    ("39/KH-BPĐBANTT", STATE, 39, "KH", "BPĐBANTT", None),
    ("15/TTr-UBND-VP", STATE, 15, "TTr", "UBND-VP", None),
    ("30/2020/NĐ-CP", STATE, 30, "NĐ", "CP", 2020),
]


@pytest.mark.parametrize(("text", "form", "number", "kind", "issuer", "year"), FITTING)
def test_a_symbol_in_either_form_is_taken_apart(text, form, number, kind, issuer, year):
    assert DocumentSymbol.parse(text) == DocumentSymbol(text, form, number, kind, issuer, year)


@pytest.mark.parametrize("text", ["", "công văn không số", "76-KH", "KH/TU", "76-kh/TU", "30/20/NĐ-CP", "1-KH/T U"])
def test_a_symbol_in_neither_form_is_kept_as_written(text):
    assert DocumentSymbol.parse(text) == DocumentSymbol(text, OTHER)


def test_blanks_around_a_symbol_are_no_part_of_it():
    assert DocumentSymbol.parse("  76-KH/TU\n").text == "76-KH/TU"


@pytest.mark.parametrize(
    ("text", "entity_id"),
    [("03-KH/TB-BPTT", "03-KH-TB-BPTT"), ("39/KH-BPĐBANTT", "39_KH-BPDBANTT"), ("30/2020/NĐ-CP", "30_2020-ND-CP")],
)
def test_a_document_is_filed_under_an_id_in_plain_letters(text, entity_id):
    assert DocumentSymbol.parse(text).entity_id == entity_id


def test_the_two_forms_of_like_symbols_are_filed_apart():
    assert DocumentSymbol.parse("76-KH/TU").entity_id != DocumentSymbol.parse("76/KH-TU").entity_id


def test_a_symbol_of_many_hyphens_is_taken_apart_at_once():
    symbol = "1-KH/" + "-".join("a" * 37)
    assert DocumentSymbol.parse(symbol + "/").form is SymbolForm.OTHER
    assert DocumentSymbol.parse(symbol).form is SymbolForm.PARTY
