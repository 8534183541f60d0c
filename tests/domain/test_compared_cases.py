"""Three cases compared: every number of the report, computed a second time from the raw events."""

import random
from collections import defaultdict

import pytest

from shared.events import task
from shared.events.code_list import EntryAdded
from shared.events.scenario import ScenarioSwitched
from shared.events.unit_scenario import SwitchFollowed, SwitchRecorded
from shared.events.variant import AdjustmentWithdrawn, VariantAdjusted, VariantPrepared
from shared.reports.lists_in_use import lists_in_use
from shared.reports.scenarios import compare, standing
from tests.domain.any_story import UNITS, Step, enveloped, views_of

CASES = ("none", "outbreak", "storm")
SWITCHES = ("none", "storm", "outbreak", "none")


def a_life(rng, unit, name):
    group = rng.choice((1, 2))
    yield task.TaskOpened(
        title={"vi": name},
        group={"number": group, "name": {"vi": f"Nhóm {group}"}},
        phase="before",
        scenario=rng.choice((*CASES, "both")),
        planned_vnd=rng.randrange(0, 900, 100),
    )
    if rng.random() < 0.2:
        yield task.ScenarioFollowed(switch=2, scenario="storm", suspended=False, planned_vnd=7)
    if rng.random() < 0.2:
        yield task.TaskSubmitted(submitted_by="x")
        yield task.TaskCompleted()
    elif rng.random() < 0.2:
        yield task.TaskCancelled(reason="Thôi")


def a_variant(rng, names):
    for name in rng.sample(names, 5):
        applies = rng.choice((True, False, None))
        yield VariantAdjusted(task_id=name, applies=applies, planned_vnd=rng.choice((None, 5, 50)), reason="Vì thế")
        if rng.random() < 0.3:
            yield AdjustmentWithdrawn(task_id=name)
        if rng.random() < 0.3:
            yield VariantPrepared(signed_by="x")


def a_story(seed):
    rng = random.Random(seed)  # noqa: S311
    names = [f"t-{number}" for number in range(9)]
    storm = {"id": "storm", "name": {"vi": "Có bão", "en": "Storm"}}
    yield Step("subcommittee", "code-list", "cases", EntryAdded(entry=storm))
    for unit in UNITS:
        for name in names:
            yield from (Step(unit, "task", name, event) for event in a_life(rng, unit, name))
        for case in CASES:
            yield from (Step(unit, "variant", case, event) for event in a_variant(rng, names))
    for number, case in enumerate(SWITCHES, start=1):
        switch = {"number": number, "scenario": case, "reason": "Diễn tập"}
        yield Step("subcommittee", "scenario", "current", ScenarioSwitched(**switch))
        for unit in UNITS[: -1 if number == len(SWITCHES) else None]:
            yield Step(unit, "unit-scenario", "current", SwitchRecorded(**switch))
            yield Step(unit, "unit-scenario", "current", SwitchFollowed(number=number))


class Oracle:
    """What the events come to, by nobody's rules but these few lines."""

    def __init__(self, steps):
        self.tasks = defaultdict(dict)
        self.says, self.signed = {}, {}
        for unit, entity, name, event in steps:
            match entity, event:
                case "task", task.TaskOpened():
                    self.tasks[unit, name] = {"opened": event, "planned": event.planned_vnd, "end": ""}
                case "task", task.ScenarioFollowed():
                    self.tasks[unit, name]["planned"] = event.planned_vnd
                case "task", task.TaskCompleted() | task.TaskCancelled():
                    self.tasks[unit, name]["end"] = event.TYPE.split(".")[-2]
                case "variant", VariantAdjusted():
                    self.says[unit, name, event.task_id] = event
                    self.signed.pop((unit, name), None)
                case "variant", AdjustmentWithdrawn():
                    self.says.pop((unit, name, event.task_id), None)
                    self.signed.pop((unit, name), None)
                case "variant", VariantPrepared():
                    self.signed[unit, name] = event.signed_by

    def amount(self, case, unit=None, group=None):
        tasks = planned = 0
        for (of, name), was in self.tasks.items():
            elsewhere = unit not in (None, of) or group not in (None, was["opened"].group.number)
            if elsewhere or was["end"] == "cancelled":
                continue
            says = None if was["end"] else self.says.get((of, case, name))
            applies = bool(was["end"]) or was["opened"].scenario in (case, "both")
            if says is not None and says.applies is not None:
                applies = says.applies
            cost = was["planned"] if was["end"] else was["opened"].planned_vnd
            if says is not None and says.planned_vnd is not None:
                cost = says.planned_vnd
            tasks, planned = tasks + applies, planned + cost * applies
        return tasks, planned


@pytest.mark.parametrize("seed", range(5))
def test_every_number_of_the_comparison_is_what_the_events_come_to(seed):
    steps = [*a_story(seed)]
    oracle, views = Oracle(steps), views_of(enveloped(steps, seed))
    report = compare(views["tasks"], views["scenarios"], lists=lists_in_use(views))
    assert report.cases == [*CASES]
    rows = [(report.total, {})]
    rows += [(row, {"unit": unit}) for unit, row in report.by_unit.items()]
    rows += [(row, {"group": int(number)}) for number, row in report.by_group.items()]
    for row, of in rows:
        expected = {case: oracle.amount(case, **of) for case in CASES}
        assert {case: (amount.tasks, amount.planned_vnd) for case, amount in row.amounts.items()} == expected
        none = expected["none"]
        assert {case: (more.tasks, more.planned_vnd) for case, more in row.differences.items()} == {
            case: (expected[case][0] - none[0], expected[case][1] - none[1]) for case in CASES[1:]
        }
    assert {(variant.unit, variant.variant): variant.signed_by for variant in report.variants} == {
        (unit, case): oracle.signed.get((unit, case)) for unit in UNITS for case in CASES
    }


def test_the_case_in_force_is_the_last_one_and_who_has_not_followed_it_is_named():
    steps = [*a_story(1)]
    views = views_of(enveloped(steps, 1))
    report = standing(views["tasks"], views["scenarios"], lists_in_use(views))
    assert [switch.scenario for switch in report.switches] == [*SWITCHES]
    assert (report.in_force.scenario, report.in_force.number, report.in_force.behind) == ("none", 4, [UNITS[-1]])
    assert report.cases == [*CASES]


def test_as_of_each_switch_its_case_is_in_force():
    steps = [*a_story(2)]
    switches = [place for place, step in enumerate(steps, start=1) if isinstance(step.event, ScenarioSwitched)]
    for place, case in zip(switches, SWITCHES, strict=True):
        views = views_of(enveloped(steps, 2)[:place])
        report = standing(views["tasks"], views["scenarios"], lists_in_use(views))
        assert (report.in_force.scenario, report.in_force.behind) == (case, [*UNITS])
        in_views = compare(views["tasks"], views["scenarios"], lists=lists_in_use(views))
        whole = views_of(enveloped(steps, 2))
        assert in_views == compare(whole["tasks"], whole["scenarios"], lists=lists_in_use(whole))
