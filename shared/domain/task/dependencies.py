"""What has to be done before: a task is not completed before the tasks of its unit that it waits for."""

from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

from shared.domain.decider import Key, Refusal
from shared.domain.task.command import TaskCommand
from shared.domain.task.standing import CLOSED, TaskStatus
from shared.domain.task.state import Task
from shared.events.task import DependencyAdded, DependencyDropped, TaskEvent
from shared.values.message import WITH_REASON, Message, word
from shared.values.types import EntityId

MOST_DEPENDENCIES = 30
"""With those that were dropped."""
SHOWN_OF_A_CIRCLE = 20
SEEN_TO_ADD: Sequence[Key] = (("task", "*"),)
"""A circle may lead over any task of the unit."""


class AddDependency(TaskCommand):
    """Makes the task wait for another one of the unit: it is completed once that one is completed or cancelled."""

    NAME = "add-dependency"
    on: EntityId


class DropDependency(TaskCommand):
    """Lets the task no longer wait for another one."""

    NAME = "drop-dependency"
    on: EntityId


DEPENDS_ON_ITSELF = Refusal("depends_on_itself", "Task {task_id} can't wait for itself.")
DEPENDENCY_UNKNOWN = Refusal(
    "dependency_unknown", "Task {task_id} can't wait for task {on}: the unit has no such task."
)
DEPENDENCY_CIRCLE = Refusal(
    "dependency_circle", "Task {task_id} can't wait for task {on}: that would be a circle, {circle}."
)
DEPENDENCIES_FULL = Refusal(
    "task_dependencies_full", "Task {task_id} has had {most} tasks to wait for; that is the most."
)
NO_DEPENDENCY = Refusal("dependency_not_found", "Task {task_id} does not wait for task {on}.")
DEPENDENCIES_UNDONE = Refusal(
    "dependencies_undone", "Task {task_id} can't be completed before the tasks that it waits for: {tasks}."
)

Wish = AddDependency | DropDependency


def decide(command: Wish, task: Task, seen: Mapping[Key, Any]) -> Sequence[TaskEvent]:
    waits = task.records.dependencies.get(command.on)
    match command:
        case AddDependency():
            return () if waits else _add(command, task, seen)
        case DropDependency():
            if waits is None:
                raise NO_DEPENDENCY(task_id=command.task_id, on=command.on)
            return (DependencyDropped(on=command.on),) if waits else ()


def _add(command: AddDependency, task: Task, seen: Mapping[Key, Any]) -> Sequence[TaskEvent]:
    names = {"task_id": command.task_id, "on": command.on}
    if command.on == command.task_id:
        raise DEPENDS_ON_ITSELF(task_id=command.task_id)
    if seen.get(("task", command.on)) is None:
        raise DEPENDENCY_UNKNOWN(**names)
    if circle := _circle(command.task_id, command.on, seen):
        raise DEPENDENCY_CIRCLE(**names, circle=_in_a_line(circle))
    dependencies = task.records.dependencies
    if command.on not in dependencies and len(dependencies) >= MOST_DEPENDENCIES:
        raise DEPENDENCIES_FULL(task_id=command.task_id, most=MOST_DEPENDENCIES)
    return (DependencyAdded(on=command.on),)


def _circle(task_id: str, on: str, seen: Mapping[Key, Any]) -> Sequence[str]:
    """The shortest way from `task_id` over `on` back to it; empty where there is none."""
    reached_from = {on: task_id}
    waiting = deque([on])
    while waiting:
        here = waiting.popleft()
        task: Task | None = seen.get(("task", here))
        for further in task.records.waits_for if task else ():
            if further == task_id:
                return (*_way_to(here, task_id, reached_from), task_id)
            if further not in reached_from:
                reached_from[further] = here
                waiting.append(further)
    return ()


def _way_to(end: str, beginning: str, reached_from: Mapping[str, str]) -> Sequence[str]:
    way = [end]
    while way[-1] != beginning:
        way.append(reached_from[way[-1]])
    return way[::-1]


def _in_a_line(circle: Sequence[str]) -> str:
    """The circle of tasks in one line; of a long one its beginning and its end."""
    half = SHOWN_OF_A_CIRCLE // 2
    shown = circle if len(circle) <= SHOWN_OF_A_CIRCLE else (*circle[:half], "…", *circle[-half:])
    return " → ".join(shown)


def keys_of_dependencies(task: Task) -> Sequence[Key]:
    """What `require_dependencies` has to see."""
    return tuple(("task", name) for name in task.records.waits_for)


def require_dependencies(command: TaskCommand, task: Task, seen: Mapping[Key, Any]) -> None:
    others: Mapping[str, Task | None] = {key[1]: seen.get(key) for key in keys_of_dependencies(task)}
    undone = tuple(
        WITH_REASON.filled(name=name, reason=_standing(other))
        for name, other in others.items()
        if other is None or other.status not in CLOSED
    )
    if undone:
        raise DEPENDENCIES_UNDONE(task_id=command.task_id, tasks=undone)


def _standing(task: Task | None) -> Message | str:
    if task is None or task.status is TaskStatus.OPEN:
        return word("not_started")
    return word("suspended" if task.suspended else task.status)
