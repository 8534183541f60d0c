"""Tasks as a list: which of them, in which order, how many. Each says who is in charge as the register has it, and
how it stands by the calendar."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from operator import itemgetter
from typing import Any, NamedTuple

from pydantic import BaseModel

from shared.domain.decider import Actor
from shared.domain.paper import same
from shared.domain.task import CLOSED, TaskStatus
from shared.i18n import LANGUAGES, title_of_position
from shared.reports.cells import cell_of, is_due_soon
from shared.reports.lines import NamedTask, is_suspended, lacks, name_of, offset_of
from shared.reports.names import Register
from shared.reports.order import listed_units, place, task_order_among
from shared.reports.searching import has_words, words_of
from shared.values.code_lists import Entries, registered_units
from shared.values.ordering import VietnameseKey, vietnamese
from shared.values.types import Phase
from shared.values.units import title_of
from shared.views.view import Document

STATUSES = tuple(status.value for status in TaskStatus)
MOST_SHOWN = 10_000


class TaskCell(StrEnum):
    """How a task stands by the calendar: the cells of the report, and what in them wants somebody's eye."""

    COMPLETED_ON_TIME = "completed_on_time"
    COMPLETED_LATE = "completed_late"
    OPEN_IN_TIME = "open_in_time"
    OPEN_OVERDUE = "open_overdue"
    NO_DEADLINE = "no_deadline"
    SUSPENDED = "suspended"
    CANCELLED = "cancelled"
    DUE_SOON = "due_soon"
    LACKING = "lacking"


class TaskSort(StrEnum):
    """`number` is the order of the catalogue."""

    NUMBER = "number"
    DEADLINE = "deadline"
    UNIT = "unit"
    STATUS = "status"
    PERCENT = "percent"
    TITLE = "title"
    COLLECTIVE = "collective"
    INDIVIDUAL = "individual"
    PLANNED = "planned"
    UPDATED = "updated"


class Reader(NamedTuple):
    """Whose tasks are «mine»: those of the unit, and those that are put in charge of one of these `names`, folded."""

    unit: str
    names: frozenset[str]

    @classmethod
    def of(cls, actor: Actor) -> "Reader":
        names = [actor.id.partition(".")[2]]
        for lang in LANGUAGES:
            names += [title_of_position(actor.id, lang), title_of(actor.unit, lang)]
        return cls(actor.unit, frozenset(map(same, names)))

    def has(self, task: Document) -> bool:
        return task["unit"] == self.unit or any(
            task[name] and same(task[name]) in self.names for name in ("individual", "collective")
        )


class TaskFilter(NamedTuple):
    """What is empty lets every task through. `text` is looked for in titles, ids and who is in charge."""

    unit: str = ""
    status: TaskStatus | None = None
    cell: TaskCell | None = None
    phase: Phase | None = None
    group: int | None = None
    collective: str = ""
    individual: str = ""
    text: str = ""
    mine: Reader | None = None


EVERY_TASK = TaskFilter()


class TaskRow(NamedTask):
    """`days` are those left until the deadline of a task that is to be done: negative where it is over. Who is in
    charge and who lends a hand are named as on the register."""

    group: int
    phase: str
    status: str
    cell: str
    due_soon: bool
    percent: int
    collective: str | None
    individual: str | None
    coordinating: list[str]
    deadline: date | None
    original_deadline: date | None
    due_offset_days: int | None = None
    days: int | None = None
    planned_vnd: int
    secured_vnd: int | None
    missing: tuple[str, ...] = ()


class TaskList(BaseModel):
    """`matching` counts all that were looked for, `tasks` may be fewer."""

    today: date
    matching: int
    tasks: list[TaskRow]


def task_list(
    tasks: Iterable[Document],
    organisations: Iterable[Document],
    today: date,
    criteria: TaskFilter = EVERY_TASK,
    *,
    sort: TaskSort = TaskSort.NUMBER,
    descending: bool = False,
    skip: int = 0,
    limit: int | None = None,
    listed: Entries | None = None,
) -> TaskList:
    """At most `limit` tasks, after those that are skipped. `listed` are the units of the congress, in its order."""
    register = Register(organisations)
    matching = selected(tasks, criteria, register, today)
    ordered = in_order(matching, sort, register, descending=descending, listed=listed)
    shown = ordered[skip : None if limit is None else skip + limit]
    return TaskList(today=today, matching=len(matching), tasks=[row_of(task, register, today) for task in shown])


# --- which ---
def selected(tasks: Iterable[Document], criteria: TaskFilter, register: Register, today: date) -> list[Document]:
    """The tasks that fit all of the filter."""
    checks = list(_checks(criteria, register, today))
    return [task for task in tasks if all(check(task) for check in checks)]


def _checks(criteria: TaskFilter, register: Register, today: date) -> Iterable[Callable[[Document], bool]]:
    """The cheapest first."""
    if unit := criteria.unit:
        yield lambda task: task["unit"] == unit
    if status := criteria.status:
        yield lambda task: task["status"] == status
    if phase := criteria.phase:
        yield lambda task: task["phase"] == phase
    if group := criteria.group:
        yield lambda task: (task.get("group") or {}).get("number") == group
    if mine := criteria.mine:
        yield mine.has
    if cell := criteria.cell:
        yield lambda task: is_in(task, cell, today)
    if collective := criteria.collective:
        yield _is_named("collective", collective, register)
    if individual := criteria.individual:
        yield _is_named("individual", individual, register)
    if words := words_of(criteria.text):
        yield lambda task: _says(task, words)


def is_in(task: Document, cell: TaskCell, today: date) -> bool:
    match cell:
        case TaskCell.DUE_SOON:
            return is_due_soon(task, today)
        case TaskCell.LACKING:
            return task["status"] not in CLOSED and bool(lacks(task))
        case _:
            return cell_of(task, today) == cell


def _is_named(field: str, name: str, register: Register) -> Callable[[Document], bool]:
    """The same office or position, or one whose name has these words."""
    words = words_of(name)
    sought = _known(field, name, register)

    def check(task: Document) -> bool:
        if not task[field]:
            return False
        known = _known(field, task[field], register)
        return (sought is not None and known == sought) or has_words(words, "", (task[field], known))

    return check


def _known(field: str, name: str, register: Register) -> str | None:
    if field == "collective":
        office = register.office(name)
        return office.name if office else None
    posts = register.posts(name)
    return posts[0].position if posts else None


def _says(task: Document, words: Sequence[str]) -> bool:
    others = (task["task_id"], task["title"].get("en"), task["collective"], task["individual"])
    return has_words(words, task.get("search") or same(task["title"]["vi"]), others)


# --- in which order ---
def in_order(
    tasks: Iterable[Document],
    sort: TaskSort,
    register: Register,
    *,
    descending: bool = False,
    listed: Entries | None = None,
) -> list[Document]:
    """What has nothing to sort by comes last either way; the same stand in the catalogue's order."""
    units = registered_units() if listed is None else listed
    ordered = sorted(tasks, key=task_order_among(units))
    if sort is TaskSort.NUMBER:
        return ordered[::-1] if descending else ordered
    order = listed_units(units)
    value_of = _VALUES[sort] if sort is not TaskSort.UNIT else lambda task, _: place(task["unit"], order)
    values = [(value_of(task, register), task) for task in ordered]
    valued = [(value, task) for value, task in values if value is not None]
    rest = [task for value, task in values if value is None]
    return [task for _, task in sorted(valued, key=itemgetter(0), reverse=descending)] + rest


_VALUES: Mapping[TaskSort, Callable[[Document, Register], Any]] = {
    TaskSort.DEADLINE: lambda task, _: task["deadline"],
    TaskSort.STATUS: lambda task, _: place(task["status"], STATUSES),
    TaskSort.PERCENT: lambda task, _: task["percent"],
    TaskSort.TITLE: lambda task, _: vietnamese(task["title"]["vi"]),
    TaskSort.COLLECTIVE: lambda task, register: _by_office(task["collective"], register),
    TaskSort.INDIVIDUAL: lambda task, _: vietnamese(task["individual"]) if task["individual"] else None,
    TaskSort.PLANNED: lambda task, _: task["planned_vnd"],
    TaskSort.UPDATED: lambda task, _: task.get("updated_at"),
}


def _by_office(collective: str | None, register: Register) -> VietnameseKey | None:
    return vietnamese(_office_of(collective, register)) if collective else None


def _office_of(collective: str, register: Register) -> str:
    office = register.office(collective)
    return office.name if office else collective


# --- what each says ---
def row_of(task: Document, register: Register, today: date) -> TaskRow:
    collective, individual = task["collective"], task["individual"]
    post = register.post(individual, collective) if individual else None
    return TaskRow(
        **name_of(task),
        group=(task.get("group") or {}).get("number", 0),
        phase=task["phase"],
        status=task["status"],
        cell=cell_of(task, today),
        due_soon=is_due_soon(task, today),
        percent=task["percent"],
        collective=_office_of(collective, register) if collective else None,
        individual=post.position if post else individual,
        coordinating=[_office_of(who, register) for who in task["coordinating"]],
        deadline=task["deadline"],
        original_deadline=task["original_deadline"],
        due_offset_days=offset_of(task),
        days=days_left(task, today),
        planned_vnd=task["planned_vnd"],
        secured_vnd=task["secured_vnd"],
        missing=() if task["status"] in CLOSED else lacks(task),
    )


def days_left(task: Document, today: date) -> int | None:
    if task["deadline"] is None or task["status"] in CLOSED or is_suspended(task):
        return None
    return (date.fromisoformat(task["deadline"]) - today).days
