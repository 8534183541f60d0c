"""The cases of a congress beside «none», any number: who may name one, and how tasks follow the one in force."""

from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from services.subcommittee import catalogue, scenario
from services.subcommittee.scenario import SwitchScenario
from shared.domain import known_list, task, unit_scenario, variant
from shared.domain.decider import Actor, Aggregate, Command
from shared.domain.unit_scenario import RecordSwitch, UnitScenario
from shared.domain.variant import AdjustVariant, PrepareVariant, Variant, WithdrawAdjustment
from shared.events.catalogue_item import ItemPublished, ItemRevised, ItemWithdrawn
from shared.events.scenario import ScenarioSwitched
from shared.events.task import ScenarioFollowed, TaskDeadlineMoved, TaskDeadlineSet, TaskOpened
from shared.events.unit_scenario import SwitchRecorded
from shared.events.variant import AdjustmentWithdrawn, VariantAdjusted, VariantPrepared
from shared.values.code_lists import DEFAULTS, CodeList, Entry
from tests.domain.scenario import LEAD, OFFICER, POLICY, given
from tests.domain.test_catalogue import SOURCE, item

HEAD = Actor("subcommittee.lead", "subcommittee")
STORM = Entry(id="storm", name={"vi": "Có bão", "en": "Storm"})


def lists(*entries: Entry) -> Mapping[Any, Any]:
    """A service's world: its list of cases, the default one with these entries too."""
    known = known_list.KnownList(entries=(*DEFAULTS[CodeList.CASES], *entries))
    return {("known-list", "cases"): known, ("code-list", "cases"): known, ("task", "1-03"): "a task"}


KNOWN = lists(STORM)
RETIRED = lists(STORM.model_copy(update={"retired": True}))
UNKNOWN = lists()

GROUP = {"number": 1, "name": {"vi": "Khánh tiết"}}
WORK = {"title": {"vi": "Che chắn sân khấu"}, "group": GROUP, "phase": "before", "planned_vnd": 100}
MOVED = {"vi": "Việc khác"}
FOR_STORM = item().model_copy(update={"scenario": "storm"})
PUBLISHED = ItemPublished(**SOURCE, item=FOR_STORM)
RENAMED = FOR_STORM.model_copy(update={"title": FOR_STORM.title.model_copy(update=MOVED)})
ADJUSTMENT = {"task_id": "1-03", "applies": True, "reason": "Vẫn làm khi có bão"}


def opens(case: str) -> task.OpenTask:
    return task.OpenTask(task_id="1-03", scenario=case, **WORK)


def publishes(case: str) -> catalogue.PublishItem:
    return catalogue.PublishItem(item_id="1-03", item=item().model_copy(update={"scenario": case}), **SOURCE)


def revises(case: str) -> catalogue.ReviseItem:
    changed = item().model_copy(update={"scenario": case})
    return catalogue.ReviseItem(item_id="1-03", catalogue=SOURCE["catalogue"], item=changed)


def adjusts(case: str) -> AdjustVariant:
    return AdjustVariant(variant=case, **ADJUSTMENT)


def switches(case: str) -> SwitchScenario:
    return SwitchScenario(scenario=case, reason="Bão số 3")


NAMING: dict[str, tuple[Aggregate, tuple, Any, Actor, Any]] = {
    "a task is opened for it": (task.AGGREGATE, (), opens, OFFICER, TaskOpened(scenario="storm", **WORK)),
    "its variant is adjusted": (variant.AGGREGATE, (), adjusts, OFFICER, VariantAdjusted(**ADJUSTMENT)),
    "its variant is prepared": (
        variant.AGGREGATE,
        (),
        lambda case: PrepareVariant(variant=case),
        LEAD,
        VariantPrepared(signed_by=LEAD.id),
    ),
    "it is put in force": (
        scenario.AGGREGATE,
        (),
        switches,
        HEAD,
        ScenarioSwitched(number=1, scenario="storm", reason="Bão số 3"),
    ),
    "an item is published for it": (catalogue.AGGREGATE, (), publishes, HEAD, PUBLISHED),
    "an item is published for it again": (
        catalogue.AGGREGATE,
        (ItemPublished(**SOURCE, item=item()), ItemWithdrawn()),
        publishes,
        HEAD,
        PUBLISHED,
    ),
    "an item is revised to be for it": (
        catalogue.AGGREGATE,
        (ItemPublished(**SOURCE, item=item()),),
        revises,
        HEAD,
        ItemRevised(item=FOR_STORM),
    ),
}
naming = pytest.mark.parametrize(("aggregate", "history", "names", "actor", "event"), NAMING.values(), ids=NAMING)


@naming
def test_a_case_on_the_list_is_named_anew_and_what_named_it_is_so_for_ever(aggregate, history, names, actor, event):
    given(aggregate, *history).seeing(KNOWN).when(names("storm"), actor).then(event)
    for world in (KNOWN, RETIRED, UNKNOWN):
        given(aggregate, *history, event).seeing(world).when(names("storm"), actor).nothing_happened()


@naming
def test_a_case_that_is_not_on_the_list_or_retired_is_not_named_anew(aggregate, history, names, actor, event):
    given(aggregate, *history).seeing(UNKNOWN).when(names("storm"), actor).rejected("entry_unknown")
    given(aggregate, *history).seeing(RETIRED).when(names("storm"), actor).rejected("entry_retired")


@pytest.mark.parametrize("names", [adjusts, switches, lambda case: PrepareVariant(variant=case)])
def test_every_case_is_none_that_can_be_in_force_or_prepared_for(names):
    aggregate = scenario.AGGREGATE if names is switches else variant.AGGREGATE
    actor = HEAD if names is switches else LEAD
    given(aggregate).seeing(KNOWN).when(names("both"), actor).rejected("entry_unknown")


def test_a_unit_opens_what_the_sub_committee_hands_out_for_a_case_that_it_has_not_heard_of_yet():
    opened = TaskOpened(scenario="storm", **WORK)
    given(task.AGGREGATE).seeing(UNKNOWN).when(opens("storm"), POLICY).then(opened)
    record = RecordSwitch(number=1, scenario="storm", reason="Bão số 3")
    recorded = SwitchRecorded(number=1, scenario="storm", reason="Bão số 3")
    given(unit_scenario.AGGREGATE).when(record, POLICY).then(recorded)


def test_what_was_adjusted_for_a_case_that_is_retired_since_can_only_be_taken_out_again():
    adjusted, withdraws = VariantAdjusted(**ADJUSTMENT), WithdrawAdjustment(variant="storm", task_id="1-03")
    retired = given(variant.AGGREGATE, adjusted).seeing(RETIRED)
    retired.when(withdraws).then(AdjustmentWithdrawn(task_id="1-03"))
    dearer = AdjustVariant(variant="storm", task_id="1-03", planned_vnd=1, reason="Đắt hơn")
    retired.when(dearer).rejected("entry_retired")
    given(variant.AGGREGATE).seeing(UNKNOWN).when(withdraws).rejected("entry_unknown")
    given(variant.AGGREGATE).seeing(KNOWN).when(withdraws).nothing_happened()


def test_an_item_for_a_case_that_is_retired_since_is_revised_in_all_else():
    revised = catalogue.ReviseItem(item_id="1-03", catalogue=SOURCE["catalogue"], item=RENAMED)
    given(catalogue.AGGREGATE, PUBLISHED).seeing(RETIRED).when(revised, HEAD).then(ItemRevised(item=RENAMED))


# --- tasks follow the case in force, one of three ---
AGREED, EARLY, LATE = date(2020, 9, 20), date(2020, 9, 15), date(2020, 9, 28)
FOLLOW = task.FollowScenario(task_id="1-03")


def prepared(case: str, **adjustment: object) -> Mapping[Any, Any]:
    adjusted = VariantAdjusted(task_id="1-03", reason="Theo phương án", **adjustment)
    return {("variant", case): Variant(adjustments={"1-03": adjusted})}


VARIANTS = {
    **prepared("storm", planned_vnd=130, deadline=LATE),
    **prepared("outbreak", applies=False, planned_vnd=60),
}


def in_force(number: int, case: str) -> Mapping[Any, Any]:
    recorded = SwitchRecorded(number=number, scenario=case, reason="Diễn tập")
    return {task.IN_FORCE: UnitScenario(recorded=recorded), **VARIANTS}


def followed(history: tuple, *cases: str) -> list[tuple]:
    """What the task is brought to with each switch, and the rest of its state untouched."""
    values = []
    for number, case in enumerate(cases, start=1):
        events = given(task.AGGREGATE, *history).seeing(in_force(number, case)).when(FOLLOW).events
        history = (*history, *events)
        known = task.AGGREGATE.fold(history)
        values.append((known.suspended, known.planned_vnd, known.deadline))
        assert known.agreed_deadline == AGREED
    switches = [event.switch for event in history if isinstance(event, ScenarioFollowed)]
    assert all(one < other for one, other in pairwise(switches))
    return values


@pytest.mark.parametrize(
    ("own", "storm", "outbreak", "none"),
    [
        ("both", (False, 130, LATE), (True, 60, AGREED), (False, 100, AGREED)),
        ("storm", (False, 130, LATE), (True, 60, AGREED), (True, 100, AGREED)),
        ("outbreak", (True, 130, LATE), (True, 60, AGREED), (True, 100, AGREED)),
        ("none", (True, 130, LATE), (True, 60, AGREED), (False, 100, AGREED)),
    ],
)
def test_from_none_to_a_storm_to_an_outbreak_and_back_each_variant_holds_while_it_is_in_force(
    own, storm, outbreak, none
):
    history = (TaskOpened(scenario=own, **WORK), TaskDeadlineSet(deadline=AGREED))
    assert followed(history, "none", "storm", "outbreak", "none") == [none, storm, outbreak, none]


def test_of_all_variants_only_the_one_in_force_is_looked_at():
    asked = {command: task.AGGREGATE.reads(command, None) for command in (FOLLOW, MOVE)}
    assert set(asked.values()) == {(task.IN_FORCE,)}
    for command in asked:
        assert task.AGGREGATE.reads_then(command, None, {}) == ()
        assert task.AGGREGATE.reads_then(command, None, in_force(1, "storm")) == (("variant", "storm"),)
    assert task.AGGREGATE.reads_then(opens("storm"), None, in_force(1, "storm")) == ()


MOVE: Command = task.MoveDeadline(
    task_id="1-03", replaces=AGREED, deadline=date(2020, 9, 22), opening_day=date(2020, 9, 26)
)


def test_a_deadline_moves_with_the_opening_day_beneath_the_one_that_the_case_in_force_gives():
    history = (TaskOpened(scenario="both", **WORK), TaskDeadlineSet(deadline=AGREED))
    for case, then in (("storm", LATE), ("outbreak", MOVE.deadline), ("none", MOVE.deadline)):
        follows = given(task.AGGREGATE, *history).seeing(in_force(1, case)).when(FOLLOW).events
        moved = TaskDeadlineMoved(**MOVE.content(), in_force=then)
        given(task.AGGREGATE, *history, *follows).seeing(in_force(1, case)).when(MOVE, POLICY).then(moved)
