"""Where a task stands and what each event makes of it, said once: the task itself (`state.py`) and the view `tasks`
both take the changes from here."""

from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, Protocol

from shared.events import task as events
from shared.events.base import Event


class TaskStatus(StrEnum):
    OPEN = "open"
    IN_PROGRESS = "in_progress"
    BLOCKED = "blocked"
    SUBMITTED = "submitted"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


CLOSED = (TaskStatus.COMPLETED, TaskStatus.CANCELLED)


class ExtensionOutcome(StrEnum):
    """What became of the latest request for an extension."""

    PENDING = "pending"
    GRANTED = "granted"
    REFUSED = "refused"
    LAPSED = "lapsed"


class Standing(Protocol):
    """What the effect of an event depends on."""

    @property
    def started(self) -> bool: ...
    @property
    def agreed_deadline(self) -> date | None: ...
    @property
    def deadline(self) -> date | None: ...
    @property
    def extension_outcome(self) -> ExtensionOutcome | None: ...


type Changes = dict[str, object]
"""New values by field; `Task` has the fields."""


def changes_of(standing: Standing, event: Event) -> Changes:
    """What `event` changes of where the task stands; the caller may change the answer."""
    change = _CHANGES.get(type(event))
    return change(standing, event) if change else {}


def standing_at_opening(event: events.TaskOpened) -> Changes:
    return {
        "status": TaskStatus.OPEN,
        "started": False,
        "percent": 0,
        "block_reason": None,
        "submitted_by": None,
        "original_deadline": None,
        "agreed_deadline": None,
        "deadline": None,
        "suspended": False,
        "planned_vnd": event.planned_vnd,
    }


def _deadline_set(standing: Standing, event: events.TaskDeadlineSet) -> Changes:
    agreed = event.deadline
    return {"original_deadline": agreed, "agreed_deadline": agreed, "deadline": standing.deadline or agreed}


def _extension_granted(standing: Standing, event: events.ExtensionGranted) -> Changes:
    return {
        "extension_outcome": ExtensionOutcome.GRANTED,
        "agreed_deadline": _later(standing.agreed_deadline, event.deadline),
        "deadline": _later(standing.deadline, event.deadline),
    }


def _deadline_moved(standing: Standing, event: events.TaskDeadlineMoved) -> Changes:
    original = {} if standing.agreed_deadline else {"original_deadline": event.deadline}
    return {**original, "agreed_deadline": event.deadline, "deadline": event.in_force}


def _deadline_shortened(standing: Standing, event: events.DeadlineShortened) -> Changes:
    """Where a scenario has brought one of the two forward still further, it stays there."""
    return {
        "agreed_deadline": min(standing.agreed_deadline or event.deadline, event.deadline),
        "deadline": min(standing.deadline or event.deadline, event.deadline),
    }


def _later(deadline: date | None, extended: date) -> date:
    """An extension never brings a deadline forward, even if a scenario has moved it since it was requested."""
    return max(deadline or extended, extended)


def _scenario_followed(_: Standing, event: events.ScenarioFollowed) -> Changes:
    return {"suspended": event.suspended, "planned_vnd": event.planned_vnd, "deadline": event.deadline}


def _corrected(_: Standing, event: events.TaskCorrected) -> Changes:
    changes: Changes = {}
    after = event.after
    if after.original_deadline:
        changes["original_deadline"] = after.original_deadline
    if after.deadline:
        changes |= {"agreed_deadline": after.deadline, "deadline": event.deadline_in_force or after.deadline}
    if after.planned_vnd is not None:
        in_force_vnd = event.planned_in_force_vnd
        changes["planned_vnd"] = after.planned_vnd if in_force_vnd is None else in_force_vnd
    return changes


def _resting(standing: Standing) -> TaskStatus:
    """Where a task stands once nothing holds or closes it."""
    return TaskStatus.IN_PROGRESS if standing.started else TaskStatus.OPEN


def _undecided_lapses(standing: Standing) -> Changes:
    """A request for an extension that nobody has decided on lapses when the task is closed."""
    pending = standing.extension_outcome == ExtensionOutcome.PENDING
    return {"extension_outcome": ExtensionOutcome.LAPSED} if pending else {}


_CHANGES: Mapping[type[Event], Callable[[Standing, Any], Changes]] = {
    events.TaskDeadlineSet: _deadline_set,
    events.ExtensionRequested: lambda task, event: {"extension_outcome": ExtensionOutcome.PENDING},
    events.ExtensionGranted: _extension_granted,
    events.ExtensionRefused: lambda task, event: {"extension_outcome": ExtensionOutcome.REFUSED},
    events.DeadlineShortened: _deadline_shortened,
    events.ScenarioFollowed: _scenario_followed,
    events.TaskDeadlineMoved: _deadline_moved,
    events.TaskCorrected: _corrected,
    events.TaskStarted: lambda task, event: {"status": TaskStatus.IN_PROGRESS, "started": True},
    events.TaskProgressed: lambda task, event: {"percent": event.percent},
    events.TaskBlocked: lambda task, event: {"status": TaskStatus.BLOCKED, "block_reason": event.reason},
    events.TaskUnblocked: lambda task, event: {"status": _resting(task), "block_reason": None},
    events.TaskSubmitted: lambda task, event: {"status": TaskStatus.SUBMITTED, "submitted_by": event.submitted_by},
    events.TaskReturned: lambda task, event: {"status": TaskStatus.IN_PROGRESS},
    events.TaskCompleted: lambda task, event: {
        "status": TaskStatus.COMPLETED, "percent": 100, **_undecided_lapses(task)
    },
    events.TaskCancelled: lambda task, event: {
        "status": TaskStatus.CANCELLED, "block_reason": None, **_undecided_lapses(task)
    },
    events.TaskReopened: lambda task, event: {"status": _resting(task)},
}  # fmt: skip
"""A table and no `match`, which asks pydantic about every class in turn: the tracker folds thousands a second."""
