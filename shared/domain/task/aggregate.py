"""Which command is decided by which rules."""

from collections.abc import Mapping, Sequence
from typing import Any

from shared.domain.decider import Actor, Aggregate, Key, Refusal
from shared.domain.task.clearances import DropClearance, RequireClearance, keys_of_clearances, settle_clearance
from shared.domain.task.closing import CancelTask, CompleteTask, ReopenTask, close_or_reopen
from shared.domain.task.command import TaskCommand, refuse_if_in
from shared.domain.task.essentials import AssignTask, FundTask, OpenTask, SetDeadline, open_task, settle_essential
from shared.domain.task.extensions import (
    GrantExtension,
    RefuseExtension,
    RequestExtension,
    decide_on_extension,
    request_extension,
)
from shared.domain.task.following import SEEN_TO_FOLLOW, FollowScenario, follow
from shared.domain.task.standing import CLOSED
from shared.domain.task.state import Task, evolve
from shared.domain.task.work import (
    BlockTask,
    ReportProgress,
    ReturnTask,
    StartTask,
    SubmitTask,
    UnblockTask,
    do_work,
)
from shared.events.task import EVENTS, TaskEvent

NOT_FOUND = Refusal("task_not_found", "There is no task {task_id}.")


def reads(command: TaskCommand, task: Task | None) -> Sequence[Key]:
    """What a task that follows the scenario has to see, or one that is to be completed."""
    match command:
        case FollowScenario():
            return SEEN_TO_FOLLOW
        case CompleteTask() if task is not None:
            return keys_of_clearances(task)
        case _:
            return ()


def decide(command: TaskCommand, task: Task | None, actor: Actor, seen: Mapping[Key, Any]) -> Sequence[TaskEvent]:
    if isinstance(command, OpenTask):
        return open_task(command, task)
    if task is None:
        raise NOT_FOUND(task_id=command.task_id)
    match command:
        case FollowScenario():
            return follow(command, task, seen)
        case CompleteTask() | CancelTask() | ReopenTask():
            return close_or_reopen(command, task, actor, seen)
        case _:
            refuse_if_in(command, task, *CLOSED)
            return _decide_on_live_task(command, task, actor)


def _decide_on_live_task(command: TaskCommand, task: Task, actor: Actor) -> Sequence[TaskEvent]:
    match command:
        case AssignTask() | SetDeadline() | FundTask():
            return settle_essential(command, task)
        case RequestExtension():
            return request_extension(command, task, actor)
        case GrantExtension() | RefuseExtension():
            return decide_on_extension(command, task, actor)
        case RequireClearance() | DropClearance():
            return settle_clearance(command, task, actor)
        case StartTask() | ReportProgress() | BlockTask() | UnblockTask() | SubmitTask() | ReturnTask():
            return do_work(command, task, actor)
        case _:
            raise TypeError(f"{type(command).__name__} is no command on a task")


AGGREGATE = Aggregate(
    entity="task",
    events=EVENTS,
    commands=(
        OpenTask, AssignTask, SetDeadline, RequestExtension, GrantExtension, RefuseExtension, FundTask,
        StartTask, ReportProgress, BlockTask, UnblockTask, SubmitTask, CompleteTask, ReturnTask, CancelTask,
        ReopenTask, RequireClearance, DropClearance, FollowScenario,
    ),
    evolve=evolve,
    decide=decide,
    reads=reads,
)  # fmt: skip
