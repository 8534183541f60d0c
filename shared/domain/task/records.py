"""What a task keeps on record beside where it stands: obstacles, comments, instructions, the tasks that it waits for,
its checklist, and how often its deadline was shortened."""

from collections.abc import Callable, Mapping
from typing import Any

from shared.domain.decider import State
from shared.events import task as events
from shared.events.base import Event


class Obstacle(State):
    opened: events.ObstacleOpened
    resolved: events.ObstacleResolved | None = None


class ChecklistItem(State):
    text: str
    ticked: bool = False
    dropped: bool = False


class Records(State):
    """Everything by its id. What is dropped stays, so that it is known when it is dropped again."""

    obstacles: Mapping[str, Obstacle] = {}
    comments: Mapping[str, events.TaskCommented] = {}
    instructions: Mapping[str, events.TaskInstructed] = {}
    dependencies: Mapping[str, bool] = {}
    """By the other task: whether this one still waits for it."""
    checklist: Mapping[str, ChecklistItem] = {}
    shortened: events.DeadlineShortened | None = None
    shortenings: int = 0

    @property
    def open_obstacles(self) -> tuple[str, ...]:
        return tuple(name for name, obstacle in self.obstacles.items() if obstacle.resolved is None)

    @property
    def waits_for(self) -> tuple[str, ...]:
        return tuple(name for name, waits in self.dependencies.items() if waits)


def _resolved(records: Records, event: events.ObstacleResolved) -> Records:
    """What nobody opened stays unknown, here as in the view."""
    obstacle = records.obstacles.get(event.obstacle_id)
    if obstacle is None:
        return records
    return records.but(obstacles={**records.obstacles, event.obstacle_id: obstacle.but(resolved=event)})


def _with_item(records: Records, item_id: str, item: ChecklistItem) -> Records:
    return records.but(checklist={**records.checklist, item_id: item})


def _item_changed(records: Records, item_id: str, **changes: bool) -> Records:
    """What nobody added stays unknown, here as in the view."""
    item = records.checklist.get(item_id)
    return records if item is None else _with_item(records, item_id, item.but(**changes))


RECORDED: Mapping[type[Event], Callable[[Records, Any], Records]] = {
    events.DeadlineShortened: lambda records, event: records.but(
        shortened=event, shortenings=records.shortenings + 1
    ),
    events.ObstacleOpened: lambda records, event: records.but(
        obstacles={**records.obstacles, event.obstacle_id: Obstacle(opened=event)}
    ),
    events.ObstacleResolved: _resolved,
    events.TaskCommented: lambda records, event: records.but(comments={**records.comments, event.comment_id: event}),
    events.TaskInstructed: lambda records, event: records.but(
        instructions={**records.instructions, event.instruction_id: event}
    ),
    events.DependencyAdded: lambda records, event: records.but(dependencies={**records.dependencies, event.on: True}),
    events.DependencyDropped: lambda records, event: records.but(
        dependencies={**records.dependencies, event.on: False}
    ),
    events.ChecklistItemAdded: lambda records, event: _with_item(
        records, event.item_id, ChecklistItem(text=event.text)
    ),
    events.ChecklistItemTicked: lambda records, event: _item_changed(records, event.item_id, ticked=True),
    events.ChecklistItemUnticked: lambda records, event: _item_changed(records, event.item_id, ticked=False),
    events.ChecklistItemDropped: lambda records, event: _item_changed(records, event.item_id, dropped=True),
}
"""What each event adds to the records."""
