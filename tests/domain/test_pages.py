"""What pages make of documents and of what is typed, without a server."""

from datetime import date
from urllib.parse import unquote

import pytest

from shared.domain.decider import Actor
from shared.domain.task import FundTask, RequestExtension, SetDeadline, ShortenDeadline
from shared.reports.my_work import Attention
from shared.reports.task_list import TaskCell, TaskSort
from shared.web.pages.evidence import HANDED_OUT, disposition
from shared.web.pages.offered import HELP, actions_for
from shared.web.pages.paste import CLOSED_TASK, EXTENSION_WAITS, NO_RIGHT, REASON_NEEDED, SAME, SOURCE_NEEDED, step_of
from shared.web.pages.story import story_of
from shared.web.pages.task import deadlines_of, size_in_words
from shared.web.pages.task_filter import MOST_PAGES, PAGE_TASKS, pages_of, wanted_of
from shared.web.pages.uploading import harmless_name
from shared.web.pasting import PastedRow
from tests.domain.test_my_work import ASKED, LEAD, MEMBER, submitted, task


# --- the address of the list ---
def test_an_empty_address_wants_every_task():
    wanted = wanted_of({})
    assert wanted.filter == wanted_of({"nonsense": "1"}).filter
    assert (wanted.sort, wanted.page, wanted.attention, wanted.descending) == (TaskSort.NUMBER, 1, None, False)


def test_an_address_says_which_tasks_in_which_order():
    query = {
        "q": " an uong ",
        "cell": "open_overdue",
        "group": "3",
        "view": "late",
        "sort": "deadline",
        "descending": "1",
    }
    wanted = wanted_of(query)
    assert (wanted.filter.text, wanted.filter.cell, wanted.filter.group) == ("an uong", TaskCell.OPEN_OVERDUE, 3)
    assert (wanted.attention, wanted.sort, wanted.descending) == (Attention.LATE, TaskSort.DEADLINE, True)


@pytest.mark.parametrize("bad", ["", "-1", "0", "x", "1.5", "²", "٣", "9" * 400, "' or 1=1", "../..", "1 "])
def test_what_makes_no_sense_in_an_address_is_ignored(bad):
    odd = wanted_of(dict.fromkeys(("status", "cell", "phase", "group", "view", "sort", "page", "descending"), bad))
    assert odd._replace(filter=wanted_of({}).filter) == wanted_of({})
    assert odd.filter == wanted_of({}).filter


def test_a_page_that_is_not_there_is_the_last_one():
    assert wanted_of({"page": "99999999"}).page == MOST_PAGES
    assert wanted_of({"page": "7"}).on_page(PAGE_TASKS + 1).page == 2
    assert wanted_of({"page": "7"}).on_page(0).page == 1
    assert [pages_of(count) for count in (0, 1, PAGE_TASKS, PAGE_TASKS + 1)] == [1, 1, 1, 2]


# --- what can be done ---
def names(a_task, actor=LEAD, service="logistics"):
    return {action.name for actions in actions_for(a_task, actor, service).values() for action in actions}


def test_what_is_offered_follows_where_the_task_stands():
    assert "start-task" not in names(task("1-01"))
    assert "start-task" in names(task("1-01", collective="Sở Y tế", individual="Phó"))
    assert {"report-progress", "submit-task", "block-task"} <= names(task("1-01", status="in_progress"))
    assert {"complete-task", "return-task"} <= names(submitted())
    assert names(task("1-01", status="completed")) == {"reopen-task", "comment-on-task", "correct-task"}


def test_nobody_is_offered_to_accept_their_own_work():
    assert not {"complete-task", "return-task"} & names(submitted(by=LEAD.id))
    assert "grant-extension" not in names(
        task("1-01", deadline="2020-10-01", extensions=[ASKED | {"requested_by": LEAD.id}])
    )


def test_what_leads_decide_is_offered_to_them_alone():
    asked = task(
        "1-01", status="in_progress", deadline="2020-10-01", original_deadline="2020-10-01", extensions=[ASKED]
    )
    assert {"grant-extension", "refuse-extension", "cancel-task"} <= names(asked)
    assert not {"grant-extension", "refuse-extension", "cancel-task", "instruct-task"} & names(asked, MEMBER)


@pytest.mark.parametrize("actor", [Actor("auditor.reader", "auditor"), Actor("security.lead", "security")])
def test_who_only_reads_is_offered_nothing(actor):
    assert names(task("1-01", status="in_progress"), actor) == set()


def test_a_suspended_task_is_not_worked_on():
    suspended = task("1-01", status="in_progress", suspended=True)
    assert not {"report-progress", "submit-task", "block-task"} & names(suspended)
    assert {"assign-task", "cancel-task"} <= names(suspended)


def test_whatever_is_offered_says_what_it_is_for():
    assert all(words.title and words.text for words in HELP.values())


# --- how a deadline came to be ---
def test_requests_and_moves_of_a_deadline_stand_in_their_order():
    extension = ASKED | {
        "requested_at": "2020-09-03T02:00:00Z", "replaces": "2020-09-20", "outcome": "refused",
        "decided_at": "2020-09-04T02:00:00Z", "decided_by": LEAD.id, "refused_because": "Không thể lùi",
    }  # fmt: skip
    shortened = {"what": "deadline_shortened", "at": "2020-09-01T02:00:00Z", "by": LEAD.id, "replaces": "2020-09-25",
                 "deadline": "2020-09-20", "reason": "Khai mạc sớm"}  # fmt: skip
    first, second = deadlines_of(task("1-01", extensions=[extension], history=[shortened]), "en")
    assert (first["what"], first["before"], first["after"]) == ("deadline_shortened", "2020-09-25", "2020-09-20")
    assert (second["what"], second["refused_because"]) == ("extension_refused", "Không thể lùi")
    assert "Head" in second["decided"]


# --- history ---
def row(**other):
    return {
        "_id": 3, "type": "vn.daihoi.task.progressed.v1", "actor": "logistics.member", "entity": "task",
        "entity_id": "1-01", "recorded": "2020-09-10T02:00:00Z", "happened": "2020-09-10T02:00:00Z",
        "data": {"percent": 40, "note": ""}, "changes": [], **other,
    }  # fmt: skip


def test_a_row_of_history_is_a_sentence_and_what_changed():
    changes = [{"view": "tasks", "key": "logistics/1-01", "field": "percent", "before": 10, "after": 40}]
    (line,) = story_of([row(changes=changes)], "en")
    assert "40%" in line["sentence"]
    assert line["changes"] == [{"name": "Progress in percent", "before": "10", "after": "40"}]
    assert line["who"] == ""


def test_what_was_recorded_later_says_when():
    (line,) = story_of([row(recorded="2020-09-12T02:00:00Z")], "vi")
    assert "12/09/2020 09:00" in line["who"]


def test_a_correction_shows_both_values():
    data = {"before": {"planned_vnd": 10}, "after": {"planned_vnd": 12_000_000}, "reason": "Ghi nhầm"}
    (line,) = story_of([row(type="vn.daihoi.task.corrected.v1", data=data)], "vi")
    assert [(change["before"], change["after"]) for change in line["changes"]] == [("10", "12.000.000")]


def test_the_newest_comes_first():
    rows = [row(_id=1, data={"percent": 1, "note": ""}), row(_id=2, data={"percent": 2, "note": ""})]
    assert ["2%" in line["sentence"] for line in story_of(rows, "en")] == [True, False]


def test_what_nobody_can_read_does_not_stop_the_page():
    (line,) = story_of([row(type="vn.daihoi.task.unheard-of.v1", data={})], "vi")
    assert line["sentence"] == "vn.daihoi.task.unheard-of.v1"


# --- files ---
@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("Biên bản.pdf", "Biên bản.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\báo cáo.docx", "báo cáo.docx"),
        ("..", ""),
        ("a\x00b\r\nc.txt", "abc.txt"),
        ("/", ""),
        ("x" * 300 + ".pdf", "x" * 251 + ".pdf"),
        ("\u202egpj.exe", "gpj.exe"),
    ],
)
def test_the_name_of_a_file_has_no_folder_and_nothing_unseen(given, shown):
    assert harmless_name(given) == shown


@pytest.mark.parametrize("name", ["Biên bản.pdf", 'a"b.pdf', "x\r\nSet-Cookie: a=b", "тест.doc", "''%41"])
def test_a_file_is_saved_under_its_own_name_and_can_say_nothing_else(name):
    header = disposition(name)
    assert header.startswith('attachment; filename="')
    assert header.isascii()
    assert not {"\r", "\n"} & set(header)
    assert unquote(header.partition("UTF-8''")[2]) == name
    assert header.count('"') == 2


@pytest.mark.parametrize(
    "kind", ["text/html", "image/svg+xml", "application/xhtml+xml", "text/javascript", "application/xml"]
)
def test_nothing_that_a_browser_would_run_is_named_as_such(kind):
    assert not HANDED_OUT.fullmatch(kind)


def test_sizes_are_told_in_the_largest_unit_that_fits():
    assert [size_in_words(size, "vi") for size in (36, 1024, 1025, 5_000_000_000)] == [
        "36 B",
        "1 KB",
        "2 KB",
        "4.769 MB",
    ]


# --- tables that are pasted ---
MAY = {RequestExtension: True, ShortenDeadline: True}
DAY = date(2020, 9, 20)


def step(a_task, value=DAY, column="deadline", reason="", source="", may=MAY):
    return step_of(PastedRow(1, {"task_id": "1-01", column: value}), a_task, column, may, reason, source)


def dated(deadline, **other):
    return task("1-01", deadline=deadline, original_deadline=deadline, status="in_progress", **other)


def test_a_first_deadline_is_set_a_later_one_asked_for_and_an_earlier_one_ordered():
    assert step(task("1-01"))[0] is SetDeadline
    assert step(dated("2020-09-10"), reason="Thêm việc")[0] is RequestExtension
    assert step(dated("2020-09-30"), reason="Khai mạc sớm")[0] is ShortenDeadline


def test_a_row_has_its_own_reason_before_that_for_all():
    pasted = PastedRow(1, {"task_id": "1-01", "deadline": DAY, "reason": "riêng"})
    command, data, _ = step_of(pasted, dated("2020-09-10"), "deadline", MAY, "chung", "")
    assert (command, data["reason"]) == (RequestExtension, "riêng")


@pytest.mark.parametrize(
    ("a_task", "may", "why"),
    [
        (dated("2020-09-20"), MAY, SAME),
        (dated("2020-09-10"), MAY, REASON_NEEDED),
        (dated("2020-09-10", extensions=[ASKED]), MAY, EXTENSION_WAITS),
        (task("1-01", status="completed"), MAY, CLOSED_TASK),
    ],
)
def test_what_would_be_refused_is_told_before(a_task, may, why):
    assert step(a_task, may=may) == (None, {}, why)


def test_who_may_not_bring_a_deadline_forward_is_told_so():
    refused = step(dated("2020-09-30"), reason="Sớm", may={RequestExtension: True, ShortenDeadline: False})
    assert refused == (None, {}, NO_RIGHT)


def test_a_sum_needs_a_source_once():
    bare, funded = task("1-01", funding_source=None), task("1-01", secured_vnd=5, funding_source="NSNN")
    assert step(bare, 7, "secured_vnd") == (None, {}, SOURCE_NEEDED)
    assert step(bare, 7, "secured_vnd", source="NSNN")[:2] == (FundTask, {"secured_vnd": 7, "funding_source": "NSNN"})
    assert step(funded, 7, "secured_vnd")[1]["funding_source"] == "NSNN"
    assert step(funded, 5, "secured_vnd") == (None, {}, SAME)
