"""The sets of lists that a congress can begin with, and lists as people write them in files."""

import csv
import json

import pytest

from daihoi.importing.congress_answers import read_congress
from daihoi.importing.list_entries import entries_in_table, lists_in
from services.subcommittee.code_list import AGGREGATE
from services.subcommittee.templates import lists_of, lists_to_publish, publishing, templates
from shared.domain.decider import Actor, Refused
from shared.i18n import render
from shared.values.code_lists import DEFAULTS, CodeList
from tests.documents.pages import PROJECT

CHAIR = Actor("subcommittee.lead", "subcommittee")
ZALO = {"id": "zalo", "vi": "Zalo"}


def ids(entries):
    return [entry["id"] for entry in entries]


def test_there_are_two_sets_and_each_says_all_lists_in_both_languages():
    assert templates() == ("party-congress", "trade-union")
    for name in templates():
        lists = lists_of(name)
        assert set(lists) == set(CodeList)
        assert all(entry["vi"] and entry["en"] for entries in lists.values() for entry in entries)


@pytest.mark.parametrize("name", ["party-congress", "trade-union"])
def test_every_list_of_a_set_can_be_published_in_a_new_congress(name):
    wishes = lists_to_publish(name, {})
    assert [wish.code_list for wish in wishes] == list(CodeList)
    for wish in wishes:
        events = AGGREGATE.decide(wish, None, CHAIR, {})
        is_default = [entry.id for entry in wish.entries] == [entry.id for entry in DEFAULTS[wish.code_list]]
        assert [event.template for event in events] == ([] if is_default and name == "party-congress" else [name])


def test_the_set_of_a_party_congress_is_what_the_code_had_and_the_groups_of_its_catalogue():
    lists = lists_of("party-congress")
    for code_list, entries in DEFAULTS.items():
        if entries:
            assert lists[code_list] == [{"id": entry.id, **entry.name.model_dump()} for entry in entries]
    with (PROJECT / "data/namdinh-xx/catalogue.csv").open(encoding="utf-8") as file:
        groups = {row["group"]: {"vi": row["group_vi"], "en": row["group_en"]} for row in csv.DictReader(file)}
    assert lists[CodeList.GROUPS] == [{"id": number, **name} for number, name in groups.items()]


def test_own_lists_stand_in_place_of_those_of_the_set():
    wishes = {wish.code_list: wish for wish in lists_to_publish("trade-union", {CodeList.CHANNELS: [ZALO]})}
    assert [entry.id for entry in wishes[CodeList.CHANNELS].entries] == ["zalo"]
    assert len(wishes) == len(CodeList)
    assert [wish.code_list for wish in lists_to_publish("", {CodeList.CHANNELS: [ZALO]})] == [CodeList.CHANNELS]
    assert lists_to_publish("", {}) == ()


def test_one_file_says_the_congress_and_its_lists(tmp_path):
    content = {
        "about": "x",
        "template": "trade-union",
        "title": "Đại hội",
        "lists": {"groups": [{"id": 1, "vi": "Một"}]},
    }
    file = tmp_path / "congress.json"
    file.write_text(json.dumps(content), "utf-8")
    assert read_congress(file) == ({"title": "Đại hội"}, "trade-union", {CodeList.GROUPS: [{"id": "1", "vi": "Một"}]})


def test_a_table_names_its_columns_in_either_language():
    for header in ("id,vi,en", "Mã;Tên;Tên tiếng Anh"):
        separator = ";" if ";" in header else ","
        table = "\n".join(
            [header, separator.join(("zalo", "Nhóm Zalo", "Zalo groups")), separator.join(("tv", "Đài", ""))]
        )
        assert entries_in_table(table.encode(), CodeList.CHANNELS) == [
            {"id": "zalo", "vi": "Nhóm Zalo", "en": "Zalo groups"},
            {"id": "tv", "vi": "Đài"},
        ]


@pytest.mark.parametrize(
    ("doing", "code"),
    [
        (lambda: lists_of("farmers"), "no_such_template"),
        (lambda: lists_to_publish("farmers", {}), "no_such_template"),
        (lambda: publishing(CodeList.CHANNELS, [{"id": "Zalo nhóm", "vi": "x"}]), "list_not_valid"),
        (lambda: publishing(CodeList.CHANNELS, [{"id": "zalo", "vi": "x" * 301}]), "list_not_valid"),
        (lambda: publishing(CodeList.CHANNELS, []), "list_not_valid"),
        (lambda: publishing(CodeList.CHANNELS, [ZALO | {"id": f"x{n}"} for n in range(101)]), "list_not_valid"),
        (lambda: lists_in({"chanels": []}), "no_such_list"),
        (lambda: lists_in([ZALO]), "no_list_entries"),
        (lambda: lists_in({"channels": [{"id": "zalo"}]}), "no_list_entries"),
        (lambda: lists_in({"channels": [ZALO | {"fr": "x"}]}), "no_list_entries"),
        (lambda: lists_in({"channels": [ZALO | {"vi": 5}]}), "no_list_entries"),
        (lambda: entries_in_table(b"", CodeList.CHANNELS), "no_list_headings"),
        (lambda: entries_in_table(b"name\nx\n", CodeList.CHANNELS), "no_list_headings"),
        (lambda: entries_in_table(b"id,vi\nzalo,=1+1\n", CodeList.CHANNELS), "no_list_entries"),
        (
            lambda: entries_in_table("id,vi\nbao,Báo in, tạp chí\n".encode(), CodeList.CHANNELS),
            "more_cells_than_headings",
        ),
        (
            lambda: entries_in_table("id,vi,\nbao,Báo in, tạp chí\n".encode(), CodeList.CHANNELS),
            "more_cells_than_headings",
        ),
        (lambda: entries_in_table("id,vi,id\npress,Báo,radio\n".encode(), CodeList.CHANNELS), "list_heading_twice"),
        (lambda: entries_in_table("id,vi,tên\npress,Báo,Đài\n".encode(), CodeList.CHANNELS), "list_heading_twice"),
        (lambda: entries_in_table("id,vi\nzalo,Nhóm".encode("utf-16"), CodeList.CHANNELS), "wrong_encoding"),
    ],
)
def test_refused_by_name(doing, code):
    with pytest.raises(Refused) as refused:
        doing()
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("doing", "sentence"),
    [
        (
            lambda: entries_in_table(b"id,vi\n\npress\n", CodeList.CHANNELS),
            "Danh mục «Kênh tuyên truyền», dòng 3: thiếu vi.",
        ),
        (
            lambda: entries_in_table("id,vi\ntv,Đài\nbao,Báo in, tạp chí\n".encode(), CodeList.CHANNELS),
            "Danh mục «Kênh tuyên truyền», dòng 3: Có 3 ô dưới 2 tiêu đề cột. "
            "Nội dung có dấu «,» phải đặt trong dấu ngoặc kép.",
        ),
        (lambda: lists_in({"channels": [ZALO, {"id": "x"}]}), "Danh mục «Kênh tuyên truyền», mục 2: thiếu vi."),
        (
            lambda: publishing(CodeList.CHANNELS, [ZALO, {"id": "tv", "vi": "x" * 301}]),
            "Không ban hành được danh mục «Kênh tuyên truyền»: mục 2, «tv»: vi: nhiều nhất 300 ký tự.",
        ),
    ],
)
def test_what_is_wrong_with_a_list_is_told_by_its_title_and_where(doing, sentence):
    with pytest.raises(Refused) as refused:
        doing()
    assert render(refused.value.message, "vi") == sentence
