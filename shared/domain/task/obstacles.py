"""Obstacles: what stands in the way of a task, why, and what is proposed to whom; opened and resolved one by one.

A task may have several open at once and go on all the same; `block-task` says that it can't."""

from collections.abc import Sequence

from shared.domain.decider import Actor, Refusal
from shared.domain.task.command import TaskCommand
from shared.domain.task.records import Obstacle
from shared.domain.task.state import Task
from shared.events.task import ObstacleOpened, ObstacleResolved, TaskEvent
from shared.values.types import Brief, EntityId, Name

MOST_OBSTACLES = 20
"""Open and resolved."""


class OpenObstacle(TaskCommand):
    """Puts on record what stands in the way and its cause; `proposal` is what `proposed_to` is asked to do."""

    NAME = "open-obstacle"
    obstacle_id: EntityId
    what: Brief
    cause: Brief | None = None
    proposal: Brief | None = None
    proposed_to: Name | None = None


class ResolveObstacle(TaskCommand):
    """Says how an obstacle was overcome."""

    NAME = "resolve-obstacle"
    obstacle_id: EntityId
    resolution: Brief


OBSTACLE_ALREADY_OPEN = Refusal(
    "obstacle_already_open", "Obstacle {obstacle_id} of task {task_id} is open already, with another content."
)
OBSTACLE_RESOLVED = Refusal(
    "obstacle_already_resolved", "Obstacle {obstacle_id} of task {task_id} is resolved already: {resolution}."
)
OBSTACLE_NOT_FOUND = Refusal("obstacle_not_found", "Task {task_id} has no obstacle {obstacle_id}.")
NOTHING_PROPOSED = Refusal(
    "nothing_proposed", "Say what is proposed to {proposed_to} about obstacle {obstacle_id}, or propose it to nobody."
)
OBSTACLES_FULL = Refusal(
    "task_obstacles_full", "Task {task_id} has had {most} obstacles; that is the most. Sum up others in a remark."
)
OBSTACLES_OPEN = Refusal(
    "obstacles_open",
    "Task {task_id} can't be completed while it has open obstacles: {obstacles}. Say how each was resolved.",
)

Wish = OpenObstacle | ResolveObstacle


def decide(command: Wish, task: Task, _: Actor) -> Sequence[TaskEvent]:
    obstacle = task.records.obstacles.get(command.obstacle_id)
    match command:
        case OpenObstacle():
            return _open(command, task, obstacle)
        case ResolveObstacle():
            return _resolve(command, obstacle)


def _open(command: OpenObstacle, task: Task, obstacle: Obstacle | None) -> Sequence[TaskEvent]:
    opened = ObstacleOpened(**command.content())
    if obstacle is not None:
        _refuse_if_resolved(command, obstacle)
        if obstacle.opened == opened:
            return ()
        raise OBSTACLE_ALREADY_OPEN(task_id=command.task_id, obstacle_id=command.obstacle_id)
    if opened.proposed_to and not opened.proposal:
        raise NOTHING_PROPOSED(obstacle_id=command.obstacle_id, proposed_to=opened.proposed_to)
    if len(task.records.obstacles) >= MOST_OBSTACLES:
        raise OBSTACLES_FULL(task_id=command.task_id, most=MOST_OBSTACLES)
    return (opened,)


def _resolve(command: ResolveObstacle, obstacle: Obstacle | None) -> Sequence[TaskEvent]:
    resolved = ObstacleResolved(**command.content())
    if obstacle is None:
        raise OBSTACLE_NOT_FOUND(task_id=command.task_id, obstacle_id=command.obstacle_id)
    if obstacle.resolved == resolved:
        return ()
    _refuse_if_resolved(command, obstacle)
    return (resolved,)


def _refuse_if_resolved(command: Wish, obstacle: Obstacle) -> None:
    if obstacle.resolved:
        names = {"task_id": command.task_id, "obstacle_id": command.obstacle_id}
        raise OBSTACLE_RESOLVED(**names, resolution=obstacle.resolved.resolution)


def require_obstacles_resolved(command: TaskCommand, task: Task) -> None:
    """Before a task is completed."""
    if obstacles := task.records.open_obstacles:
        raise OBSTACLES_OPEN(task_id=command.task_id, obstacles=obstacles)
