"""What was handed in is accepted or returned by somebody else; a task may be cancelled, and reopened at need."""

from collections.abc import Mapping, Sequence
from typing import Any

from shared.domain.decider import Actor, Command, Key, RankRefusal, Refusal
from shared.domain.ranks import Act
from shared.domain.task.clearances import require_clearances
from shared.domain.task.command import TaskCommand, refuse_if_in, refuse_if_suspended, require_room_to_send_back
from shared.domain.task.dependencies import require_dependencies
from shared.domain.task.following import FollowScenario
from shared.domain.task.obstacles import require_obstacles_resolved
from shared.domain.task.rights import require_lead
from shared.domain.task.standing import CLOSED, TaskStatus
from shared.domain.task.state import Task
from shared.events.task import TaskCancelled, TaskCompleted, TaskEvent, TaskReopened, TaskReturned
from shared.values.types import Phrase


class CompleteTask(TaskCommand):
    """Accepts what was submitted. Every clearance that the task needs has to be granted, and not withdrawn, as far as
    the unit has heard from security; its obstacles have to be resolved, the tasks that it waits for closed."""

    NAME = "complete-task"


class ReturnTask(TaskCommand):
    NAME = "return-task"
    reason: Phrase


class CancelTask(TaskCommand):
    """Closes the task without completion; for the unit's lead or a deputy."""

    NAME = "cancel-task"
    GIVEN_BY = Act.DECIDE
    reason: Phrase


class ReopenTask(TaskCommand):
    NAME = "reopen-task"
    reason: Phrase

    def parts(self) -> Sequence[Command]:
        return (self, FollowScenario(task_id=self.task_id))


NOT_SUBMITTED = Refusal("task_not_submitted", "Task {task_id} has not been submitted.")
OWN_WORK = Refusal("own_work", "{actor} submitted task {task_id}; somebody else has to accept or return it.")
NOT_CLOSED = Refusal("task_not_closed", "Task {task_id} is not closed, so it can't be reopened.")
NO_RIGHT_TO_CANCEL = RankRefusal(
    "no_right_to_cancel", "{actor} can't cancel a task; the unit's lead or a deputy does."
)


Wish = CompleteTask | ReturnTask | CancelTask | ReopenTask


def decide(command: Wish, task: Task, actor: Actor, seen: Mapping[Key, Any]) -> Sequence[TaskEvent]:
    match command:
        case CompleteTask():
            if task.status is TaskStatus.COMPLETED:
                return ()
            refuse_if_in(command, task, TaskStatus.CANCELLED)
            _require_submitted_by_another(command, task, actor)
            require_clearances(command, task, seen)
            require_obstacles_resolved(command, task)
            require_dependencies(command, task, seen)
            return (TaskCompleted(),)
        case ReturnTask():
            refuse_if_in(command, task, *CLOSED)
            if task.status is TaskStatus.IN_PROGRESS and task.last_return == command.reason:
                return ()
            _require_submitted_by_another(command, task, actor)
            require_room_to_send_back(command, task)
            return (TaskReturned(reason=command.reason),)
        case CancelTask():
            refuse_if_in(command, task, TaskStatus.COMPLETED)
            if task.status is TaskStatus.CANCELLED:
                return ()
            require_lead(command, actor, NO_RIGHT_TO_CANCEL)
            return (TaskCancelled(reason=command.reason),)
        case ReopenTask():
            if task.status in CLOSED:
                require_room_to_send_back(command, task)
                return (TaskReopened(reason=command.reason),)
            if task.last_reopening == command.reason:
                return ()
            raise NOT_CLOSED(task_id=command.task_id)


def _require_submitted_by_another(command: TaskCommand, task: Task, actor: Actor) -> None:
    if task.status is not TaskStatus.SUBMITTED:
        raise NOT_SUBMITTED(task_id=command.task_id)
    refuse_if_suspended(command, task)
    if task.submitted_by == actor.id:
        raise OWN_WORK(task_id=command.task_id, actor=actor.id)
