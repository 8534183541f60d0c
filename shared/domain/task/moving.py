"""A deadline that moves with the opening day of the congress, once the sub-committee has confirmed it.

The original deadline stays, as with an extension; a request for an extension that waits goes on waiting. Where the
scenario in force gives the task a deadline of its own, that one stays in force.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from shared.domain.decider import Actor, Key, RankRefusal, Refusal, require_rank
from shared.domain.ranks import Act
from shared.domain.task.command import TaskCommand
from shared.domain.task.following import adjustment_in_force
from shared.domain.task.standing import CLOSED
from shared.domain.task.state import Task
from shared.events.task import TaskDeadlineMoved, TaskEvent
from shared.values.types import Day, Phrase


class MoveDeadline(TaskCommand):
    """Moves the agreed deadline from what it `replaces`, or sets it where there is none; for the unit's policy only.
    A closed task is left alone."""

    NAME = "move-deadline"
    GIVEN_BY = Act.FOLLOW
    DEADLINE = "deadline"
    replaces: Day | None = None
    deadline: Day
    opening_day: Day
    past_because: Phrase | None = None


FOR_THE_POLICY = RankRefusal(
    "for_the_policy_only",
    "{actor} can't move a deadline; the unit's policy does, once the sub-committee confirms it.",
)
MOVED_MEANWHILE = Refusal(
    "deadline_changed_meanwhile",
    "Task {task_id} no longer has the deadline that {deadline} was to replace; it was agreed anew meanwhile.",
)


def move(command: MoveDeadline, task: Task, actor: Actor, seen: Mapping[Key, Any]) -> Sequence[TaskEvent]:
    require_rank(command, actor, FOR_THE_POLICY)
    if task.status in CLOSED or task.agreed_deadline == command.deadline:
        return ()
    if task.agreed_deadline != command.replaces:
        raise MOVED_MEANWHILE(task_id=command.task_id, deadline=command.deadline)
    by_scenario = task.deadline if _scenario_says(command.task_id, seen) else None
    return (TaskDeadlineMoved(**command.content(), in_force=by_scenario or command.deadline),)


def _scenario_says(task_id: str, seen: Mapping[Key, Any]) -> bool:
    """Whether the variant in force has a deadline of its own for the task."""
    adjustment = adjustment_in_force(task_id, seen)
    return adjustment is not None and adjustment.deadline is not None
