"""The code lists of the congress: who changes one, what may be on it, and what stays on it for ever."""

from typing import Any

import pytest
from msgspec.structs import replace

from services.subcommittee import catalogue, code_list
from services.subcommittee.code_list import (
    AGGREGATE,
    MOST_CHANGES,
    AddEntry,
    AmendEntry,
    PublishList,
    RestoreEntry,
    RetireEntry,
)
from shared.domain.decider import Actor
from shared.events.catalogue_item import ItemPublished
from shared.events.code_list import EntryAdded, EntryAmended, EntryRestored, EntryRetired, ListPublished
from shared.events.duty import DutyHandedOut
from shared.events.scenario import ScenarioSwitched
from shared.history.sentences import summary
from shared.values.code_lists import DEFAULTS, MOST_ENTRIES, CodeList, Entry
from shared.views import code_lists as view
from shared.views.code_lists import entries_by_list
from tests.congress import envelope_of
from tests.contract.units import item
from tests.domain.scenario import accepting, assert_all_told, given, rejecting
from tests.domain.test_growth import stored

CHAIR = Actor("subcommittee.lead", "subcommittee")
DEPUTY = Actor("subcommittee.deputy-2", "subcommittee")
OFFICE = Actor("subcommittee.office", "subcommittee")
NAME = {"vi": "Có bão", "en": "Storm"}
STORM = Entry(id="storm", name=NAME)
GONE = STORM.model_copy(update={"retired": True})
ZALO = Entry(id="zalo", name={"vi": "Zalo"})
WHY = "Theo Kế hoạch số 12"


def adds(entry_id: str = "storm", to: CodeList = CodeList.CASES, name: Any = NAME) -> AddEntry:
    return AddEntry(code_list=to, entry_id=entry_id, name=name)


def amends(entry_id: str = "storm", to: CodeList = CodeList.CASES, **name: str) -> AmendEntry:
    return AmendEntry(code_list=to, entry_id=entry_id, name=name or {"vi": "Có bão lớn"}, reason=WHY)


def retires(entry_id: str = "storm", to: CodeList = CodeList.CASES) -> RetireEntry:
    return RetireEntry(code_list=to, entry_id=entry_id, reason=WHY)


def restores(entry_id: str = "storm") -> RestoreEntry:
    return RestoreEntry(code_list="cases", entry_id=entry_id, reason=WHY)


def publishes(*ids: str, to: CodeList = CodeList.CHANNELS, **changes: Any) -> PublishList:
    entries = [{"id": entry_id, "name": {"vi": entry_id.capitalize()}} for entry_id in ids]
    return PublishList(**{"code_list": to, "entries": entries} | changes)


ADDED = (EntryAdded(entry=STORM),)
RETIRED = (*ADDED, EntryRetired(entry=GONE, reason=WHY))
AMENDED = Entry(id="storm", name={"vi": "Có bão lớn"})
PUBLISHED = (ListPublished(entries=(ZALO,)),)
OF_FIVE = tuple(entry.model_copy(update={"retired": True}) for entry in DEFAULTS[CodeList.CHANNELS])
FULL = (ListPublished(entries=[{"id": f"x{n}", "name": {"vi": "x"}} for n in range(MOST_ENTRIES)]),)
OFTEN = tuple(
    EntryAdded(entry=STORM) if n % 2 else EntryRetired(entry=GONE, reason="x") for n in range(1, MOST_CHANGES + 1)
)
ACCEPTED = {
    "the lead adds an entry to the default list": ((), adds(), CHAIR, ADDED[0]),
    "a deputy gives an entry another name": (ADDED, amends(), DEPUTY, EntryAmended(entry=AMENDED, reason=WHY)),
    "an entry is retired with its reason": (ADDED, retires(), CHAIR, RETIRED[-1]),
    "a retired entry is restored": (RETIRED, restores(), CHAIR, EntryRestored(entry=STORM, reason=WHY)),
    "an entry of the default list is retired": (
        (), retires("press", CodeList.CHANNELS), CHAIR, EntryRetired(entry=OF_FIVE[0], reason=WHY),
    ),
    "a whole list is published, and what stood there before is retired": (
        (), publishes("zalo", template="trade-union"), CHAIR,
        ListPublished(entries=(ZALO, *OF_FIVE), template="trade-union"),
    ),
    "a list that is published without an entry keeps it as retired": (
        PUBLISHED, publishes("fanpage"), CHAIR,
        ListPublished(
            entries=[{"id": "fanpage", "name": {"vi": "Fanpage"}}, ZALO.model_copy(update={"retired": True})]
        ),
    ),
    "the ids of groups are numbers": (
        (), adds("12", CodeList.GROUPS), CHAIR, EntryAdded(entry=Entry(id="12", name=NAME)),
    ),
}  # fmt: skip

REJECTED = [
    *(
        (ADDED, command, OFFICE, "no_right_to_change_lists")
        for command in (adds(), amends(), retires(), restores(), publishes("zalo"))
    ),
    ((), amends(), CHAIR, "entry_unknown"),
    ((), retires(), CHAIR, "entry_unknown"),
    ((), restores(), CHAIR, "entry_unknown"),
    ((), adds("both"), CHAIR, "bad_entry_id"),
    ((), adds("a", CodeList.GROUPS), CHAIR, "bad_entry_id"),
    ((), adds("100", CodeList.GROUPS), CHAIR, "bad_entry_id"),
    ((), adds("7-units", CodeList.UNITS), CHAIR, "bad_entry_id"),
    ((), adds("keep-clean", CodeList.DUTIES), CHAIR, "bad_entry_id"),
    ((), publishes("none", "both", to=CodeList.CASES), CHAIR, "bad_entry_id"),
    ((), publishes("zalo", "zalo"), CHAIR, "entry_twice"),
    (ADDED, adds(name={"vi": "Khác"}), CHAIR, "entry_already_there"),
    (RETIRED, adds(), CHAIR, "entry_there_retired"),
    ((), retires("none"), CHAIR, "entry_stays"),
    ((), publishes("outbreak", to=CodeList.CASES), CHAIR, "entry_stays"),
    (FULL, adds("one-more"), CHAIR, "list_full"),
    (FULL, publishes("one-more"), CHAIR, "list_full"),
    (OFTEN, amends(), CHAIR, "list_changes_full"),
    ((), retires("outbreak"), CHAIR, "entry_in_use"),
]
IN_FORCE = {("scenario", "current"): ScenarioSwitched(number=1, scenario="outbreak", reason="Dịch")}


@accepting(ACCEPTED)
def test_it_happens_once_that(history, command, actor, event):
    given(AGGREGATE, *history).when(command, actor).then(event)
    given(AGGREGATE, *history, event).when(command, actor).nothing_happened()


@rejecting(REJECTED)
def test_refused(history, command, actor, code):
    given(AGGREGATE, *history).seeing(IN_FORCE).when(command, actor).rejected(code)


def test_everything_is_told():
    assert_all_told(code_list, ACCEPTED, REJECTED)


def test_what_a_command_says_is_compared_with_what_was_stored_and_read_again():
    stored_again = EntryAdded.model_validate_json(ADDED[0].model_dump_json())
    given(AGGREGATE, stored_again).when(adds(), CHAIR).nothing_happened()
    given(AGGREGATE, stored_again).when(amends(**NAME), CHAIR).nothing_happened()


ITEM = item(funding_source="province", secured_vnd=1, group={"number": 3, "name": {"vi": "x"}})
IN_CATALOGUE = catalogue.CatalogueItem(published=ItemPublished(catalogue="xx", note={"vi": "x"}, item=ITEM))
HANDED_OUT = DutyHandedOut(
    unit="propaganda", duty="emulation", phase="before", locality="y-yen", locality_name={"vi": "Huyện Ý Yên"},
    responsible="Chủ tịch", title={"vi": "x"}, planned_vnd=0,
)  # fmt: skip
WORLD = {("catalogue-item", "1-03"): IN_CATALOGUE, ("duty", "y-yen-emulation-before"): HANDED_OUT}


@pytest.mark.parametrize(
    ("code_list", "entry_id", "user"),
    [
        ("units", "logistics", "1-03"),
        ("units", "propaganda", "y-yen-emulation-before"),
        ("groups", "3", "1-03"),
        ("funding-sources", "province", "1-03"),
        ("duties", "emulation", "y-yen-emulation-before"),
    ],
)
def test_what_is_in_use_is_not_retired_alone_or_by_a_list_without_it(code_list, entry_id, user):
    world = {key: state for key, state in WORLD.items() if key[1] == user}
    held = [*DEFAULTS[CodeList(code_list)], Entry(id=entry_id, name={"vi": "x"})]
    history = ListPublished(entries=list({entry.id: entry for entry in held}.values()))
    for command in (retires(entry_id, code_list), publishes("9" if code_list == "groups" else "x", to=code_list)):
        outcome = given(AGGREGATE, history).seeing(world).when(command, CHAIR)
        outcome.rejected("entry_in_use")
        assert user in outcome.refused.params["users"]


def test_what_is_named_by_its_name_is_answered_with_its_id():
    refused = given(AGGREGATE).when(retires("bao-in", CodeList.CHANNELS), CHAIR).refused
    assert str(refused).endswith("there are: press, broadcast, portal, visual, loudspeaker.")
    assert code_list.ids_for(" bao IN", DEFAULTS[CodeList.CHANNELS]).startswith("press ( bao IN), broadcast,")


# --- as it is read ---
def test_the_view_has_every_entry_and_lists_that_nobody_published_are_the_default_ones():
    document = None
    for sequence, event in enumerate(RETIRED, start=1):
        envelope = envelope_of(event, "subcommittee", "code-list", "cases", sequence)
        document = view.fold(document, replace(stored(AGGREGATE, event, sequence), envelope=envelope))
    assert document["_id"] == "cases"
    lists = entries_by_list([document])
    assert lists[CodeList.CASES] == (*DEFAULTS[CodeList.CASES], GONE)
    assert {name for name in CodeList if lists[name] == DEFAULTS[name]} == set(CodeList) - {CodeList.CASES}


def test_a_sentence_names_the_entry_and_the_list_in_the_language_of_its_reader():
    event = RETIRED[-1]
    told = summary(event.TYPE, "subcommittee.lead", "cases", event.model_dump(mode="json"))
    assert told == {
        "vi": "Trưởng Tiểu ban Tổ chức phục vụ Đại hội đã ngừng dùng «Có bão» trong danh mục «Các tình huống»: "
        "Theo Kế hoạch số 12",
        "en": "Head, Sub-committee retired «Storm» from the list «Cases that are prepared for»: Theo Kế hoạch số 12",
    }
