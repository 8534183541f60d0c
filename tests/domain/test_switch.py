"""The sub-committee switches the scenario; every unit records the switch and says when its tasks have followed."""

import pytest

from services.subcommittee import scenario
from services.subcommittee.scenario import SwitchScenario
from shared.domain import unit_scenario
from shared.domain.decider import Actor
from shared.domain.unit_scenario import ConfirmSwitch, RecordSwitch
from shared.events.scenario import ScenarioSwitched
from shared.events.unit_scenario import SwitchFollowed, SwitchRecorded
from tests.domain.scenario import LEAD, POLICY, accepting, assert_all_told, given, rejecting, silent_on

HEAD = Actor("subcommittee.lead", "subcommittee")
DEPUTY_HEAD = Actor("subcommittee.deputy-2", "subcommittee")
OFFICE = Actor("subcommittee.office", "subcommittee")


def switched(number: int, to: str, reason: str = "Dịch lan rộng") -> ScenarioSwitched:
    return ScenarioSwitched(number=number, scenario=to, reason=reason)


def switch(to: str, reason: str = "Dịch lan rộng") -> SwitchScenario:
    return SwitchScenario(scenario=to, reason=reason)


FIRST = (switched(1, "outbreak"),)
SECOND = (*FIRST, switched(2, "none"))
SWITCHES = {
    "the first switch has number one": ((), switch("outbreak"), HEAD, FIRST[-1]),
    "the first switch may be to no epidemic": ((), switch("none"), HEAD, switched(1, "none")),
    "a deputy switches back": (FIRST, switch("none"), DEPUTY_HEAD, SECOND[-1]),
    "the number goes on": (SECOND, switch("outbreak"), HEAD, switched(3, "outbreak")),
}
NO_SWITCH = {"it is so already, whatever the reason": (FIRST, switch("outbreak", "Khác"), HEAD)}
NOT_SWITCHED = [
    ((), switch("outbreak"), OFFICE, "no_right_to_switch"),
    (FIRST, switch("outbreak"), OFFICE, "no_right_to_switch"),
    ((switched(scenario.MOST_SWITCHES, "none"),), switch("outbreak"), HEAD, "scenario_switches_full"),
]


def recorded(number: int, to: str) -> SwitchRecorded:
    return SwitchRecorded(number=number, scenario=to, reason="Dịch lan rộng")


def record(number: int, to: str) -> RecordSwitch:
    return RecordSwitch(number=number, scenario=to, reason="Dịch lan rộng")


KNOWN = (recorded(2, "outbreak"),)
DONE = (*KNOWN, SwitchFollowed(number=2))
RECORDS = {
    "the first switch that it hears of is recorded": ((), record(2, "outbreak"), POLICY, KNOWN[-1]),
    "a newer switch is recorded": (DONE, record(3, "none"), POLICY, recorded(3, "none")),
    "the tasks have followed": (KNOWN, ConfirmSwitch(number=2), POLICY, DONE[-1]),
    "the tasks have followed an older switch": (KNOWN, ConfirmSwitch(number=1), POLICY, SwitchFollowed(number=1)),
}
NOTHING_NEW = {
    "an older switch changes nothing": (KNOWN, record(1, "none"), POLICY),
    "an older switch was followed long since": (DONE, ConfirmSwitch(number=1), POLICY),
}
NOT_RECORDED = [
    ((), record(1, "none"), LEAD, "for_the_policy_only"),
    (KNOWN, ConfirmSwitch(number=2), LEAD, "for_the_policy_only"),
    ((), ConfirmSwitch(number=1), POLICY, "switch_not_recorded"),
    (KNOWN, ConfirmSwitch(number=3), POLICY, "switch_not_recorded"),
]


@accepting(SWITCHES)
def test_the_scenario_is_switched_once(history, command, actor, event):
    given(scenario.AGGREGATE, *history).when(command, actor).then(event)
    given(scenario.AGGREGATE, *history, event).when(command, actor).nothing_happened()


@silent_on(NO_SWITCH)
def test_the_scenario_is_not_switched_when(history, command, actor):
    given(scenario.AGGREGATE, *history).when(command, actor).nothing_happened()


@rejecting(NOT_SWITCHED)
def test_the_scenario_is_switched_by_who_leads_the_sub_committee(history, command, actor, code):
    given(scenario.AGGREGATE, *history).when(command, actor).rejected(code)


@accepting(RECORDS)
def test_a_unit_records_once_that(history, command, actor, event):
    given(unit_scenario.AGGREGATE, *history).when(command, actor).then(event)
    given(unit_scenario.AGGREGATE, *history, event).when(command, actor).nothing_happened()


@silent_on(NOTHING_NEW)
def test_a_unit_records_nothing_when(history, command, actor):
    given(unit_scenario.AGGREGATE, *history).when(command, actor).nothing_happened()


@rejecting(NOT_RECORDED)
def test_a_unit_refuses_to_record(history, command, actor, code):
    given(unit_scenario.AGGREGATE, *history).when(command, actor).rejected(code)


@pytest.mark.parametrize(
    ("module", "accepted", "rejected"),
    [(scenario, SWITCHES, NOT_SWITCHED), (unit_scenario, RECORDS, NOT_RECORDED)],
)
def test_everything_is_told(module, accepted, rejected):
    assert_all_told(module, accepted, rejected)


def test_a_newer_switch_is_not_followed_because_the_last_one_was():
    known = unit_scenario.AGGREGATE.fold((*DONE, recorded(3, "none")))
    assert (known.recorded.number, known.followed) == (3, 2)
