"""What a file would change is told first, and what is then sent is cut to what the broker takes."""

import json

from hypothesis import given
from hypothesis import strategies as st

from services.subcommittee.catalogue import ITEMS_AT_ONCE, ImportCatalogue
from services.subcommittee.importing.changes import commands, compare
from tests.domain.test_catalogue import item

NOTE = {"vi": "Danh mục minh họa", "en": ""}
ROOMY = 1024 * 1024


def document(of, catalogue="xx", assigned_to=None, **more):
    told = of.model_dump(mode="json")
    return {"_id": of.item_id, "catalogue": catalogue, "note": NOTE, **told, "assigned_to": assigned_to, **more}


def kinds(change):
    changed = [(each.item.code, each.fields) for each in change.changed]
    return [each.code for each in change.new], changed, [each.code for each in change.removed], change.unchanged


def test_items_are_new_changed_removed_or_unchanged():
    published = [document(item("1.01")), document(item("1.02")), document(item("1.03"))]
    change = compare("xx", [item("1.02"), item("1.03", budget_vnd=1), item("1.04")], published)
    assert kinds(change) == (["1.04"], [("1.03", {"budget_vnd": (5_000_000, 1)})], ["1.01"], 1)
    assert change.refused == ()


def test_what_is_there_already_changes_nothing():
    change = compare("xx", [item("1.01")], [document(item("1.01"), assigned_to="logistics")])
    assert change.changes_nothing
    assert commands(change, "xx", NOTE, ROOMY) == []


def test_items_of_other_catalogues_are_neither_removed_nor_taken_over():
    published = [document(item("1.01"), "khac"), document(item("1.02"), "khac")]
    change = compare("xx", [item("1.01")], published)
    assert change.removed == []
    assert [refused.code for refused in change.refused] == ["catalogue_item_of_another_catalogue"]


def test_an_assigned_item_can_not_be_removed_but_changed():
    published = [document(item("1.01"), assigned_to="security"), document(item("1.02"), assigned_to="logistics")]
    change = compare("xx", [item("1.02", budget_vnd=1)], published)
    assert [(refused.code, refused.params["item_id"]) for refused in change.refused] == [
        ("catalogue_item_assigned", "1-01")
    ]
    assert [each.item.code for each in change.changed] == ["1.02"]


def test_a_withdrawn_item_is_not_there_and_may_come_back():
    published = [document(item("1.01"), withdrawn=True), document(item("1.02"), "khac", withdrawn=True)]
    assert kinds(compare("xx", [item("1.01"), item("1.02")], published)) == (["1.01", "1.02"], [], [], 0)


CODES = st.lists(st.integers(0, 60), unique=True, max_size=40).map(
    lambda numbers: [item(f"1.{number}", budget_vnd=number % 3) for number in numbers]
)


@given(before=CODES, after=CODES, max_bytes=st.integers(4_000, 12_000))
def test_the_commands_say_all_that_changes_once_and_fit_the_broker(before, after, max_bytes):
    published = [document(each.model_copy(update={"budget_vnd": 1})) for each in before]
    change = compare("xx", after, published)
    told = commands(change, "xx", NOTE, max_bytes)
    parsed = [ImportCatalogue.model_validate_json(json.dumps(data)) for data in told]
    assert [each for command in parsed for each in command.publish] == change.new
    assert [each for command in parsed for each in command.revise] == [each.item for each in change.changed]
    assert [each for command in parsed for each in command.withdraw] == [each.item_id for each in change.removed]
    for data in told:
        request = {"command_id": "0f6d1c0e-59d5-5b5c-8f0a-7d3f0e0b9a41", "data": data}
        assert len(json.dumps(request, ensure_ascii=False).encode()) <= max_bytes


def test_a_command_has_as_many_items_as_one_atomic_batch_takes():
    items = [item(f"{number // 1000 + 1}.{number % 1000}") for number in range(2 * ITEMS_AT_ONCE + 1)]
    told = commands(compare("xx", items, []), "xx", NOTE, ROOMY)
    assert [len(data["publish"]) for data in told] == [ITEMS_AT_ONCE, ITEMS_AT_ONCE, 1]
