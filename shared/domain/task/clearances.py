"""The clearances of security without which a task is not completed."""

from collections.abc import Mapping, Sequence

from shared.domain import known_clearance
from shared.domain.decider import Actor, Key, RankRefusal, Refusal, require_rank
from shared.domain.ranks import Act
from shared.domain.task.command import TaskCommand, require_room_to_send_back
from shared.domain.task.state import Task
from shared.events.known_clearance import ClearanceDecision, ClearanceNoted
from shared.events.task import ClearanceDropped, ClearanceRequired, TaskEvent
from shared.values.message import WITH_REASON, word
from shared.values.types import Brief, ClearanceKind, EntityId, Phrase

MOST_CLEARANCES = 100
"""Needed at once."""


class RequireClearance(TaskCommand):
    """Makes the task wait for a clearance of security. With `kind`, `holder` and `purpose` security requests it by
    itself (its own tasks excepted: who asks there is a person); without them the task names one that is requested."""

    NAME = "require-clearance"
    clearance_id: EntityId
    kind: ClearanceKind | None = None
    holder: Brief | None = None
    purpose: Brief | None = None


class DropClearance(TaskCommand):
    """Says that the task can do without a clearance, and why; for the unit's lead or a deputy."""

    NAME = "drop-clearance"
    GIVEN_BY = Act.DECIDE
    clearance_id: EntityId
    reason: Phrase


CLEARANCE_ALREADY_REQUIRED = Refusal(
    "clearance_already_required", "Task {task_id} already needs clearance {clearance_id}, with another description."
)
CLEARANCE_HALF_DESCRIBED = Refusal(
    "clearance_half_described",
    "Say kind, holder and purpose of clearance {clearance_id}, or none of them where it is requested already.",
)
CLEARANCES_FULL = Refusal("task_clearances_full", "Task {task_id} needs {most} clearances already; that is the most.")
CLEARANCE_NOT_REQUIRED = Refusal("clearance_not_required", "Task {task_id} does not need clearance {clearance_id}.")
NO_RIGHT_TO_DROP = RankRefusal(
    "no_right_to_drop", "{actor} can't drop a clearance that a task needs; the unit's lead or a deputy does."
)

Wish = RequireClearance | DropClearance


def decide(command: Wish, task: Task, actor: Actor) -> Sequence[TaskEvent]:
    names = {"task_id": command.task_id, "clearance_id": command.clearance_id}
    last = task.clearances.get(command.clearance_id)
    match command:
        case RequireClearance():
            required = ClearanceRequired(**command.content())
            if last == required:
                return ()
            if isinstance(last, ClearanceRequired):
                raise CLEARANCE_ALREADY_REQUIRED(**names)
            if len({part is None for part in (required.kind, required.holder, required.purpose)}) > 1:
                raise CLEARANCE_HALF_DESCRIBED(**names)
            if len(task.needed_clearances) >= MOST_CLEARANCES:
                raise CLEARANCES_FULL(task_id=command.task_id, most=MOST_CLEARANCES)
            return (required,)
        case DropClearance():
            dropped = ClearanceDropped(**command.content())
            if last == dropped:
                return ()
            if not isinstance(last, ClearanceRequired):
                raise CLEARANCE_NOT_REQUIRED(**names)
            require_rank(command, actor, NO_RIGHT_TO_DROP)
            require_room_to_send_back(command, task)
            return (dropped,)


CLEARANCE_MISSING = Refusal(
    "clearance_missing", "Task {task_id} can't be completed without its clearances: {clearances}."
)


def keys_of_clearances(task: Task) -> Sequence[Key]:
    """What `require_clearances` has to see."""
    return tuple((known_clearance.ENTITY, clearance_id) for clearance_id in task.needed_clearances)


def require_clearances(command: TaskCommand, task: Task, seen: Mapping[Key, ClearanceNoted | None]) -> None:
    clearances = {key[1]: seen.get(key) for key in keys_of_clearances(task)}
    missing = tuple(
        WITH_REASON.filled(name=clearance_id, reason=word(clearance.decision if clearance else "not_decided"))
        for clearance_id, clearance in clearances.items()
        if clearance is None or clearance.decision is not ClearanceDecision.GRANTED
    )
    if missing:
        raise CLEARANCE_MISSING(task_id=command.task_id, clearances=missing)
