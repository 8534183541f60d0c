"""The tasks of the unit: filtered, sorted, page by page, all of it in the address."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import urlencode
from weakref import WeakKeyDictionary

from starlette.responses import Response

from shared.i18n import format_date, offset_in_words, render
from shared.reports.lines import group_names
from shared.reports.my_work import Attention, Whose, wanting
from shared.reports.task_list import STATUSES, TaskCell, TaskList, TaskRow, TaskSort, task_list
from shared.unit.own_views import OwnViews
from shared.unit.roles import Act
from shared.values.choice_words import words_of_choice
from shared.values.code_lists import CodeList, entries_to_choose
from shared.values.message import Message, word
from shared.values.types import Phase
from shared.views.view import Document
from shared.web.figures import beside
from shared.web.forms import Option
from shared.web.pages.offered import HELP, may_do
from shared.web.pages.task_filter import PAGE_TASKS, Wanted, pages_of, wanted_of
from shared.web.rendering import text_in
from shared.web.sections import Link, Section, route
from shared.web.spreadsheet import spreadsheet
from shared.web.visit import Visit

READY_MADE: Sequence[tuple[str, Message]] = (
    ("", Message("all", "All tasks")),
    (Attention.MINE, Message("mine", "Mine")),
    (Attention.WAITING, Message("waiting", "Waiting for me")),
    (Attention.LATE, Message("late", "Overdue")),
    (Attention.WEEK, Message("week", "Due within 7 days")),
    (Attention.RETURNED, Message("returned", "Returned")),
    (Attention.OBSTRUCTED, Message("obstructed", "Obstructed")),
    (Attention.UNFUNDED, Message("unfunded", "Without funding")),
)
"""Views by the parameter `view`, and what they are called."""
SORTS = (
    (TaskSort.NUMBER, Message("sort", "By number")),
    (TaskSort.TITLE, Message("sort", "By title")),
    (TaskSort.COLLECTIVE, Message("sort", "By collective")),
    (TaskSort.INDIVIDUAL, Message("sort", "By individual")),
    (TaskSort.DEADLINE, Message("sort", "By deadline")),
    (TaskSort.STATUS, Message("sort", "By status")),
    (TaskSort.PERCENT, Message("sort", "By progress")),
    (TaskSort.PLANNED, Message("sort", "By money")),
    (TaskSort.UPDATED, Message("sort", "By last change")),
)
FOR_MANY = (
    *("start-task", "report-progress", "complete-task", "return-task", "grant-extension", "assign-task"),
    *("set-deadline", "request-extension", "fund-task", "comment-on-task", "instruct-task", "cancel-task"),
)
"""What can be done with several at once."""
MOST_NAMES = 300


def whose_of(visit: Visit) -> Whose:
    return Whose.of(visit.actor, visit.views.documents("organisations"), visit.today, visit.register)


def own_tasks(visit: Visit) -> list[Document]:
    return [task for task in visit.views.documents("tasks") if task["unit"] == visit.service]


async def tasks_page(visit: Visit) -> Response:
    return await beside(partial(_tasks_shown, visit))


def _looked_at(visit: Visit, wanted: Wanted, everything: list[Document]) -> list[Document]:
    looked_at, whose = everything, whose_of(visit)
    if wanted.attention:
        looked_at = wanting(everything, wanted.attention, whose, visit.today)
    return [task for task in looked_at if whose.has(task)] if wanted.only_mine else looked_at


async def table_page(visit: Visit) -> Response:
    """All tasks that fit, as a table for a spreadsheet."""
    return await beside(partial(_table, visit))


def _table(visit: Visit) -> Response:
    wanted = wanted_of(visit.query)
    listed = task_list(
        _looked_at(visit, wanted, own_tasks(visit)),
        visit.views.documents("organisations"),
        visit.today,
        wanted.filter,
        sort=wanted.sort,
        descending=wanted.descending,
        limit=MOST_IN_A_TABLE,
    )
    headings = [visit.say(heading) for heading in COLUMNS]
    rows = [_cells(row, visit) for row in listed.tasks]
    return spreadsheet("nhiem-vu.csv" if visit.lang == "vi" else "tasks.csv", headings, rows)


def _cells(row: TaskRow, visit: Visit) -> list[str]:
    title = text_in({"vi": row.title_vi, "en": row.title_en}, visit.lang)
    offset = offset_in_words(row.due_offset_days, visit.lang) if row.due_offset_days is not None else ""
    due = format_date(row.deadline) if row.deadline else offset
    state = _word(visit, "status", "suspended" if row.cell == "suspended" else row.status)
    sums = ("" if each is None else str(each) for each in (row.planned_vnd, row.secured_vnd))
    return [row.id, title, row.collective or "", row.individual or "", due, state, str(row.percent), *sums]


COLUMNS = (
    *(Message("column", "No."), Message("column", "Task"), Message("column", "Collective in charge")),
    *(Message("column", "Individual in charge"), Message("column", "Deadline"), Message("column", "Status")),
    *(Message("column", "Progress, %"), Message("column", "Planned, đồng"), Message("column", "Secured, đồng")),
)
MOST_IN_A_TABLE = 100_000


def _tasks_shown(visit: Visit) -> Response:
    wanted = wanted_of(visit.query)
    everything = own_tasks(visit)
    wanted, shown = _listed(visit, _looked_at(visit, wanted, everything), wanted)
    return visit.render(
        "tasks/list.html",
        page_title=visit.t("Tasks in my charge") if wanted.only_mine else visit.t("Tasks"),
        rows=[_row(row, visit) for row in shown.tasks],
        matching=shown.matching,
        in_all=len(everything),
        wanted=wanted,
        pages=pages_of(shown.matching),
        saved=_saved(visit, wanted),
        options=_options(visit, everything),
        actions=[(name, HELP[name].title) for name in FOR_MANY if may_do(visit.actor, name, visit.service)],
        may_open=visit.may(Act.RECORD),
    )


def _listed(visit: Visit, tasks: list[Document], wanted: Wanted) -> tuple[Wanted, TaskList]:
    def listed(wanted: Wanted) -> TaskList:
        return task_list(
            tasks,
            visit.views.documents("organisations"),
            visit.today,
            wanted.filter,
            sort=wanted.sort,
            descending=wanted.descending,
            skip=wanted.skip,
            limit=PAGE_TASKS,
        )

    shown = listed(wanted)
    there = wanted.on_page(shown.matching)
    return there, shown if there == wanted else listed(there)


def _row(row: TaskRow, visit: Visit) -> dict[str, Any]:
    title = text_in({"vi": row.title_vi, "en": row.title_en}, visit.lang)
    return {
        "row": row,
        "id": row.id,
        "title": title,
        "label": f"{row.id}. {title}",
        "missing": missing_in_words(row.missing, visit),
    }


def missing_in_words(missing: Sequence[str], visit: Visit) -> str:
    words = (word(name) for name in missing)
    return ", ".join(visit.say(name) if isinstance(name, Message) else name for name in words)


def _saved(visit: Visit, wanted: Wanted) -> list[dict[str, Any]]:
    return [
        {
            "label": visit.say(label),
            "href": f"/tasks?{urlencode({'view': view})}" if view else "/tasks",
            "current": (wanted.attention or "") == view and not wanted.only_mine,
        }
        for view, label in READY_MADE
    ]


type Options = Mapping[str, Sequence[Option]]
_OPTIONS: WeakKeyDictionary[OwnViews, tuple[tuple[int, str], Options]] = WeakKeyDictionary()


def _options(visit: Visit, tasks: Sequence[Document]) -> Options:
    """What each filter can be set to; made again once something has changed, for every task has a say in it."""
    made_for = visit.views.version, visit.lang
    kept = _OPTIONS.get(visit.views)
    if kept is None or kept[0] != made_for:
        kept = _OPTIONS[visit.views] = made_for, _options_now(visit, tasks)
    return kept[1]


def _options_now(visit: Visit, tasks: Sequence[Document]) -> Options:
    groups = group_names(tasks, visit.views.documents("catalogue"), entries_to_choose(CodeList.GROUPS))
    offices = sorted({_office(visit, task["collective"]) for task in tasks if task["collective"]})
    individuals = sorted({task["individual"] for task in tasks if task["individual"]})
    return {
        "status": [Option(status, _word(visit, "status", status)) for status in STATUSES],
        "cell": [Option(cell, _word(visit, "cell", cell)) for cell in TaskCell],
        "phase": [Option(phase, _word(visit, "phase", phase)) for phase in Phase],
        "group": [Option(str(number), f"{number}. {text_in(name, visit.lang)}") for number, name in groups.items()],
        "collective": [Option(name, name) for name in offices[:MOST_NAMES]],
        "individual": [Option(name, name) for name in individuals[:MOST_NAMES]],
        "sort": [Option(sort, visit.say(label)) for sort, label in SORTS],
    }


def _office(visit: Visit, collective: str) -> str:
    office = visit.register.office(collective)
    return office.name if office else collective


def _word(visit: Visit, field: str, code: str) -> str:
    words = CELL_WORDS.get(code) if field in ("status", "cell") else None
    if words:
        return visit.say(words)
    words = words_of_choice(field, code)
    return render(words, visit.lang) if words else code


CELL_WORDS = {
    "open": Message("cell", "Not started"),
    "in_progress": Message("cell", "In progress"),
    "blocked": Message("cell", "Blocked"),
    "submitted": Message("cell", "Submitted"),
    "completed": Message("cell", "Completed"),
    "cancelled": Message("cell", "Cancelled"),
    "completed_on_time": Message("cell", "Completed on time"),
    "completed_late": Message("cell", "Completed late"),
    "open_in_time": Message("cell", "Within the deadline"),
    "open_overdue": Message("cell", "Overdue"),
    "no_deadline": Message("cell", "No deadline"),
    "suspended": Message("cell", "Suspended"),
    "due_soon": Message("cell", "Due soon"),
    "lacking": Message("cell", "Lacks essentials"),
}

SECTION = Section(
    routes=(route("/tasks", tasks_page), route("/tasks.csv", table_page)),
    links=(Link("Tasks", "/tasks"),),
    only_units=True,
)
