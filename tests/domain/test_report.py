"""The arithmetic of the consolidated report, and two official tables to test it on."""

import json
from datetime import date
from io import StringIO
from itertools import count

import pytest
from rich.console import Console

from daihoi.terminal.report import Printer
from daihoi.terminal.task_lists import missing_table
from daihoi.terminal.workload import workload_tables
from services.tracker.projection.store import VIEW_NAMES
from shared.eventstore.canonical import indented
from shared.reports.cells import Share, cell_of
from shared.reports.cells import count as count_cells
from shared.reports.consolidated import AsOf, consolidate
from shared.reports.lines import lacks
from shared.reports.workload import workload

TODAY = date(2020, 9, 10)
NUMBERS = count(1)


def a_task(status="open", deadline="2020-09-20", completed_on=None, **other):
    number = next(NUMBERS)
    return {
        "_id": f"logistics/t-{number}",
        "task_id": f"t-{number}",
        "unit": "logistics",
        "phase": "before",
        "group": {"number": 1, "name": {"vi": "Văn kiện", "en": "Papers"}},
        "title": {"vi": "Việc", "en": "Work"},
        "status": status,
        "original_deadline": deadline,
        "extensions": [],
        "deadline": deadline,
        "completed_on": completed_on,
        "collective": "Sở Y tế",
        "individual": "Phó Giám đốc",
        "planned_vnd": 100,
        "secured_vnd": 100,
        **other,
    }


def on_time():
    return a_task("completed", completed_on="2020-09-20")


def late():
    return a_task("completed", completed_on="2020-09-21")


def overdue():
    return a_task(deadline="2020-09-09")


def a_report(*tasks, reviews=(), duties=(), organisations=(), catalogue=()):
    as_of = AsOf(sequence=1, ledger_sequence=1, today=TODAY, parked=0, gaps={})
    return consolidate(
        congress="test",
        as_of=as_of,
        views={
            **dict.fromkeys(VIEW_NAMES, ()),
            "tasks": tasks,
            "catalogue": catalogue,
            "reviews": reviews,
            "duties": duties,
            "organisations": organisations,
        },
        digest="d",
    )


@pytest.mark.parametrize(
    ("task", "cell"),
    [
        (on_time(), "completed_on_time"),
        (late(), "completed_late"),
        (a_task(deadline="2020-09-10"), "open_in_time"),
        (a_task("submitted", deadline="2020-09-09"), "open_overdue"),
        (a_task("blocked", deadline="2020-09-09"), "open_overdue"),
        (a_task(deadline=None), "no_deadline"),
        (a_task("completed", deadline=None, completed_on="2020-09-01"), "no_deadline"),
        (a_task("cancelled", deadline="2020-09-09"), "cancelled"),
        (a_task("cancelled", suspended=True), "cancelled"),
        (a_task("in_progress", deadline="2020-09-09", suspended=True), "suspended"),
        (a_task(deadline=None, suspended=True), "suspended"),
        (on_time() | {"suspended": True}, "completed_on_time"),
    ],
)
def test_a_task_falls_in_exactly_one_cell(task, cell):
    assert cell_of(task, TODAY) == cell
    cells = count_cells([task], TODAY).model_dump()
    six = ("completed_on_time", "completed_late", "open_in_time", "open_overdue", "no_deadline", "suspended")
    every = (*six, "cancelled")
    assert {name: cells[name] for name in every} == {name: int(name == cell) for name in every}
    assert cells["tasks"] == sum(cells[name] for name in six)


def test_the_cells_of_an_official_table_add_up_to_its_total_and_its_percentage():
    tasks = [on_time()] * 14_068 + [late()] * 1_983 + [a_task()] * 5_640 + [overdue()] * 223
    totals = a_report(*tasks).totals
    assert totals.tasks == 21_914
    assert totals.punctuality == Share(part=16_051, whole=16_274, percent=98.62)


def test_another_official_table_adds_up():
    totals = a_report(*[on_time()] * 585, *[overdue()] * 67, *[a_task()] * 181).totals
    assert (totals.tasks, totals.completed, totals.open_overdue, totals.open_in_time) == (833, 585, 67, 181)


def test_every_breakdown_adds_up_to_the_totals():
    report = a_report(
        on_time(),
        late(),
        overdue(),
        a_task(unit="security", phase="after", group={"number": 8, "name": {"vi": "An ninh", "en": "Security"}}),
        a_task(unit="propaganda", deadline=None),
        a_task("cancelled"),
        a_task(unit="security", suspended=True),
    )
    for breakdown in (report.by_unit, report.by_group, report.by_phase):
        for cell, total in report.totals.model_dump().items():
            assert sum(getattr(cells, cell) for cells in breakdown.values()) == total, cell
    assert (report.totals.tasks, report.totals.suspended) == (6, 1)


def test_suspended_tasks_are_counted_but_neither_due_nor_lacking_nor_paid_for():
    open_ended = {"collective": None, "secured_vnd": None, "suspended": True, "coordinating": []}
    tasks = [
        a_task(deadline="2020-09-09", **open_ended),
        a_task(deadline="2020-09-11", **open_ended),
        a_task(coordinating=[]),
    ]
    report = a_report(*tasks)
    assert (report.totals.tasks, report.totals.suspended, report.totals.planned_vnd) == (3, 2, 100)
    assert (report.overdue, report.due_soon, report.lacking) == ([], [], [])
    assert (report.punctuality.whole, report.completion.whole) == (0, 3)
    assert report.reviews.by_unit["logistics"].tasks == 1
    found = workload(tasks, TODAY)
    assert (found.nobody.tasks, found.nobody.open_tasks, found.by_collective[0].cells.open_tasks) == (2, 0, 1)


def test_cancelled_tasks_are_counted_apart_and_lack_nothing():
    report = a_report(a_task("cancelled", collective=None, planned_vnd=5, secured_vnd=None))
    assert (report.totals.tasks, report.totals.cancelled, report.totals.planned_vnd) == (0, 1, 0)
    assert not report.lacking
    assert report.completion.percent is None


@pytest.mark.parametrize(
    ("task", "missing"),
    [
        (a_task(), ()),
        (a_task(collective=None), ("collective",)),
        (a_task(individual=None), ("individual",)),
        (a_task(deadline=None), ("deadline",)),
        (a_task(secured_vnd=None), ("funding",)),
        (a_task(secured_vnd=99), ("funding",)),
        (a_task(planned_vnd=0, secured_vnd=None), ()),
        (
            a_task(collective=None, individual=None, deadline=None, secured_vnd=None),
            ("collective", "individual", "deadline", "funding"),
        ),
    ],
)
def test_a_task_lacks_what_is_not_settled(task, missing):
    assert lacks(task) == missing
    report = a_report(task)
    assert {name for name, ids in report.missing.items() if ids} == set(missing)


def test_money_left_over_on_one_task_fills_no_gap_on_another():
    totals = a_report(a_task(secured_vnd=150), a_task(secured_vnd=60)).totals
    assert (totals.planned_vnd, totals.secured_vnd) == (200, 210)
    assert (totals.unsecured_vnd, totals.surplus_vnd) == (40, 50)
    assert totals.planned_vnd + totals.surplus_vnd == totals.secured_vnd + totals.unsecured_vnd


def in_group(number, name, **other):
    return a_task(group={"number": number, "name": {"vi": name, "en": ""}}, **other)


OF_A_CATALOGUE = {"catalogue": "xx", "note": {"vi": "Danh mục", "en": ""}}


def test_the_catalogue_names_the_groups_and_no_task_renames_one():
    tasks = [in_group(1, "Văn kiện"), in_group(1, "Tên khác"), *(in_group(9, name) for name in ("A", "B", "B"))]
    items = [
        {"_id": f"1-0{number}", "group": in_group(1, name)["group"], "withdrawn": withdrawn, **OF_A_CATALOGUE}
        for number, (name, withdrawn) in enumerate([("Cũ", True), ("Cũ", True), ("Văn kiện, hồ sơ", False)])
    ]
    named = {number: cells.name_vi for number, cells in a_report(*tasks, catalogue=items).by_group.items()}
    assert named == {"1": "Văn kiện, hồ sơ", "9": "B"}


def test_groups_phases_units_and_tasks_stand_in_the_order_of_numbers_and_of_the_calendar():
    told = [("10", "after", "security"), ("2", "before", "propaganda"), ("9", "during", "logistics")]
    tasks = [
        in_group(int(group), "Nhóm", task_id=f"{group}-{number}", phase=phase, unit=unit, collective=None)
        for group, phase, unit in told for number in (10, 9)
    ]  # fmt: skip
    report = a_report(*tasks)
    assert list(report.by_group) == list(report.reviews.by_group) == ["2", "9", "10"]
    assert list(report.by_phase) == list(report.reviews.by_phase) == ["before", "during", "after"]
    assert list(report.reviews.by_unit) == ["propaganda", "logistics", "security"]
    assert report.missing["collective"] == ["2-9", "2-10", "9-9", "9-10", "10-9", "10-10"]


def a_duty(phase, duty="decoration"):
    task_id = f"giao-thuy-{duty}-{phase}"
    return a_task(task_id=task_id, phase=phase, duty=duty, locality="giao-thuy", deadline="2020-09-01")


def test_the_duties_of_a_locality_stand_in_the_order_of_the_calendar():
    overdue_duties = a_report(*(a_duty(phase) for phase in ("after", "before", "during"))).duties.overdue
    assert [line.id.rpartition("-")[2] for line in overdue_duties] == ["before", "during", "after"]


def printed(report, lang):
    console = Console(width=160, record=True, file=StringIO())
    Printer(report, lang).print_on(console)
    return console.export_text()


def test_a_task_that_counts_from_the_opening_day_is_shown_with_that_and_lacks_its_deadline_still():
    offsets = {"1-01": -30, "1-02": -1, "1-03": 0, "1-04": 2, "1-05": None}
    tasks = [a_task(task_id=name, deadline=None, due_offset_days=days) for name, days in offsets.items()]
    report = a_report(*tasks, a_task(task_id="1-06", due_offset_days=-30))
    assert report.missing["deadline"] == list(offsets)
    assert {line.id: line.due_offset_days for line in report.lacking} == offsets
    shown = {lang: printed(report, lang) for lang in ("vi", "en")}
    for vi, en, task_id in (
        ("30 ngày trước khai mạc", "30 days before the opening", "1-01"),
        ("1 ngày trước khai mạc", "1 day before the opening", "1-02"),
        ("ngày khai mạc", "on the opening day", "1-03"),
        ("2 ngày sau khai mạc", "2 days after the opening", "1-04"),
    ):
        assert f"{vi}: {task_id}" in shown["vi"]
        assert f"{en}: {task_id}" in shown["en"]
    assert not [line for line in shown["en"].splitlines() if "opening" in line and "1-06" in line]


def test_the_report_is_worded_as_an_office_would():
    shown = printed(a_report(on_time(), a_task(secured_vnd=150), a_task(secured_vnd=60)), "vi")
    for said in ("1/3 (33,33%)", "Sắp đến hạn (trong 3 ngày tới)", "Còn thiếu (không bù trừ phần dư", "Dư"):
        assert said in shown


def test_due_soon_means_within_three_days_and_not_yet_over():
    due = {day: a_task(deadline=f"2020-09-{day:02}") for day in (9, 10, 13, 14)}
    due_soon = {line.id for line in a_report(*due.values()).due_soon}
    assert due_soon == {due[10]["task_id"], due[13]["task_id"]}


def an_extension(outcome="pending", **other):
    return {
        "requested_at": "2020-09-01T02:00:00.000000Z",
        "requested_by": "logistics.member",
        "replaces": "2020-09-08",
        "deadline": "2020-09-12",
        "reason": "Mưa bão",
        "outcome": outcome,
        "decided_at": None,
        "decided_by": None,
        "refused_because": None,
        **other,
    }


def test_an_extended_task_counts_by_its_present_deadline_and_is_listed_with_the_original():
    report = a_report(a_task(deadline="2020-09-12", original_deadline="2020-09-08"))
    assert (report.totals.open_in_time, report.totals.open_overdue) == (1, 0)
    (line,) = report.due_soon
    assert (line.original_deadline, line.deadline) == (date(2020, 9, 8), date(2020, 9, 12))


def test_work_completed_within_its_extension_is_on_time():
    extended = a_task("completed", "2020-09-12", "2020-09-10", original_deadline="2020-09-08")
    assert cell_of(extended, TODAY) == "completed_on_time"


def test_extensions_are_counted_by_outcome_and_each_is_told():
    refused = an_extension("refused", decided_by="logistics.lead", refused_because="Không đủ lý do")
    twice = a_task(extensions=[refused, an_extension()])
    extensions = a_report(
        twice,
        a_task(extensions=[an_extension("granted"), an_extension("lapsed")]),
        a_task("cancelled", extensions=[an_extension()]),
    ).extensions
    assert (extensions.asked, extensions.granted, extensions.refused) == (4, 1, 1)
    assert (extensions.lapsed, extensions.pending) == (1, 1)
    first = extensions.lines[0]
    assert (first.id, first.outcome, first.refused_because) == (twice["task_id"], "refused", "Không đủ lý do")


def test_percentages_are_rounded_down_so_that_all_means_all():
    assert Share.of(9_999, 10_000).percent == 99.99
    assert Share.of(99_999, 100_000).percent == 99.99
    assert Share.of(2, 2).percent == 100
    assert Share.of(0, 0).percent is None


def a_review(unit="logistics", status="open", opened_at="2020-08-20", **items):
    judged = {
        task_id: {"at_opening": gaps, "found": gaps, "confirmed": status == "closed", "explained": explained}
        for task_id, (gaps, explained) in items.items()
    }
    named = {"_id": f"{unit}/{opened_at}", "unit": unit, "review_id": opened_at, "due_on": None}
    return {**named, "status": status, "opened_at": opened_at, "signed_by": None, "items": judged}


def test_a_review_says_what_was_fixed_what_appeared_what_is_explained_and_what_is_left():
    fixed, explained, left, appeared, later = (
        a_task(task_id="fixed"),
        a_task(task_id="explained", deadline=None),
        a_task(task_id="left", collective=None),
        a_task(task_id="appeared", secured_vnd=1),
        a_task(task_id="later", individual=None),
    )
    for task in (fixed, explained, left, appeared, later):
        task["_id"] = f"logistics/{task['task_id']}"
    review = a_review(
        fixed=(["funding"], {}),
        explained=(["deadline"], {"deadline": "Chờ lịch họp"}),
        left=(["collective"], {}),
        appeared=([], {}),
    )
    reviews = a_report(fixed, explained, left, appeared, later, reviews=(review,)).reviews
    line = reviews.latest[0]
    assert (line.gaps_at_opening, line.fixed, line.appeared, line.explained, line.left) == (3, 1, 1, 1, 2)
    for cells in (reviews.by_unit["logistics"], reviews.by_group["1"], reviews.by_phase["before"]):
        assert (cells.tasks, cells.reviewed, cells.gaps, cells.explained, cells.left) == (5, 4, 4, 1, 3)


def test_what_changed_since_the_last_signed_review_is_told_task_by_task():
    better, same = a_task(task_id="better"), a_task(task_id="same", deadline=None)
    for task in (better, same):
        task["_id"] = f"logistics/{task['task_id']}"
    signed = a_review(status="closed", better=(["funding"], {}), same=(["deadline"], {}))
    newer = a_review(opened_at="2020-09-01", better=([], {}), same=(["deadline"], {}))
    reviews = a_report(better, same, reviews=(newer, signed)).reviews
    assert [line.review_id for line in reviews.latest] == ["2020-09-01"]
    assert [(change.task_id, change.missing_when_signed, change.missing_now) for change in reviews.changed_since] == [
        ("better", ("funding",), ())
    ]


def test_workload_puts_the_heaviest_load_first_and_counts_who_only_lends_a_hand():
    tasks = [
        a_task(collective="Sở Y tế", individual="A", coordinating=["Công an tỉnh"]),
        a_task(collective="Sở Y tế", individual="B", coordinating=[], deadline="2020-09-09"),
        a_task("completed", completed_on="2020-09-01", collective="Sở Tài chính", individual="C", coordinating=[]),
        a_task(collective=None, individual=None, coordinating=[]),
    ]
    found = workload(tasks, TODAY)
    assert [
        (load.name, load.cells.open_tasks, load.cells.open_overdue, load.coordinating) for load in found.by_collective
    ] == [
        ("Sở Y tế", 2, 1, 0),
        ("Công an tỉnh", 0, 0, 1),
        ("Sở Tài chính", 0, 0, 0),
    ]
    assert [load.name for load in found.by_individual] == ["B", "A", "C"]
    assert found.nobody.tasks == 1


def test_a_sum_of_more_than_64_bits_is_told_as_json_too():
    told = {"planned_vnd": 10**15 * 20_000, "bộ phận": "Hậu cần"}
    assert json.loads(indented(told)) == told


REGISTER = [
    {"_id": "so-y-te", "name": {"vi": "Sở Y tế", "en": "Health"}, "positions": ["Phó Giám đốc"]},
    {"_id": "doi-xe", "name": {"vi": "Đội xe", "en": ""}, "positions": []},
]


def test_one_office_spelled_in_many_ways_has_one_load_and_is_looked_up_on_the_register():
    spellings = ["SỞ Y TẾ", "so  y te", "Sở Y tế"]
    tasks = [a_task(collective=name, individual="phó giám đốc", coordinating=["doi xe"]) for name in spellings]
    found = workload([*tasks, a_task(collective="Sở Lạ", individual="Ai đó", coordinating=[])], TODAY, REGISTER)
    assert [
        (load.name, load.cells.tasks, load.coordinating, load.on_the_register) for load in found.by_collective
    ] == [
        ("Sở Y tế", 3, 0, True),
        ("Sở Lạ", 1, 0, False),
        ("Đội xe", 0, 3, True),
    ]
    assert found.by_collective[0].spellings == ["SỞ Y TẾ", "so  y te"]
    assert [(load.name, load.cells.tasks, load.on_the_register) for load in found.by_individual] == [
        ("Phó Giám đốc", 3, True),
        ("Ai đó", 1, False),
    ]
    console = Console(width=140, record=True, file=StringIO())
    console.print(*workload_tables(found, "vi"))
    told = console.export_text()
    assert told.count("chưa có trong sổ đơn vị") == 2
    assert "Sổ đơn vị" in told


def test_the_workload_has_suspended_tasks_and_no_column_that_says_nothing():
    found = workload([a_task(coordinating=[]), a_task(coordinating=[], suspended=True)], TODAY, REGISTER)
    cells = found.by_collective[0].cells
    assert (cells.tasks, cells.completed + cells.open_tasks + cells.suspended, cells.suspended) == (2, 2, 1)
    console = Console(width=140, record=True, file=StringIO())
    console.print(next(iter(workload_tables(found, "vi"))))
    told = console.export_text()
    assert ("Tạm dừng" in told, "Sổ đơn vị" in told) == (True, False)


def test_a_number_that_two_units_have_is_told_with_the_unit():
    alike = [
        a_task(task_id="9-1", unit=unit, _id=f"{unit}/9-1", collective=None) for unit in ("logistics", "security")
    ]
    report = a_report(*alike)
    console = Console(width=140, record=True, file=StringIO())
    console.print(missing_table(report, "vi"))
    assert "logistics/9-1, security/9-1" in console.export_text()
