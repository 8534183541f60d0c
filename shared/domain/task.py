"""A task: one work item of a unit, with a collective and an individual in charge, a deadline and funding.

Lifecycle: open → in progress ⇄ blocked → submitted → completed, or returned to progress; cancelled and reopened
at need. The calendar's view (overdue, late) is no part of it: a read model compares dates. A deadline is set once;
after that only an extension moves it, which somebody asks for and another decides. A task that needs a clearance is
not completed without it.

Beside its lifecycle a task follows the scenario in force in its unit: the variant may suspend it, or give it another
cost and deadline for as long as that scenario lasts. A suspended task refuses work; its essentials and its extensions
can be settled, and it can be cancelled. Resumed, it stands where it stood. A closed task follows nothing until it is
reopened: what is done is done.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar, assert_never

from pydantic import BaseModel, ConfigDict, Field

from services.subcommittee.scenario import CURRENT
from shared.domain import known_clearance
from shared.domain.deadline import check_not_over
from shared.domain.decider import Actor, Aggregate, Command, Event, Key, Refusal
from shared.domain.known_clearance import KnownClearance
from shared.domain.unit_scenario import UnitScenario
from shared.domain.variant import Demand, Variant, demanded
from shared.values.message import WITH_REASON, word
from shared.values.types import (
    Brief,
    BriefEvidence,
    Case,
    ClearanceKind,
    Day,
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

MOST_EVIDENCE = 500
"""Of all submissions together."""
MOST_EXTENSIONS = 50
MOST_SENT_BACK = 100
"""How often a task is returned or reopened, or does without a clearance."""
MOST_CLEARANCES = 100
"""Needed at once."""


# --- events: these names are the stored format ---
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


SettlingEvent = (
    TaskAssigned
    | TaskDeadlineSet
    | ExtensionRequested
    | ExtensionGranted
    | ExtensionRefused
    | TaskFunded
    | ScenarioFollowed
)
"""What is settled about a task, wherever it stands."""
LifecycleEvent = (
    TaskStarted
    | TaskProgressed
    | TaskBlocked
    | TaskUnblocked
    | TaskSubmitted
    | TaskCompleted
    | TaskReturned
    | TaskCancelled
    | TaskReopened
    | ClearanceRequired
    | ClearanceDropped
)
TaskEvent = TaskOpened | SettlingEvent | LifecycleEvent


# --- state ---
class TaskStatus(StrEnum):
    OPEN = "open"
    IN_PROGRESS = "in_progress"
    BLOCKED = "blocked"
    SUBMITTED = "submitted"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


CLOSED = (TaskStatus.COMPLETED, TaskStatus.CANCELLED)


class Task(BaseModel):
    """`deadline` is the one in force; `agreed_deadline` the one that holds where no variant says otherwise."""

    model_config = ConfigDict(frozen=True)
    opened: TaskOpened
    status: TaskStatus = TaskStatus.OPEN
    started: bool = False
    followed: ScenarioFollowed | None = None
    assignment: TaskAssigned | None = None
    original_deadline: date | None = None
    agreed_deadline: date | None = None
    deadline: date | None = None
    extension: ExtensionRequested | ExtensionGranted | ExtensionRefused | None = None
    funding: TaskFunded | None = None
    percent: int = 0
    progress_note: str = ""
    block_reason: str | None = None
    submitted_by: str | None = None
    evidence: tuple[Evidence, ...] = ()
    evidence_in_all: int = 0
    extensions: int = 0
    sent_back: int = 0
    last_return: str | None = None
    last_reopening: str | None = None
    clearances: dict[str, ClearanceRequired | ClearanceDropped] = {}

    @property
    def needed_clearances(self) -> tuple[str, ...]:
        """The ids of the clearances without which the task is not completed."""
        return tuple(name for name, last in self.clearances.items() if isinstance(last, ClearanceRequired))

    @property
    def suspended(self) -> bool:
        return self.followed is not None and self.followed.suspended

    @property
    def planned_vnd(self) -> int:
        """The cost in force; `opened` keeps the original one."""
        return self.followed.planned_vnd if self.followed else self.opened.planned_vnd

    @property
    def resting_status(self) -> TaskStatus:
        """Where the task stands once nothing holds or closes it."""
        return TaskStatus.IN_PROGRESS if self.started else TaskStatus.OPEN

    def but(self, **changes: object) -> "Task":
        return self.model_copy(update=changes)


# --- evolve ---
def evolve(task: Task | None, event: TaskEvent) -> Task:
    if isinstance(event, TaskOpened):
        return Task(opened=event)
    if task is None:
        raise LookupError(f"{event.TYPE} before the task was opened")
    return _settled(task, event) if isinstance(event, SettlingEvent) else _moved(task, event)


def _settled(task: Task, event: SettlingEvent) -> Task:
    match event:
        case TaskAssigned():
            return task.but(assignment=event)
        case TaskDeadlineSet():
            in_force = task.deadline or event.deadline
            return task.but(original_deadline=event.deadline, agreed_deadline=event.deadline, deadline=in_force)
        case ExtensionGranted():
            agreed = later(task.agreed_deadline, event.deadline)
            return task.but(extension=event, agreed_deadline=agreed, deadline=later(task.deadline, event.deadline))
        case ExtensionRequested():
            return task.but(extension=event, extensions=task.extensions + 1)
        case ExtensionRefused():
            return task.but(extension=event)
        case TaskFunded():
            return task.but(funding=event)
        case ScenarioFollowed():
            return task.but(followed=event, deadline=event.deadline)
        case _:
            assert_never(event)


def later(known: date | None, extended: date) -> date:
    """An extension never brings a deadline forward, even if a scenario has moved it since somebody asked."""
    return max(known or extended, extended)


def _moved(task: Task, event: LifecycleEvent) -> Task:
    match event:
        case TaskStarted():
            return task.but(status=TaskStatus.IN_PROGRESS, started=True)
        case TaskProgressed():
            return task.but(percent=event.percent, progress_note=event.note)
        case TaskBlocked() | TaskUnblocked():
            reason = event.reason if isinstance(event, TaskBlocked) else None
            return task.but(status=TaskStatus.BLOCKED if reason else task.resting_status, block_reason=reason)
        case TaskSubmitted():
            submitted = {"submitted_by": event.submitted_by, "evidence": event.evidence}
            in_all = task.evidence_in_all + len(event.evidence)
            return task.but(status=TaskStatus.SUBMITTED, last_return=None, evidence_in_all=in_all, **submitted)
        case TaskCompleted():
            return _closed(task).but(status=TaskStatus.COMPLETED, percent=100)
        case TaskReturned():
            status = TaskStatus.IN_PROGRESS
            return task.but(status=status, last_return=event.reason, sent_back=task.sent_back + 1)
        case TaskCancelled():
            return _closed(task).but(status=TaskStatus.CANCELLED, block_reason=None)
        case TaskReopened():
            status = task.resting_status
            return task.but(status=status, last_reopening=event.reason, sent_back=task.sent_back + 1)
        case ClearanceRequired():
            return task.but(clearances=task.clearances | {event.clearance_id: event})
        case ClearanceDropped():
            clearances = task.clearances | {event.clearance_id: event}
            return task.but(clearances=clearances, sent_back=task.sent_back + 1)
        case _:
            assert_never(event)


def _closed(task: Task) -> Task:
    """A request for an extension that nobody has decided on lapses with the task."""
    decided = None if isinstance(task.extension, ExtensionRequested) else task.extension
    return task.but(extension=decided, last_reopening=None)


# --- commands ---
class TaskCommand(Command):
    ENTITY: ClassVar[str] = "task"
    task_id: EntityId

    @property
    def entity_id(self) -> str:
        return self.task_id


class OpenTask(TaskCommand):
    """Opens a task; `catalogue_item` and `directive_id` say where the work comes from. `duty` and `locality` mark it
    as a continuing duty of that locality. `due_offset_days` counts from the opening day: until there is one, the task
    has no deadline."""

    NAME = "open-task"
    title: Text
    group: Group
    phase: Phase
    scenario: Scenario
    planned_vnd: Vnd
    catalogue_item: EntityId | None = None
    directive_id: EntityId | None = None
    duty: DutyKind | None = None
    locality: EntityId | None = None
    due_offset_days: int | None = Field(default=None, ge=-3650, le=3650)


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
    deadline: Day
    past_because: Phrase | None = None

    def check_given_at(self, happened: datetime) -> None:
        check_not_over(self.deadline, self.past_because, happened)


class RequestExtension(TaskCommand):
    """Asks for a later deadline. One request at a time waits to be decided; when the task is closed, it lapses.
    `past_because` says why even the later deadline is over already."""

    NAME = "request-extension"
    deadline: Day
    reason: Phrase
    past_because: Brief | None = None

    def check_given_at(self, happened: datetime) -> None:
        check_not_over(self.deadline, self.past_because, happened)


class GrantExtension(TaskCommand):
    """Moves the deadline as requested; for the unit's lead or a deputy, but not for who asked."""

    NAME = "grant-extension"


class RefuseExtension(TaskCommand):
    """Leaves the deadline as it is; for the same people as granting."""

    NAME = "refuse-extension"
    reason: Phrase


class FundTask(TaskCommand):
    """States how much money is guaranteed for the task, and from where."""

    NAME = "fund-task"
    secured_vnd: Vnd
    funding_source: Phrase


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


class CompleteTask(TaskCommand):
    """Accepts what was submitted. Every clearance that the task needs has to be granted, and not withdrawn, as far as
    the unit has heard from security."""

    NAME = "complete-task"


class ReturnTask(TaskCommand):
    NAME = "return-task"
    reason: Phrase


class CancelTask(TaskCommand):
    NAME = "cancel-task"
    reason: Phrase


class ReopenTask(TaskCommand):
    NAME = "reopen-task"
    reason: Phrase


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
    clearance_id: EntityId
    reason: Phrase


class FollowScenario(TaskCommand):
    """Brings the task to what the scenario in force and the unit's variant demand. Policies give it; by hand it does
    no harm. A deadline extended meanwhile stays until the next switch, or until the variant says something else."""

    NAME = "follow-scenario"
    CONVERGES = True


# --- decide ---
NOT_FOUND = Refusal("task_not_found", "There is no task {task_id}.")
ALREADY_OPEN = Refusal("task_already_open", "Task {task_id} is already open with another content.")
IS_CLOSED = Refusal("task_closed", "Task {task_id} is closed ({status}); reopen it first.")
IS_SUSPENDED = Refusal("task_suspended", "Task {task_id} is suspended by the scenario in force.")
IS_BLOCKED = Refusal("task_blocked", "Task {task_id} is blocked: {reason}.")
IS_SUBMITTED = Refusal("task_submitted", "Task {task_id} is submitted and waits to be accepted or returned.")
NOT_STARTED = Refusal("task_not_started", "Task {task_id} has not been started.")
NOT_ASSIGNED = Refusal(
    "task_not_assigned",
    "Task {task_id} has no collective and individual in charge; assign it before it starts.",
)
NOT_SUBMITTED = Refusal("task_not_submitted", "Task {task_id} has not been submitted.")
NOT_CLOSED = Refusal("task_not_closed", "Task {task_id} is not closed, so it can't be reopened.")
DEADLINE_FIXED = Refusal(
    "deadline_already_set", "Task {task_id} already has the deadline {deadline}; only an extension moves it."
)
NO_DEADLINE = Refusal("no_deadline", "Task {task_id} has no deadline yet; there is nothing to extend.")
NOT_LATER = Refusal("deadline_not_later", "Task {task_id} has the deadline {deadline}; an extension has to be later.")
ALREADY_PENDING = Refusal(
    "extension_already_pending", "Task {task_id} has another request waiting, for an extension to {deadline}."
)
NOT_PENDING = Refusal("no_extension_pending", "Task {task_id} has no request for an extension waiting.")
OWN_REQUEST = Refusal(
    "own_request", "{actor} requested the extension of task {task_id}; somebody else has to decide."
)
NO_RIGHT = Refusal("no_right_to_decide", "{actor} can't decide on extensions; the unit's lead or a deputy does.")
OWN_WORK = Refusal("own_work", "{actor} submitted task {task_id}; somebody else has to accept or return it.")
CLEARANCE_MISSING = Refusal(
    "clearance_missing", "Task {task_id} can't be completed without its clearances: {clearances}."
)
CLEARANCE_HALF_DESCRIBED = Refusal(
    "clearance_half_described",
    "Say kind, holder and purpose of clearance {clearance_id}, or none of them where it is requested already.",
)
CLEARANCE_ALREADY_REQUIRED = Refusal(
    "clearance_already_required", "Task {task_id} already needs clearance {clearance_id}, described otherwise."
)
CLEARANCE_NOT_REQUIRED = Refusal("clearance_not_required", "Task {task_id} does not need clearance {clearance_id}.")
NO_RIGHT_TO_DROP = Refusal(
    "no_right_to_drop", "{actor} can't drop a clearance that a task needs; the unit's lead or a deputy does."
)
EVIDENCE_FULL = Refusal(
    "task_evidence_full",
    "Task {task_id} has {held} pieces of evidence on record and can have {most}; hand in fewer, or one that sums up.",
)
EXTENSIONS_FULL = Refusal(
    "task_extensions_full", "An extension of task {task_id} was requested {most} times; that is the most."
)
SENT_BACK_FULL = Refusal(
    "task_sent_back_full",
    "Task {task_id} was returned, reopened or spared a clearance {most} times; that is the most. Open another task.",
)
CLEARANCES_FULL = Refusal("task_clearances_full", "Task {task_id} needs {most} clearances already; that is the most.")


IN_FORCE: Key = ("unit-scenario", CURRENT)


def reads(command: TaskCommand, task: Task | None) -> Sequence[Key]:
    """What a task that follows the scenario has to see, or one that is to be completed."""
    match command:
        case FollowScenario():
            return (IN_FORCE, *(("variant", case.value) for case in Case))
        case CompleteTask() if task is not None:
            return tuple((known_clearance.ENTITY, clearance_id) for clearance_id in task.needed_clearances)
        case _:
            return ()


def decide(command: TaskCommand, task: Task | None, actor: Actor, seen: Mapping[Key, Any]) -> Sequence[TaskEvent]:
    if isinstance(command, OpenTask):
        return _open(command, task)
    if task is None:
        raise NOT_FOUND(task_id=command.task_id)
    if isinstance(command, FollowScenario):
        return _follow(command, task, seen)
    if isinstance(command, CompleteTask | CancelTask | ReopenTask):
        return _close_or_reopen(command, task, actor, seen)
    if task.status in CLOSED:
        raise IS_CLOSED(task_id=command.task_id, status=word(task.status))
    match command:
        case AssignTask() | SetDeadline() | FundTask():
            return _settle_an_essential(command, task)
        case RequestExtension():
            return _request_extension(command, task, actor)
        case GrantExtension() | RefuseExtension():
            return _decide_on_extension(command, task, actor)
        case _:
            return _work(command, task, actor)


def _work(command: TaskCommand, task: Task, actor: Actor) -> Sequence[TaskEvent]:
    match command:
        case StartTask():
            return _start(command, task)
        case ReportProgress():
            if (command.percent, command.note) == (task.percent, task.progress_note):
                return ()
            _require_in_progress(command, task)
            return (TaskProgressed(percent=command.percent, note=command.note),)
        case BlockTask():
            return _block(command, task)
        case UnblockTask():
            return _unblock(command, task)
        case SubmitTask():
            return _submit(command, task, actor)
        case ReturnTask():
            return _return(command, task, actor)
        case RequireClearance() | DropClearance():
            return _settle_a_clearance(command, task, actor)
        case _:
            raise TypeError(f"{type(command).__name__} is no command on a task")


def _open(command: OpenTask, task: Task | None) -> Sequence[TaskEvent]:
    opened = TaskOpened(**command.model_dump(exclude={"task_id"}))
    if task is None:
        return (opened,)
    if task.opened == opened:
        return ()
    raise ALREADY_OPEN(task_id=command.task_id)


def _settle_an_essential(command: AssignTask | SetDeadline | FundTask, task: Task) -> Sequence[TaskEvent]:
    match command:
        case AssignTask():
            assigned = TaskAssigned(**command.model_dump(exclude={"task_id"}))
            return () if task.assignment == assigned else (assigned,)
        case SetDeadline():
            if task.original_deadline not in (None, command.deadline):
                raise DEADLINE_FIXED(task_id=command.task_id, deadline=task.deadline)
            dated = TaskDeadlineSet(deadline=command.deadline, past_because=command.past_because)
            return () if task.original_deadline else (dated,)
        case FundTask():
            funded = TaskFunded(secured_vnd=command.secured_vnd, funding_source=command.funding_source)
            return () if task.funding == funded else (funded,)
        case _:
            assert_never(command)


def _request_extension(command: RequestExtension, task: Task, actor: Actor) -> Sequence[TaskEvent]:
    if task.deadline is None or task.agreed_deadline is None:
        raise NO_DEADLINE(task_id=command.task_id)
    asked = ExtensionRequested(
        replaces=task.deadline, requested_by=actor.id, **command.model_dump(exclude={"task_id"})
    )
    if task.extension == asked:
        return ()
    if isinstance(task.extension, ExtensionRequested):
        raise ALREADY_PENDING(task_id=command.task_id, deadline=task.extension.deadline)
    if command.deadline <= task.deadline:
        raise NOT_LATER(task_id=command.task_id, deadline=task.deadline)
    if task.extensions >= MOST_EXTENSIONS:
        raise EXTENSIONS_FULL(task_id=command.task_id, most=MOST_EXTENSIONS)
    return (asked,)


def _decide_on_extension(command: GrantExtension | RefuseExtension, task: Task, actor: Actor) -> Sequence[TaskEvent]:
    match command:
        case GrantExtension():
            if isinstance(task.extension, ExtensionGranted):
                return ()
            asked = _require_deciding_on_another(command, task, actor)
            return (ExtensionGranted(replaces=asked.replaces, deadline=asked.deadline),)
        case RefuseExtension():
            refused = ExtensionRefused(reason=command.reason)
            if task.extension == refused:
                return ()
            _require_deciding_on_another(command, task, actor)
            return (refused,)
        case _:
            assert_never(command)


def _follow(command: FollowScenario, task: Task, seen: Mapping[Key, Any]) -> Sequence[TaskEvent]:
    in_force: UnitScenario | None = seen.get(IN_FORCE)
    if in_force is None or task.status in CLOSED:
        return ()
    variant: Variant = seen.get(("variant", in_force.scenario.value)) or Variant()
    opened = task.opened
    demand = demanded(
        in_force.scenario,
        variant.adjustments.get(command.task_id),
        scenario=opened.scenario,
        planned_vnd=opened.planned_vnd,
        deadline=task.agreed_deadline,
    )
    followed = ScenarioFollowed(switch=in_force.number, scenario=in_force.scenario, **demand.model_dump())
    held = Demand(suspended=task.suspended, planned_vnd=task.planned_vnd, deadline=task.deadline)
    return () if followed == task.followed or demand == held else (followed,)


def _start(command: StartTask, task: Task) -> Sequence[TaskEvent]:
    if task.status is TaskStatus.IN_PROGRESS:
        return ()
    if task.assignment is None:
        raise NOT_ASSIGNED(task_id=command.task_id)
    _refuse_if_held(command, task)
    return (TaskStarted(),)


def _block(command: BlockTask, task: Task) -> Sequence[TaskEvent]:
    if task.status is TaskStatus.BLOCKED and task.block_reason == command.reason:
        return ()
    _refuse_if_held(command, task)
    return (TaskBlocked(reason=command.reason),)


def _unblock(command: UnblockTask, task: Task) -> Sequence[TaskEvent]:
    if task.status is not TaskStatus.BLOCKED:
        return ()
    _refuse_if_suspended(command, task)
    return (TaskUnblocked(),)


def _submit(command: SubmitTask, task: Task, actor: Actor) -> Sequence[TaskEvent]:
    submitted = TaskSubmitted(submitted_by=actor.id, note=command.note, evidence=command.evidence)
    known = task.submitted_by, task.evidence
    if task.status is TaskStatus.SUBMITTED and known == (submitted.submitted_by, submitted.evidence):
        return ()
    _require_in_progress(command, task)
    if task.evidence_in_all + len(submitted.evidence) > MOST_EVIDENCE:
        raise EVIDENCE_FULL(task_id=command.task_id, held=task.evidence_in_all, most=MOST_EVIDENCE)
    return (submitted,)


def _return(command: ReturnTask, task: Task, actor: Actor) -> Sequence[TaskEvent]:
    if task.status is TaskStatus.IN_PROGRESS and task.last_return == command.reason:
        return ()
    _require_submitted_by_another(command, task, actor)
    _require_room_to_send_back(command, task)
    return (TaskReturned(reason=command.reason),)


def _settle_a_clearance(command: RequireClearance | DropClearance, task: Task, actor: Actor) -> Sequence[TaskEvent]:
    names = {"task_id": command.task_id, "clearance_id": command.clearance_id}
    last = task.clearances.get(command.clearance_id)
    match command:
        case RequireClearance():
            required = ClearanceRequired(**command.model_dump(exclude={"task_id"}))
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
            dropped = ClearanceDropped(**command.model_dump(exclude={"task_id"}))
            if last == dropped:
                return ()
            if not isinstance(last, ClearanceRequired):
                raise CLEARANCE_NOT_REQUIRED(**names)
            if not actor.leads:
                raise NO_RIGHT_TO_DROP(actor=actor.id)
            _require_room_to_send_back(command, task)
            return (dropped,)
        case _:
            assert_never(command)


def _close_or_reopen(
    command: CompleteTask | CancelTask | ReopenTask,
    task: Task,
    actor: Actor,
    seen: Mapping[Key, KnownClearance | None],
) -> Sequence[TaskEvent]:
    match command:
        case CompleteTask():
            if task.status is TaskStatus.COMPLETED:
                return ()
            if task.status is TaskStatus.CANCELLED:
                raise IS_CLOSED(task_id=command.task_id, status=word(task.status))
            _require_submitted_by_another(command, task, actor)
            _require_clearances(command, task, seen)
            return (TaskCompleted(),)
        case CancelTask():
            if task.status is TaskStatus.COMPLETED:
                raise IS_CLOSED(task_id=command.task_id, status=word(task.status))
            return () if task.status is TaskStatus.CANCELLED else (TaskCancelled(reason=command.reason),)
        case ReopenTask():
            if task.status in CLOSED:
                _require_room_to_send_back(command, task)
                return (TaskReopened(reason=command.reason),)
            if task.last_reopening == command.reason:
                return ()
            raise NOT_CLOSED(task_id=command.task_id)
        case _:
            assert_never(command)


def _refuse_if_suspended(command: TaskCommand, task: Task) -> None:
    if task.suspended:
        raise IS_SUSPENDED(task_id=command.task_id)


def _refuse_if_held(command: TaskCommand, task: Task) -> None:
    _refuse_if_suspended(command, task)
    if task.status is TaskStatus.BLOCKED:
        raise IS_BLOCKED(task_id=command.task_id, reason=task.block_reason)
    if task.status is TaskStatus.SUBMITTED:
        raise IS_SUBMITTED(task_id=command.task_id)


def _require_in_progress(command: TaskCommand, task: Task) -> None:
    _refuse_if_held(command, task)
    if task.status is not TaskStatus.IN_PROGRESS:
        raise NOT_STARTED(task_id=command.task_id)


def _require_room_to_send_back(command: TaskCommand, task: Task) -> None:
    if task.sent_back >= MOST_SENT_BACK:
        raise SENT_BACK_FULL(task_id=command.task_id, most=MOST_SENT_BACK)


def _require_submitted_by_another(command: TaskCommand, task: Task, actor: Actor) -> None:
    if task.status is not TaskStatus.SUBMITTED:
        raise NOT_SUBMITTED(task_id=command.task_id)
    _refuse_if_suspended(command, task)
    if task.submitted_by == actor.id:
        raise OWN_WORK(task_id=command.task_id, actor=actor.id)


def _require_clearances(command: CompleteTask, task: Task, seen: Mapping[Key, KnownClearance | None]) -> None:
    known = {name: seen.get((known_clearance.ENTITY, name)) for name in task.needed_clearances}
    missing = tuple(
        WITH_REASON.filled(name=name, reason=word(clearance.decision if clearance else "not_decided"))
        for name, clearance in known.items()
        if clearance is None or not clearance.granted
    )
    if missing:
        raise CLEARANCE_MISSING(task_id=command.task_id, clearances=missing)


def _require_deciding_on_another(command: TaskCommand, task: Task, actor: Actor) -> ExtensionRequested:
    """The request that waits, if this actor may decide on it."""
    if not isinstance(task.extension, ExtensionRequested):
        raise NOT_PENDING(task_id=command.task_id)
    if not actor.leads:
        raise NO_RIGHT(actor=actor.id)
    if task.extension.requested_by == actor.id:
        raise OWN_REQUEST(task_id=command.task_id, actor=actor.id)
    return task.extension


AGGREGATE = Aggregate(
    entity="task",
    events=(
        TaskOpened, TaskAssigned, TaskDeadlineSet, ExtensionRequested, ExtensionGranted, ExtensionRefused,
        TaskFunded, TaskStarted, TaskProgressed, TaskBlocked, TaskUnblocked, TaskSubmitted, TaskCompleted,
        TaskReturned, TaskCancelled, TaskReopened, ClearanceRequired, ClearanceDropped, ScenarioFollowed,
    ),
    commands=(
        OpenTask, AssignTask, SetDeadline, RequestExtension, GrantExtension, RefuseExtension, FundTask,
        StartTask, ReportProgress, BlockTask, UnblockTask, SubmitTask, CompleteTask, ReturnTask, CancelTask,
        ReopenTask, RequireClearance, DropClearance, FollowScenario,
    ),
    evolve=evolve,
    decide=decide,
    reads=reads,
)  # fmt: skip
