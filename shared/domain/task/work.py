"""The work itself: started, reported on, blocked and unblocked, handed in."""

from collections.abc import Sequence

from pydantic import Field

from shared.domain.decider import Actor, Refusal
from shared.domain.task.command import TaskCommand, refuse_if_suspended
from shared.domain.task.standing import TaskStatus
from shared.domain.task.state import Task
from shared.events import task as events
from shared.values.types import BriefEvidence, Phrase

MOST_EVIDENCE = 500
"""Of all submissions together."""


class StartTask(TaskCommand):
    NAME = "start-task"


class ReportProgress(TaskCommand):
    NAME = "report-progress"
    percent: int = Field(ge=0, le=100)
    note: str = Field(default="", max_length=2000)


class BlockTask(TaskCommand):
    NAME = "block-task"
    reason: Phrase


class UnblockTask(TaskCommand):
    NAME = "unblock-task"


class SubmitTask(TaskCommand):
    """Hands the work in with its evidence; somebody else accepts or returns it."""

    NAME = "submit-task"
    note: str = Field(default="", max_length=2000)
    evidence: tuple[BriefEvidence, ...] = Field(default=(), max_length=50)


NOT_ASSIGNED = Refusal(
    "task_not_assigned", "Task {task_id} has no collective and individual in charge; assign it before it starts."
)
EVIDENCE_FULL = Refusal(
    "task_evidence_full",
    "Task {task_id} has {held} pieces of evidence on record and can have {most}; hand in fewer, or one that sums up.",
)
IS_BLOCKED = Refusal("task_blocked", "Task {task_id} is blocked: {reason}.")
IS_SUBMITTED = Refusal("task_submitted", "Task {task_id} is submitted and waits to be accepted or returned.")
NOT_STARTED = Refusal("task_not_started", "Task {task_id} has not been started.")


Wish = StartTask | ReportProgress | BlockTask | UnblockTask | SubmitTask


def decide(command: Wish, task: Task, actor: Actor) -> Sequence[events.TaskEvent]:
    match command:
        case StartTask():
            if task.status is TaskStatus.IN_PROGRESS:
                return ()
            if task.assignment is None:
                raise NOT_ASSIGNED(task_id=command.task_id)
            _refuse_if_held(command, task)
            return (events.TaskStarted(),)
        case ReportProgress():
            if (command.percent, command.note) == (task.percent, task.progress_note):
                return ()
            _require_in_progress(command, task)
            return (events.TaskProgressed(percent=command.percent, note=command.note),)
        case BlockTask():
            if task.status is TaskStatus.BLOCKED and task.block_reason == command.reason:
                return ()
            _refuse_if_held(command, task)
            return (events.TaskBlocked(reason=command.reason),)
        case UnblockTask():
            if task.status is not TaskStatus.BLOCKED:
                return ()
            refuse_if_suspended(command, task)
            return (events.TaskUnblocked(),)
        case SubmitTask():
            return _submit(command, task, actor)


def _submit(command: SubmitTask, task: Task, actor: Actor) -> Sequence[events.TaskEvent]:
    submitted = events.TaskSubmitted(submitted_by=actor.id, note=command.note, evidence=command.evidence)
    last_submission = task.submitted_by, task.evidence
    if task.status is TaskStatus.SUBMITTED and last_submission == (submitted.submitted_by, submitted.evidence):
        return ()
    _require_in_progress(command, task)
    if task.evidence_in_all + len(submitted.evidence) > MOST_EVIDENCE:
        raise EVIDENCE_FULL(task_id=command.task_id, held=task.evidence_in_all, most=MOST_EVIDENCE)
    return (submitted,)


def _refuse_if_held(command: TaskCommand, task: Task) -> None:
    refuse_if_suspended(command, task)
    if task.status is TaskStatus.BLOCKED:
        raise IS_BLOCKED(task_id=command.task_id, reason=task.block_reason)
    if task.status is TaskStatus.SUBMITTED:
        raise IS_SUBMITTED(task_id=command.task_id)


def _require_in_progress(command: TaskCommand, task: Task) -> None:
    _refuse_if_held(command, task)
    if task.status is not TaskStatus.IN_PROGRESS:
        raise NOT_STARTED(task_id=command.task_id)
