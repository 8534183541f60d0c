"""Which command is decided by which rules."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from shared.domain.decider import Actor, Aggregate, Key, Refusal
from shared.domain.task import clearances, closing, essentials, extensions, work
from shared.domain.task.command import TaskCommand, refuse_if_in
from shared.domain.task.essentials import OpenTask, open_task
from shared.domain.task.following import SEEN_TO_FOLLOW, FollowScenario, follow
from shared.domain.task.standing import CLOSED
from shared.domain.task.state import Task, evolve
from shared.events.task import EVENTS, TaskEvent

NOT_FOUND = Refusal("task_not_found", "There is no task {task_id}.")

DECIDED_WHILE_LIVE: Mapping[type[TaskCommand], Callable[..., Sequence[TaskEvent]]] = {
    command: topic.decide for topic in (essentials, extensions, work, clearances) for command in topic.COMMANDS
}
"""What a closed task refuses."""


def reads(command: TaskCommand, task: Task | None) -> Sequence[Key]:
    """What a task that follows the scenario has to see, or one that is to be completed."""
    match command:
        case FollowScenario():
            return SEEN_TO_FOLLOW
        case closing.CompleteTask() if task is not None:
            return clearances.keys_of_clearances(task)
        case _:
            return ()


def decide(command: TaskCommand, task: Task | None, actor: Actor, seen: Mapping[Key, Any]) -> Sequence[TaskEvent]:
    if isinstance(command, OpenTask):
        return open_task(command, task)
    if task is None:
        raise NOT_FOUND(task_id=command.task_id)
    if isinstance(command, FollowScenario):
        return follow(command, task, seen)
    if isinstance(command, closing.COMMANDS):
        return closing.decide(command, task, actor, seen)
    refuse_if_in(command, task, *CLOSED)
    return DECIDED_WHILE_LIVE[type(command)](command, task, actor)


AGGREGATE = Aggregate(
    events=EVENTS,
    commands=(
        OpenTask,
        *essentials.COMMANDS,
        *extensions.COMMANDS,
        *work.COMMANDS,
        *closing.COMMANDS,
        *clearances.COMMANDS,
        FollowScenario,
    ),
    evolve=evolve,
    decide=decide,
    reads=reads,
)
