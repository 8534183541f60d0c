import unicodedata

import pytest
from pydantic import TypeAdapter, ValidationError

from shared.values.types import EntityId, Group, Text, Vnd, fold_diacritics, slug

ENTITY_ID = TypeAdapter(EntityId)
VND = TypeAdapter(Vnd)


@pytest.mark.parametrize("identifier", ["a", "1-03", "76-KH-TU", "hall_1", "x" * 80])
def test_an_id_is_one_token_of_a_subject(identifier):
    assert ENTITY_ID.validate_python(identifier) == identifier


@pytest.mark.parametrize(
    "text", ["", "a.b", "a b", " a", "a\n", "*", "a*", ">", "a>", "-a", "_a", "Đ", "a/b", "x" * 81, 7]
)
def test_dots_blanks_and_wildcards_make_no_id(text):
    with pytest.raises(ValidationError):
        ENTITY_ID.validate_python(text)


@pytest.mark.parametrize("amount", [0, 1, 10**15])
def test_money_is_a_whole_number_of_dong(amount):
    assert VND.validate_python(amount) == VND.validate_json(str(amount)) == amount


@pytest.mark.parametrize("amount", [1.0, 0.5, True, False, -1, 10**15 + 1, "1.5", None])
def test_money_is_never_a_fraction_a_truth_or_a_debt(amount):
    with pytest.raises(ValidationError):
        VND.validate_python(amount)


@pytest.mark.parametrize("text", ["1.0", "1e3", "true", "-1"])
def test_money_read_from_json_is_as_strict(text):
    with pytest.raises(ValidationError):
        VND.validate_json(text)


def test_a_text_is_trimmed_and_says_something_in_vietnamese():
    assert Text(vi="  Đại hội ") == Text(vi="Đại hội", en="")
    with pytest.raises(ValidationError):
        Text(vi="   ", en="Congress")


@pytest.mark.parametrize("number", [0, 100])
def test_groups_are_numbered_from_1_to_99(number):
    with pytest.raises(ValidationError):
        Group(number=number, name=Text(vi="Khánh tiết"))


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_folding_takes_every_mark_off_and_keeps_the_case(form):
    written = unicodedata.normalize(form, "Đảng bộ tỉnh: đường Trần Hưng Đạo, ượ")
    assert fold_diacritics(written) == "Dang bo tinh: duong Tran Hung Dao, uo"


@pytest.mark.parametrize(("text", "expected"), [("1.03", "1-03"), ("  Tổ 1 / Đội 2  ", "To-1-Doi-2"), ("///", "")])
def test_a_slug_is_made_of_what_people_write(text, expected):
    assert slug(text) == expected
