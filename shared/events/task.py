"""What happens to a task."""

from datetime import date

from shared.events.base import Event, Values, if_corrected, members
from shared.values.types import (
    Brief,
    ClearanceKind,
    EntityId,
    Evidence,
    Group,
    Name,
    Phase,
    Phrase,
    Text,
    Vnd,
)


class TaskOpened(Event):
    """`scenario` is the case that it is for; `both` stands for every case."""

    TYPE = "vn.daihoi.task.opened.v1"
    title: Text
    group: Group
    phase: Phase
    scenario: str
    planned_vnd: Vnd
    catalogue_item: EntityId | None = None
    directive_id: EntityId | None = None
    duty: str | None = None
    locality: EntityId | None = None
    due_offset_days: int | None = None


class TaskAssigned(Event):
    TYPE = "vn.daihoi.task.assigned.v1"
    collective: Phrase
    individual: Phrase
    coordinating: tuple[Phrase, ...] = ()


class TaskDeadlineSet(Event):
    TYPE = "vn.daihoi.task.deadline-set.v1"
    deadline: date
    past_because: Phrase | None = None


class ExtensionRequested(Event):
    TYPE = "vn.daihoi.task.extension-requested.v1"
    replaces: date
    deadline: date
    reason: Phrase
    requested_by: str
    past_because: Phrase | None = None


class ExtensionGranted(Event):
    TYPE = "vn.daihoi.task.extension-granted.v1"
    replaces: date
    deadline: date


class ExtensionRefused(Event):
    TYPE = "vn.daihoi.task.extension-refused.v1"
    reason: Phrase


class TaskFunded(Event):
    TYPE = "vn.daihoi.task.funded.v1"
    secured_vnd: Vnd
    funding_source: Phrase


class TaskStarted(Event):
    TYPE = "vn.daihoi.task.started.v1"


class TaskProgressed(Event):
    TYPE = "vn.daihoi.task.progressed.v1"
    percent: int
    note: str = ""


class TaskBlocked(Event):
    TYPE = "vn.daihoi.task.blocked.v1"
    reason: Phrase


class TaskUnblocked(Event):
    TYPE = "vn.daihoi.task.unblocked.v1"


class TaskSubmitted(Event):
    TYPE = "vn.daihoi.task.submitted.v1"
    submitted_by: str
    note: str = ""
    evidence: tuple[Evidence, ...] = ()


class TaskCompleted(Event):
    TYPE = "vn.daihoi.task.completed.v1"


class TaskReturned(Event):
    TYPE = "vn.daihoi.task.returned.v1"
    reason: Phrase


class TaskCancelled(Event):
    TYPE = "vn.daihoi.task.cancelled.v1"
    reason: Phrase


class TaskReopened(Event):
    TYPE = "vn.daihoi.task.reopened.v1"
    reason: Phrase


class ClearanceRequired(Event):
    TYPE = "vn.daihoi.task.clearance-required.v1"
    clearance_id: EntityId
    kind: ClearanceKind | None = None
    holder: Phrase | None = None
    purpose: Phrase | None = None


class ClearanceDropped(Event):
    TYPE = "vn.daihoi.task.clearance-dropped.v1"
    clearance_id: EntityId
    reason: Phrase


class ScenarioFollowed(Event):
    """What holds from now on, whether it has changed or not. `switch` is the number of the sub-committee's switch."""

    TYPE = "vn.daihoi.task.scenario-followed.v1"
    switch: int
    scenario: str
    suspended: bool
    planned_vnd: Vnd
    deadline: date | None = None


class TaskDeadlineMoved(Event):
    """The agreed deadline follows the opening day of the congress; it is the original one where there was none.
    `in_force` is another where the scenario says so."""

    TYPE = "vn.daihoi.task.deadline-moved.v1"
    SENTENCE = "{actor} moved the deadline of task {id} to {deadline}, as the congress opens on {opening_day}"
    replaces: date | None = None
    deadline: date
    in_force: date
    opening_day: date
    past_because: Phrase | None = None


class TaskDescribed(Event):
    """What the task is to bring about, who directs it and what else is to be known; the latest says all."""

    TYPE = "vn.daihoi.task.described.v1"
    SENTENCE = "{actor} described task {id}: {product}; directed by: {directing_leader}; remark: {remark}"
    product: Brief | None = None
    directing_leader: Name | None = None
    remark: Phrase | None = None


class DeadlineShortened(Event):
    TYPE = "vn.daihoi.task.deadline-shortened.v1"
    SENTENCE = "{actor} shortened the deadline of task {id} from {replaces} to {deadline}: {reason}"
    replaces: date
    deadline: date
    reason: Brief
    past_because: Name | None = None


class ObstacleOpened(Event):
    """`proposal` is what somebody asks `proposed_to` to do about it."""

    TYPE = "vn.daihoi.task.obstacle-opened.v1"
    SENTENCE = (
        "{actor} put an obstacle to task {id} on record ({obstacle_id}): {what}; "
        "cause: {cause}; proposal: {proposal}; to: {proposed_to}"
    )
    obstacle_id: EntityId
    what: Brief
    cause: Brief | None = None
    proposal: Brief | None = None
    proposed_to: Name | None = None


class ObstacleResolved(Event):
    TYPE = "vn.daihoi.task.obstacle-resolved.v1"
    SENTENCE = "{actor} declared obstacle {obstacle_id} of task {id} resolved: {resolution}"
    obstacle_id: EntityId
    resolution: Brief


class TaskCommented(Event):
    TYPE = "vn.daihoi.task.commented.v1"
    SENTENCE = "{actor} commented on task {id}: {text}"
    comment_id: EntityId
    text: Brief


class TaskInstructed(Event):
    """Who gave the instruction is in the unit or in the sub-committee; the envelope names who noted it."""

    TYPE = "vn.daihoi.task.instructed.v1"
    SENTENCE = "{given_by} gave an instruction on task {id} ({instruction_id}): {text}"
    instruction_id: EntityId
    text: Brief
    given_by: str
    due_on: date | None = None
    past_because: Name | None = None


class DependencyAdded(Event):
    """The task is not completed before task `on`."""

    TYPE = "vn.daihoi.task.dependency-added.v1"
    SENTENCE = "{actor} made task {id} wait for task {on}"
    on: EntityId


class DependencyDropped(Event):
    TYPE = "vn.daihoi.task.dependency-dropped.v1"
    SENTENCE = "{actor} let task {id} no longer wait for task {on}"
    on: EntityId


class TaskValues(Values):
    """`deadline` is the one agreed, `planned_vnd` what was first planned."""

    title: Text | None = if_corrected()
    phase: Phase | None = if_corrected()
    collective: Phrase | None = if_corrected()
    individual: Phrase | None = if_corrected()
    deadline: date | None = if_corrected()
    original_deadline: date | None = if_corrected()
    planned_vnd: Vnd | None = if_corrected()
    secured_vnd: Vnd | None = if_corrected()
    funding_source: Phrase | None = if_corrected()
    product: Brief | None = if_corrected()
    directing_leader: Name | None = if_corrected()
    remark: Phrase | None = if_corrected()
    completed_on: date | None = if_corrected()


class TaskCorrected(Event):
    """What was recorded wrongly, before and after. What is in force from then on is another where the scenario says
    so."""

    TYPE = "vn.daihoi.task.corrected.v1"
    SENTENCE = "{actor} corrected task {id}: {after}; recorded before: {before}; reason: {reason}"
    before: TaskValues
    after: TaskValues
    reason: Brief
    deadline_in_force: date | None = None
    planned_in_force_vnd: Vnd | None = None


class ChecklistItemAdded(Event):
    TYPE = "vn.daihoi.task.checklist-item-added.v1"
    SENTENCE = "{actor} put {item_id} on the checklist of task {id}: {text}"
    item_id: EntityId
    text: Brief


class ChecklistItemTicked(Event):
    TYPE = "vn.daihoi.task.checklist-item-ticked.v1"
    SENTENCE = "{actor} ticked {item_id} on the checklist of task {id}"
    item_id: EntityId


class ChecklistItemUnticked(Event):
    TYPE = "vn.daihoi.task.checklist-item-unticked.v1"
    SENTENCE = "{actor} took back the tick of {item_id} on the checklist of task {id}"
    item_id: EntityId


class ChecklistItemDropped(Event):
    TYPE = "vn.daihoi.task.checklist-item-dropped.v1"
    SENTENCE = "{actor} took {item_id} off the checklist of task {id}"
    item_id: EntityId


TaskEvent = (
    TaskOpened | TaskAssigned | TaskDeadlineSet | ExtensionRequested | ExtensionGranted | ExtensionRefused
    | TaskFunded | TaskStarted | TaskProgressed | TaskBlocked | TaskUnblocked | TaskSubmitted | TaskCompleted
    | TaskReturned | TaskCancelled | TaskReopened | ClearanceRequired | ClearanceDropped | ScenarioFollowed
    | TaskDeadlineMoved
    | TaskDescribed | DeadlineShortened | ObstacleOpened | ObstacleResolved | TaskCommented | TaskInstructed
    | DependencyAdded | DependencyDropped
    | ChecklistItemAdded | ChecklistItemTicked | ChecklistItemUnticked | ChecklistItemDropped
    | TaskCorrected
)  # fmt: skip
EVENTS = members(TaskEvent)
