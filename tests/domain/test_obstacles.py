"""Obstacles are opened and resolved one by one; a task is not completed while one is open."""

import pytest

from shared.domain import task
from shared.domain.task import AGGREGATE, MOST_OBSTACLES, TaskStatus, is_obstructed
from shared.events.task import (
    ObstacleOpened,
    ObstacleResolved,
    TaskBlocked,
    TaskCancelled,
    TaskCompleted,
    TaskReopened,
)
from shared.i18n import render
from tests.congress import life_of_a_task
from tests.domain.scenario import LEAD, OFFICER, accepting, given, rejecting, silent_on

OPEN, STARTED, SUBMITTED, COMPLETED = (tuple(life_of_a_task(1)[:upto]) for upto in (1, 5, 7, 8))
CANCELLED = (*OPEN, TaskCancelled(reason="Trùng việc"))
ROOMS = {
    "obstacle_id": "rooms",
    "what": "Chưa đủ phòng nghỉ",
    "cause": "Nhà khách còn sửa chữa",
    "proposal": "Cho giữ thêm phòng",
    "proposed_to": "Tiểu ban",
}
SOLVED = {"obstacle_id": "rooms", "resolution": "Đã giữ thêm phòng"}
OBSTRUCTED, BUS = (*OPEN, ObstacleOpened(**ROOMS)), ObstacleOpened(obstacle_id="bus", what="Thiếu xe")
RESOLVED = (*OBSTRUCTED, ObstacleResolved(**SOLVED))
FULL = (*OPEN, *(BUS.model_copy(update={"obstacle_id": f"o-{number}"}) for number in range(MOST_OBSTACLES)))


def opens(**changes: object) -> task.OpenObstacle:
    return task.OpenObstacle(task_id="1-03", **ROOMS | changes)


def resolves(**changes: object) -> task.ResolveObstacle:
    return task.ResolveObstacle(task_id="1-03", **SOLVED | changes)


ACCEPTED = {
    "an obstacle is put on record": (OPEN, opens(), OFFICER, OBSTRUCTED[-1]),
    "a task has a second obstacle, of which only the name is known": (
        OBSTRUCTED, task.OpenObstacle(task_id="1-03", obstacle_id="bus", what="Thiếu xe"), OFFICER, BUS,
    ),
    "submitted work meets an obstacle": (SUBMITTED, opens(), OFFICER, OBSTRUCTED[-1]),
    "an obstacle is resolved by anybody of the unit": (OBSTRUCTED, resolves(), OFFICER, RESOLVED[-1]),
}  # fmt: skip

REJECTED = [
    *(
        (history, command, LEAD, code)
        for command in (opens(), resolves())
        for history, code in (((), "task_not_found"), (COMPLETED, "task_closed"), (CANCELLED, "task_closed"))
    ),
    (OBSTRUCTED, opens(what="Thiếu xe"), OFFICER, "obstacle_already_open"),
    (RESOLVED, opens(), OFFICER, "obstacle_already_resolved"),
    (RESOLVED, resolves(resolution="Khác"), OFFICER, "obstacle_already_resolved"),
    (OPEN, resolves(), OFFICER, "obstacle_not_found"),
    (OBSTRUCTED, resolves(obstacle_id="bus"), OFFICER, "obstacle_not_found"),
    (OPEN, opens(proposal=None), OFFICER, "nothing_proposed"),
    (FULL, opens(), OFFICER, "task_obstacles_full"),
    (
        (*FULL, ObstacleResolved(obstacle_id="o-1", resolution="Đã xong")), opens(), OFFICER, "task_obstacles_full",
    ),
    ((*SUBMITTED, BUS), task.CompleteTask(task_id="1-03"), LEAD, "obstacles_open"),
]  # fmt: skip


@accepting(ACCEPTED)
def test_it_happens_once_that(history, command, actor, event):
    given(AGGREGATE, *history).when(command, actor).then(event)
    given(AGGREGATE, *history, event).when(command, actor).nothing_happened()


@silent_on({"an obstacle that is open is opened by another": (OBSTRUCTED, opens(), LEAD)})
def test_nothing_happens_when(history, command, actor):
    given(AGGREGATE, *history).when(command, actor).nothing_happened()


@rejecting(REJECTED)
def test_refused(history, command, actor, code):
    given(AGGREGATE, *history).when(command, actor).rejected(code)


def test_the_refusal_to_complete_names_what_is_open_and_only_that():
    history = (*SUBMITTED, *RESOLVED[-2:], BUS)
    outcome = given(AGGREGATE, *history).when(task.CompleteTask(task_id="1-03"), LEAD)
    outcome.rejected("obstacles_open")
    assert ": bus. " in render(outcome.refused.message, "en")
    assert "khó khăn, vướng mắc: bus." in render(outcome.refused.message, "vi")


def test_a_task_is_completed_once_all_are_resolved_and_cancelled_with_any_open():
    given(AGGREGATE, *SUBMITTED, *RESOLVED[-2:]).when(task.CompleteTask(task_id="1-03"), LEAD).then(TaskCompleted())
    cancelled = TaskCancelled(reason="Thôi")
    cancel = task.CancelTask(task_id="1-03", reason="Thôi")
    given(AGGREGATE, *OBSTRUCTED).when(cancel, LEAD).then(cancelled)
    reopened = (*OBSTRUCTED, cancelled, TaskReopened(reason="Cần lại"))
    given(AGGREGATE, *reopened).when(resolves()).then(RESOLVED[-1])


@pytest.mark.parametrize(
    ("history", "obstructed"),
    [
        (STARTED, False),
        ((*STARTED, TaskBlocked(reason="Mưa")), True),
        (OBSTRUCTED, True),
        ((*OBSTRUCTED, BUS, RESOLVED[-1]), True),
        (RESOLVED, False),
        ((*OBSTRUCTED, CANCELLED[-1]), False),
        (COMPLETED, False),
    ],
)
def test_a_live_task_is_obstructed_while_it_is_blocked_or_an_obstacle_is_open(history, obstructed):
    state = AGGREGATE.fold(history)
    assert is_obstructed(state.status, len(state.records.open_obstacles)) is obstructed
    assert is_obstructed(str(state.status), len(state.records.open_obstacles)) is obstructed
    assert {status for status in TaskStatus if is_obstructed(status, 1)} == set(TaskStatus) - set(task.CLOSED)
