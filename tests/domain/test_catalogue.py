import pytest

from services.subcommittee import catalogue
from services.subcommittee.catalogue import AGGREGATE, ITEMS_AT_ONCE
from shared.events.catalogue_item import Item, ItemAssigned, ItemPublished, ItemRevised, ItemWithdrawn
from shared.events.directive import DirectiveIssued
from shared.unit.support_unit import open_assigned_items
from tests.domain.scenario import OFFICER, accepting, given, refusal_codes, rejecting


def item(code: str = "1.03", budget_vnd: int = 5_000_000) -> Item:
    return Item(
        code=code,
        title={"vi": "Trang trí hội trường"},
        group={"number": 1, "name": {"vi": "Khánh tiết"}},
        unit="logistics",
        phase="before",
        scenario="both",
        due_offset_days=-7,
        budget_vnd=budget_vnd,
    )


SOURCE = {"catalogue": "dai-hoi-xx", "note": {"vi": "Danh mục minh họa"}}


def publish(**changes: object) -> catalogue.PublishItem:
    return catalogue.PublishItem(item_id="1-03", **SOURCE | {"item": item()} | changes)


def assign(unit: str, **under: str) -> catalogue.AssignItem:
    return catalogue.AssignItem(item_id="1-03", unit=unit, **under)


def revise(**changes: object) -> catalogue.ReviseItem:
    told = {"catalogue": "dai-hoi-xx", "item": item(budget_vnd=1)}
    return catalogue.ReviseItem(item_id="1-03", **told | changes)


def withdraw(of: str = "dai-hoi-xx") -> catalogue.WithdrawItem:
    return catalogue.WithdrawItem(item_id="1-03", catalogue=of)


PUBLISHED = (ItemPublished(**SOURCE, item=item()),)
ASSIGNED = (*PUBLISHED, ItemAssigned(unit="logistics", item=item()))
ORDERED = (*PUBLISHED, ItemAssigned(unit="logistics", item=item(), directive_id="point-2"))
REVISED = (*PUBLISHED, ItemRevised(item=item(budget_vnd=1)))
WITHDRAWN = (*PUBLISHED, ItemWithdrawn())

POINT_2 = DirectiveIssued(kind="work", text={"vi": "Triển khai"}, units=["logistics"])
ISSUED = {("directive", "point-2"): POINT_2}

ACCEPTED = {
    "an item is published": ((), publish(), OFFICER, PUBLISHED[-1]),
    "an item is assigned with all a unit needs to know": (PUBLISHED, assign("logistics"), OFFICER, ASSIGNED[-1]),
    "an item is assigned under the directive that it carries out": (
        PUBLISHED,
        assign("logistics", directive_id="point-2"),
        OFFICER,
        ORDERED[-1],
    ),
    "an item is assigned to another unit than the catalogue suggests": (
        PUBLISHED,
        assign("security"),
        OFFICER,
        ItemAssigned(unit="security", item=item()),
    ),
    "an item is revised": (PUBLISHED, revise(), OFFICER, REVISED[-1]),
    "an assigned item is revised as well": (ASSIGNED, revise(), OFFICER, REVISED[-1]),
    "a revised item is assigned with what it says now": (
        REVISED,
        assign("logistics"),
        OFFICER,
        ItemAssigned(unit="logistics", item=item(budget_vnd=1)),
    ),
    "a revised item is revised back": (REVISED, revise(item=item()), OFFICER, ItemRevised(item=item())),
    "an item is withdrawn": (PUBLISHED, withdraw(), OFFICER, WITHDRAWN[-1]),
    "a withdrawn item is published again": (WITHDRAWN, publish(), OFFICER, PUBLISHED[-1]),
    "a withdrawn item is published in another catalogue": (
        WITHDRAWN,
        publish(catalogue="khac"),
        OFFICER,
        ItemPublished(**SOURCE | {"catalogue": "khac"}, item=item()),
    ),
}
REJECTED = [
    ((), assign("logistics"), OFFICER, "catalogue_item_not_found"),
    (ASSIGNED, publish(item=item(budget_vnd=1)), OFFICER, "catalogue_item_already_published"),
    (PUBLISHED, publish(note={"vi": "Bản khác"}), OFFICER, "catalogue_item_already_published"),
    (ASSIGNED, assign("security"), OFFICER, "catalogue_item_already_assigned"),
    (ORDERED, assign("security", directive_id="point-2"), OFFICER, "catalogue_item_already_assigned"),
    (ORDERED, assign("logistics", directive_id="point-3"), OFFICER, "catalogue_item_already_ordered"),
    (ORDERED, assign("logistics"), OFFICER, "catalogue_item_already_ordered"),
    (ASSIGNED, assign("logistics", directive_id="point-2"), OFFICER, "catalogue_item_already_ordered"),
    (REVISED, publish(), OFFICER, "catalogue_item_already_published"),
    (WITHDRAWN, assign("logistics"), OFFICER, "catalogue_item_withdrawn"),
    ((), revise(), OFFICER, "catalogue_item_not_found"),
    (WITHDRAWN, revise(), OFFICER, "catalogue_item_withdrawn"),
    (PUBLISHED, revise(catalogue="khac"), OFFICER, "catalogue_item_of_another_catalogue"),
    ((), withdraw(), OFFICER, "catalogue_item_not_found"),
    (ASSIGNED, withdraw(), OFFICER, "catalogue_item_assigned"),
    (PUBLISHED, withdraw("khac"), OFFICER, "catalogue_item_of_another_catalogue"),
]


@accepting(ACCEPTED)
def test_it_happens_once_that(history, command, actor, event):
    given(AGGREGATE, *history).seeing(ISSUED).when(command, actor).then(event)
    given(AGGREGATE, *history, event).seeing(ISSUED).when(command, actor).nothing_happened()


def test_an_item_is_assigned_under_a_directive_that_was_issued_only():
    nowhere = assign("logistics", directive_id="point-3")
    given(AGGREGATE, *PUBLISHED).seeing(ISSUED).when(nowhere).rejected("directive_not_found")
    given(AGGREGATE, *ORDERED).when(assign("logistics", directive_id="point-2")).nothing_happened()


def test_publishing_again_after_assignment_changes_nothing():
    given(AGGREGATE, *ASSIGNED).when(publish()).nothing_happened()


def test_publishing_again_what_was_revised_to_changes_nothing():
    given(AGGREGATE, *REVISED).when(publish(item=item(budget_vnd=1))).nothing_happened()


def test_a_revised_item_stays_assigned():
    given(AGGREGATE, *ASSIGNED, REVISED[-1]).when(assign("logistics")).nothing_happened()
    given(AGGREGATE, *ASSIGNED, REVISED[-1]).when(withdraw()).rejected("catalogue_item_assigned")


@rejecting(REJECTED)
def test_it_is_refused_that(history, command, actor, code):
    given(AGGREGATE, *history).when(command, actor).rejected(code)


def test_every_event_and_refusal_is_told_here():
    assert {type(event) for *_, event in ACCEPTED.values()} == set(AGGREGATE.events)
    assert {code for *_, code in REJECTED} == refusal_codes(catalogue)


def test_publishing_a_catalogue_stands_for_publishing_each_of_its_items():
    command = catalogue.PublishCatalogue(**SOURCE, items=[item("1.03"), item("2.1")])
    assert command.parts() == (publish(), catalogue.PublishItem(item_id="2-1", **SOURCE, item=item("2.1")))


def test_assigning_items_stands_for_assigning_each():
    command = catalogue.AssignItems(unit="security", item_ids=["1-03", "2-1"], directive_id="point-2")
    one, other = assign("security", directive_id="point-2"), {"item_id": "2-1", "unit": "security"}
    assert command.parts() == (one, catalogue.AssignItem(**other, directive_id="point-2"))


def test_a_unit_opens_what_is_assigned_to_it_under_the_same_directive():
    react = open_assigned_items("logistics").react
    (opened,) = react(ORDERED[-1], None)
    assert (opened.task_id, opened.catalogue_item, opened.directive_id) == ("1-03", "1-03", "point-2")
    assert react(ItemAssigned(unit="security", item=item(), directive_id="point-2"), None) == ()


def test_an_assignment_recorded_before_directives_were_named_has_none():
    recorded = ASSIGNED[-1].model_dump(exclude={"directive_id"})
    assert ItemAssigned.model_validate(recorded) == ASSIGNED[-1]


def test_importing_a_catalogue_stands_for_publishing_revising_and_withdrawing_each_item():
    command = catalogue.ImportCatalogue(**SOURCE, publish=[item("2.1")], revise=[item("1.03", 1)], withdraw=["1-04"])
    assert command.parts() == (
        catalogue.PublishItem(item_id="2-1", **SOURCE, item=item("2.1")),
        revise(),
        catalogue.WithdrawItem(item_id="1-04", catalogue="dai-hoi-xx"),
    )


@pytest.mark.parametrize(
    ("lists", "sentence"),
    [
        ({}, "between 1 and 1000 items"),
        ({"withdraw": [f"1-{number}" for number in range(ITEMS_AT_ONCE + 1)]}, "at most 1000 items"),
        (
            {"publish": [item("2.1")], "withdraw": [f"1-{number}" for number in range(ITEMS_AT_ONCE)]},
            "between 1 and 1000 items",
        ),
        ({"publish": [item()], "withdraw": ["1-03"]}, "at most once"),
        ({"publish": [item()], "revise": [item(budget_vnd=1)]}, "at most once"),
    ],
)
def test_an_import_is_one_batch_with_each_item_once(lists, sentence):
    with pytest.raises(ValueError, match=sentence):
        catalogue.ImportCatalogue(**SOURCE, **lists)


MANY = [
    catalogue.PublishCatalogue(**SOURCE, items=[item("1.03"), item("2.1")]),
    catalogue.AssignItems(unit="security", item_ids=["1-03", "2-1"]),
    catalogue.ImportCatalogue(**SOURCE, publish=[item("1.03")], withdraw=["2-1"]),
]


@pytest.mark.parametrize("command", MANY, ids=lambda command: command.NAME)
def test_what_stands_for_many_addresses_and_decides_nothing_itself(command):
    with pytest.raises(LookupError):
        _ = command.entity_id
    with pytest.raises(TypeError):
        given(AGGREGATE, *PUBLISHED).when(command)


@pytest.mark.parametrize("count", [0, ITEMS_AT_ONCE + 1])
def test_a_batch_is_neither_empty_nor_larger_than_the_broker_takes(count):
    with pytest.raises(ValueError, match="items"):
        catalogue.PublishCatalogue(**SOURCE, items=[item()] * count)
    with pytest.raises(ValueError, match="item_ids"):
        catalogue.AssignItems(unit="security", item_ids=["1-03"] * count)


@pytest.mark.parametrize("code", ["", "1", "1.", ".1", "1.a", "1-03", "1.03\n", "1234.1"])
def test_a_code_is_numbers_with_dots_between(code):
    with pytest.raises(ValueError, match="code"):
        item(code)
