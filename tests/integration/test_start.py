"""Who begins a congress of their own by the guide comes from nothing but files to a report that is handed up."""

import json

import pytest

from tests.documents.newcomer import newcomer
from tests.documents.pages import BEGINNINGS, text_of, with_outputs

pytestmark = pytest.mark.long

WITH_EVERY_CHANGE, OTHERWISE = BEGINNINGS
WORK = "data/congdoan-xi/tien-do.json"


def follow(page, somebody):
    return with_outputs(text_of(page), lambda shown: somebody.run(shown.command))


@pytest.fixture(scope="module")
def followed(tmp_path_factory):
    """Somebody who has followed the guide, and what it came to print."""
    with newcomer(tmp_path_factory.mktemp("start"), BEGINNINGS[WITH_EVERY_CHANGE]) as somebody:
        yield somebody, follow(WITH_EVERY_CHANGE, somebody)


def test_who_follows_the_guide_sees_what_it_prints(followed):
    _, as_printed_today = followed
    assert text_of(WITH_EVERY_CHANGE) == as_printed_today, "if that is meant, run `make tour`"


def test_who_follows_it_in_vietnamese_sees_what_it_prints(tmp_path):
    with newcomer(tmp_path, BEGINNINGS[OTHERWISE]) as somebody:
        assert text_of(OTHERWISE) == follow(OTHERWISE, somebody), "if that is meant, run `make tour`"


def test_the_report_that_was_handed_up_is_about_the_work_of_the_workbook(followed):
    shell = followed[0].shell
    report = shell.json("report", "show", "05/BC-BTC")
    assert (report["issued"]["says_the_same"], report["totals"]["tasks"]) == (True, 20)
    assert {unit: cells["tasks"] for unit, cells in report["by_unit"].items()} == {
        "logistics": 10,
        "propaganda": 5,
        "security": 3,
        "y-te": 2,
    }
    assert [*report["by_unit"]] == ["logistics", "propaganda", "security", "y-te"], "in the order of the congress"
    assert (report["totals"]["planned_vnd"], report["totals"]["suspended"]) == (1_245_500_000 - 180_000_000, 3)


def test_a_file_that_is_mended_and_given_again_does_what_it_had_not_done(followed):
    shell = followed[0].shell
    written = len(shell.lines("audit", "replay"))
    told = shell.run("do", "--file", WORK)
    assert (told.returncode, told.stdout.count("\n")) == (0, len(json.loads((shell.folder / WORK).read_bytes())))
    assert shell.run("catalogue", "assign").stdout == "Every item is assigned already.\n"
    mistyped = shell.run("catalogue", "assign", "--unit", "y-tee")
    assert (mistyped.returncode, mistyped.stderr.split(":")[0]) == (1, "entry_unknown")
    assert len(shell.lines("audit", "replay")) == written

    member = {"as": "y-te.member", "happened": "2023-10-12"}
    said = member | {"comment-on-task": {"task_id": "5-18", "comment_id": "xe", "text": "Đã có xe cứu thương"}}
    for task_id, code in (("5-99", 1), ("5-18", 0)):
        steps = [said, member | {"report-progress": {"task_id": task_id, "percent": 90}}]
        (shell.folder / "y-te.json").write_text(json.dumps(steps), "utf-8")
        told = shell.run("do", "--file", "y-te.json")
        assert told.returncode == code, told.stderr
        assert ("Command 2 of 2, report-progress, was not done" in told.stderr) is bool(code)
    assert len(shell.lines("audit", "replay")) == written + 2
    again = shell.run("do", "report-progress", "5-18", "percent=90", "--as", "y-te.member")
    assert again.stdout == "Nothing changes: it is so already.\n"


def test_a_program_is_answered_in_json_where_people_are_told_in_words(followed):
    shell = followed[0].shell
    issued = ("report", "issue", "--number", "06/BC-BTC", "--signer", "Trưởng Ban Tổ chức Đại hội")
    answer = shell.json(*issued, "--from", "2023-10-12")
    assert [event["type"] for event in answer["events"]] == ["vn.daihoi.issued-report.issued.v1"]
    switched = shell.json("scenario", "switch", "none", "--reason", "Bão tan")
    assert [event["entity"] for event in switched["events"]] == ["scenario"]


def test_what_needs_an_id_is_given_one_that_the_same_command_has_again(followed):
    shell = followed[0].shell
    same = ("--id", "00000000-0000-4000-8000-000000000001", "--as", "y-te.member")
    first = shell.run("do", "comment-on-task", "5-18", "text=Đã kiểm tra xe", *same)
    assert first.returncode == 0, first.stderr
    assert first.stdout.splitlines()[-1].startswith("comment_id: yk-")
    written = len(shell.lines("audit", "replay"))
    assert shell.run("do", "comment-on-task", "5-18", "text=Đã kiểm tra xe", *same).stdout == first.stdout
    assert len(shell.lines("audit", "replay")) == written


def test_an_instruction_goes_to_the_unit_whose_task_it_names(followed):
    told = followed[0].shell.run(
        *("do", "give-instruction", "task_id=5-19", "text=Khử khuẩn xong trước 15 giờ", "due_on=15/10/2023"),
        *("--as", "subcommittee.lead", "--happened", "2023-10-12T09:00"),
    )
    assert told.returncode == 0, told.stderr
    assert "5-19" in told.stdout
    assert "Health team" in told.stdout
    assert told.stdout.splitlines()[-1].startswith("instruction_id: cd-")
