"""A task's checklist: what is ticked off on the way. Open items stop nothing."""

from collections.abc import Sequence

from shared.domain.decider import Actor, Refusal
from shared.domain.task.command import TaskCommand
from shared.domain.task.records import ChecklistItem
from shared.domain.task.state import Task
from shared.events import task as events
from shared.values.types import EntityId, Name

MOST_ITEMS = 50
"""With those that were dropped."""


class ChecklistCommand(TaskCommand):
    item_id: EntityId


class AddChecklistItem(ChecklistCommand):
    NAME = "add-checklist-item"
    text: Name


class TickChecklistItem(ChecklistCommand):
    NAME = "tick-checklist-item"


class UntickChecklistItem(ChecklistCommand):
    NAME = "untick-checklist-item"


class DropChecklistItem(ChecklistCommand):
    """Takes an item off the list; its id may come back with another text."""

    NAME = "drop-checklist-item"


ITEM_ALREADY_THERE = Refusal(
    "checklist_item_already_there", "{item_id} is on the checklist of task {task_id} already, with another text."
)
ITEM_NOT_FOUND = Refusal("checklist_item_not_found", "{item_id} is not on the checklist of task {task_id}.")
CHECKLIST_FULL = Refusal(
    "task_checklist_full", "The checklist of task {task_id} has had {most} items; that is the most."
)

Wish = AddChecklistItem | TickChecklistItem | UntickChecklistItem | DropChecklistItem


def decide(command: Wish, task: Task, _: Actor) -> Sequence[events.TaskEvent]:
    item = task.records.checklist.get(command.item_id)
    if isinstance(command, AddChecklistItem):
        return _add(command, task, item)
    if item is None or (item.dropped and not isinstance(command, DropChecklistItem)):
        raise ITEM_NOT_FOUND(task_id=command.task_id, item_id=command.item_id)
    match command:
        case TickChecklistItem():
            return () if item.ticked else (events.ChecklistItemTicked(item_id=command.item_id),)
        case UntickChecklistItem():
            return (events.ChecklistItemUnticked(item_id=command.item_id),) if item.ticked else ()
        case DropChecklistItem():
            return () if item.dropped else (events.ChecklistItemDropped(item_id=command.item_id),)


def _add(command: AddChecklistItem, task: Task, item: ChecklistItem | None) -> Sequence[events.TaskEvent]:
    if item is not None and not item.dropped:
        if item.text == command.text:
            return ()
        raise ITEM_ALREADY_THERE(task_id=command.task_id, item_id=command.item_id)
    if item is None and len(task.records.checklist) >= MOST_ITEMS:
        raise CHECKLIST_FULL(task_id=command.task_id, most=MOST_ITEMS)
    return (events.ChecklistItemAdded(item_id=command.item_id, text=command.text),)
