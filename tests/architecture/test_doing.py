"""What `daihoi do` says of the commands that there are, before anything runs."""

import pytest
from typer.testing import CliRunner

from daihoi.cli.main import app


@pytest.fixture
def daihoi(monkeypatch):
    for name in ("DAIHOI_AS", "DAIHOI_TOKEN", "DAIHOI_LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "110")
    return lambda *arguments: CliRunner().invoke(app, arguments, prog_name="daihoi")


def test_alone_it_lists_what_the_unit_of_whoever_asks_may_do(daihoi, monkeypatch):
    monkeypatch.setenv("DAIHOI_AS", "logistics.member")
    listed = daihoi("do")
    assert listed.exit_code == 0
    assert "comment-on-task" in listed.stdout
    assert "Góp ý về nhiệm vụ" in listed.stdout
    assert "reserve-resource" in listed.stdout
    assert "give-instruction" not in listed.stdout
    assert "give-instruction" in daihoi("do", "--as", "subcommittee.lead").stdout
    assert "note-instruction" not in listed.stdout, "only a policy may give it"
    assert "để trống thì theo" in daihoi("do", "give-instruction", "--help", "--as", "subcommittee.lead").stdout
    monkeypatch.delenv("DAIHOI_AS")
    nobody = daihoi("do")
    assert (nobody.exit_code, "DAIHOI_AS" in nobody.stderr) == (2, True)


@pytest.mark.parametrize("asked", [("--help",), ("--help", "--as", "logistics.member")])
def test_help_after_a_command_shows_what_that_command_takes(daihoi, asked):
    shown = daihoi("do", "comment-on-task", *asked)
    assert shown.exit_code == 0
    lines = {line.split()[1]: line for line in shown.stdout.splitlines() if line.startswith("│")}
    assert "Mã ý kiến" in lines["comment_id"]
    assert "để trống thì tự đặt" in lines["comment_id"]
    assert "Nội dung" in lines["text"]
    assert "có" in lines["text"]
    assert "daihoi do comment-on-task task_id=1-03 text=…" in shown.stdout
    assert "--file" in daihoi("do", "--help").stdout


def test_an_unknown_command_is_refused_with_those_that_are_near(daihoi):
    for name in ("comment", "coment-on-task"):
        refused = daihoi("do", name, "1-03", "--as", "logistics.member")
        assert (refused.exit_code, refused.stdout) == (2, "")
        assert refused.stderr.splitlines()[-1].startswith("unknown_command: ")
        assert "comment-on-task" in refused.stderr.splitlines()[-1]
        assert "start-task" in refused.stderr, "all that there are"
    assert daihoi("do", "comment", "--help").exit_code == 2


def test_a_value_that_the_field_can_not_hold_is_wrong_use(daihoi):
    refused = daihoi("do", "set-deadline", "1-03", "deadline=soon", "--as", "logistics.member")
    assert (refused.exit_code, "Thời hạn (deadline): «soon»" in refused.stderr) == (2, True)
