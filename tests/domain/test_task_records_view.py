"""`tasks` shows what is on record of a task, with who put it there and when."""

from datetime import date

import pytest

from daihoi.terminal.fields import FIELD_NAMES
from services.tracker.history.replay import ledger_line
from shared.events import task
from shared.history.audit_rows import NOT_REPORTED
from shared.views.task_records import is_document_obstructed, with_records
from tests.congress import in_memory, life_of_a_task
from tests.domain.test_in_words import fields_of
from tests.domain.test_tasks_view import DATED, OPENED, hour, shown

BY = "logistics.lead"
ROOMS = {
    "obstacle_id": "rooms",
    "what": "Chưa đủ phòng",
    "cause": "Nhà khách sửa chữa",
    "proposal": "Giữ thêm phòng",
    "proposed_to": "Tiểu ban",
}
OBSTRUCTED = [*OPENED, task.ObstacleOpened(**ROOMS), task.ObstacleOpened(obstacle_id="bus", what="Thiếu xe")]
SOLVED = task.ObstacleResolved(obstacle_id="rooms", resolution="Đã giữ thêm phòng")


def test_what_a_task_is_to_bring_about_is_empty_until_it_is_said_and_the_latest_says_all():
    fields = ("product", "directing_leader", "remark")
    described = task.TaskDescribed(product="Sơ đồ", remark="Khổ lớn")
    assert [with_records(shown(*OPENED))[name] for name in fields] == [None, None, None]
    assert [shown(*OPENED, described)[name] for name in fields] == ["Sơ đồ", None, "Khổ lớn"]
    latest = task.TaskDescribed(directing_leader="Phó Trưởng Tiểu ban")
    assert [shown(*OPENED, described, latest)[name] for name in fields] == [None, "Phó Trưởng Tiểu ban", None]


def test_obstacles_stay_when_they_are_resolved():
    rooms, bus = shown(*OBSTRUCTED, SOLVED)["obstacles"]
    assert rooms == {
        **ROOMS,
        "opened_at": hour(1),
        "opened_by": BY,
        "resolution": "Đã giữ thêm phòng",
        "resolved_at": hour(3),
        "resolved_by": BY,
    }
    assert (bus["what"], bus["cause"], bus["opened_at"], bus["resolved_at"]) == ("Thiếu xe", None, hour(2), None)


@pytest.mark.parametrize(
    ("events", "obstructed"),
    [
        (OPENED, False),
        (OBSTRUCTED, True),
        ([*OBSTRUCTED, SOLVED], True),
        ([*OBSTRUCTED, SOLVED, task.ObstacleResolved(obstacle_id="bus", resolution="Đã thuê")], False),
        ([*OPENED, task.TaskBlocked(reason="Mưa")], True),
        ([*OBSTRUCTED, task.TaskCancelled(reason="Thôi")], False),
    ],
)
def test_a_report_tells_an_obstructed_task_by_its_document(events, obstructed):
    assert is_document_obstructed(shown(*events)) is obstructed


def test_comments_and_instructions_are_shown_in_their_order_with_who_and_when():
    said = [
        task.TaskCommented(comment_id="c-1", text="Đã nhận bản in"),
        task.TaskInstructed(
            instruction_id="i-1", text="Chốt số phòng", given_by="subcommittee.lead", due_on="2020-09-12"
        ),
        task.TaskCommented(comment_id="c-2", text="Đã báo cáo"),
    ]
    document = shown(*OPENED, *said)
    assert document["comments"] == [
        {"comment_id": "c-1", "text": "Đã nhận bản in", "at": hour(1), "by": BY},
        {"comment_id": "c-2", "text": "Đã báo cáo", "at": hour(3), "by": BY},
    ]
    (instruction,) = document["instructions"]
    assert instruction == {
        "instruction_id": "i-1",
        "text": "Chốt số phòng",
        "due_on": "2020-09-12",
        "past_because": None,
        "given_by": "subcommittee.lead",
        "at": hour(2),
        "by": BY,
    }
    assert shown(*OPENED, said[1])["updated_at"] == hour(0), "nobody of the unit has worked on it"


def test_what_a_task_waits_for_is_shown_until_it_is_dropped():
    added, dropped = task.DependencyAdded(on="1-02"), task.DependencyDropped(on="1-02")
    assert shown(*OPENED, added)["dependencies"] == [{"task_id": "1-02", "at": hour(1), "by": BY}]
    assert shown(*OPENED, added, dropped)["dependencies"] == []
    assert shown(*OPENED, added, dropped, added)["dependencies"] == [{"task_id": "1-02", "at": hour(3), "by": BY}]


def test_the_checklist_shows_who_ticked_what_and_forgets_what_was_dropped():
    added = [task.ChecklistItemAdded(item_id=name, text=name.upper()) for name in ("a", "b")]
    unticked = {"ticked": False, "ticked_at": None, "ticked_by": None}
    ticked = task.ChecklistItemTicked(item_id="a")
    document = shown(*OPENED, *added, ticked)
    assert document["checklist"] == [
        {"item_id": "a", "text": "A", "ticked": True, "ticked_at": hour(3), "ticked_by": BY},
        {"item_id": "b", "text": "B", **unticked},
    ]
    again = [ticked, task.ChecklistItemUnticked(item_id="a"), task.ChecklistItemDropped(item_id="b")]
    assert shown(*OPENED, *added, *again)["checklist"] == [{"item_id": "a", "text": "A", **unticked}]


def test_a_shorter_deadline_stays_in_the_history_with_who_and_why():
    shortened = task.DeadlineShortened(
        replaces=date(2020, 9, 20), deadline=date(2020, 9, 15), reason="Sớm hơn", past_because="Ghi bổ sung"
    )
    document = shown(*DATED, shortened)
    assert (document["original_deadline"], document["deadline"]) == ("2020-09-20", "2020-09-15")
    assert document["past_because"] == "Ghi bổ sung"
    assert document["history"] == [
        {
            "what": "deadline_shortened",
            "at": hour(2),
            "by": BY,
            "reason": "Sớm hơn",
            "replaces": "2020-09-20",
            "deadline": "2020-09-15",
            "past_because": "Ghi bổ sung",
        }
    ]


@pytest.mark.parametrize(
    ("event", "vi", "en"),
    [
        (
            task.ObstacleOpened(**ROOMS),
            "Trưởng Bộ phận hậu cần phục vụ ghi khó khăn, vướng mắc của nhiệm vụ 1-03 (rooms): Chưa đủ phòng; "
            "nguyên nhân: Nhà khách sửa chữa; kiến nghị: Giữ thêm phòng; nơi nhận kiến nghị: Tiểu ban",
            "Head, Logistics unit put an obstacle to task 1-03 on record (rooms): Chưa đủ phòng; "
            "cause: Nhà khách sửa chữa; proposal: Giữ thêm phòng; to: Tiểu ban",
        ),
        (
            task.TaskDescribed(product="Sơ đồ"),
            "Trưởng Bộ phận hậu cần phục vụ ghi sản phẩm của nhiệm vụ 1-03: Sơ đồ; lãnh đạo chỉ đạo: –; ghi chú: –",
            "Head, Logistics unit described task 1-03: Sơ đồ; directed by: –; remark: –",
        ),
        (
            task.TaskCommented(comment_id="c", text="Đã nhận"),
            "Trưởng Bộ phận hậu cần phục vụ có ý kiến về nhiệm vụ 1-03: Đã nhận",
            "Head, Logistics unit commented on task 1-03: Đã nhận",
        ),
        (
            task.TaskInstructed(instruction_id="i", text="Làm ngay", given_by="subcommittee.lead"),
            "Trưởng Tiểu ban Tổ chức phục vụ Đại hội có ý kiến chỉ đạo về nhiệm vụ 1-03 (i): Làm ngay",
            "Head, Sub-committee gave an instruction on task 1-03 (i): Làm ngay",
        ),
        (
            task.DependencyAdded(on="1-02"),
            "Trưởng Bộ phận hậu cần phục vụ ghi nhiệm vụ 1-02 cần xong trước nhiệm vụ 1-03",
            "Head, Logistics unit made task 1-03 wait for task 1-02",
        ),
        (
            task.DeadlineShortened(replaces="2020-09-20", deadline="2020-09-15", reason="Sớm hơn"),
            "Trưởng Bộ phận hậu cần phục vụ rút ngắn thời hạn nhiệm vụ 1-03 từ 20/09/2020 xuống 15/09/2020: Sớm hơn",
            "Head, Logistics unit shortened the deadline of task 1-03 from 20/09/2020 to 15/09/2020: Sớm hơn",
        ),
    ],
    ids=lambda value: getattr(value, "TYPE", "").split(".")[-2:][0],
)
def test_a_timeline_says_so_in_both_languages(event, vi, en):
    (stored,) = in_memory("logistics", [("1-03", [event])])
    assert ledger_line(stored)["summary"] == {"vi": vi, "en": en}


def test_whatever_is_shown_has_a_name_that_people_read():
    said = [task.TaskCommented(comment_id="c", text="x"), task.DependencyAdded(on="1-02")]
    given = task.TaskInstructed(instruction_id="i", text="x", given_by=BY)
    ticked = [task.ChecklistItemAdded(item_id="a", text="A"), task.ChecklistItemTicked(item_id="a")]
    document = shown(*OBSTRUCTED, SOLVED, *said, given, *ticked)
    assert set(fields_of(document)) - NOT_REPORTED - FIELD_NAMES.keys() == set()


def test_a_task_of_which_nothing_is_on_record_has_the_document_that_earlier_versions_gave_it():
    document = shown(*life_of_a_task(1))
    empty = {"product": None, "directing_leader": None, "remark": None}
    lists = {name: [] for name in ("obstacles", "comments", "instructions", "dependencies", "checklist")}
    assert document.keys().isdisjoint(empty | lists)
    assert with_records(document) == document | empty | lists
