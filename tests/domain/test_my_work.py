"""What waits for whom: due, late, sent back, to be decided on."""

from datetime import date

import pytest

from shared.domain.decider import Actor
from shared.reports.my_work import Attention, Whose, is_returned, my_work, wanting
from shared.reports.names import Register
from tests.domain.test_task_list import a_task

TODAY = date(2020, 9, 10)
POSITION = "Phó Giám đốc Sở Y tế"
REGISTER = [
    {
        "_id": "so-y-te",
        "name": {"vi": "Sở Y tế", "en": ""},
        "positions": [POSITION],
        "aliases": [],
        "holders": [{"position": POSITION, "person": "Một người", "person_id": "nguoi-1", "since": "2020-01-01"}],
    }
]
LEAD, MEMBER = Actor("logistics.lead", "logistics"), Actor("logistics.member", "logistics")
HOLDER = Actor("logistics.member", "logistics", "nguoi-1")
BACK = {"what": "returned", "at": "2020-09-01T00:00:00Z", "by": "logistics.lead", "reason": "Thiếu"}
ASKED = {"outcome": "pending", "requested_by": "logistics.member", "deadline": "2020-09-30", "reason": "Thêm việc"}


def task(number, **other):
    return a_task(number, "Việc", **{"history": [], "extensions": [], "submitted_by": None} | other)


def submitted(number="1-01", by="logistics.member", **other):
    return task(number, status="submitted", submitted_by=by, **other)


def whose(actor):
    return Whose.of(actor, REGISTER, TODAY, Register(REGISTER))


def wants(a_task, attention, actor=LEAD):
    return bool(wanting([a_task], attention, whose(actor), TODAY))


@pytest.mark.parametrize(
    ("deadline", "late", "today", "week"),
    [
        ("2020-09-09", True, False, False),
        ("2020-09-10", False, True, True),
        ("2020-09-17", False, False, True),
        ("2020-09-18", False, False, False),
        (None, False, False, False),
    ],
)
def test_a_deadline_is_late_today_or_within_seven_days(deadline, late, today, week):
    a = task("1-01", deadline=deadline, status="in_progress")
    assert (wants(a, Attention.LATE), wants(a, Attention.TODAY), wants(a, Attention.WEEK)) == (late, today, week)


@pytest.mark.parametrize("other", [{"status": "completed"}, {"status": "cancelled"}, {"suspended": True}])
def test_what_is_not_to_be_done_is_never_late_or_due(other):
    late, due = (task("1-01", deadline=day, **other) for day in ("2020-09-01", "2020-09-10"))
    assert not wants(late, Attention.LATE)
    assert not wants(due, Attention.TODAY)


def test_a_lead_accepts_what_others_handed_in_and_nobody_their_own():
    assert wants(submitted(), Attention.TO_ACCEPT)
    assert not wants(submitted(by="logistics.lead"), Attention.TO_ACCEPT)
    assert not wants(submitted(), Attention.TO_ACCEPT, MEMBER)
    assert not wants(submitted(suspended=True), Attention.TO_ACCEPT)


def test_a_lead_decides_on_what_others_ask_for():
    asked = task("1-01", extensions=[ASKED])
    assert wants(asked, Attention.TO_EXTEND)
    assert not wants(asked, Attention.TO_EXTEND, MEMBER)
    assert not wants(task("1-01", extensions=[ASKED | {"requested_by": LEAD.id}]), Attention.TO_EXTEND)
    assert not wants(task("1-01", extensions=[ASKED | {"outcome": "granted"}]), Attention.TO_EXTEND)
    assert not wants(task("1-01", extensions=[ASKED], status="cancelled"), Attention.TO_EXTEND)


def test_what_was_sent_back_waits_until_it_is_handed_in_again():
    assert is_returned(task("1-01", status="in_progress", history=[BACK]))
    assert not is_returned(submitted(history=[BACK]))
    assert not is_returned(task("1-01", status="in_progress", history=[BACK, BACK | {"what": "reopened"}]))
    assert is_returned(task("1-01", status="in_progress", history=[BACK, BACK | {"what": "deadline_shortened"}]))


def test_what_was_sent_back_waits_for_the_lead_and_for_who_handed_it_in():
    back = task("1-01", status="in_progress", history=[BACK], submitted_by="logistics.member-2")
    assert wants(back, Attention.RETURNED)
    assert wants(back, Attention.WAITING)
    assert not wants(back, Attention.RETURNED, MEMBER)
    assert wants(back | {"submitted_by": MEMBER.id}, Attention.RETURNED, MEMBER)


@pytest.mark.parametrize("individual", ["Thành viên Bộ phận hậu cần phục vụ", "thanh vien bo phan hau can phuc vu"])
def test_a_task_is_theirs_whose_position_it_names(individual):
    assert whose(MEMBER).has(task("1-01", individual=individual))
    assert not whose(LEAD).has(task("1-01", individual=individual))


def test_a_task_is_theirs_who_hold_the_position_on_the_register():
    theirs = task("1-01", individual="phó giám đốc sở y tế", collective="Sở Y tế")
    assert whose(HOLDER).has(theirs)
    assert not whose(MEMBER).has(theirs)
    assert not whose(HOLDER._replace(person="nguoi-2")).has(theirs)
    assert not whose(HOLDER).has(task("1-02"))


def test_each_list_has_its_first_rows_by_deadline_and_counts_all():
    tasks = [task(f"1-{day:02}", deadline=f"2020-09-{day:02}", status="in_progress") for day in range(9, 0, -1)]
    work = my_work(tasks, whose(LEAD), TODAY, [Attention.LATE, Attention.WEEK], shown=2)
    late, week = work.lists
    assert [row.id for row in late.tasks] == ["1-01", "1-02"]
    assert (late.count, week.count, work.unit, work.mine) == (9, 0, 9, 0)


def test_only_ones_own_is_looked_at_where_that_is_asked():
    tasks = [
        task("1-01", individual=POSITION, deadline="2020-09-01"),
        task("1-02", deadline="2020-09-01"),
        task("1-03", individual=POSITION, status="completed", deadline="2020-09-01"),
    ]
    work = my_work(tasks, whose(HOLDER), TODAY, [Attention.LATE], only_mine=True)
    assert [row.id for row in work.lists[0].tasks] == ["1-01"]
    assert (work.mine, work.unit) == (1, 2)
