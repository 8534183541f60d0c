"""The table locality × duty × phase: every duty's task is in exactly one cell of it, and in no other number."""

from io import StringIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from daihoi.terminal.duties_table import duties_table
from daihoi.terminal.labels import CELLS
from daihoi.terminal.report import Printer
from shared.reports.cells import cell_of
from shared.reports.consolidated import movements
from shared.reports.duties import duties_of
from shared.values.code_lists import CodeList, Entry, ids_of
from shared.values.types import Phase
from tests.domain.test_report import TODAY, a_report, a_review, a_task

LOCALITIES = {"giao-thuy": "Huyện Giao Thủy", "y-yen": "Huyện Ý Yên", "hai-hau": "Huyện Hải Hậu"}
REGISTER = [
    {"_id": locality, "kind": "locality", "name": {"vi": name, "en": f"{locality} district"}, "positions": []}
    for locality, name in LOCALITIES.items()
]
AGENCY = {"_id": "so-y-te", "kind": "agency", "name": {"vi": "Sở Y tế", "en": ""}, "positions": []}


def a_duty(locality="giao-thuy", duty="decoration", phase="before", **other):
    return a_task(
        task_id=f"{locality}-{duty}-{phase}",
        _id=f"logistics/{locality}-{duty}-{phase}",
        locality=locality,
        duty=duty,
        phase=phase,
        group={"number": 99, "name": {"vi": "Nhiệm vụ thường xuyên"}},
        **other,
    )


def handed_out(locality="giao-thuy", duty="decoration", phase="before"):
    return {
        "_id": f"{locality}-{duty}-{phase}",
        "unit": "logistics",
        "locality": locality,
        "duty": duty,
        "phase": phase,
    }


DONE = {"status": "completed", "completed_on": "2020-09-20"}
LATE = {"status": "completed", "completed_on": "2020-09-21"}
OVERDUE = {"deadline": "2020-09-09"}
STATES = [DONE, LATE, OVERDUE, {}, {"deadline": None}, {"status": "cancelled"}]
DUTIES = st.builds(
    lambda locality, duty, phase, state: a_duty(locality, duty, phase, **state),
    st.sampled_from([*LOCALITIES, "nowhere-on-the-register"]),
    st.sampled_from(ids_of(CodeList.DUTIES)),
    st.sampled_from([phase.value for phase in Phase]),
    st.sampled_from(STATES),
)
OTHERS = st.builds(lambda state: a_task(**state), st.sampled_from(STATES))


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(DUTIES, max_size=30), st.lists(OTHERS, max_size=10))
def test_the_table_sums_up_to_the_tasks_and_the_other_totals_know_nothing_of_them(duties, others):
    report = a_report(*duties, *others, organisations=REGISTER)
    table = report.duties
    rows = [cells for row in table.localities for phases in row.by_duty.values() for cells in phases.values()]
    sums = [cells for phases in table.by_duty.values() for cells in phases.values()]
    for cell, total in table.totals.model_dump().items():
        assert sum(getattr(cells, cell) for cells in rows) == total
        assert sum(getattr(cells, cell) for cells in sums) == total
        assert sum(getattr(cells, cell) for cells in table.by_phase.values()) == total
        assert sum(getattr(row.totals, cell) for row in table.localities) == total
    live = [task for task in duties if task["status"] != "cancelled"]
    assert (table.totals.tasks, table.totals.cancelled) == (len(live), len(duties) - len(live))
    assert table.totals.tasks == sum(getattr(table.totals, cell) for cell in CELLS)
    for row in table.localities:
        for duty, phases in row.by_duty.items():
            for phase, cells in phases.items():
                there = [
                    cell_of(task, TODAY)
                    for task in duties
                    if (task["locality"], task["duty"], task["phase"]) == (row.locality, duty, phase)
                ]
                assert {cell: getattr(cells, cell) for cell in set(there)} == {
                    cell: there.count(cell) for cell in set(there)
                }
    alone = a_report(*others, organisations=REGISTER)
    for name in ("totals", "by_unit", "by_group", "by_phase", "missing", "lacking", "overdue", "due_soon"):
        assert getattr(report, name) == getattr(alone, name), name
    assert len(table.overdue) == table.totals.open_overdue


def rows(*tasks, **other):
    return duties_of(tasks, other.get("handed_out", ()), [*REGISTER, AGENCY], TODAY)


def test_who_is_behind_stands_first_and_who_has_nothing_to_do_has_a_row_too():
    found = rows(a_duty("giao-thuy", **DONE), a_duty("y-yen"), a_duty("y-yen", "emulation", **OVERDUE))
    assert [(row.locality, row.totals.open_overdue, row.totals.tasks) for row in found.localities] == [
        ("y-yen", 1, 2),
        ("hai-hau", 0, 0),
        ("giao-thuy", 0, 1),
    ]
    assert found.localities[0].name_vi == "Huyện Ý Yên"
    assert found.localities[1].completion.percent is None


def test_duties_are_listed_where_they_lack_something_are_overdue_or_due_soon_and_not_beside_other_work():
    lacking, overdue, soon = (
        a_duty("giao-thuy", secured_vnd=1),
        a_duty("y-yen", **OVERDUE),
        a_duty("hai-hau", deadline="2020-09-12"),
    )
    report = a_report(lacking, overdue, soon, a_duty("hai-hau", "ceremony", **{"status": "cancelled", **OVERDUE}))
    for name, expected in (("lacking", lacking), ("overdue", overdue), ("due_soon", soon)):
        assert [line.id for line in getattr(report.duties, name)] == [expected["task_id"]]
        assert getattr(report, name) == []
    assert report.duties.lacking[0].missing == ("funding",)


def test_duties_stand_in_the_order_of_the_list_and_those_it_has_not_after_them():
    entries = tuple(Entry(id=name, name={"vi": name}) for name in ("works", "emulation"))
    tasks = [a_duty("y-yen", name, **OVERDUE) for name in ("decoration", "emulation", "works")]
    found = duties_of(
        tasks, [handed_out("hai-hau", name) for name in ("emulation", "works")], REGISTER, TODAY, entries
    )
    assert list(found.by_duty) == ["works", "emulation", "decoration"]
    assert list(found.localities[0].by_duty) == ["works", "emulation", "decoration"]
    assert [line.id for line in found.overdue] == [f"y-yen-{name}-before" for name in found.by_duty]
    assert found.not_opened == ["hai-hau-works-before", "hai-hau-emulation-before"]
    assert "works" in printed(duties_table(found, "vi"))


def test_a_duty_that_no_unit_has_opened_is_named():
    in_its_place = a_task(_id="logistics/y-yen-decoration-before", task_id="y-yen-decoration-before")
    told = [handed_out(), handed_out("nam-truc", "emulation"), handed_out("y-yen")]
    found = rows(a_duty(), in_its_place, handed_out=told)
    assert found.not_opened == ["nam-truc-emulation-before", "y-yen-decoration-before"]
    assert "nam-truc" in [row.locality for row in found.localities]


def test_a_task_recorded_before_there_were_duties_is_none():
    older = a_task()
    assert "duty" not in older
    report = a_report(older, a_task(duty=None, locality=None))
    assert (report.totals.tasks, report.duties.totals.tasks) == (2, 0)


def test_reviews_judge_duties_like_all_tasks_and_show_them_beside_the_groups():
    duty = a_duty(secured_vnd=1)
    review = a_review(**{duty["task_id"]: (["funding"], {})})
    reviews = a_report(duty, a_task(), reviews=(review,)).reviews
    assert reviews.latest[0].left == 1
    told = {name: (cells.tasks, cells.reviewed, cells.left) for name, cells in reviews.by_group.items()}
    assert told == {"1": (1, 0, 0), "duties": (1, 1, 1)}
    assert reviews.by_unit["logistics"].tasks == 2


def test_an_extension_asked_for_a_duty_is_told_with_the_others():
    asked = {
        "replaces": "2020-09-08",
        "deadline": "2020-09-12",
        "reason": "Mưa bão",
        "requested_by": "logistics.member",
        "outcome": "pending",
        "decided_by": None,
        "refused_because": None,
    }
    assert a_report(a_duty(extensions=[asked])).extensions.pending == 1


# --- on a terminal ---
def printed(renderable):
    console = Console(file=StringIO(), width=120)
    console.print(renderable)
    return console.file.getvalue()


BEHIND = (
    a_duty("y-yen", "decoration", "before", **OVERDUE),
    a_duty("y-yen", "decoration", "during"),
    a_duty("y-yen", "sanitation", "before", **LATE),
    a_duty("giao-thuy", "decoration", "before", **DONE),
    a_duty("giao-thuy", "decoration", "after", deadline=None),
)


ROWS = {
    "vi": (
        ["Huyện Ý Yên", "╳ ▒ ·", "· · ·", "▓ · ·", "· · ·", "1/3", "1/3 (33,33%)"],
        ["Tổng số", "1/4", "0/0", "1/1", "0/0", "1/5", "2/5 (40,00%)"],
    ),
    "en": (
        ["y-yen district", "╳ ▒ ·", "· · ·", "▓ · ·", "· · ·", "1/3", "1/3 (33.33%)"],
        ["Total", "1/4", "0/0", "1/1", "0/0", "1/5", "2/5 (40.00%)"],
    ),
}


@pytest.mark.parametrize("lang", ROWS)
def test_a_row_has_a_sign_for_every_phase_and_its_numbers_have_denominators(lang):
    lines = printed(duties_table(rows(*BEHIND), lang)).splitlines()
    cells = [[cell.strip() for cell in line.strip("│").split("│")] for line in lines if line.startswith("│")]
    assert (cells[0], cells[-1]) == ROWS[lang]


def test_two_tasks_in_one_cell_are_counted_not_hidden():
    by_hand = a_duty("y-yen", **DONE) | {"_id": "logistics/by-hand", "task_id": "by-hand"}
    twice = printed(duties_table(rows(a_duty("y-yen", **DONE), by_hand, a_duty("y-yen", **OVERDUE)), "en"))
    assert "█2╳ · ·" in twice


def test_the_legend_says_what_is_cancelled_and_what_no_unit_has_opened():
    told = printed(duties_table(rows(a_duty(status="cancelled"), handed_out=[handed_out("y-yen")]), "en"))
    assert "Cancelled (not counted above): 1" in told
    assert "Handed out, but not opened by the unit yet: y-yen-decoration-before" in told


@pytest.mark.parametrize(("duties", "shown"), [((), False), (BEHIND, True)])
def test_the_report_prints_the_duties_where_there_are_any(duties, shown):
    console = Console(file=StringIO(), width=120)
    Printer(a_report(a_task(), *duties, organisations=REGISTER), "en").print_on(console)
    text = console.file.getvalue()
    assert ("Continuing duties of the localities: 5" in text) is shown
    assert ("Overdue duties: 1" in text) is shown


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("width", [80, 100, 130])
def test_nothing_is_cut_on_a_narrow_terminal(width, lang):
    before = a_report(organisations=REGISTER)
    tasks = [a_task(**state) for state in STATES * 3]
    report = a_report(*tasks, *BEHIND, reviews=[a_review()], organisations=REGISTER)
    for shown in (report, report.model_copy(update={"movements": movements(before, report)})):
        console = Console(file=StringIO(), width=width)
        Printer(shown, lang).print_on(console)
        text = console.file.getvalue()
        assert "…" not in text
        assert max(map(len, text.splitlines())) <= width
        assert {"vi": "Giao Thủy", "en": "giao-thuy"}[lang] in text
