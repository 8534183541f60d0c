"""A task follows the scenario in force: what a variant demands of it, and what comes back when it no longer does."""

from datetime import date

import pytest

from shared.domain import task
from shared.domain.review import judge
from shared.domain.unit_scenario import UnitScenario
from shared.domain.variant import Variant
from shared.events.task import (
    ExtensionRequested,
    ScenarioFollowed,
    TaskAssigned,
    TaskCancelled,
    TaskDeadlineSet,
    TaskFunded,
    TaskOpened,
    TaskProgressed,
    TaskReopened,
    TaskStarted,
    TaskSubmitted,
)
from shared.events.unit_scenario import SwitchRecorded
from shared.events.variant import VariantAdjusted
from shared.values.types import Evidence
from tests.domain.scenario import LEAD, given

AGREED, EARLIER, LATER, LATEST = date(2020, 9, 20), date(2020, 9, 15), date(2020, 9, 22), date(2020, 9, 25)
FOLLOW = task.FollowScenario(task_id="1-03")


def opened(scenario: str) -> TaskOpened:
    group = {"number": 1, "name": {"vi": "Khánh tiết"}}
    return TaskOpened(title={"vi": "Việc"}, group=group, phase="before", scenario=scenario, planned_vnd=100)


def known(switch: int, scenario: str) -> UnitScenario:
    return UnitScenario(recorded=SwitchRecorded(number=switch, scenario=scenario, reason="Dịch lan rộng"))


def world(switch: int, scenario: str, **adjustment: object) -> dict:
    adjustments = (
        {"1-03": VariantAdjusted(task_id="1-03", reason="Theo phương án", **adjustment)} if adjustment else {}
    )
    return {
        task.IN_FORCE: known(switch, scenario),
        ("variant", "outbreak"): Variant(adjustments=adjustments if scenario == "outbreak" else {}),
        ("variant", "none"): None,
    }


def followed(switch: int, scenario: str, *, suspended=False, planned_vnd=100, deadline=None) -> ScenarioFollowed:
    return ScenarioFollowed(
        switch=switch, scenario=scenario, suspended=suspended, planned_vnd=planned_vnd, deadline=deadline
    )


def after(history: tuple, *worlds: dict) -> tuple:
    """The history once the task has followed through `worlds`."""
    for each in worlds:
        history = (*history, *given(task.AGGREGATE, *history).seeing(each).when(FOLLOW).events)
    return history


DATED = (opened("both"), TaskDeadlineSet(deadline=AGREED))
CHEAPER_AND_EARLIER = world(1, "outbreak", planned_vnd=60, deadline=EARLIER)


@pytest.mark.parametrize(
    ("scenario", "seen", "expected"),
    [
        ("both", {}, ()),
        ("both", world(1, "outbreak"), ()),
        ("outbreak", world(1, "outbreak"), ()),
        ("none", world(1, "outbreak"), (followed(1, "outbreak", suspended=True),)),
        ("outbreak", world(2, "none"), (followed(2, "none", suspended=True),)),
        ("none", world(1, "outbreak", applies=True), ()),
        ("both", world(1, "outbreak", applies=False), (followed(1, "outbreak", suspended=True),)),
        ("both", world(1, "outbreak", planned_vnd=7), (followed(1, "outbreak", planned_vnd=7),)),
        ("both", world(1, "outbreak", planned_vnd=100), ()),
        ("both", world(1, "outbreak", deadline=EARLIER), (followed(1, "outbreak", deadline=EARLIER),)),
    ],
)
def test_a_task_is_brought_to_what_is_demanded_and_left_alone_where_it_is_so(scenario, seen, expected):
    given(task.AGGREGATE, opened(scenario)).seeing(seen).when(FOLLOW).then(*expected)


def test_back_and_forth_and_nothing_is_lost():
    history = (
        *DATED,
        TaskAssigned(collective="Sở Y tế", individual="Giám đốc"),
        TaskStarted(),
        TaskProgressed(percent=40, note="Đang làm"),
        TaskSubmitted(
            submitted_by="logistics.member",
            evidence=(Evidence(title="Ảnh", link="https://example.invalid/1", sha256="0a" * 32, size_bytes=1),),
        ),
    )
    before = task.AGGREGATE.fold(history)
    suspended = after(history, world(1, "outbreak", applies=False, planned_vnd=0, deadline=EARLIER))
    there = task.AGGREGATE.fold(suspended)
    assert (there.suspended, there.planned_vnd, there.deadline) == (True, 0, EARLIER)
    assert (there.opened.planned_vnd, there.original_deadline, there.agreed_deadline) == (100, AGREED, AGREED)
    back = task.AGGREGATE.fold(after(suspended, world(2, "none")))
    assert (back.suspended, back.planned_vnd, back.deadline) == (False, 100, AGREED)
    assert back.but(followed=None) == before


def test_every_switch_is_followed_once():
    out, back = world(1, "outbreak", applies=False), world(2, "none")
    history = after(DATED, out, out, back, back, world(3, "outbreak", applies=False))
    numbers = [event.switch for event in history if isinstance(event, ScenarioFollowed)]
    assert numbers == [1, 2, 3]


def extended(history: tuple, replaces: date, until: date) -> tuple:
    asked = ExtensionRequested(replaces=replaces, deadline=until, reason="Mưa bão", requested_by="logistics.member")
    return (*history, asked, *given(task.AGGREGATE, *history, asked).when(GRANT, LEAD).events)


GRANT = task.GrantExtension(task_id="1-03")


def deadlines(history: tuple) -> tuple:
    known = task.AGGREGATE.fold(history)
    return known.original_deadline, known.agreed_deadline, known.deadline


def test_an_extension_moves_the_deadline_in_force_and_the_agreed_one_until_the_next_switch():
    history = extended(after(DATED, CHEAPER_AND_EARLIER), EARLIER, LATER)
    assert deadlines(history) == (AGREED, LATER, LATER)
    assert after(history, CHEAPER_AND_EARLIER) == history, "the same switch told again leaves it"
    back = after(history, world(2, "none"))
    assert deadlines(back) == (AGREED, LATER, LATER)
    again = after(back, CHEAPER_AND_EARLIER | {task.IN_FORCE: known(3, "outbreak")})
    assert deadlines(again) == (AGREED, LATER, EARLIER)


def test_an_extension_never_brings_a_deadline_forward():
    history = extended(after(DATED, CHEAPER_AND_EARLIER), EARLIER, date(2020, 9, 18))
    assert deadlines(history) == (AGREED, AGREED, date(2020, 9, 18))
    asked_before = (*DATED, *extended(DATED, AGREED, LATER)[2:3])
    moved = after(asked_before, world(1, "outbreak", deadline=LATEST))
    granted = (*moved, *given(task.AGGREGATE, *moved).when(GRANT, LEAD).events)
    assert deadlines(granted) == (AGREED, LATER, LATEST)


def test_a_deadline_that_only_a_variant_gives_is_none_to_extend_and_leaves_room_for_the_original():
    history = after((opened("both"),), world(1, "outbreak", deadline=EARLIER))
    ask = task.RequestExtension(task_id="1-03", deadline=LATER, reason="Mưa bão")
    given(task.AGGREGATE, *history).when(ask).rejected("no_deadline")
    dated = TaskDeadlineSet(deadline=AGREED)
    given(task.AGGREGATE, *history).when(task.SetDeadline(task_id="1-03", deadline=AGREED)).then(dated)
    assert deadlines((*history, dated)) == (AGREED, AGREED, EARLIER)
    assert deadlines(after((*history, dated), world(2, "none"))) == (AGREED, AGREED, AGREED)


def test_a_task_cancelled_while_suspended_follows_again_when_it_is_reopened():
    history = after((opened("none"),), world(1, "outbreak"))
    cancelled = (*history, TaskCancelled(reason="Trùng việc"))
    assert after(cancelled, world(2, "none")) == cancelled
    reopened = after((*cancelled, TaskReopened(reason="Cần lại")), world(2, "none"))
    assert not task.AGGREGATE.fold(reopened).suspended


def test_a_suspended_task_lacks_nothing_and_one_that_costs_more_may_lack_funding():
    suspended = task.AGGREGATE.fold(after((opened("none"),), world(1, "outbreak")))
    assert judge("1-03", suspended).missing == ()
    funded = (*DATED, TaskFunded(secured_vnd=100, funding_source="Ngân sách"))
    dearer = task.AGGREGATE.fold(after(funded, world(1, "outbreak", planned_vnd=101)))
    assert "funding" in judge("1-03", dearer).missing
    assert "funding" not in judge("1-03", task.AGGREGATE.fold(funded)).missing
