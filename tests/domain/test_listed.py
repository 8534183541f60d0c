"""What is named from a code list: an entry that is on it, where it is named anew; what is on record stays valid."""

import pytest

from services.logistics import expenses
from services.propaganda import publications
from services.security import incidents
from services.subcommittee import catalogue, code_list, duty
from services.subcommittee.organisation import Organisation
from shared.domain import known_list, task
from shared.domain.known_list import KnownList, NoteEntry, NoteList, entries_of, ids_for
from shared.events.code_list import EntryAdded, EntryAmended, EntryRestored, EntryRetired, ListPublished
from shared.events.incident import IncidentReported
from shared.events.known_list import EntryNoted, ListNoted
from shared.events.organisation import OrganisationRegistered
from shared.events.publication import PublicationProposed
from shared.events.task import TaskFunded
from shared.unit.known_lists import note_lists
from shared.values.code_lists import DEFAULTS, CodeList, Entry
from tests.congress import envelope_of, life_of_a_task
from tests.contract.units import TASK, item
from tests.domain.scenario import LEAD, OFFICER, POLICY, accepting, given

GOOD = Entry(id="good", name={"vi": "Tốt"})
OLD = Entry(id="old", name={"vi": "Cũ"}, retired=True)
LISTED = (GOOD, OLD)
OPEN = tuple(life_of_a_task(1)[:1])
ESTIMATED = expenses.events.ExpenseEstimated(amount_vnd=5, guaranteed_vnd=5, funding_source="old")
SOURCE = "funding_source"
REGISTER = {
    ("organisation", "y-yen"): Organisation(
        registered=OrganisationRegistered(kind="locality", name={"vi": "Huyện Ý Yên"}), positions=("Chủ tịch",)
    )
}


def hand_out(named: str) -> duty.HandOutToLocality:
    return duty.HandOutToLocality(unit="logistics", duty=named, phase="before", locality="y-yen")


NAMING = {
    "a channel": (publications, (), CodeList.CHANNELS, lambda named: publications.ProposePublication(
        publication_id="p1", channel=named, title={"vi": "x"})),
    "a kind of incident": (incidents, (), CodeList.INCIDENT_KINDS, lambda named: incidents.ReportIncident(
        incident_id="i1", kind=named, place="x", details="x")),
    "the source of a task's money": (task, OPEN, CodeList.FUNDING_SOURCES, lambda named: task.FundTask(
        task_id="1-03", secured_vnd=1, funding_source=named)),
    "a task's duty": (task, (), CodeList.DUTIES, lambda named: task.OpenTask(**TASK, duty=named, locality="y-yen")),
    "the source of an estimate": (expenses, (), CodeList.FUNDING_SOURCES, lambda named: expenses.EstimateExpense(
        task_id="1-03", amount_vnd=1, guaranteed_vnd=1, funding_source=named)),
    "another source of an estimate": (
        expenses, (ESTIMATED.model_copy(update={SOURCE: "x"}),), CodeList.FUNDING_SOURCES,
        lambda named: expenses.ReviseEstimate(
            task_id="1-03", amount_vnd=1, guaranteed_vnd=1, funding_source=named, reason="x"),
    ),
    "a duty that is handed out": (duty, (), CodeList.DUTIES, hand_out),
}  # fmt: skip


def seeing(code_list: CodeList, entries: tuple[Entry, ...] = LISTED):
    """As the unit knows the list, and as the sub-committee has it."""
    known = KnownList(entries=entries)
    return REGISTER | {("known-list", code_list.value): known, ("code-list", code_list.value): known}


@pytest.mark.parametrize(("module", "history", "code_list", "naming"), NAMING.values(), ids=NAMING)
def test_what_is_named_anew_is_on_the_list_and_not_retired(module, history, code_list, naming):
    here = given(module.AGGREGATE, *history).seeing(seeing(code_list))
    (named,) = here.when(naming("good"), LEAD).events
    here.when(naming("old"), LEAD).rejected("entry_retired")
    unknown = here.when(naming("tot"), LEAD)
    unknown.rejected("entry_unknown")
    assert str(unknown.refused).endswith("there are: good (tot).")
    again = given(module.AGGREGATE, *history, named)
    again.seeing(seeing(code_list, (OLD,))).when(naming("good"), LEAD).nothing_happened()


def test_a_list_without_entries_is_free_and_one_that_nobody_published_is_the_default_one():
    fund = task.FundTask(task_id="1-03", secured_vnd=1, funding_source="Ngân sách tỉnh")
    for world in ({}, seeing(CodeList.FUNDING_SOURCES, ())):
        assert given(task.AGGREGATE, *OPEN).seeing(world).when(fund).events
    propose = NAMING["a channel"][-1]
    assert given(publications.AGGREGATE).when(propose("press")).events
    given(publications.AGGREGATE).when(propose("zalo")).rejected("entry_unknown")


def test_what_is_on_record_may_be_said_again_with_other_sums():
    retired = seeing(CodeList.FUNDING_SOURCES)
    funded = TaskFunded(secured_vnd=1, funding_source="old")
    more = task.FundTask(task_id="1-03", secured_vnd=2, funding_source="old")
    given(task.AGGREGATE, *OPEN, funded).seeing(retired).when(more).then(funded.model_copy(update={"secured_vnd": 2}))
    revise = expenses.ReviseEstimate(task_id="1-03", amount_vnd=9, guaranteed_vnd=5, funding_source="old", reason="x")
    assert given(expenses.AGGREGATE, ESTIMATED).seeing(retired).when(revise, LEAD).events


def test_a_policy_hands_on_what_the_sub_committee_has_named_whatever_the_list_says_by_then():
    fund = task.FundTask(task_id="1-03", secured_vnd=1, funding_source="Nguồn cũ")
    assert given(task.AGGREGATE, *OPEN).seeing(seeing(CodeList.FUNDING_SOURCES)).when(fund, POLICY).events
    opened = task.OpenTask(**TASK, duty="gone", locality="y-yen")
    assert given(task.AGGREGATE).seeing(seeing(CodeList.DUTIES)).when(opened, POLICY).events


def test_stored_ids_that_no_list_has_stay_readable():
    channel = PublicationProposed(channel="gone", title={"vi": "x"}, author=OFFICER.id)
    kind = IncidentReported(place="x", kind="gone", details="x")
    for aggregate, event in ((publications.AGGREGATE, channel), (incidents.AGGREGATE, kind)):
        assert aggregate.fold([type(event).model_validate_json(event.model_dump_json())]) is not None


# --- what the catalogue and a duty are called ---
GROUPS = {
    ("code-list", "groups"): KnownList(entries=(Entry(id="1", name={"vi": "x"}), OLD.model_copy(update={"id": "2"})))
}


@pytest.mark.parametrize(("number", "code"), [(1, None), (2, "entry_retired"), (3, "entry_unknown")])
def test_the_number_of_an_items_group_is_on_the_list(number, code):
    content = catalogue.events.Item(**item(group={"number": number, "name": {"vi": "x"}}))
    publish = catalogue.PublishItem(item_id="1-03", catalogue="xx", note={"vi": "x"}, item=content)
    here = given(catalogue.AGGREGATE).seeing(GROUPS)
    if code is None:
        assert here.when(publish).events
    else:
        here.when(publish).rejected(code)
    given(catalogue.AGGREGATE).when(publish).then(
        catalogue.events.ItemPublished(catalogue="xx", note={"vi": "x"}, item=content)
    )
    revised = content.model_copy(update={"title": content.title.model_copy(update={"vi": "Khác"})})
    held = catalogue.events.ItemPublished(catalogue="xx", note={"vi": "x"}, item=content)
    revise = catalogue.ReviseItem(item_id="1-03", catalogue="xx", item=revised)
    assert given(catalogue.AGGREGATE, held).seeing(GROUPS).when(revise).events


def test_a_duty_is_called_as_the_list_calls_it_when_it_is_handed_out():
    works = Entry(id="works", name={"vi": "Công trình chào mừng"})
    (handed_out,) = given(duty.AGGREGATE).seeing(seeing(CodeList.DUTIES, (works,))).when(hand_out("works")).events
    assert handed_out.title.vi == "Công trình chào mừng trước Đại hội: Huyện Ý Yên"
    assert handed_out.title.en == "Công trình chào mừng before the congress: Huyện Ý Yên"


def test_the_ids_of_locality_and_duty_fit_together():
    with pytest.raises(ValueError, match="too long together"):
        duty.HandOutDuty(unit="logistics", duty="x" * 20, phases=[{"phase": "before"}], localities=["y" * 60])


# --- the copy of a unit ---
def said(*entries: Entry) -> list[dict]:
    return [entry.model_dump() for entry in entries]


NOTED = ListNoted(entries=LISTED)
BACK = OLD.model_copy(update={"retired": False})
CHANGED = {
    "a whole list": ((), NoteList(code_list="channels", entries=said(*LISTED)), POLICY, NOTED),
    "an entry of the default list": (
        (), NoteEntry(code_list="channels", entry=said(GOOD)[0]), POLICY, EntryNoted(entry=GOOD),
    ),
    "an entry of the list that was noted": (
        (NOTED,), NoteEntry(code_list="channels", entry=said(BACK)[0]), POLICY, EntryNoted(entry=BACK),
    ),
}  # fmt: skip


@accepting(CHANGED)
def test_it_is_noted_once(history, command, actor, event):
    given(known_list.AGGREGATE, *history).when(command, actor).then(event)
    given(known_list.AGGREGATE, *history, event).when(command, actor).nothing_happened()
    assert {type(command) for _, command, *_ in CHANGED.values()} == set(known_list.AGGREGATE.commands)


def test_a_unit_knows_what_the_sub_committee_has():
    """Whatever happens to a list, the copy holds the same entries afterwards."""
    policy = note_lists((CodeList.CHANNELS,))
    gone = GOOD.model_copy(update={"retired": True})
    renamed = gone.model_copy(update={"name": OLD.name})
    events = [
        EntryAdded(entry=GOOD),
        EntryRetired(entry=gone, reason="x"),
        EntryAmended(entry=renamed, reason="x"),
        EntryRestored(entry=GOOD, reason="x"),
        ListPublished(entries=LISTED),
        EntryAdded(entry=GOOD.model_copy(update={"id": "new"})),
    ]
    for count in range(1, len(events) + 1):
        known = None
        for number, event in enumerate(events[:count]):
            envelope = envelope_of(event, "subcommittee", "code-list", "channels", number)
            (command,) = policy.react(event, envelope)
            known = known_list.AGGREGATE.fold(known_list.AGGREGATE.decide(command, known, POLICY), known)
        held = code_list.AGGREGATE.fold(events[:count])
        assert entries_of(CodeList.CHANNELS, known) == entries_of(CodeList.CHANNELS, held)
    other = envelope_of(events[0], "subcommittee", "code-list", "groups", 0)
    assert policy.react(events[0], other) == ()


def test_the_id_of_what_is_named_by_its_name_stands_first():
    assert ids_for("TRUYEN THANH CO SO", DEFAULTS[CodeList.CHANNELS]).startswith(
        "loudspeaker (TRUYEN THANH CO SO), press"
    )
    assert ids_for("Cũ", LISTED) == "good"
