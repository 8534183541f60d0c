"""A task: one work item of a unit, with a collective and an individual in charge, a deadline and funding.

Lifecycle: open → in progress ⇄ blocked → submitted → completed, or returned to progress; cancelled and reopened
at need. The calendar's view (overdue, late) is no part of it: a read model compares dates. A deadline is set once;
after that an extension moves it, which somebody asks for and another decides, a lead brings it forward, or it follows
a new opening day of the congress, once the sub-committee confirms what follows from it. A task that needs a clearance
is not completed without it, nor one with an open obstacle, nor before the tasks it waits for. It is handed
in with evidence, unless its unit does without.

Beside its lifecycle a task follows the scenario in force in its unit: the variant may suspend it, or give it another
cost and deadline for as long as that scenario lasts. A suspended task refuses work; its essentials and its extensions
can be settled, and it can be cancelled. Resumed, it stands where it stood. A closed task follows nothing until it is
reopened: what is done is done.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from shared.domain.correcting import Past
from shared.domain.decider import Actor, Aggregate, Command, Key, Refusal, commands_of
from shared.domain.task import (
    checklist,
    clearances,
    closing,
    comments,
    correcting,
    dependencies,
    description,
    essentials,
    extensions,
    instructions,
    listed,
    obstacles,
    shortening,
    showing,
    work,
)
from shared.domain.task.checklist import (
    MOST_ITEMS,
    AddChecklistItem,
    DropChecklistItem,
    TickChecklistItem,
    UntickChecklistItem,
)
from shared.domain.task.clearances import MOST_CLEARANCES, DropClearance, RequireClearance
from shared.domain.task.closing import CancelTask, CompleteTask, ReopenTask, ReturnTask
from shared.domain.task.command import MOST_SENT_BACK, TaskCommand, refuse_if_in
from shared.domain.task.comments import MOST_COMMENTS, CommentOnTask
from shared.domain.task.correcting import CorrectTask
from shared.domain.task.dependencies import MOST_DEPENDENCIES, AddDependency, DropDependency
from shared.domain.task.description import DescribeTask
from shared.domain.task.essentials import AssignTask, FundTask, OpenTask, SetDeadline
from shared.domain.task.extensions import MOST_EXTENSIONS, GrantExtension, RefuseExtension, RequestExtension
from shared.domain.task.following import IN_FORCE, FollowScenario, follow, variant_in_force
from shared.domain.task.instructions import MOST_INSTRUCTIONS, InstructTask, NoteInstruction
from shared.domain.task.moving import MoveDeadline, move
from shared.domain.task.obstacles import MOST_OBSTACLES, OpenObstacle, ResolveObstacle
from shared.domain.task.obstruction import is_obstructed
from shared.domain.task.shortening import MOST_SHORTENINGS, ShortenDeadline
from shared.domain.task.standing import CLOSED, TaskStatus
from shared.domain.task.state import Task, evolve
from shared.domain.task.work import MOST_EVIDENCE, BlockTask, ReportProgress, StartTask, SubmitTask, UnblockTask
from shared.events.task import EVENTS, TaskEvent

__all__ = [
    "AGGREGATE", "CLOSED", "IN_FORCE", "MOST_CLEARANCES", "MOST_COMMENTS", "MOST_DEPENDENCIES", "MOST_EVIDENCE",
    "MOST_EXTENSIONS", "MOST_INSTRUCTIONS", "MOST_ITEMS", "MOST_OBSTACLES", "MOST_SENT_BACK", "MOST_SHORTENINGS",
    "AddChecklistItem", "AddDependency", "AssignTask", "BlockTask", "CancelTask", "CommentOnTask", "CompleteTask",
    "CorrectTask", "DescribeTask", "DropChecklistItem", "DropClearance", "DropDependency", "FollowScenario",
    "FundTask", "GrantExtension", "InstructTask", "MoveDeadline", "NoteInstruction", "OpenObstacle", "OpenTask",
    "RefuseExtension", "ReopenTask", "ReportProgress", "RequestExtension", "RequireClearance", "ResolveObstacle",
    "ReturnTask", "SetDeadline", "ShortenDeadline", "StartTask", "SubmitTask", "Task", "TaskStatus",
    "TickChecklistItem", "UnblockTask", "UntickChecklistItem", "is_obstructed",
]  # fmt: skip

NOT_FOUND = Refusal("task_not_found", "There is no task {task_id}.")

DECIDED_WHILE_LIVE: Mapping[type[Command], Callable[..., Sequence[TaskEvent]]] = {
    DescribeTask: description.decide,
    ShortenDeadline: shortening.decide,
    **{
        command: topic.decide
        for topic in (essentials, extensions, work, clearances, obstacles, instructions, checklist)
        for command in commands_of(topic.Wish)
    },
}
"""What a closed task refuses."""


def reads(command: TaskCommand, task: Task | None) -> Sequence[Key]:
    """What a task has to see that follows the scenario, is corrected, whose deadline moves, that is to be handed in,
    completed or to wait for another, or with which an entry of a code list is named."""
    match command:
        case FollowScenario() | MoveDeadline():
            return (IN_FORCE,)
        case CorrectTask():
            return (IN_FORCE, *listed.keys_of_lists(command, task))
        case CompleteTask() if task is not None:
            return (*clearances.keys_of_clearances(task), *dependencies.keys_of_dependencies(task))
        case AddDependency():
            return dependencies.SEEN_TO_ADD
        case SubmitTask():
            return showing.keys_of_evidence(command)
        case _:
            return listed.keys_of_lists(command, task)


def reads_then(command: TaskCommand, _: Task | None, seen: Mapping[Key, Any]) -> Sequence[Key]:
    """The variant of the case in force, however many cases there are."""
    is_decided_by_it = isinstance(command, FollowScenario | MoveDeadline | CorrectTask)
    return variant_in_force(seen) if is_decided_by_it else ()


def decide(command: TaskCommand, task: Task | None, actor: Actor, seen: Mapping[Key, Any]) -> Sequence[TaskEvent]:
    if isinstance(command, OpenTask):
        return _listed(essentials.open_task(command, task), command, task, actor, seen)
    if task is None:
        raise NOT_FOUND(task_id=command.task_id)
    if isinstance(command, FollowScenario):
        return follow(command, task, seen)
    if isinstance(command, MoveDeadline):
        return move(command, task, actor, seen)
    if isinstance(command, closing.Wish):
        return closing.decide(command, task, actor, seen)
    if isinstance(command, comments.Wish):
        return comments.decide(command, task)
    refuse_if_in(command, task, *CLOSED)
    if isinstance(command, dependencies.Wish):
        return dependencies.decide(command, task, seen)
    events = DECIDED_WHILE_LIVE[type(command)](command, task, actor)
    if events and isinstance(command, SubmitTask):
        showing.require_evidence(command, seen)
    return _listed(events, command, task, actor, seen)


def _listed(
    events: Sequence[TaskEvent], command: TaskCommand, task: Task | None, actor: Actor, seen: Mapping[Key, Any]
) -> Sequence[TaskEvent]:
    """`events`. Raises a refusal where they name what a code list has not."""
    if events:
        listed.check_lists(command, task, actor, seen)
    return events


def correct(
    command: CorrectTask, task: Task | None, actor: Actor, past: Past, seen: Mapping[Key, Any]
) -> Sequence[TaskEvent]:
    if task is None:
        raise NOT_FOUND(task_id=command.task_id)
    return _listed(correcting.correct(command, task, actor, past, seen), command, task, actor, seen)


Wish = (
    OpenTask | essentials.Wish | extensions.Wish | work.Wish | closing.Wish | clearances.Wish | FollowScenario
    | description.Wish | shortening.Wish | obstacles.Wish | comments.Wish | instructions.Wish | dependencies.Wish
    | checklist.Wish | MoveDeadline | CorrectTask
)  # fmt: skip
AGGREGATE = Aggregate(
    events=EVENTS,
    commands=commands_of(Wish),
    evolve=evolve,
    decide=decide,
    reads=reads,
    reads_then=reads_then,
    correct=correct,
)
