"""What a task is opened with, and what is settled wherever it stands: who is in charge, by when, what money."""

from collections.abc import Sequence

from pydantic import Field

from shared.domain.decider import Actor, Command, Refusal, once
from shared.domain.task.command import TaskCommand
from shared.domain.task.following import FollowScenario
from shared.domain.task.state import Task
from shared.events.task import TaskAssigned, TaskDeadlineSet, TaskEvent, TaskFunded, TaskOpened
from shared.values.code_lists import EVERY_CASE, DutyId, EntryId
from shared.values.types import Day, EntityId, Group, Phase, Phrase, Text, Vnd


class OpenTask(TaskCommand):
    """Opens a task for one case of the congress, or for `both`: every case. `catalogue_item` and `directive_id` say
    where the work comes from. `duty` and `locality` mark it as a continuing duty of that locality. `due_offset_days`
    counts from the opening day: until there is one, the task has no deadline."""

    NAME = "open-task"
    title: Text
    group: Group
    phase: Phase
    scenario: EntryId
    planned_vnd: Vnd
    catalogue_item: EntityId | None = None
    directive_id: EntityId | None = None
    duty: DutyId | None = None
    locality: EntityId | None = None
    due_offset_days: int | None = Field(default=None, ge=-3650, le=3650)

    def parts(self) -> Sequence[Command]:
        """What is for every case applies in each: before it is open no variant says otherwise."""
        return (self,) if self.scenario == EVERY_CASE else (self, FollowScenario(task_id=self.task_id))


class AssignTask(TaskCommand):
    """Names the collective in charge, the individual in charge (a position) and the coordinating bodies."""

    NAME = "assign-task"
    collective: Phrase
    individual: Phrase
    coordinating: tuple[Phrase, ...] = Field(default=(), max_length=50)


class SetDeadline(TaskCommand):
    """Sets the completion time, once: the original deadline is kept for ever. `past_because` says why it is over
    already."""

    NAME = "set-deadline"
    DEADLINE = "deadline"
    deadline: Day
    past_because: Phrase | None = None


class FundTask(TaskCommand):
    """States how much money is guaranteed for the task, and from where."""

    NAME = "fund-task"
    secured_vnd: Vnd
    funding_source: Phrase


ALREADY_OPEN = Refusal("task_already_open", "Task {task_id} is already open with different content.")
DEADLINE_FIXED = Refusal(
    "deadline_already_set", "Task {task_id} already has the deadline {deadline}; have it extended or shortened."
)


def open_task(command: OpenTask, task: Task | None) -> Sequence[TaskEvent]:
    opened = TaskOpened(**command.content())
    return once(opened, task.opened if task else None, ALREADY_OPEN(task_id=command.task_id))


Wish = AssignTask | SetDeadline | FundTask


def decide(command: Wish, task: Task, _: Actor) -> Sequence[TaskEvent]:
    match command:
        case AssignTask():
            assigned = TaskAssigned(**command.content())
            return () if task.assignment == assigned else (assigned,)
        case SetDeadline():
            if task.original_deadline not in (None, command.deadline):
                raise DEADLINE_FIXED(task_id=command.task_id, deadline=task.deadline)
            dated = TaskDeadlineSet(deadline=command.deadline, past_because=command.past_because)
            return () if task.original_deadline else (dated,)
        case FundTask():
            funded = TaskFunded(secured_vnd=command.secured_vnd, funding_source=command.funding_source)
            return () if task.funding == funded else (funded,)
