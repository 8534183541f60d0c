"""What people have made of the tasks that are still to be done, beside what the calendar says: not begun, under way,
obstructed or submitted. Each open task is in exactly one."""

from collections.abc import Iterable, Sequence
from typing import Self

from pydantic import BaseModel

from shared.domain.task import CLOSED, TaskStatus
from shared.reports.cells import where
from shared.reports.lines import Names, is_suspended
from shared.reports.order import unit_order
from shared.values.code_lists import Entries
from shared.values.types import Phase
from shared.views.task_records import is_document_obstructed
from shared.views.view import Document


class Conditions(BaseModel):
    """Their sum is `open_tasks` of the cells: what is closed or suspended is in none. A task that is obstructed
    counts as that alone, also where it is submitted."""

    not_begun: int = 0
    under_way: int = 0
    obstructed: int = 0
    submitted: int = 0

    @classmethod
    def of(cls, tasks: Iterable[Document]) -> Self:
        counted = dict.fromkeys(cls.model_fields, 0)
        for task in tasks:
            if condition := condition_of(task):
                counted[condition] += 1
        return cls(**counted)

    @property
    def total(self) -> int:
        return self.not_begun + self.under_way + self.obstructed + self.submitted


class ConditionsBy(BaseModel):
    totals: Conditions
    by_unit: dict[str, Conditions]
    by_group: dict[str, Conditions]
    by_phase: dict[str, Conditions]


def condition_of(task: Document) -> str | None:
    """The field of `Conditions` that the task counts in; nothing for one that is closed or suspended."""
    status = task["status"]
    if status in CLOSED or is_suspended(task):
        return None
    if is_document_obstructed(task):
        return "obstructed"
    if status == TaskStatus.SUBMITTED:
        return "submitted"
    return "not_begun" if status == TaskStatus.OPEN else "under_way"


def state_of(task: Document) -> str:
    """In one word: completed, cancelled, suspended, or the condition of what is open."""
    if task["status"] in CLOSED:
        return str(task["status"])
    return condition_of(task) or "suspended"


def conditions_by(tasks: Sequence[Document], groups: Names, listed: Entries | None = None) -> ConditionsBy:
    """`listed` are the units of the congress."""
    units = unit_order((task["unit"] for task in tasks), listed)
    return ConditionsBy(
        totals=Conditions.of(tasks),
        by_unit={unit: Conditions.of(where(tasks, "unit", unit)) for unit in units},
        by_group={
            str(number): Conditions.of(task for task in tasks if task["group"]["number"] == number)
            for number in groups
        },
        by_phase={phase.value: Conditions.of(where(tasks, "phase", phase.value)) for phase in Phase},
    )
