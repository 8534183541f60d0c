"""Which units a command may name: those on the congress's list, or else those that this process knows."""

from datetime import date

import pytest

from services.subcommittee import catalogue, code_list, congress, directive, duty, instruction, listed, revocation
from shared.domain.decider import Actor
from shared.domain.known_list import KnownList
from shared.events.catalogue_item import ItemAssigned, ItemPublished
from shared.events.code_list import EntryAdded, EntryAmended, ListPublished
from shared.events.congress import CongressFounded
from shared.events.directive import DirectiveIssued
from shared.values.code_lists import DEFAULTS, CodeList, Entry
from shared.values.types import Text
from shared.values.units import MOST_UNITS, SETTING
from tests.contract.units import item
from tests.domain.scenario import given

HEAD = Actor("subcommittee.lead", "subcommittee")
UNITS = (
    Entry(id="cong-nghe", name=Text(vi="Tổ Công nghệ")),
    Entry(id="logistics", name=Text(vi="Ban Hậu cần")),
    Entry(id="security", name=Text(vi="Ban Bảo vệ"), retired=True),
)
LISTED = {listed.UNITS: KnownList(entries=UNITS)}
NOTE = {"vi": "Kế hoạch"}
ITEM = item(unit="logistics")
PUBLISHED = ItemPublished(catalogue="xx", note=NOTE, item=ITEM)
FOUNDED = CongressFounded(
    title={"vi": "Đại hội"},
    ordinal="XI",
    term="2020-2025",
    issuing_body={"vi": "Ban Chấp hành"},
    issuer_code="CĐ",
    opening_day=date(2020, 9, 24),
)


def of_unit(unit):
    return PUBLISHED.model_copy(update={"item": PUBLISHED.item.model_copy(update={"unit": unit})})


def publish(unit):
    return catalogue.PublishItem(item_id="1-03", catalogue="xx", note=NOTE, item=item(unit=unit))


def order(*units):
    return directive.IssueDirective(directive_id="d", kind="work", text={"vi": "Việc"}, units=units)


def naming(unit):
    """Every command that names a unit, with the history that it is given on."""
    in_order = {"unit": unit, "task_id": "1-03", "deadline": "2020-09-30"}
    return {
        "publish-item": (catalogue, (), publish(unit)),
        "revise-item": (
            catalogue,
            (of_unit("publicity"),),
            catalogue.ReviseItem(item_id="1-03", catalogue="xx", item=item(unit=unit)),
        ),
        "assign-item": (catalogue, (PUBLISHED,), catalogue.AssignItem(item_id="1-03", unit=unit)),
        "hand-out": (
            duty,
            (),
            duty.HandOutToLocality(unit=unit, duty="decoration", phase="before", locality="a"),
        ),
        "issue-directive": (directive, (), order(unit)),
        "give-instruction": (
            instruction,
            (),
            instruction.GiveInstruction(instruction_id="i", unit=unit, task_id="1-03", text="Làm ngay"),
        ),
        "confirm-deadlines": (
            congress,
            (FOUNDED,),
            congress.ConfirmDeadlines(opening_day="2020-09-24", moves=[in_order], past_because="x"),
        ),
    }


COMMANDS = tuple(naming("logistics"))
NEW_WORK = tuple(name for name in COMMANDS if name != "confirm-deadlines")


def outcome_of(name, unit, world):
    module, history, command = naming(unit)[name]
    return given(module.AGGREGATE, *history).seeing(world).when(command, HEAD)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_unit_on_no_list_is_refused_with_those_that_take_part(name):
    refused = outcome_of(name, "propaganda", LISTED).refused
    assert refused.code == "entry_unknown"
    assert "cong-nghe, logistics" in str(refused)


@pytest.mark.parametrize("name", NEW_WORK)
def test_a_retired_unit_is_given_no_new_work(name):
    outcome_of(name, "security", LISTED).rejected("entry_retired")


@pytest.mark.parametrize("name", COMMANDS)
def test_a_unit_that_takes_part_is_named_whether_or_not_this_process_knows_its_service(name):
    outcome = outcome_of(name, "cong-nghe", LISTED)
    assert outcome.refused is None or outcome.refused.code == "organisation_not_found"  # after the unit is looked at


@pytest.mark.parametrize("name", COMMANDS)
def test_without_a_list_there_are_the_units_that_this_process_knows(name, monkeypatch):
    assert outcome_of(name, "cong-nghe", {}).refused.code == "entry_unknown"
    monkeypatch.setenv(SETTING, "cong-nghe")
    outcome = outcome_of(name, "cong-nghe", {})
    assert outcome.refused is None or outcome.refused.code == "organisation_not_found"


def test_deadlines_of_a_retired_unit_move_with_the_opening_day():
    assert outcome_of("confirm-deadlines", "security", LISTED).refused is None


def test_what_named_a_unit_before_it_was_retired_stays_and_may_be_said_again():
    assigned = ItemAssigned(unit="security", item=PUBLISHED.item)
    again = catalogue.AssignItem(item_id="1-03", unit="security")
    given(catalogue.AGGREGATE, PUBLISHED, assigned).seeing(LISTED).when(again, HEAD).nothing_happened()
    issued = DirectiveIssued(**order("security").content())
    given(directive.AGGREGATE, issued).seeing(LISTED).when(order("security"), HEAD).nothing_happened()
    revised = catalogue.ReviseItem(item_id="1-03", catalogue="xx", item=item(unit="security", budget_vnd=7))
    assert given(catalogue.AGGREGATE, of_unit("security")).seeing(LISTED).when(revised, HEAD).refused is None


def test_a_position_of_a_listed_unit_is_revoked_by_a_process_that_does_not_know_the_service():
    about = {"what": "position", "named": "cong-nghe.lead", "since": "2020-08-20T08:00:00+07:00", "reason": "Mất"}
    revoke = revocation.RecordRevocation(revocation_id="r", **about)
    assert given(revocation.AGGREGATE).seeing(LISTED).when(revoke, HEAD).refused is None
    assert given(revocation.AGGREGATE).seeing({}).when(revoke, HEAD).refused is not None


# --- the list itself ---
def add(unit, vi="Tổ Công nghệ"):
    return code_list.AddEntry(code_list="units", entry_id=unit, name={"vi": vi})


@pytest.mark.parametrize("unit", ["task", "tracker", "auditor", "subcommittee", "9a", "current", "a" * 31])
def test_what_can_be_no_unit_does_not_come_on_the_list(unit):
    given(code_list.AGGREGATE).when(add(unit), HEAD).rejected("bad_entry_id")


def test_the_first_change_puts_on_record_what_a_setting_says(monkeypatch):
    monkeypatch.setenv(SETTING, "y-te=Tiểu ban Y tế|Health unit")
    before = ListPublished(
        entries=(*DEFAULTS[CodeList.UNITS], Entry(id="y-te", name=Text(vi="Tiểu ban Y tế", en="Health unit")))
    )
    added = EntryAdded(entry=Entry(id="cong-nghe", name=Text(vi="Tổ Công nghệ")))
    given(code_list.AGGREGATE).when(add("cong-nghe"), HEAD).then(before, added)
    renamed = code_list.AmendEntry(code_list="units", entry_id="y-te", name={"vi": "Ban Y tế"}, reason="Tên mới")
    amended = EntryAmended(entry=Entry(id="y-te", name=Text(vi="Ban Y tế")), reason="Tên mới")
    given(code_list.AGGREGATE, before).when(renamed, HEAD).then(amended)


def test_without_the_setting_the_first_change_is_the_change_alone():
    added = EntryAdded(entry=Entry(id="cong-nghe", name=Text(vi="Tổ Công nghệ")))
    given(code_list.AGGREGATE).when(add("cong-nghe"), HEAD).then(added)


def test_a_template_leaves_the_units_that_a_setting_names_and_a_list_of_ones_own_does_not(monkeypatch):
    monkeypatch.setenv(SETTING, "y-te")
    own = [{"id": "logistics", "name": {"vi": "Ban Hậu cần"}}]
    for template, retired in (("trade-union", False), (None, True)):
        publish_list = code_list.PublishList(code_list="units", entries=own, template=template)
        (published,) = given(code_list.AGGREGATE).when(publish_list, HEAD).events
        by_id = {entry.id: entry.retired for entry in published.entries}
        assert by_id == {"logistics": False, "y-te": retired, "propaganda": True, "security": True}


def test_there_are_as_many_units_as_services_at_most():
    full = ListPublished(entries=tuple(Entry(id=f"u{n}", name=Text(vi="x")) for n in range(MOST_UNITS)))
    given(code_list.AGGREGATE, full).when(add("cong-nghe"), HEAD).rejected("list_full")
