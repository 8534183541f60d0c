"""What happens to a task."""

from datetime import date

from shared.events.base import Event, members
from shared.values.types import (
    Case,
    ClearanceKind,
    DutyKind,
    EntityId,
    Evidence,
    Group,
    Phase,
    Phrase,
    Scenario,
    Text,
    Vnd,
)


class TaskOpened(Event):
    TYPE = "vn.daihoi.task.opened.v1"
    title: Text
    group: Group
    phase: Phase
    scenario: Scenario
    planned_vnd: Vnd
    catalogue_item: EntityId | None = None
    directive_id: EntityId | None = None
    duty: DutyKind | None = None
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
    scenario: Case
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


TaskEvent = (
    TaskOpened | TaskAssigned | TaskDeadlineSet | ExtensionRequested | ExtensionGranted | ExtensionRefused
    | TaskFunded | TaskStarted | TaskProgressed | TaskBlocked | TaskUnblocked | TaskSubmitted | TaskCompleted
    | TaskReturned | TaskCancelled | TaskReopened | ClearanceRequired | ClearanceDropped | ScenarioFollowed
    | TaskDeadlineMoved
)  # fmt: skip
EVENTS = members(TaskEvent)
