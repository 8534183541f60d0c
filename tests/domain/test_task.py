from datetime import date

import pytest

from shared.domain import task
from shared.domain.decider import Command
from shared.domain.task import AGGREGATE, TaskStatus
from tests.domain.scenario import LEAD, OFFICER, accepting, assert_all_told, given, rejecting, silent_on


def ask(command: type[Command], **fields: object) -> Command:
    return command(task_id="1-03", **fields)


PLAN = {
    "title": {"vi": "Trang trí khánh tiết hội trường", "en": "Decorating the hall"},
    "group": {"number": 1, "name": {"vi": "Khánh tiết"}},
    "phase": "before",
    "scenario": "both",
    "planned_vnd": 120_000_000,
}
IN_CHARGE = {"collective": "Văn phòng Tỉnh ủy", "individual": "Chánh Văn phòng", "coordinating": ("Sở Tài chính",)}
FUNDING = {"secured_vnd": 80_000_000, "funding_source": "Ngân sách tỉnh"}
DEADLINE = date(2020, 9, 20)

NEW = ()
OPEN = (task.TaskOpened(**PLAN),)
ASSIGNED = (*OPEN, task.TaskAssigned(**IN_CHARGE))
STARTED = (*ASSIGNED, task.TaskStarted())
HALFWAY = (*STARTED, task.TaskProgressed(percent=50, note="Đã xong phần khung"))
BLOCKED = (*STARTED, task.TaskBlocked(reason="Chờ vật tư"))
BLOCKED_UNSTARTED = (*OPEN, task.TaskBlocked(reason="Chờ vật tư"))
SUBMITTED = (*STARTED, task.TaskSubmitted(submitted_by=OFFICER.id))
RETURNED = (*SUBMITTED, task.TaskReturned(reason="Thiếu ảnh"))
COMPLETED = (*SUBMITTED, task.TaskCompleted())
CANCELLED = (*STARTED, task.TaskCancelled(reason="Trùng việc"))
REOPENED = (*CANCELLED, task.TaskReopened(reason="Cần lại"))
RESUMED = (*RETURNED, SUBMITTED[-1], task.TaskCompleted(), REOPENED[-1])
DATED = (*OPEN, task.TaskDeadlineSet(deadline=DEADLINE))
FUNDED = (*OPEN, task.TaskFunded(**FUNDING))

ACCEPTED = {
    "a task is opened as planned": (NEW, ask(task.OpenTask, **PLAN), OFFICER, OPEN[0]),
    "an open task is assigned": (OPEN, ask(task.AssignTask, **IN_CHARGE), OFFICER, ASSIGNED[-1]),
    "a task can pass to another individual": (
        STARTED, ask(task.AssignTask, collective="Sở Y tế", individual="Giám đốc Sở"), OFFICER,
        task.TaskAssigned(collective="Sở Y tế", individual="Giám đốc Sở"),
    ),
    "a deadline is set": (OPEN, ask(task.SetDeadline, deadline=DEADLINE), OFFICER, DATED[-1]),
    "funding is secured": (OPEN, ask(task.FundTask, **FUNDING), OFFICER, FUNDED[-1]),
    "funding grows": (
        FUNDED, ask(task.FundTask, **FUNDING | {"secured_vnd": 90_000_000}), OFFICER,
        task.TaskFunded(**FUNDING | {"secured_vnd": 90_000_000}),
    ),
    "an assigned task starts": (ASSIGNED, ask(task.StartTask), OFFICER, task.TaskStarted()),
    "a started task progresses": (
        STARTED, ask(task.ReportProgress, percent=50, note="Đã xong phần khung"), OFFICER, HALFWAY[-1],
    ),
    "progress may be corrected downwards": (
        HALFWAY, ask(task.ReportProgress, percent=40), OFFICER, task.TaskProgressed(percent=40),
    ),
    "work in progress is blocked": (STARTED, ask(task.BlockTask, reason="Chờ vật tư"), OFFICER, BLOCKED[-1]),
    "a task not yet started is blocked": (
        OPEN, ask(task.BlockTask, reason="Chờ vật tư"), OFFICER, BLOCKED_UNSTARTED[-1],
    ),
    "a blocked task is freed": (BLOCKED, ask(task.UnblockTask), OFFICER, task.TaskUnblocked()),
    "work is submitted in the name of the actor": (
        STARTED, ask(task.SubmitTask, note="Đủ hồ sơ"), OFFICER,
        task.TaskSubmitted(submitted_by=OFFICER.id, note="Đủ hồ sơ"),
    ),
    "returned work is submitted again": (RETURNED, ask(task.SubmitTask), OFFICER, SUBMITTED[-1]),
    "somebody else accepts the work": (SUBMITTED, ask(task.CompleteTask), LEAD, task.TaskCompleted()),
    "somebody else returns the work": (SUBMITTED, ask(task.ReturnTask, reason="Thiếu ảnh"), LEAD, RETURNED[-1]),
    "an open task is cancelled": (OPEN, ask(task.CancelTask, reason="Trùng việc"), OFFICER, CANCELLED[-1]),
    "a submitted task is cancelled": (SUBMITTED, ask(task.CancelTask, reason="Trùng việc"), OFFICER, CANCELLED[-1]),
    "a cancelled task is reopened": (CANCELLED, ask(task.ReopenTask, reason="Cần lại"), OFFICER, REOPENED[-1]),
    "a completed task is reopened": (COMPLETED, ask(task.ReopenTask, reason="Cần lại"), OFFICER, REOPENED[-1]),
    "a task is reopened twice for one reason if it was closed in between": (
        (*REOPENED, CANCELLED[-1]), ask(task.ReopenTask, reason="Cần lại"), OFFICER, REOPENED[-1],
    ),
}  # fmt: skip

SILENT = {
    "nothing is there to unblock": (STARTED, ask(task.UnblockTask), OFFICER),
    "the progress reported is the progress known": (OPEN, ask(task.ReportProgress, percent=0), OFFICER),
    "a completed task is completed by its submitter": (COMPLETED, ask(task.CompleteTask), OFFICER),
    "a cancelled task is cancelled for another reason": (CANCELLED, ask(task.CancelTask, reason="Mưa"), OFFICER),
}

NEEDS_A_TASK = [
    ask(task.AssignTask, **IN_CHARGE),
    ask(task.SetDeadline, deadline=DEADLINE),
    ask(task.FundTask, **FUNDING),
    ask(task.StartTask),
    ask(task.ReportProgress, percent=10),
    ask(task.BlockTask, reason="Mưa"),
    ask(task.UnblockTask),
    ask(task.SubmitTask),
    ask(task.ReturnTask, reason="Thiếu ảnh"),
]
CLOSES_OR_REOPENS = [
    ask(task.CompleteTask),
    ask(task.CancelTask, reason="Mưa"),
    ask(task.ReopenTask, reason="Cần lại"),
]

REJECTED = [
    *((NEW, command, OFFICER, "task_not_found") for command in NEEDS_A_TASK + CLOSES_OR_REOPENS),
    *((closed, command, OFFICER, "task_closed") for command in NEEDS_A_TASK for closed in (COMPLETED, CANCELLED)),
    (CANCELLED, ask(task.CompleteTask), LEAD, "task_closed"),
    (COMPLETED, ask(task.CancelTask, reason="Mưa"), OFFICER, "task_closed"),
    (OPEN, ask(task.OpenTask, **PLAN | {"planned_vnd": 1}), OFFICER, "task_already_open"),
    (DATED, ask(task.SetDeadline, deadline=date(2020, 9, 21)), OFFICER, "deadline_already_set"),
    (OPEN, ask(task.StartTask), OFFICER, "task_not_assigned"),
    (BLOCKED, ask(task.StartTask), OFFICER, "task_blocked"),
    (BLOCKED, ask(task.ReportProgress, percent=10), OFFICER, "task_blocked"),
    (BLOCKED, ask(task.SubmitTask), OFFICER, "task_blocked"),
    (BLOCKED, ask(task.BlockTask, reason="Mưa"), OFFICER, "task_blocked"),
    (SUBMITTED, ask(task.StartTask), OFFICER, "task_submitted"),
    (SUBMITTED, ask(task.ReportProgress, percent=10), OFFICER, "task_submitted"),
    (SUBMITTED, ask(task.SubmitTask), LEAD, "task_submitted"),
    (SUBMITTED, ask(task.BlockTask, reason="Mưa"), OFFICER, "task_submitted"),
    (ASSIGNED, ask(task.ReportProgress, percent=10), OFFICER, "task_not_started"),
    (ASSIGNED, ask(task.SubmitTask), OFFICER, "task_not_started"),
    (STARTED, ask(task.CompleteTask), LEAD, "task_not_submitted"),
    (STARTED, ask(task.ReturnTask, reason="Thiếu ảnh"), LEAD, "task_not_submitted"),
    ((*RETURNED, BLOCKED[-1]), ask(task.ReturnTask, reason="Thiếu ảnh"), LEAD, "task_not_submitted"),
    (RESUMED, ask(task.ReturnTask, reason="Thiếu ảnh"), LEAD, "task_not_submitted"),
    (STARTED, ask(task.ReopenTask, reason="Cần lại"), LEAD, "task_not_closed"),
    (SUBMITTED, ask(task.CompleteTask), OFFICER, "own_work"),
    (SUBMITTED, ask(task.ReturnTask, reason="Thiếu ảnh"), OFFICER, "own_work"),
]


@accepting(ACCEPTED)
def test_it_happens_once_that(history, command, actor, event):
    given(AGGREGATE, *history).when(command, actor).then(event)
    given(AGGREGATE, *history, event).when(command, actor).nothing_happened()


@silent_on(SILENT)
def test_nothing_happens_when(history, command, actor):
    given(AGGREGATE, *history).when(command, actor).nothing_happened()


@rejecting(REJECTED)
def test_a_task_refuses_what_its_lifecycle_forbids(history, command, actor, code):
    given(AGGREGATE, *history).when(command, actor).rejected(code)


def test_every_command_event_and_refusal_is_told_here():
    assert_all_told(task, ACCEPTED, REJECTED)


@pytest.mark.parametrize(
    ("history", "status"),
    [
        (OPEN, TaskStatus.OPEN),
        (STARTED, TaskStatus.IN_PROGRESS),
        (BLOCKED, TaskStatus.BLOCKED),
        ((*BLOCKED, task.TaskUnblocked()), TaskStatus.IN_PROGRESS),
        ((*BLOCKED_UNSTARTED, task.TaskUnblocked()), TaskStatus.OPEN),
        (SUBMITTED, TaskStatus.SUBMITTED),
        (RETURNED, TaskStatus.IN_PROGRESS),
        (COMPLETED, TaskStatus.COMPLETED),
        (CANCELLED, TaskStatus.CANCELLED),
        (REOPENED, TaskStatus.IN_PROGRESS),
        ((*OPEN, CANCELLED[-1], REOPENED[-1]), TaskStatus.OPEN),
    ],
)
def test_the_history_tells_where_a_task_stands(history, status):
    assert AGGREGATE.fold(history).status is status


@pytest.mark.parametrize("event", [task.TaskUnblocked(), CANCELLED[-1]])
def test_what_no_longer_blocks_a_task_is_forgotten(event):
    assert AGGREGATE.fold((*BLOCKED, event)).block_reason is None


def test_a_completed_task_is_wholly_done():
    assert AGGREGATE.fold((*HALFWAY, *COMPLETED[len(STARTED) :])).percent == 100


@pytest.mark.parametrize("percent", [-1, 101])
def test_progress_lies_between_nothing_and_everything(percent):
    with pytest.raises(ValueError, match="percent"):
        ask(task.ReportProgress, percent=percent)
