"""What the annex says of a task beside who does it by when: product, directing leader, remark."""

from collections.abc import Sequence

from shared.domain.decider import Actor
from shared.domain.task.command import TaskCommand
from shared.domain.task.state import Task
from shared.events.task import TaskDescribed, TaskEvent
from shared.values.types import Brief, Name, Phrase


class DescribeTask(TaskCommand):
    """Says what the task is to bring about (its product), the leader who directs it, and a remark. What is left out
    is empty from then on: the latest says all."""

    NAME = "describe-task"
    product: Brief | None = None
    directing_leader: Name | None = None
    remark: Phrase | None = None


Wish = DescribeTask


def decide(command: Wish, task: Task, _: Actor) -> Sequence[TaskEvent]:
    described = TaskDescribed(**command.content())
    last = task.stated.get(TaskDescribed.TYPE, TaskDescribed())
    return () if last == described else (described,)
