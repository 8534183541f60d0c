"""A deadline that follows the opening day of the congress: the original stays, and so does what the scenario says."""

from datetime import date

import pytest

from services.tracker.history.replay import ledger_line
from shared.domain import task
from shared.domain.task import GrantExtension, MoveDeadline, SetDeadline
from shared.domain.unit_scenario import UnitScenario
from shared.domain.variant import Variant
from shared.events.congress import DeadlineMove, DeadlinesConfirmed
from shared.events.task import (
    ExtensionGranted,
    ExtensionRequested,
    ScenarioFollowed,
    TaskCancelled,
    TaskCompleted,
    TaskDeadlineMoved,
    TaskDeadlineSet,
    TaskEvent,
    TaskReopened,
)
from shared.events.unit_scenario import SwitchRecorded
from shared.events.variant import VariantAdjusted
from shared.unit.moving_deadlines import move_confirmed_deadlines
from tests.congress import BEGINNING, envelope_of, in_memory, life_of_a_task
from tests.domain.scenario import LEAD, POLICY, given
from tests.domain.test_tasks_view import hour, in_the_task, in_the_view, shown

AGREED, BY_SCENARIO, FOLLOWS, LATER = (date(2020, 9, day) for day in (14, 10, 20, 25))
OPENS = date(2020, 9, 24)
OPEN = life_of_a_task(1)[:1]
DATED = [*OPEN, TaskDeadlineSet(deadline=AGREED)]
ASKED = [
    *DATED,
    ExtensionRequested(replaces=AGREED, deadline=LATER, reason="Mưa bão", requested_by="logistics.officer"),
]
OUTBREAK = {
    task.IN_FORCE: UnitScenario(recorded=SwitchRecorded(number=1, scenario="outbreak", reason="Dịch")),
    ("variant", "outbreak"): Variant(
        adjustments={"1-03": VariantAdjusted(task_id="1-03", deadline=BY_SCENARIO, reason="Giãn cách")}
    ),
}
FOLLOWED = ScenarioFollowed(switch=1, scenario="outbreak", suspended=False, planned_vnd=1, deadline=BY_SCENARIO)


def move(replaces: date | None = AGREED, deadline: date = FOLLOWS) -> MoveDeadline:
    return MoveDeadline(task_id="1-03", replaces=replaces, deadline=deadline, opening_day=OPENS)


def moved(replaces: date | None = AGREED, in_force: date = FOLLOWS) -> TaskDeadlineMoved:
    return TaskDeadlineMoved(replaces=replaces, deadline=FOLLOWS, in_force=in_force, opening_day=OPENS)


@pytest.mark.parametrize(
    ("history", "world", "event", "deadlines"),
    [
        (DATED, {}, moved(), (AGREED, FOLLOWS, FOLLOWS)),
        (OPEN, {}, moved(None), (FOLLOWS, FOLLOWS, FOLLOWS)),
        (ASKED, {}, moved(), (AGREED, FOLLOWS, FOLLOWS)),
        ([*DATED, FOLLOWED], OUTBREAK, moved(in_force=BY_SCENARIO), (AGREED, FOLLOWS, BY_SCENARIO)),
        ([*OPEN, FOLLOWED], OUTBREAK, moved(None, BY_SCENARIO), (FOLLOWS, FOLLOWS, BY_SCENARIO)),
        (DATED, {task.IN_FORCE: OUTBREAK[task.IN_FORCE]}, moved(), (AGREED, FOLLOWS, FOLLOWS)),
    ],
    ids=["agreed", "none yet", "an extension waits", "the scenario says", "it says, none yet", "it says nothing"],
)
def test_the_agreed_deadline_moves_and_the_original_stays(history, world, event, deadlines):
    replaces = event.replaces
    given(task.AGGREGATE, *history).seeing(world).when(move(replaces), POLICY).then(event)
    given(task.AGGREGATE, *history, event).seeing(world).when(move(replaces), POLICY).nothing_happened()
    after = task.AGGREGATE.fold([*history, event])
    assert (after.original_deadline, after.agreed_deadline, after.deadline) == deadlines
    assert in_the_view(shown(*history, event)) == in_the_task(after)


@pytest.mark.parametrize(
    "closing",
    [[*life_of_a_task(1)[4:7], TaskCompleted()], [TaskCancelled(reason="Thôi")]],
    ids=["completed", "cancelled"],
)
def test_a_closed_task_is_left_alone_and_one_that_is_reopened_is_not(closing: list[TaskEvent]):
    given(task.AGGREGATE, *DATED, *closing).when(move(), POLICY).nothing_happened()
    given(task.AGGREGATE, *DATED, *closing, TaskReopened(reason="Làm lại")).when(move(), POLICY).then(moved())


def test_a_deadline_that_was_agreed_anew_meanwhile_is_not_overrun():
    granted = [*ASKED, ExtensionGranted(replaces=AGREED, deadline=LATER)]
    given(task.AGGREGATE, *granted).when(move(), POLICY).rejected("deadline_changed_meanwhile")
    given(task.AGGREGATE, *DATED).when(move(None), POLICY).rejected("deadline_changed_meanwhile")
    given(task.AGGREGATE, *DATED).when(move(), LEAD).rejected("for_the_policy_only")


def test_an_extension_that_waits_is_decided_as_before_and_brings_no_deadline_forward():
    waiting = task.AGGREGATE.fold([*ASKED, moved()])
    assert waiting.pending_extension == ASKED[-1]
    granted = given(task.AGGREGATE, *ASKED, moved()).when(GrantExtension(task_id="1-03"), LEAD)
    granted.then(ExtensionGranted(replaces=AGREED, deadline=LATER))
    assert task.AGGREGATE.fold([*ASKED, moved(), *granted.events]).deadline == LATER
    moved_further = moved().model_copy(update={"deadline": date(2020, 9, 30), "in_force": date(2020, 9, 30)})
    assert task.AGGREGATE.fold([*ASKED, moved_further, *granted.events]).deadline == date(2020, 9, 30)


def test_a_deadline_that_was_set_by_moving_is_the_original_one_for_ever():
    again = SetDeadline(task_id="1-03", deadline=LATER)
    given(task.AGGREGATE, *OPEN, moved(None)).when(again).rejected("deadline_already_set")


def test_each_move_stays_in_the_history_of_the_task_and_touches_nobodys_work():
    document = shown(*DATED, moved())
    assert document["history"] == [
        {
            "what": "deadline_moved",
            "at": hour(2),
            "by": "logistics.lead",
            "replaces": "2020-09-14",
            "deadline": "2020-09-20",
            "opening_day": "2020-09-24",
        }
    ]
    assert document["updated_at"] == hour(1)
    (stored,) = in_memory("logistics", [("1-03", [moved()])])
    summary = ledger_line(stored)["summary"]
    assert summary["en"].endswith("the deadline of task 1-03 to 20/09/2020, as the congress opens on 24/09/2020")
    assert summary["vi"].endswith("thời hạn nhiệm vụ 1-03 sang 20/09/2020 theo ngày khai mạc 24/09/2020")


def test_a_unit_moves_the_deadlines_of_its_own_tasks_and_says_why_one_is_over_already():
    over = BEGINNING.date().replace(day=1)
    confirmed = DeadlinesConfirmed(
        opening_day=OPENS,
        moves=(
            DeadlineMove(unit="logistics", task_id="1-03", replaces=AGREED, deadline=FOLLOWS),
            DeadlineMove(unit="security", task_id="1-03", deadline=FOLLOWS),
            DeadlineMove(unit="logistics", task_id="1-04", deadline=over),
        ),
        past_because="Khai mạc sớm hơn",
    )
    envelope = envelope_of(confirmed, "subcommittee", "congress", "congress", 0)
    assert move_confirmed_deadlines("logistics").react(confirmed, envelope) == (
        move(),
        MoveDeadline(task_id="1-04", deadline=over, opening_day=OPENS, past_because="Khai mạc sớm hơn"),
    )
