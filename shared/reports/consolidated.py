"""The consolidated report: pure arithmetic over the views and a date.

Continuing duties have a section of their own; the totals and lists are of all other work, reviews and extensions of
both. What is said beside the numbers is made in `sections.py`.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from pydantic import BaseModel

from shared.domain.task import TaskStatus
from shared.domain.task.standing import ExtensionOutcome
from shared.events.congress import Particulars
from shared.reports.annex import Annex
from shared.reports.cells import Cells, Share, cell_of, count, is_due_soon, where
from shared.reports.clearances import WaitingLine, waiting
from shared.reports.conditions import ConditionsBy
from shared.reports.congress import particulars_of
from shared.reports.document_register import Filed, filed
from shared.reports.duties import Duties, duties_of, is_duty
from shared.reports.lines import ESSENTIALS, Names, TaskLine, group_names, lacks, line_of
from shared.reports.lists_in_use import lists_in_use
from shared.reports.money import Money
from shared.reports.obstacles import Obstacles
from shared.reports.order import task_order_among, unit_order
from shared.reports.reviews import Reviews, summarise
from shared.reports.scenarios import InForce, in_force
from shared.reports.schedule import Coming, LateLine
from shared.reports.sections import AS_USUAL, Wanted, sections_of
from shared.reports.stopped import StoppedLine
from shared.values.code_lists import CodeList, Entry
from shared.values.types import Phase
from shared.views.view import Document


class GroupCells(Cells):
    name_vi: str
    name_en: str


class ExtensionLine(BaseModel):
    """One `lapsed` with a task that was closed. `past_because` is why the deadline asked for was over already."""

    id: str
    unit: str
    replaces: date
    deadline: date
    reason: str
    past_because: str | None = None
    requested_by: str
    outcome: str
    decided_by: str | None
    refused_because: str | None


class Extensions(BaseModel):
    """`asked` is the sum of the other four; extensions of cancelled tasks are left out."""

    asked: int
    granted: int
    refused: int
    lapsed: int
    pending: int
    lines: list[ExtensionLine]


class AsOf(BaseModel):
    """`sequence`: the event up to which the views were folded; `ledger_sequence`: where the ledger ends. Of the
    instant `at`, `by` says which of an event's two times counts, and `left_out` how many happened later."""

    sequence: int
    ledger_sequence: int
    today: date
    parked: int
    gaps: dict[str, int]
    at: str | None = None
    by: str | None = None
    left_out: int = 0


class Movements(BaseModel):
    """How each number of `Cells` moved since an earlier instant, `since`; negative where there are fewer. `issued` is
    the symbol of the report that showed that instant, where it is compared with one."""

    since: AsOf
    issued: str | None = None
    totals: dict[str, int]
    by_unit: dict[str, dict[str, int]]
    by_group: dict[str, dict[str, int]]
    by_phase: dict[str, dict[str, int]]


class Report(BaseModel):
    """`scenario` is the one in force; there is none before the first switch. `particulars` say of the congress itself
    what is on record, if anything is. `lists` are its code lists, by which units and all else are called and ordered
    here."""

    congress: str
    particulars: Particulars | None = None
    as_of: AsOf
    scenario: InForce | None
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
    duties: Duties
    waiting_for_clearance: list[WaitingLine]
    reviews: Reviews
    extensions: Extensions
    documents: list[Filed]
    meetings: int
    conclusion_points: int
    sources: list[dict[str, str]]
    conditions: ConditionsBy
    obstacles: Obstacles
    late: list[LateLine]
    stopped: list[StoppedLine]
    money: Money
    coming: Coming
    annex: Annex
    digest: str
    lists: dict[str, list[Entry]]
    movements: Movements | None = None


def consolidate(
    congress: str,
    as_of: AsOf,
    views: Mapping[str, Sequence[Document]],
    digest: str,
    wanted: Wanted = AS_USUAL,
) -> Report:
    """`views` are the documents of every view, by its name."""
    lists = lists_in_use(views)
    listed = lists[CodeList.UNITS]
    every_task = sorted(views["tasks"], key=task_order_among(listed))
    tasks = [task for task in every_task if not is_duty(task)]
    live = [task for task in tasks if task["status"] != TaskStatus.CANCELLED]
    today = as_of.today
    lacking = [task for task in live if lacks(task)]
    totals, units = count(tasks, today), unit_order((task["unit"] for task in tasks), listed)
    groups = group_names(tasks, views["catalogue"], lists[CodeList.GROUPS])
    return Report(
        **dict(sections_of(every_task, tasks, groups, views, today, wanted)),
        congress=congress,
        particulars=particulars_of(views["congress"]),
        as_of=as_of,
        scenario=in_force(views["scenarios"], listed, every_task),
        totals=totals,
        completion=totals.completion,
        punctuality=totals.punctuality,
        by_unit={unit: count(where(tasks, "unit", unit), today) for unit in units},
        by_group=_by_group(tasks, groups, today),
        by_phase={phase.value: count(where(tasks, "phase", phase.value), today) for phase in Phase},
        missing={name: [task["task_id"] for task in lacking if name in lacks(task)] for name in ESSENTIALS},
        lacking=[line_of(task) for task in lacking],
        overdue=[line_of(task) for task in live if cell_of(task, today) == "open_overdue"],
        due_soon=[line_of(task) for task in live if is_due_soon(task, today)],
        duties=duties_of(every_task, views["duties"], views["organisations"], today, lists[CodeList.DUTIES]),
        waiting_for_clearance=waiting(every_task, views["clearances"]),
        reviews=summarise(every_task, views["reviews"], listed),
        documents=filed(views["documents"]),
        extensions=_extensions(task for task in every_task if task["status"] != TaskStatus.CANCELLED),
        meetings=len(views["meetings"]),
        conclusion_points=sum(len(meeting["points"]) for meeting in views["meetings"]),
        sources=sources(views["catalogue"]),
        digest=digest,
        lists={code_list.value: list(entries) for code_list, entries in lists.items()},
    )


def _by_group(tasks: Sequence[Document], names: Names, today: date) -> dict[str, GroupCells]:
    groups: dict[str, GroupCells] = {}
    for number, name in names.items():
        cells = count((task for task in tasks if task["group"]["number"] == number), today)
        groups[str(number)] = GroupCells(name_vi=name["vi"], name_en=name["en"], **cells.model_dump())
    return groups


def _extensions(tasks: Iterable[Document]) -> Extensions:
    lines = [
        ExtensionLine(id=task["task_id"], unit=task["unit"], **extension)
        for task in tasks
        for extension in task["extensions"]
    ]
    outcomes = Counter(line.outcome for line in lines)
    numbers = {outcome.value: outcomes[outcome] for outcome in ExtensionOutcome}
    return Extensions(asked=len(lines), lines=lines, **numbers)


def sources(catalogue: Sequence[Document]) -> list[dict[str, str]]:
    """Where the catalogue's items come from, once for each catalogue."""
    notes = {item["catalogue"]: item["note"] for item in catalogue}
    return [{"catalogue": name, **note} for name, note in sorted(notes.items())]


def movements(before: Report, after: Report) -> Movements:
    return Movements(
        since=before.as_of,
        totals=_moved(before.totals, after.totals),
        by_unit=_moved_each(before.by_unit, after.by_unit),
        by_group=_moved_each(before.by_group, after.by_group),
        by_phase=_moved_each(before.by_phase, after.by_phase),
    )


def _moved_each(before: Mapping[str, Cells], after: Mapping[str, Cells]) -> dict[str, dict[str, int]]:
    """What was not there before counts from nothing."""
    names = [*after, *(name for name in before if name not in after)]
    return {name: _moved(before.get(name, Cells()), after.get(name, Cells())) for name in names}


def _moved(before: Cells, after: Cells) -> dict[str, int]:
    return {name: getattr(after, name) - getattr(before, name) for name in Cells.model_fields}
