"""Which tasks a list shows, in which order, and what it says of each."""

from datetime import date
from io import StringIO

import pytest
from rich.console import Console

from daihoi.terminal.lists import tasks_table
from shared.domain.decider import Actor
from shared.domain.task import TaskStatus
from shared.reports.pages import tasks_called
from shared.reports.task_list import Reader, TaskCell, TaskFilter, TaskSort, task_list
from shared.values.types import Phase, fold_diacritics

TODAY = date(2020, 9, 10)
REGISTER = [
    {"_id": "so-y-te", "name": {"vi": "Sở Y tế", "en": ""}, "positions": ["Phó Giám đốc Sở Y tế"], "aliases": []},
]


def a_task(number, title, **other):
    unit = other.get("unit", "logistics")
    return {
        "_id": f"{unit}/{number}",
        "task_id": number,
        "unit": unit,
        "title": {"vi": title, "en": other.pop("en", "")},
        "search": fold_diacritics(title).lower(),
        "group": {"number": int(number.partition("-")[0]), "name": {"vi": "Nhóm", "en": ""}},
        "phase": "before",
        "scenario": "both",
        "status": "open",
        "percent": 0,
        "collective": None,
        "individual": None,
        "coordinating": [],
        "original_deadline": None,
        "deadline": None,
        "completed_on": None,
        "suspended": False,
        "planned_vnd": 0,
        "secured_vnd": None,
        "updated_at": "2020-09-01T00:00:00.000000Z",
        **other,
    }


HALL = a_task(
    "1-02", "Đường dây điện thoại hội trường", collective="SỞ Y TẾ", individual="pho giam doc so y te", percent=40,
    status="in_progress", deadline="2020-09-09", original_deadline="2020-09-08", en="Telephone",
)  # fmt: skip
MEALS = a_task("1-10", "Ăn uống", deadline="2020-09-12", original_deadline="2020-09-12", collective="Đội bếp")
CARS = a_task(
    "2-01", "An toàn giao thông", unit="security", phase="during", individual="Trưởng Bộ phận hậu cần phục vụ"
)
DONE = a_task(
    "2-02", "Báo cáo", unit="security", status="completed", percent=100, deadline="2020-09-01",
    original_deadline="2020-09-01", completed_on="2020-09-02",
)  # fmt: skip
TASKS = [DONE, MEALS, CARS, HALL]
LEAD = Actor("logistics.lead", "logistics")


def ids(**options):
    return [row.id for row in task_list(TASKS, REGISTER, TODAY, **options).tasks]


@pytest.mark.parametrize(
    ("wanted", "shown"),
    [
        (TaskFilter(), ["1-02", "1-10", "2-01", "2-02"]),
        (TaskFilter(unit="security"), ["2-01", "2-02"]),
        (TaskFilter(status=TaskStatus.OPEN), ["1-10", "2-01"]),
        (TaskFilter(phase=Phase.DURING), ["2-01"]),
        (TaskFilter(group=1), ["1-02", "1-10"]),
        (TaskFilter(cell=TaskCell.OPEN_OVERDUE), ["1-02"]),
        (TaskFilter(cell=TaskCell.DUE_SOON), ["1-10"]),
        (TaskFilter(cell=TaskCell.NO_DEADLINE), ["2-01"]),
        (TaskFilter(cell=TaskCell.COMPLETED_LATE), ["2-02"]),
        (TaskFilter(cell=TaskCell.LACKING), ["1-10", "2-01"]),
        (TaskFilter(collective="so-y-te"), ["1-02"]),
        (TaskFilter(collective="bep"), ["1-10"]),
        (TaskFilter(individual="phó giám đốc sở y tế"), ["1-02"]),
        (TaskFilter(individual="pho giam doc"), ["1-02"]),
        (TaskFilter(text="duong DAY"), ["1-02"]),
        (TaskFilter(text="đường dây"), ["1-02"]),
        (TaskFilter(text="hoi truong so y te"), ["1-02"]),
        (TaskFilter(text="telephone"), ["1-02"]),
        (TaskFilter(text="2-0"), ["2-01", "2-02"]),
        (TaskFilter(text="không có"), []),
        (TaskFilter(mine=Reader.of(LEAD)), ["1-02", "1-10", "2-01"]),
        (TaskFilter(mine=Reader.of(Actor("subcommittee.office", "subcommittee"))), []),
        (TaskFilter(unit="security", text="an"), ["2-01"]),
    ],
)
def test_a_list_shows_what_fits_all_that_is_asked_for(wanted, shown):
    assert ids(criteria=wanted) == shown


@pytest.mark.parametrize(
    ("sort", "descending", "shown"),
    [
        (TaskSort.NUMBER, True, ["2-02", "2-01", "1-10", "1-02"]),
        (TaskSort.DEADLINE, False, ["2-02", "1-02", "1-10", "2-01"]),
        (TaskSort.DEADLINE, True, ["1-10", "1-02", "2-02", "2-01"]),
        (TaskSort.TITLE, False, ["2-01", "1-10", "2-02", "1-02"]),
        (TaskSort.PERCENT, True, ["2-02", "1-02", "1-10", "2-01"]),
        (TaskSort.STATUS, False, ["1-10", "2-01", "1-02", "2-02"]),
        (TaskSort.COLLECTIVE, False, ["1-10", "1-02", "2-01", "2-02"]),
        (TaskSort.UPDATED, False, ["1-02", "1-10", "2-01", "2-02"]),
        (TaskSort.UNIT, False, ["1-02", "1-10", "2-01", "2-02"]),
    ],
)
def test_a_list_stands_in_the_order_that_is_asked_for_and_what_says_nothing_comes_last(sort, descending, shown):
    assert ids(sort=sort, descending=descending) == shown


def test_a_list_says_how_many_there_are_beside_those_that_it_shows():
    short = task_list(TASKS, REGISTER, TODAY, limit=2)
    assert (short.matching, [row.id for row in short.tasks]) == (4, ["1-02", "1-10"])
    console = Console(width=160, record=True, file=StringIO())
    console.print(tasks_table(short, "vi"))
    shown = console.export_text()
    for words in ("Nhiệm vụ: hiện 2 trong số 4", "quá hạn 1 ngày", "còn 2 ngày", "Đang triển khai 40%", "Sở Y tế"):
        assert words in shown


def test_each_task_is_told_by_names_of_the_register_and_days_of_the_calendar():
    hall, meals, cars, done = task_list(TASKS, REGISTER, TODAY).tasks
    assert (hall.collective, hall.individual, hall.days, hall.cell) == (
        "Sở Y tế",
        "Phó Giám đốc Sở Y tế",
        -1,
        "open_overdue",
    )
    assert (meals.collective, meals.days, meals.due_soon) == ("Đội bếp", 2, True)
    assert (cars.days, done.days, done.missing) == (None, None, ())


def test_a_task_is_called_by_its_number_in_one_unit_or_in_any():
    other = a_task("1-02", "Việc khác", unit="security")
    both = [*TASKS, other]
    assert tasks_called(both, "1-02") == [HALL, other]
    assert tasks_called(both, "1-02", "security") == tasks_called(both, "security/1-02") == [other]
    assert tasks_called(both, "9-99") == []
