"""A report is issued from the command line, and is the same report ever after, whatever happens meanwhile."""

import json

import pytest

from tests.contract.units import TASK
from tests.integration.test_cli import served

LEAD = "subcommittee.lead"
PERIOD = ("--from", "2020-09-01", "--to", "2020-09-10")
SIGNED = ("--signer", "Phó Trưởng Tiểu ban", "--capacity", "K/T")
OBSTACLE = {"obstacle_id": "rooms", "what": "Chưa đủ phòng", "proposal": "Giữ thêm phòng", "proposed_to": "Tiểu ban"}


@pytest.fixture(scope="module")
def shell(tmp_path_factory, endpoints):
    with served(tmp_path_factory.mktemp("issued"), endpoints, "issued-reports") as shell:
        yield shell


def send(shell, service, command, data, actor):
    ended = shell.run("send", service, command, json.dumps(data), "--as", actor, "--wait")
    assert ended.returncode == 0, ended.stderr


def on_task(shell, command, **data):
    send(shell, "logistics", command, {"task_id": "1-03", **data}, "logistics.lead")


def issue(shell, number, *options, by=LEAD, period=PERIOD):
    ended = shell.run("report", "issue", "--number", number, *SIGNED, *period, *options, "--as", by)
    return ended.returncode, ended.stderr.partition(":")[0] if ended.returncode else ended.stderr


def test_a_report_is_issued_once_and_had_again_as_it_was(shell):
    for_the_day = ("--today", "2020-09-10", "--coming", "7")
    send(shell, "logistics", "open-task", TASK, "logistics.lead")
    on_task(shell, "set-deadline", deadline="2020-09-08", past_because="Nhập muộn")
    on_task(shell, "open-obstacle", **OBSTACLE)
    shown = shell.json("report", *for_the_day)
    assert shown["movements"] is None, "nothing was issued yet"
    assert shown["conditions"]["totals"]["obstructed"] == len(shown["late"]) == 1

    assert issue(shell, "01-BC/TB", by="subcommittee.office") == (1, "no_right_to_issue")
    assert issue(shell, "01-BC/TB", period=("--from", "2020-09-10", "--to", "2020-09-09")) == (
        1,
        "report_period_reversed",
    )
    code, said = issue(shell, "01-BC/TB", "--at", "999999")
    assert (code, "before 999999" in said) == (2, True)
    assert shell.json("reports", "list") == []
    assert issue(shell, "01-BC/TB", *for_the_day) == (0, "")
    first = shell.json("report", "show", "01-BC/TB")
    assert {name: first[name] for name in shown if name != "as_of"} == {
        k: v for k, v in shown.items() if k != "as_of"
    }
    assert first["as_of"]["sequence"] == first["issued"]["sequence"] == shown["as_of"]["sequence"]
    assert (first["issued"]["issued_on"], first["issued"]["says_the_same"]) == ("2020-09-10", True)

    on_task(shell, "resolve-obstacle", obstacle_id="rooms", resolution="Đã thuê")
    on_task(shell, "cancel-task", reason="Trùng việc")
    assert issue(shell, "01-BC/TB", *for_the_day) == (1, "report_already_issued")
    for way in (("report", "show", "01-BC/TB"), ("reports", "show", "01-BC-TB")):
        assert shell.json(*way) == first
    now = shell.json("report", *for_the_day)
    assert (now["movements"]["issued"], now["movements"]["since"]["today"]) == ("01-BC/TB", "2020-09-10")
    moved = {name: number for name, number in now["movements"]["totals"].items() if number}
    assert (moved["tasks"], moved["open_overdue"], moved["cancelled"]) == (-1, -1, 1)
    assert [(line["state"], line["reason"]) for line in now["stopped"]] == [("cancelled", "Trùng việc")]
    assert shell.json("report", *for_the_day, "--compare", "01-bc/tb")["movements"] == now["movements"]
    unknown = shell.run("report", *for_the_day, "--compare", "09-BC/TB")
    assert (unknown.returncode, "No report 09-BC/TB was issued" in unknown.stderr) == (1, True)
    assert "so với báo cáo số 01-BC/TB" in shell.run("report", *for_the_day, "--lang", "vi").stdout
    assert issue(shell, "02-BC/TB", *for_the_day) == (0, "")
    second = shell.json("report", "show", "02-BC/TB")
    assert second["movements"] == now["movements"]
    assert [report["symbol"] for report in shell.json("reports", "list")] == ["01-BC/TB", "02-BC/TB"]


def test_an_issued_report_is_printed_in_both_languages_with_its_annex(shell):
    listed = shell.run("reports", "list", "--lang", "vi").stdout
    assert "K/T Phó Trưởng Tiểu ban" in listed
    for lang, said in (("vi", "Phát hành số 01-BC/TB ngày 10/09/2020"), ("en", "Issued as 01-BC/TB on 10/09/2020")):
        assert said in shell.run("report", "show", "01-BC/TB", "--lang", lang).stdout
    annex = shell.run("report", "show", "01-BC/TB", "--annex", "agency", "--lang", "vi", COLUMNS="120").stdout
    for said in ("Phát hành số 01-BC/TB", "Phụ lục toàn bộ nhiệm vụ theo cơ quan, tập thể chủ trì", "1.1"):
        assert said in annex
    assert max(map(len, annex.splitlines())) == 120
    nothing = shell.run("report", "show", "03-BC/TB")
    assert (nothing.returncode, "No report 03-BC/TB was issued" in nothing.stderr) == (1, True)


def test_what_does_not_say_the_same_is_named(shell):
    genuine = shell.json("report", "show", "01-BC/TB")["issued"]
    fields = {name: genuine[name] for name in genuine.keys() - {"issued_by", "issued_at", "says_the_same"}}
    for symbol, changes, code, said in (
        ("91-BC/TB", {"content_digest": "0" * 64}, 1, "does not say what was handed up"),
        ("92-BC/TB", {"content_form": 99}, 1, "was issued by a later version"),
        ("93-BC/TB", {"digest": "0" * 64}, 0, "says what was handed up"),
    ):
        send(shell, "subcommittee", "issue-report", fields | {"symbol": symbol} | changes, LEAD)
        ended = shell.run("report", "show", symbol)
        assert (ended.returncode, said in ended.stderr) == (code, True), ended.stderr
