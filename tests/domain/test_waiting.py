"""Which tasks wait for which clearances, and who knows of what."""

from shared.reports.clearances import clearance_lines, waiting
from shared.reports.trace import trace
from tests.domain.test_report import a_report
from tests.domain.test_report import a_task as a_counted_task
from tests.domain.test_trace import VIEWS
from tests.domain.test_trace import a_task as a_traced_task

BUS = {"clearance_id": "bus", "kind": "vehicle", "holder": "Xe đưa đón", "purpose": "Đưa đón đại biểu"}
HALL = {"clearance_id": "hall", "kind": None, "holder": None, "purpose": None}


def a_task(task_id="1-03", *needs, status="submitted", unit="logistics"):
    names = {"_id": f"{unit}/{task_id}", "task_id": task_id, "unit": unit}
    return {**names, "title": {"vi": "Đón", "en": "Meet"}, "status": status, "clearances": list(needs)}


def a_clearance(name="bus", status="requested", **other):
    told = {"kind": "vehicle", "holder": "Xe 18A", "purpose": "Đón", "requested_by": "policy.x", "conditions": []}
    return {"_id": name, "status": status, "reason": None, **told, **other}


def stands(tasks, clearances):
    return [(line.id, line.clearance_id, line.status) for line in waiting(tasks, clearances)]


def test_an_open_task_waits_for_each_clearance_that_is_not_granted():
    clearances = [a_clearance("bus", "granted"), a_clearance("hall", "withdrawn", reason="Đổi địa điểm")]
    task = a_task("1-03", BUS, HALL, {**BUS, "clearance_id": "lost"})
    assert stands([task], clearances) == [("1-03", "hall", "withdrawn"), ("1-03", "lost", "not_requested")]
    withdrawn, lost = waiting([task], clearances)
    assert (withdrawn.holder, withdrawn.reason) == ("Xe 18A", "Đổi địa điểm")
    assert (lost.holder, lost.reason) == ("Xe đưa đón", None)


def test_a_closed_task_and_one_recorded_before_there_were_clearances_wait_for_nothing():
    older = a_task("1-01")
    del older["clearances"]
    tasks = [older, a_task("1-02", BUS, status="completed"), a_task("1-04", BUS, status="cancelled")]
    assert stands(tasks, []) == []


def test_a_clearance_says_which_tasks_need_it_and_which_units_have_heard():
    tasks = [a_task("1-03", BUS), a_task("7-01", BUS, unit="propaganda"), a_task("1-01", HALL, status="completed")]
    known = [
        {"_id": f"{unit}/bus", "unit": unit, "clearance_id": "bus", "decision": "granted"}
        for unit in ("propaganda", "logistics")
    ]
    bus, hall = clearance_lines([a_clearance(status="granted", conditions=["Cổng phụ"])], tasks, known)
    assert (bus.id, bus.status, bus.needed_by) == ("bus", "granted", ["logistics/1-03", "propaganda/7-01"])
    assert (bus.conditions, bus.known_to) == (["Cổng phụ"], {"logistics": "granted", "propaganda": "granted"})
    assert (hall.id, hall.status, hall.needed_by, hall.known_to) == ("hall", "not_requested", ["logistics/1-01"], {})


def test_a_unit_that_has_not_heard_of_a_withdrawal_is_not_informed():
    known = [
        {"_id": f"{unit}/bus", "unit": unit, "clearance_id": "bus", "decision": decision}
        for unit, decision in (("logistics", "granted"), ("security", "withdrawn"))
    ]
    (bus,) = clearance_lines([a_clearance(status="withdrawn", reason="Hỏng")], [], known)
    assert bus.informed == ["security"]


def test_the_report_lists_who_waits_and_counts_them_as_before():
    waiting_task = a_counted_task("submitted", clearances=[BUS])
    report = a_report(waiting_task, a_counted_task())
    assert [(line.id, line.status) for line in report.waiting_for_clearance] == [
        (waiting_task["task_id"], "not_requested")
    ]
    assert (report.totals.tasks, report.totals.open_in_time) == (2, 2)


def test_a_trace_shows_what_a_task_waits_for():
    task = a_traced_task("5-01", clearances=[BUS, HALL])
    views = VIEWS | {"tasks": [task], "clearances": [a_clearance("hall", "granted"), a_clearance("bus")]}
    (node,) = trace("5-01", views)
    assert node.facts["waiting_for_clearance"] == {"bus": "requested"}
