"""Extensions: only they move a deadline once it is set. One person requests it and another decides."""

from collections.abc import Sequence

from shared.domain.decider import Actor, RankRefusal, Refusal, require_rank
from shared.domain.ranks import Act
from shared.domain.task.command import TaskCommand
from shared.domain.task.standing import ExtensionOutcome
from shared.domain.task.state import Task
from shared.events.task import ExtensionGranted, ExtensionRefused, ExtensionRequested, TaskEvent
from shared.values.types import Brief, Day, Phrase

MOST_EXTENSIONS = 50


class RequestExtension(TaskCommand):
    """Asks for a later deadline. One request at a time waits to be decided; when the task is closed, it lapses.
    `past_because` says why even the later deadline is over already."""

    NAME = "request-extension"
    DEADLINE = "deadline"
    deadline: Day
    reason: Phrase
    past_because: Brief | None = None


class GrantExtension(TaskCommand):
    """Moves the deadline as requested; for the unit's lead or a deputy, but not for who asked."""

    NAME = "grant-extension"
    GIVEN_BY = Act.DECIDE


class RefuseExtension(TaskCommand):
    """Leaves the deadline as it is; for the same people as granting."""

    NAME = "refuse-extension"
    GIVEN_BY = Act.DECIDE
    reason: Phrase


NO_DEADLINE = Refusal("no_deadline", "Task {task_id} has no deadline yet; there is nothing to extend.")
NOT_LATER = Refusal(
    "deadline_not_later",
    "Task {task_id} has the deadline {deadline}; an extension has to be later; a lead or deputy shortens.",
)
ALREADY_PENDING = Refusal(
    "extension_already_pending", "Task {task_id} has another request waiting, for an extension to {deadline}."
)
EXTENSIONS_FULL = Refusal(
    "task_extensions_full", "An extension of task {task_id} was requested {most} times; that is the most."
)
NOT_PENDING = Refusal("no_extension_pending", "Task {task_id} has no request for an extension waiting.")
NO_RIGHT = RankRefusal("no_right_to_decide", "{actor} can't decide on extensions; the unit's lead or a deputy does.")
OWN_REQUEST = Refusal(
    "own_request", "{actor} requested the extension of task {task_id}; somebody else has to decide."
)


Wish = RequestExtension | GrantExtension | RefuseExtension


def decide(command: Wish, task: Task, actor: Actor) -> Sequence[TaskEvent]:
    match command:
        case RequestExtension():
            return _request(command, task, actor)
        case GrantExtension():
            if task.extension_outcome is ExtensionOutcome.GRANTED:
                return ()
            requested = _requested_by_another(command, task, actor)
            return (ExtensionGranted(replaces=requested.replaces, deadline=requested.deadline),)
        case RefuseExtension():
            refused = ExtensionRefused(reason=command.reason)
            if task.extension == refused:
                return ()
            _requested_by_another(command, task, actor)
            return (refused,)


def _request(command: RequestExtension, task: Task, actor: Actor) -> Sequence[TaskEvent]:
    if task.deadline is None or task.agreed_deadline is None:
        raise NO_DEADLINE(task_id=command.task_id)
    requested = ExtensionRequested(replaces=task.deadline, requested_by=actor.id, **command.content())
    if task.pending_extension == requested:
        return ()
    if task.pending_extension:
        raise ALREADY_PENDING(task_id=command.task_id, deadline=task.pending_extension.deadline)
    if command.deadline <= task.deadline:
        raise NOT_LATER(task_id=command.task_id, deadline=task.deadline)
    if task.extensions >= MOST_EXTENSIONS:
        raise EXTENSIONS_FULL(task_id=command.task_id, most=MOST_EXTENSIONS)
    return (requested,)


def _requested_by_another(command: TaskCommand, task: Task, actor: Actor) -> ExtensionRequested:
    """The request that waits, if this actor may decide on it."""
    if task.pending_extension is None:
        raise NOT_PENDING(task_id=command.task_id)
    require_rank(command, actor, NO_RIGHT)
    if task.pending_extension.requested_by == actor.id:
        raise OWN_REQUEST(task_id=command.task_id, actor=actor.id)
    return task.pending_extension
