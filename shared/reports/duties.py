"""The localities' continuing duties as a table locality × duty × phase. They are tasks, and counted here alone."""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import partial
from typing import Any

from pydantic import BaseModel

from shared.domain.task import TaskStatus
from shared.events.organisation import OrganisationKind
from shared.reports.cells import Cells, Share, cell_of, count, is_due_soon, where
from shared.reports.lines import TaskLine, lacks, line_of
from shared.reports.order import duty_order, listed, task_order
from shared.values.code_lists import DEFAULTS, CodeList, Entries
from shared.values.types import Phase, fold_diacritics
from shared.views.view import Document


class DutyCells(BaseModel):
    totals: Cells
    completion: Share
    punctuality: Share
    by_duty: dict[str, dict[str, Cells]]
    by_phase: dict[str, Cells]


class LocalityDuties(DutyCells):
    locality: str
    name_vi: str
    name_en: str


class Duties(DutyCells):
    """`by_duty` is in the order of the code list. Who is behind stands first: most overdue, then fewest completed.
    `not_opened` are not tasks yet."""

    localities: list[LocalityDuties]
    lacking: list[TaskLine]
    overdue: list[TaskLine]
    due_soon: list[TaskLine]
    not_opened: list[str]


def is_duty(task: Document) -> bool:
    """Whether a task is a continuing duty; tasks recorded before there were any don't say."""
    return bool(task.get("duty") and task.get("locality"))


def duties_of(
    tasks: Iterable[Document],
    handed_out: Sequence[Document],
    organisations: Sequence[Document],
    today: date,
    entries: Entries = DEFAULTS[CodeList.DUTIES],
) -> Duties:
    """`tasks` may hold other work too; `handed_out` are documents of the view `duties`, `entries` the code list."""
    unordered = [task for task in tasks if is_duty(task)]
    kinds = listed(entries, (task["duty"] for task in unordered))
    duties = sorted(unordered, key=partial(task_order, duties=kinds))
    live = [task for task in duties if task["status"] != TaskStatus.CANCELLED]
    opened = {task["_id"] for task in duties}
    return Duties(
        **_cells(duties, kinds, today),
        localities=_rows(duties, kinds, handed_out, organisations, today),
        lacking=[line_of(task) for task in live if lacks(task)],
        overdue=[line_of(task) for task in live if cell_of(task, today) == "open_overdue"],
        due_soon=[line_of(task) for task in live if is_due_soon(task, today)],
        not_opened=[
            duty["_id"]
            for duty in sorted(handed_out, key=partial(duty_order, duties=kinds))
            if f"{duty['unit']}/{duty['_id']}" not in opened
        ],
    )


def _rows(
    tasks: Sequence[Document],
    kinds: Sequence[str],
    handed_out: Sequence[Document],
    organisations: Sequence[Document],
    today: date,
) -> list[LocalityDuties]:
    names = {duty["locality"]: {"vi": duty["locality"], "en": ""} for duty in (*tasks, *handed_out)}
    names |= {body["_id"]: body["name"] for body in organisations if body["kind"] == OrganisationKind.LOCALITY}
    rows = []
    for locality, name in names.items():
        cells = _cells(where(tasks, "locality", locality), kinds, today)
        rows.append(LocalityDuties(locality=locality, name_vi=name["vi"], name_en=name["en"], **cells))
    return sorted(rows, key=_behind_first)


def _cells(tasks: Sequence[Document], kinds: Sequence[str], today: date) -> dict[str, Any]:
    totals = count(tasks, today)
    return {
        "totals": totals,
        "completion": totals.completion,
        "punctuality": totals.punctuality,
        "by_duty": {kind: _by_phase(where(tasks, "duty", kind), today) for kind in kinds},
        "by_phase": _by_phase(tasks, today),
    }


def _by_phase(tasks: Sequence[Document], today: date) -> dict[str, Cells]:
    return {phase.value: count(where(tasks, "phase", phase), today) for phase in Phase}


def _behind_first(row: LocalityDuties) -> tuple[int, int, str, str]:
    name = fold_diacritics(row.name_vi).lower()
    return -row.totals.open_overdue, row.totals.completed, name, row.locality
