"""The consolidated report: pure arithmetic over the `tasks` view and a date.

Status has two axes, what people did and what the calendar says; official reports print their four cells. Every
percentage has its denominator, and is rounded down, so that 100 % means all of it.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from pydantic import BaseModel

from services.tracker.filing import Filed, filed
from services.tracker.projections.view import Document
from services.tracker.reports.essentials import ESSENTIALS, lacks
from services.tracker.reports.reviews import Reviews, summarise
from shared.domain.task import TaskStatus
from shared.domain.values import Phase, Unit

DUE_SOON = timedelta(days=3)


class Share(BaseModel):
    """`part` of `whole`; `percent` has two decimals, rounded down, and is missing where there is no whole."""

    part: int
    whole: int
    percent: float | None

    @classmethod
    def of(cls, part: int, whole: int) -> "Share":
        return cls(part=part, whole=whole, percent=part * 10_000 // whole / 100 if whole else None)


class Cells(BaseModel):
    """`tasks` is the sum of the five cells; cancelled tasks are counted apart. `unsecured_vnd` is what single tasks
    still lack: money left over on one does not fill a gap on another."""

    tasks: int = 0
    completed_on_time: int = 0
    completed_late: int = 0
    open_in_time: int = 0
    open_overdue: int = 0
    no_deadline: int = 0
    cancelled: int = 0
    completed: int = 0
    planned_vnd: int = 0
    secured_vnd: int = 0
    unsecured_vnd: int = 0

    @property
    def completion(self) -> Share:
        """Completed of all tasks."""
        return Share.of(self.completed, self.tasks)

    @property
    def punctuality(self) -> Share:
        """Done of what should be done by now: done ÷ (done + overdue), as official tables print it."""
        return Share.of(self.completed, self.completed + self.open_overdue)


class GroupCells(Cells):
    name_vi: str
    name_en: str


class TaskLine(BaseModel):
    """A task named in a list of the report."""

    id: str
    unit: str
    title_vi: str
    title_en: str
    status: str
    original_deadline: date | None
    deadline: date | None
    missing: tuple[str, ...] = ()


class ExtensionLine(BaseModel):
    """A request to move a deadline, and what came of it: `granted`, `refused` or still `pending`."""

    id: str
    unit: str
    replaces: date
    deadline: date
    reason: str
    requested_by: str
    outcome: str
    decided_by: str | None
    refused_because: str | None


class Extensions(BaseModel):
    """`asked` is the sum of the other three; extensions of cancelled tasks are left out."""

    asked: int
    granted: int
    refused: int
    pending: int
    lines: list[ExtensionLine]


class AsOf(BaseModel):
    """`sequence`: the ledger event up to which the views were folded; `ledger_sequence`: where the ledger ends.

    A report of an instant says which, `at`, and `by` which of an event's two times; `left_out` counts events on
    record that happened later."""

    sequence: int
    ledger_sequence: int
    today: date
    parked: int
    gaps: dict[str, int]
    at: str | None = None
    by: str | None = None
    left_out: int = 0


class Movements(BaseModel):
    """How each number of `Cells` moved since an earlier instant, `since`; negative where there are fewer."""

    since: AsOf
    totals: dict[str, int]
    by_unit: dict[str, dict[str, int]]
    by_group: dict[str, dict[str, int]]
    by_phase: dict[str, dict[str, int]]


class Report(BaseModel):
    congress: str
    as_of: AsOf
    totals: Cells
    completion: Share
    punctuality: Share
    by_unit: dict[str, Cells]
    by_group: dict[str, GroupCells]
    by_phase: dict[str, Cells]
    missing: dict[str, list[str]]
    lacking: list[TaskLine]
    overdue: list[TaskLine]
    due_soon: list[TaskLine]
    reviews: Reviews
    extensions: Extensions
    documents: list[Filed]
    meetings: int
    conclusion_points: int
    sources: list[dict[str, str]]
    digest: str
    movements: Movements | None = None


def cell_of(task: Document, today: date) -> str:
    """The one cell of `Cells` that a task falls in today."""
    if task["status"] == TaskStatus.CANCELLED:
        return "cancelled"
    if task["deadline"] is None:
        return "no_deadline"
    deadline = date.fromisoformat(task["deadline"])
    if task["status"] == TaskStatus.COMPLETED:
        return "completed_on_time" if date.fromisoformat(task["completed_on"]) <= deadline else "completed_late"
    return "open_in_time" if today <= deadline else "open_overdue"


def count(tasks: Iterable[Document], today: date) -> Cells:
    cells = Cells()
    for task in tasks:
        cell = cell_of(task, today)
        setattr(cells, cell, getattr(cells, cell) + 1)
        if cell == "cancelled":
            continue
        cells.tasks += 1
        cells.completed += task["status"] == TaskStatus.COMPLETED
        cells.planned_vnd += task["planned_vnd"]
        cells.secured_vnd += task["secured_vnd"] or 0
        cells.unsecured_vnd += max(0, task["planned_vnd"] - (task["secured_vnd"] or 0))
    return cells


def consolidate(
    *,
    congress: str,
    as_of: AsOf,
    tasks: Sequence[Document],
    documents: Sequence[Document],
    meetings: Sequence[Document],
    catalogue: Sequence[Document],
    reviews: Sequence[Document],
    digest: str,
) -> Report:
    tasks = sorted(tasks, key=_in_catalogue_order)
    live = [task for task in tasks if task["status"] != TaskStatus.CANCELLED]
    today = as_of.today
    lacking = [task for task in live if lacks(task)]
    totals = count(tasks, today)
    return Report(
        congress=congress,
        as_of=as_of,
        totals=totals,
        completion=totals.completion,
        punctuality=totals.punctuality,
        by_unit={unit.value: count(_where(tasks, "unit", unit.value), today) for unit in Unit},
        by_group=_by_group(tasks, today),
        by_phase={phase.value: count(_where(tasks, "phase", phase.value), today) for phase in Phase},
        missing={name: [task["task_id"] for task in lacking if name in lacks(task)] for name in ESSENTIALS},
        lacking=[_line(task) for task in lacking],
        overdue=[_line(task) for task in live if cell_of(task, today) == "open_overdue"],
        due_soon=[_line(task) for task in live if _is_due_soon(task, today)],
        reviews=summarise(tasks, reviews),
        documents=filed(documents),
        extensions=_extensions(live),
        meetings=len(meetings),
        conclusion_points=sum(len(meeting["points"]) for meeting in meetings),
        sources=sources(catalogue),
        digest=digest,
    )


def _by_group(tasks: Sequence[Document], today: date) -> dict[str, GroupCells]:
    names = {task["group"]["number"]: task["group"]["name"] for task in tasks}
    groups: dict[str, GroupCells] = {}
    for number, name in sorted(names.items()):
        cells = count((task for task in tasks if task["group"]["number"] == number), today)
        groups[str(number)] = GroupCells(name_vi=name["vi"], name_en=name["en"], **cells.model_dump())
    return groups


def _where(tasks: Iterable[Document], name: str, value: str) -> list[Document]:
    return [task for task in tasks if task[name] == value]


def _is_due_soon(task: Document, today: date) -> bool:
    if cell_of(task, today) != "open_in_time":
        return False
    return date.fromisoformat(task["deadline"]) - today <= DUE_SOON


def _in_catalogue_order(task: Document) -> tuple[int, str, str]:
    return task["group"]["number"], task["task_id"], task["unit"]


def _line(task: Document) -> TaskLine:
    return TaskLine(
        id=task["task_id"],
        unit=task["unit"],
        title_vi=task["title"]["vi"],
        title_en=task["title"]["en"],
        status=task["status"],
        original_deadline=task["original_deadline"],
        deadline=task["deadline"],
        missing=lacks(task),
    )


def _extensions(tasks: Iterable[Document]) -> Extensions:
    lines = [
        ExtensionLine(id=task["task_id"], unit=task["unit"], **extension)
        for task in tasks
        for extension in task["extensions"]
    ]
    outcomes = Counter(line.outcome for line in lines)
    return Extensions(
        asked=len(lines),
        granted=outcomes["granted"],
        refused=outcomes["refused"],
        pending=outcomes["pending"],
        lines=lines,
    )


def sources(catalogue: Sequence[Document]) -> list[dict[str, str]]:
    """Where the catalogue's items come from, said once for each catalogue."""
    notes = {item["catalogue"]: item["note"] for item in catalogue}
    return [{"catalogue": name, **note} for name, note in sorted(notes.items())]
