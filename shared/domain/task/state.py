"""The task as its decisions see it: where it stands, and what the rules have to remember beside that."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from shared.domain.decider import State, begun
from shared.domain.task.records import RECORDED, Records
from shared.domain.task.standing import Changes, ExtensionOutcome, TaskStatus, changes_of, standing_at_opening
from shared.events import task as events
from shared.events.base import Event
from shared.values.types import Evidence


class Task(State):
    """`deadline` and `planned_vnd` are those in force; `agreed_deadline` holds where no variant says otherwise."""

    opened: events.TaskOpened

    status: TaskStatus
    started: bool
    percent: int
    block_reason: str | None
    submitted_by: str | None
    original_deadline: date | None
    agreed_deadline: date | None
    deadline: date | None
    suspended: bool
    planned_vnd: int

    stated: Mapping[str, Any] = {}
    """By type, the latest of those events that say nothing but what they hold."""
    followed: events.ScenarioFollowed | None = None
    extension: events.ExtensionRequested | events.ExtensionGranted | events.ExtensionRefused | None = None
    extension_outcome: ExtensionOutcome | None = None
    extensions: int = 0
    progress_note: str = ""
    evidence: tuple[Evidence, ...] = ()
    evidence_in_all: int = 0
    sent_back: int = 0
    last_return: str | None = None
    last_reopening: str | None = None
    clearances: Mapping[str, events.ClearanceRequired | events.ClearanceDropped] = {}
    records: Records = Records()
    corrected: events.TaskValues = events.TaskValues()
    """By field the last correction of it."""
    corrections: int = 0

    @property
    def first_planned_vnd(self) -> int:
        """What was planned before any scenario said otherwise, as it was recorded or corrected."""
        corrected = self.corrected.planned_vnd
        return self.opened.planned_vnd if corrected is None else corrected

    @property
    def assignment(self) -> events.TaskAssigned | None:
        return self.stated.get(events.TaskAssigned.TYPE)

    @property
    def funding(self) -> events.TaskFunded | None:
        return self.stated.get(events.TaskFunded.TYPE)

    @property
    def pending_extension(self) -> events.ExtensionRequested | None:
        pending = self.extension_outcome is ExtensionOutcome.PENDING
        return self.extension if pending and isinstance(self.extension, events.ExtensionRequested) else None

    @property
    def needed_clearances(self) -> tuple[str, ...]:
        """The ids of the clearances without which the task is not completed."""
        return tuple(name for name, last in self.clearances.items() if isinstance(last, events.ClearanceRequired))


def evolve(task: Task | None, event: events.TaskEvent) -> Task:
    if type(event) is events.TaskOpened:
        return Task.model_validate({"opened": event, **standing_at_opening(event)})
    task = begun(task, event)
    changes = changes_of(task, event)
    if remember := _REMEMBERED.get(type(event)):
        changes |= remember(task, event)
    if record := RECORDED.get(type(event)):
        changes["records"] = record(task.records, event)
    return task.but(**(changes or {"stated": {**task.stated, event.TYPE: event}}))


def _corrected(task: Task, event: events.TaskCorrected) -> Changes:
    """What was stated last holds the corrected values from now on."""
    after = {name: value for name, value in event.after if value is not None}
    stated = {
        name: last.model_copy(update={field: after[field] for field in type(last).model_fields.keys() & after.keys()})
        for name, last in task.stated.items()
    }
    corrected = task.corrected.model_copy(update=after)
    return {"stated": stated, "corrected": corrected, "corrections": task.corrections + 1}


def _without_its_day(task: Task) -> events.TaskValues:
    """A correction of the day of completion is about that completion."""
    return task.corrected.model_copy(update={"completed_on": None})


_REMEMBERED: Mapping[type[Event], Callable[[Task, Any], Changes]] = {
    events.ScenarioFollowed: lambda task, event: {"followed": event},
    events.ExtensionRequested: lambda task, event: {"extension": event, "extensions": task.extensions + 1},
    events.ExtensionGranted: lambda task, event: {"extension": event},
    events.ExtensionRefused: lambda task, event: {"extension": event},
    events.TaskProgressed: lambda task, event: {"progress_note": event.note},
    events.TaskSubmitted: lambda task, event: {
        "evidence": event.evidence,
        "evidence_in_all": task.evidence_in_all + len(event.evidence),
        "last_return": None,
    },
    events.TaskReturned: lambda task, event: {"last_return": event.reason, "sent_back": task.sent_back + 1},
    events.TaskReopened: lambda task, event: {
        "last_reopening": event.reason,
        "sent_back": task.sent_back + 1,
        "corrected": _without_its_day(task),
    },
    events.TaskCompleted: lambda task, event: {"last_reopening": None, "corrected": _without_its_day(task)},
    events.TaskCorrected: _corrected,
    events.TaskCancelled: lambda task, event: {"last_reopening": None},
    events.ClearanceRequired: lambda task, event: {"clearances": {**task.clearances, event.clearance_id: event}},
    events.ClearanceDropped: lambda task, event: {
        "clearances": {**task.clearances, event.clearance_id: event},
        "sent_back": task.sent_back + 1,
    },
}
"""What only the decisions need: the latest of a kind, to know the same command again, and how many there were."""
