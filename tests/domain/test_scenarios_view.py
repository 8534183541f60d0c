"""What leaders see of scenarios: the view, how far the units have followed, and the variants side by side."""

from datetime import date
from io import StringIO

import pytest
from rich.console import Console

from daihoi.terminal.scenario_tables import comparison_tables, scenario_line, standing_tables
from shared.domain.decider import Refused
from shared.events.duty import DUTY_GROUP
from shared.events.scenario import ScenarioSwitched
from shared.events.unit_scenario import SwitchFollowed, SwitchRecorded
from shared.events.variant import AdjustmentWithdrawn, VariantAdjusted, VariantPrepared
from shared.eventstore.ledger import Origin
from shared.reports.cases import cases_of, check_cases
from shared.reports.lists_in_use import lists_in_use
from shared.reports.scenarios import Amount, compare, effect_of_switching, in_force, standing, unprepared_units
from shared.values.code_lists import CodeList, names_of, registered_units
from shared.values.names_in_use import use_names
from shared.views.scenarios import VIEW
from shared.views.view import Recorded
from tests.congress import BEGINNING, envelope_of


def view(*events):
    """The documents after (service, id, event), in this order."""
    documents = {}
    for recorded in as_recorded(events):
        for key in VIEW.route(recorded):
            documents[key] = VIEW.fold(documents.get(key), recorded)
    return documents


def as_recorded(events):
    for position, (service, entity_id, event) in enumerate(events):
        envelope = envelope_of(event, service, event.TYPE.split(".")[2], entity_id, position)
        yield Recorded(position + 1, BEGINNING, Origin(service, position + 1), envelope, event)


def switched(number, to):
    return "subcommittee", "current", ScenarioSwitched(number=number, scenario=to, reason=f"Lần {number}")


def recorded(unit, number, to):
    return unit, "current", SwitchRecorded(number=number, scenario=to, reason=f"Lần {number}")


def followed(unit, number):
    return unit, "current", SwitchFollowed(number=number)


def adjusted(unit, case, task_id, **fields):
    return unit, case, VariantAdjusted(task_id=task_id, reason="Theo phương án", **fields)


UNITS = ("propaganda", "logistics", "security")


def test_the_units_that_have_not_followed_the_last_switch_are_named():
    events = [switched(1, "outbreak"), *(recorded(unit, 1, "outbreak") for unit in UNITS)]
    assert in_force(view(*events).values()).behind == list(UNITS)
    events += [followed("logistics", 1), followed("security", 1)]
    found = in_force(view(*events).values())
    assert (found.number, found.scenario, found.reason, found.behind) == (1, "outbreak", "Lần 1", ["propaganda"])
    events += [switched(2, "none"), recorded("security", 2, "none")]
    found = in_force(view(*events).values())
    assert (found.number, found.scenario, found.behind) == (2, "none", list(UNITS))


def prepared(unit, case):
    return unit, case, VariantPrepared(signed_by=f"{unit}.lead")


def test_the_units_that_have_not_prepared_the_scenario_in_force_are_named():
    switch = [switched(1, "outbreak"), prepared("logistics", "outbreak"), prepared("security", "none")]
    reopened = [prepared("propaganda", "outbreak"), adjusted("propaganda", "outbreak", "2-01", applies=False)]
    found = in_force(view(*switch, *reopened).values())
    assert found.unprepared == ["propaganda", "security"]
    assert "Without a prepared variant for this scenario: Propaganda unit, Security unit" in scenario_line(
        found, "en"
    )
    events = [event for event in (*switch, *reopened) if event[1] == "outbreak"]
    assert unprepared_units(as_recorded(events)) == ["propaganda", "security"]
    assert unprepared_units([]) == list(UNITS)


def test_one_task_can_t_rename_a_group_of_the_catalogue():
    renamed = a_task("1-09", group={"number": 1, "name": {"vi": "Tên khác", "en": "Another"}})
    item = {"_id": "1-01", "group": {"number": 1, "name": {"vi": "Văn kiện", "en": "Papers"}}}
    found = compare(
        [*TASKS, renamed, a_task("2-01", group={"number": 10, "name": {"vi": "Mười", "en": ""}})],
        VARIANTS,
        catalogue=[item],
    )
    assert [(number, row.name_en) for number, row in found.by_group.items()] == [
        ("1", "Papers"),
        ("2", "Group"),
        ("8", "Group"),
        ("10", ""),
    ]


def test_before_the_first_switch_nothing_is_in_force():
    found = standing([], [])
    assert (found.in_force, found.switches) == (None, [])
    assert [(unit.recorded, unit.followed, unit.suspended) for unit in found.units] == [(0, 0, 0)] * 3
    assert [variant.signed_by for variant in found.variants] == [None] * 6


def test_a_later_adjustment_opens_a_prepared_variant_again():
    signed = [
        adjusted("security", "none", "8-01", applies=False),
        ("security", "none", VariantPrepared(signed_by="x")),
    ]
    assert view(*signed)["security/none"]["signed_by"] == "x"
    for later in (
        adjusted("security", "none", "8-02", planned_vnd=1),
        ("security", "none", AdjustmentWithdrawn(task_id="8-01")),
    ):
        variant = view(*signed, later)["security/none"]
        assert (variant["signed_by"], variant["signed_at"]) == (None, None)
    assert variant["adjustments"] == {}


def a_task(task_id, scenario="both", unit="logistics", **other):
    return {
        "_id": f"{unit}/{task_id}",
        "task_id": task_id,
        "unit": unit,
        "title": {"vi": "Việc", "en": "Work"},
        "group": {"number": int(task_id[0]), "name": {"vi": "Nhóm", "en": "Group"}},
        "scenario": scenario,
        "status": "open",
        "planned_vnd": 100,
        "original_planned_vnd": 100,
        "agreed_deadline": "2020-09-20",
        "deadline": "2020-09-20",
        **other,
    }


TASKS = [
    a_task("1-01"),
    a_task("1-02", "none"),
    a_task("1-03", "outbreak"),
    a_task("2-01", suspended=True, planned_vnd=1, deadline="2020-09-01"),
    a_task("8-01", unit="security"),
    a_task("8-02", unit="security", status="cancelled"),
    a_task("8-03", "none", unit="security", status="completed", planned_vnd=40),
]
VARIANTS = view(
    adjusted("logistics", "outbreak", "1-01", planned_vnd=70, deadline=date(2020, 9, 15)),
    adjusted("logistics", "outbreak", "1-02", planned_vnd=5),
    adjusted("logistics", "outbreak", "2-01", applies=False),
    adjusted("security", "none", "8-01", deadline=date(2020, 9, 20)),
).values()


def test_the_variants_are_compared_whatever_is_in_force_now():
    found = compare(TASKS, VARIANTS)
    assert found.cases == ["none", "outbreak"]
    logistics, security = found.by_unit["logistics"], found.by_unit["security"]
    assert logistics.amounts["none"] == Amount(tasks=3, planned_vnd=300)
    assert logistics.amounts["outbreak"] == Amount(tasks=2, planned_vnd=170)
    assert logistics.differences == {"outbreak": Amount(tasks=-1, planned_vnd=-130)}
    assert security.amounts["none"] == security.amounts["outbreak"] == Amount(tasks=2, planned_vnd=140)
    assert found.total.amounts["none"] == Amount(tasks=5, planned_vnd=440)
    assert_adds_up(found)


def assert_adds_up(found):
    """Over units and over groups, in every case and in every difference."""
    for breakdown in (found.by_unit, found.by_group):
        for case in found.cases:
            sums = sum(row.amounts[case].planned_vnd for row in breakdown.values())
            assert sums == found.total.amounts[case].planned_vnd
        for case in found.total.differences:
            sums = sum(row.differences[case].planned_vnd for row in breakdown.values())
            assert sums == found.total.differences[case].planned_vnd


def test_the_duties_are_a_group_without_a_number():
    duty = a_task("9-01", group=DUTY_GROUP.model_dump())
    console = Console(file=StringIO(), width=100)
    console.print(*comparison_tables(compare([*TASKS, duty], VARIANTS), "en"))
    text = console.file.getvalue()
    assert "Continuing duties of the localities" in text
    assert "99" not in text
    assert "8. Group" in text


def test_every_task_that_differs_is_told_with_the_reason():
    told = {line.id: line for line in compare(TASKS, VARIANTS).differing}
    assert list(told) == ["1-01", "1-02", "1-03", "2-01"]
    none, outbreak = told["1-01"].sides.values()
    assert (none.planned_vnd, outbreak.planned_vnd) == (100, 70)
    assert (none.deadline, outbreak.deadline) == (date(2020, 9, 20), date(2020, 9, 15))
    assert (none.reason, outbreak.reason) == ("", "Theo phương án")
    applies = [[side.applies for side in told[name].sides.values()] for name in ("1-02", "1-03", "2-01")]
    assert [tuple(sides) for sides in applies] == [
        (True, False),
        (False, True),
        (True, False),
    ]


def test_one_unit_can_be_compared_alone():
    found = compare(TASKS, VARIANTS, "security")
    assert list(found.by_unit) == ["security"]
    assert found.total == found.by_unit["security"]
    assert found.differing == []
    assert {variant.unit for variant in found.variants} == {"security"}


# --- a congress with more cases ---
def cases(*rows):
    """The lists of a congress that has these."""
    entries = [{"id": id_, "name": {"vi": vi, "en": en}, "retired": retired} for id_, vi, en, retired in rows]
    return lists_in_use({"code_lists": [{"_id": "cases", "entries": entries}]})


NONE, STORM, OUTBREAK, FLOOD = (
    ("none", "Bình thường", "As usual", False),
    ("storm", "Có bão", "Storm", False),
    ("outbreak", "Có dịch", "Outbreak", False),
    ("flood", "Có lũ", "Flood", False),
)
MORE_TASKS = [*TASKS, a_task("2-02", "storm", planned_vnd=30, original_planned_vnd=30)]
MORE_VARIANTS = [*VARIANTS, *view(adjusted("logistics", "storm", "1-02", applies=True, planned_vnd=50)).values()]


def test_every_case_is_compared_with_none_in_the_order_of_the_list():
    found = compare(MORE_TASKS, MORE_VARIANTS, lists=cases(NONE, STORM, OUTBREAK))
    assert found.cases == ["none", "storm", "outbreak"]
    row = found.by_unit["logistics"]
    assert row.amounts == {
        "none": Amount(tasks=3, planned_vnd=300),
        "storm": Amount(tasks=4, planned_vnd=100 + 50 + 100 + 30),
        "outbreak": Amount(tasks=2, planned_vnd=170),
    }
    assert row.differences == {
        "storm": Amount(tasks=1, planned_vnd=-20),
        "outbreak": Amount(tasks=-1, planned_vnd=-130),
    }
    assert_adds_up(found)
    told = {line.id: [side.applies for side in line.sides.values()] for line in found.differing}
    assert told["1-02"] == [True, True, False], "what is for none goes on in a storm where the variant says so"
    assert told["1-03"] == [False, False, True]
    assert told["2-02"] == [False, True, False]
    assert [variant.variant for variant in found.variants[:3]] == found.cases


def test_one_case_can_be_compared_with_none_alone():
    found = compare(MORE_TASKS, MORE_VARIANTS, lists=cases(NONE, STORM, OUTBREAK), wanted=["storm"])
    assert (found.cases, list(found.total.differences)) == (["none", "storm"], ["storm"])
    assert list(found.differing[0].sides) == ["none", "storm"]
    assert "1-01" not in [line.id for line in found.differing], "it differs in an outbreak only"


def test_a_retired_case_is_shown_where_something_is_on_record_for_it():
    retired = cases(NONE, (*STORM[:3], True), OUTBREAK)[CodeList.CASES]
    assert cases_of(retired) == ["none", "outbreak"]
    assert cases_of(retired, MORE_TASKS) == ["none", "storm", "outbreak"]
    assert cases_of(retired, [], MORE_VARIANTS) == ["none", "storm", "outbreak"]
    assert cases_of(retired, [], view(switched(1, "storm")).values()) == ["none", "storm", "outbreak"]
    withdrawn = [adjusted("logistics", "storm", "1-02", applies=True), ("logistics", "storm", WITHDRAWN)]
    assert cases_of(retired, [], view(*withdrawn).values()) == ["none", "outbreak"]
    assert cases_of(cases(NONE)[CodeList.CASES], MORE_TASKS) == ["none", "outbreak", "storm"], "no list has them"
    with pytest.raises(Refused, match="flood is not on the list"):
        check_cases(["storm", "flood"], ["none", "storm"])


WITHDRAWN = AdjustmentWithdrawn(task_id="1-02")


@pytest.mark.parametrize("count", [2, 3, 4])
def test_the_tables_are_readable_on_80_columns_however_many_cases_there_are(count):
    listed = cases(*(NONE, STORM, OUTBREAK, FLOOD)[:count])
    dear = {"planned_vnd": 12_345_678_900, "original_planned_vnd": 12_345_678_900}
    tasks = [task | dear for task in TASKS if task["scenario"] != "outbreak"]
    report = compare(tasks, [], lists=listed)
    use_names(names_of(listed))
    console = Console(file=StringIO(), width=80)
    console.print(*comparison_tables(report, "vi"), *standing_tables(standing(tasks, [], listed), "vi"))
    text = console.file.getvalue()
    for _, name, _, _ in (NONE, STORM, OUTBREAK, FLOOD)[:count]:
        assert name in text
    assert "61.728.394.500" in text, "the total of none is in one line"
    assert "…" not in text
    assert max(map(len, text.splitlines())) <= 80


def test_a_retired_unit_is_told_of_only_for_what_is_on_record_of_it():
    listed = (*registered_units()[:2], registered_units()[2].model_copy(update={"retired": True}))
    noted = [switched(1, "outbreak"), *(recorded(unit, 1, "outbreak") for unit in UNITS)]
    of_its_own = [
        view(*noted, prepared("security", "outbreak")).values(),
        view(*noted).values(),
        view(*noted).values(),
    ]
    tasks = [[], [{"unit": "security", "suspended": False, "status": "open", "scenario": "all"}], []]
    for scenarios, on_record, is_there in zip(of_its_own, tasks, (True, True, False), strict=True):
        assert ("security" in in_force(scenarios, listed, on_record).behind) is is_there


def test_what_a_switch_would_do_is_told_before_it_is_done():
    """Against how the tasks stand now: 2-01 is stopped already, and what is closed stays as it is."""
    effect = effect_of_switching(TASKS, VARIANTS, "outbreak")
    assert ([task.id for task in effect.suspended], effect.resumed) == (["1-02"], [])
    assert {task.id: (task.planned_vnd, task.deadline) for task in effect.changed} == {
        "1-01": ((100, 70), (date(2020, 9, 20), date(2020, 9, 15)))
    }
    assert effect.by_unit == {"logistics": 2}
    back = effect_of_switching(TASKS, VARIANTS, "none")
    assert ([task.id for task in back.suspended], [task.id for task in back.resumed]) == (["1-03"], ["2-01"])


def test_a_case_that_is_already_as_the_tasks_stand_does_nothing():
    effect = effect_of_switching([a_task("1-01")], {}.values(), "none")
    assert effect.model_dump() == {"suspended": [], "resumed": [], "changed": [], "by_unit": {}}
