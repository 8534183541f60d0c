"""What every command on a task is, and what several of them require."""

from shared.domain.decider import Command, Refusal
from shared.domain.task.standing import TaskStatus
from shared.domain.task.state import Task
from shared.values.message import word
from shared.values.types import EntityId

MOST_SENT_BACK = 100
"""How often a task is returned or reopened, or does without a clearance."""


class TaskCommand(Command):
    ENTITY = "task"
    ID = "task_id"
    task_id: EntityId


IS_CLOSED = Refusal("task_closed", "Task {task_id} is closed ({status}); reopen it first.")
IS_SUSPENDED = Refusal("task_suspended", "Task {task_id} is suspended by the scenario in force.")
SENT_BACK_FULL = Refusal(
    "task_sent_back_full",
    "Task {task_id} was returned, reopened or spared a clearance {most} times; that is the most. Open another task.",
)


def refuse_if_in(command: TaskCommand, task: Task, *closed: TaskStatus) -> None:
    if task.status in closed:
        raise IS_CLOSED(task_id=command.task_id, status=word(task.status))


def refuse_if_suspended(command: TaskCommand, task: Task) -> None:
    if task.suspended:
        raise IS_SUSPENDED(task_id=command.task_id)


def require_room_to_send_back(command: TaskCommand, task: Task) -> None:
    if task.sent_back >= MOST_SENT_BACK:
        raise SENT_BACK_FULL(task_id=command.task_id, most=MOST_SENT_BACK)
