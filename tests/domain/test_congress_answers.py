"""Questions, options and a file answer the same, and a command is made of the answers."""

import json
from datetime import date

import pytest

from daihoi.importing import congress_answers
from daihoi.importing.congress_answers import (
    QUESTIONS,
    amendment_of,
    answers_of,
    check_answers,
    data_of,
    parse_typed_day,
    read_answers,
    what_is_wrong,
)
from services.subcommittee.congress import AmendCongress, FoundCongress
from shared.domain.decider import Refused
from shared.domain.entering import entered
from shared.events.congress import CongressFounded
from shared.i18n import render

ANSWERS = {
    "title": "Đại hội Công đoàn tỉnh lần thứ XI",
    "title_en": "XIth trade-union congress",
    "ordinal": "XI",
    "term": "2023-2028",
    "issuing_body": "Liên đoàn Lao động tỉnh",
    "issuer_code": "LĐLĐ",
    "opening_day": "9/10/2023",
    "form": "state",
}
YAML = """\
title: {vi: Đại hội Công đoàn tỉnh lần thứ XI, en: XIth trade-union congress}
ordinal: XI
term: 2023-2028
issuing_body: Liên đoàn Lao động tỉnh
issuer_code: LĐLĐ
opening_day: 2023-10-09
closing_day:
form: state
"""
HELD = CongressFounded(**data_of(ANSWERS))


def test_answers_make_a_command_that_is_understood():
    command = entered(FoundCongress, data_of(ANSWERS))
    assert command.title.model_dump() == {"vi": ANSWERS["title"], "en": ANSWERS["title_en"]}
    assert (command.opening_day, command.closing_day, command.form) == (date(2023, 10, 9), None, "state")


def test_every_field_of_the_command_is_asked_for():
    assert {question.field for question in QUESTIONS} == set(FoundCongress.model_fields)
    required = {question.field for question in QUESTIONS if question.required}
    assert required == {name for name, field in FoundCongress.model_fields.items() if field.is_required()}


@pytest.mark.parametrize("as_json", [False, True])
def test_a_file_in_yaml_or_json_answers_the_same(tmp_path, as_json):
    told = YAML
    if as_json:
        nested = {"title": {"vi": ANSWERS["title"], "en": ANSWERS["title_en"]}, "closing_day": None}
        flat = {name: answer for name, answer in ANSWERS.items() if not name.startswith("title")}
        told = json.dumps(flat | nested)
    (file := tmp_path / "congress.yaml").write_text(told, "utf-8")
    assert data_of(read_answers(file)) == data_of(ANSWERS)


@pytest.mark.parametrize(
    ("answers", "changes"),
    [
        ({}, {}),
        (ANSWERS, {}),
        ({"opening_day": "2023-10-09"}, {}),
        ({"ordinal": "XII"}, {"ordinal": "XII"}),
        ({"title": "Đại hội XI"}, {"title": {"vi": "Đại hội XI", "en": ANSWERS["title_en"]}}),
        ({"opening_day": "16/10/2023"}, {"opening_day": "2023-10-16"}),
        ({"opening_day": "", "place": ""}, {"cleared": ["opening_day"]}),
        ({"ordinal": "", "term": ""}, {"cleared": ["ordinal", "term"]}),
        ({"place": "Nhà Văn hóa"}, {"place": {"vi": "Nhà Văn hóa", "en": ""}}),
    ],
)
def test_an_amendment_says_what_the_answers_change_and_nothing_else(answers, changes):
    assert amendment_of(HELD, answers) == changes
    if changes:
        entered(AmendCongress, {**changes, "reason": "Sửa"})


@pytest.mark.parametrize("name", ["title", "issuing_body", "issuer_code", "form", "language"])
def test_what_has_to_stay_on_record_can_not_be_taken_off(name):
    with pytest.raises(Refused) as refused:
        amendment_of(HELD, {name: " "})
    assert (refused.value.code, refused.value.params["name"]) == ("has_to_stay", name)


@pytest.mark.parametrize("typed", ["32/10/2023", "1.13.2023", "ngày mai", "2023-02-30", "1/1/2300"])
def test_a_day_that_is_none_is_shown_as_it_was_typed(typed):
    with pytest.raises(Refused) as refused:
        parse_typed_day(typed)
    assert typed in render(refused.value.message, "vi")


def test_what_is_on_record_is_asked_for_as_it_was_answered():
    held = answers_of(HELD)
    assert {name: held[name] for name in ANSWERS} == ANSWERS | {"opening_day": "09/10/2023"}
    assert held["closing_day"] == ""


WRONG = [
    ("title", "  ", "required"),
    ("term", "2023", "A term is two years with a hyphen between, such as 2020-2025."),
    ("opening_day", "31/2/2023", "31"),
    ("opening_day", "next week", "next week"),
    ("closing_day", "8/10/2023", "can't close on 2023-10-08"),
    ("time_zone", "Asia/Vientiane", "Asia/Vientiane is not understood"),
    ("form", "letter", "must be one of"),
    ("issuer_code", "a/b", "without blanks or slashes"),
    ("title_en", "x" * 301, "at most 300"),
]


@pytest.mark.parametrize(("name", "answer", "why"), WRONG)
def test_an_answer_that_can_not_stand_is_asked_for_again_saying_why(name, answer, why):
    question = next(question for question in QUESTIONS if question.name == name)
    assert why in str(what_is_wrong(question, answer, ANSWERS))
    right = {"closing_day": "9/10/2023", "time_zone": "Asia/Ho_Chi_Minh"}
    assert what_is_wrong(question, ANSWERS.get(name) or right[name], ANSWERS) is None


def test_answers_without_number_and_term_can_stand_and_what_can_not_is_refused_in_a_sentence():
    yearly = {name: answer for name, answer in ANSWERS.items() if name not in ("ordinal", "term")}
    check_answers(yearly)
    assert entered(FoundCongress, data_of(yearly)).term is None
    for wrong, said in (({"term": "2023"}, "A term is two years"), ({"title": ""}, "An answer is required here.")):
        with pytest.raises(Refused) as refused:
            check_answers(ANSWERS | wrong)
        assert (refused.value.code, said in str(refused.value)) == ("answer_wrong", True)


FILES = {
    "an unknown field": (b"surprise: 1", "unknown_answer"),
    "a field in an unknown language": (b"title: {fr: Congres}", "unknown_answer"),
    "a list": (b"[1, 2]", "no_answers"),
    "nothing": (b"", "no_answers"),
    "no text": (b"\xff\xfe\x00", "file_not_read"),
    "a list for a text": (b"title: [a, b]", "answer_not_a_text"),
    "yes for a text": (b"title: yes", "answer_not_a_text"),
    "no YAML": (b"title: {vi: a", "file_not_read"),
    "an object of a program": (b"!!python/object/apply:os.system ['true']", "file_not_read"),
    "too much": (b" " * (congress_answers.MOST_BYTES + 1), "file_too_large"),
    "a field twice in JSON": (b'{"term": "2020-2025", "term": "2023-2028"}', "name_twice"),
    "a field twice in YAML": (b"term: 2020-2025\nplace: {vi: a, vi: b}", "name_twice"),
    "a field twice further down": (b"lists:\n  channels:\n  - {id: a, vi: A, id: b}", "name_twice"),
    "nested too deep": (b"[" * 100_000, "file_not_read"),
}


@pytest.mark.parametrize(("content", "code"), FILES.values(), ids=FILES.keys())
def test_a_file_that_can_not_be_meant_is_refused_by_name(tmp_path, content, code):
    (file := tmp_path / "congress.yaml").write_bytes(content)
    with pytest.raises(Refused) as refused:
        read_answers(file)
    assert refused.value.code == code
