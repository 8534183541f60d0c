"""A task is completed by another than who handed it in, or cancelled; and reopened at need."""

from collections.abc import Mapping, Sequence
from typing import assert_never

from shared.domain.decider import Actor, Command, Key, Refusal
from shared.domain.known_clearance import KnownClearance
from shared.domain.task.clearances import require_clearances
from shared.domain.task.command import (
    TaskCommand,
    refuse_if_in,
    require_room_to_send_back,
    require_submitted_by_another,
)
from shared.domain.task.following import FollowScenario
from shared.domain.task.standing import CLOSED, TaskStatus
from shared.domain.task.state import Task
from shared.events.task import TaskCancelled, TaskCompleted, TaskEvent, TaskReopened
from shared.values.types import Phrase


class CompleteTask(TaskCommand):
    """Accepts what was submitted. Every clearance that the task needs has to be granted, and not withdrawn, as far as
    the unit has heard from security."""

    NAME = "complete-task"


class CancelTask(TaskCommand):
    NAME = "cancel-task"
    reason: Phrase


class ReopenTask(TaskCommand):
    NAME = "reopen-task"
    reason: Phrase

    def parts(self) -> Sequence[Command]:
        return (self, FollowScenario(task_id=self.task_id))


NOT_CLOSED = Refusal("task_not_closed", "Task {task_id} is not closed, so it can't be reopened.")


def close_or_reopen(
    command: CompleteTask | CancelTask | ReopenTask,
    task: Task,
    actor: Actor,
    seen: Mapping[Key, KnownClearance | None],
) -> Sequence[TaskEvent]:
    match command:
        case CompleteTask():
            if task.status is TaskStatus.COMPLETED:
                return ()
            refuse_if_in(command, task, TaskStatus.CANCELLED)
            require_submitted_by_another(command, task, actor)
            require_clearances(command, task, seen)
            return (TaskCompleted(),)
        case CancelTask():
            refuse_if_in(command, task, TaskStatus.COMPLETED)
            return () if task.status is TaskStatus.CANCELLED else (TaskCancelled(reason=command.reason),)
        case ReopenTask():
            if task.status in CLOSED:
                require_room_to_send_back(command, task)
                return (TaskReopened(reason=command.reason),)
            if task.last_reopening == command.reason:
                return ()
            raise NOT_CLOSED(task_id=command.task_id)
        case _:
            assert_never(command)
