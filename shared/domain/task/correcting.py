"""Corrections of what was recorded wrongly of a task: names, deadlines, sums, the day of completion.

A corrected deadline is no extension: where nothing has moved it yet, the original one is put right with it. What the
scenario in force says of deadline and cost stays in force.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from shared.domain.correcting import (
    BriefText,
    Correction,
    Past,
    Recorders,
    require_after_beginning,
    require_right,
    require_room,
    wrong_values,
)
from shared.domain.decider import Actor, Key, Refusal
from shared.domain.task.command import TaskCommand, refuse_if_in
from shared.domain.task.following import adjustment_in_force
from shared.domain.task.standing import CLOSED, TaskStatus
from shared.domain.task.state import Task
from shared.events import task as events
from shared.values.types import Brief, Day, Name, Phase, Vnd


class CorrectTask(TaskCommand, Correction):
    """Puts right what was recorded wrongly; for whoever recorded it, the unit's lead or a deputy. `deadline` is the
    one agreed; the original one goes with it where nothing has moved it yet. `planned_vnd` is what was first planned,
    `completed_on` the day on which the work was accepted. Of a cancelled task only names are corrected."""

    NAME = "correct-task"
    VALUES = events.TaskValues
    HAPPENED: ClassVar[frozenset[str]] = frozenset({"completed_on"})
    title: BriefText | None = None
    phase: Phase | None = None
    collective: Brief | None = None
    individual: Brief | None = None
    deadline: Day | None = None
    original_deadline: Day | None = None
    planned_vnd: Vnd | None = None
    secured_vnd: Vnd | None = None
    funding_source: Brief | None = None
    product: Brief | None = None
    directing_leader: Name | None = None
    remark: Brief | None = None
    completed_on: Day | None = None


NAMES = frozenset({"title", "phase", "collective", "individual", "product", "directing_leader", "remark"})
RECORDERS = Recorders(
    {
        events.TaskOpened: ("title", "phase", "planned_vnd"),
        events.TaskAssigned: ("collective", "individual"),
        events.TaskDeadlineSet: ("deadline", "original_deadline"),
        events.ExtensionGranted: ("deadline",),
        events.DeadlineShortened: ("deadline",),
        events.TaskDeadlineMoved: ("deadline",),
        events.TaskFunded: ("secured_vnd", "funding_source"),
        events.TaskDescribed: ("product", "directing_leader", "remark"),
        events.TaskCompleted: ("completed_on",),
    }
)
EXTENSION_UNDECIDED = Refusal(
    "extension_undecided",
    "Task {task_id} has a request waiting, for an extension to {deadline}; grant or refuse it, then correct its "
    "deadline.",
)

Wish = CorrectTask


def correct(
    command: CorrectTask, task: Task, actor: Actor, past: Past, seen: Mapping[Key, Any]
) -> tuple[events.TaskCorrected, ...]:
    wrong = wrong_values(command, _held(task, past))
    if not wrong:
        return ()
    if not wrong.keys() <= NAMES:
        refuse_if_in(command, task, TaskStatus.CANCELLED)
    require_right(command, wrong, actor, past, RECORDERS)
    require_after_beginning(command, past)
    if wrong.keys() & {"deadline", "original_deadline"} and task.pending_extension:
        raise EXTENSION_UNDECIDED(task_id=command.task_id, deadline=task.pending_extension.deadline)
    require_room(command, task.corrections)
    return (_corrected(command, task, wrong, past, seen),)


def _corrected(
    command: CorrectTask, task: Task, wrong: dict[str, Any], past: Past, seen: Mapping[Key, Any]
) -> events.TaskCorrected:
    never_moved = task.original_deadline == task.agreed_deadline and "original_deadline" not in command.given
    if "deadline" in wrong and never_moved:
        wrong = {**wrong, "original_deadline": wrong["deadline"]}
    held = _held(task, past)
    deadline, planned_vnd = _in_force(command, task, wrong, seen)
    return events.TaskCorrected(
        before=events.TaskValues(**{name: held[name] for name in wrong}),
        after=events.TaskValues(**wrong),
        reason=command.reason,
        deadline_in_force=deadline,
        planned_in_force_vnd=planned_vnd,
    )


def _held(task: Task, past: Past) -> dict[str, Any]:
    """What is on record now, by field; what nobody has recorded is not there."""
    corrected = task.corrected
    held: dict[str, Any] = {
        "title": corrected.title or task.opened.title,
        "phase": corrected.phase or task.opened.phase,
        "planned_vnd": task.first_planned_vnd,
    }
    if task.agreed_deadline:
        held |= {"deadline": task.agreed_deadline, "original_deadline": task.original_deadline}
    for stated in (task.assignment, task.funding, task.stated.get(events.TaskDescribed.TYPE)):
        held |= dict(stated) if stated else {}
    if task.status is TaskStatus.COMPLETED:
        accepted = past.latest(events.TaskCompleted)
        held["completed_on"] = corrected.completed_on or (accepted.day if accepted else None)
    return held


def _in_force(
    command: CorrectTask, task: Task, wrong: Mapping[str, Any], seen: Mapping[Key, Any]
) -> tuple[date | None, int | None]:
    """The deadline and the cost that stay in force though what was agreed is corrected; nothing where none does. A
    closed task follows no scenario any more: what is done is done."""
    adjustment = None if task.status in CLOSED else adjustment_in_force(command.task_id, seen)
    keeps_deadline = task.deadline != task.agreed_deadline or (adjustment and adjustment.deadline)
    keeps_cost = task.planned_vnd != task.first_planned_vnd or (adjustment and adjustment.planned_vnd is not None)
    return (
        task.deadline if "deadline" in wrong and keeps_deadline else None,
        task.planned_vnd if "planned_vnd" in wrong and keeps_cost else None,
    )
