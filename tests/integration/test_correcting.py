"""A correction from the command line, and what people read of it."""

import json

import pytest

from tests.contract.units import TASK
from tests.integration.test_cli import served

AS_OFFICER, AS_MEMBER = (("--as", f"logistics.{position}", "--wait") for position in ("office", "member"))


@pytest.fixture(scope="module")
def shell(tmp_path_factory, endpoints):
    with served(tmp_path_factory.mktemp("corrected"), endpoints, "corrected") as shell:
        yield shell


def send(shell, command, data, *arguments):
    return shell.run("send", "logistics", command, json.dumps({"task_id": "1-03"} | data), *arguments)


def test_a_wrong_deadline_is_put_right_and_what_was_believed_can_be_had_again(shell):
    for command, data in (("open-task", TASK), ("set-deadline", {"deadline": "2199-09-30"})):
        ended = send(shell, command, data, *AS_OFFICER)
        assert ended.returncode == 0, ended.stderr
    believed = shell.json("view", "tasks")
    sequence = shell.json("report")["as_of"]["sequence"]
    right = {"deadline": "2199-09-20", "reason": "Ghi nhầm"}
    no = send(shell, "correct-task", right, *AS_MEMBER)
    assert (no.returncode, "không được đính chính" in no.stderr or "no_right_to_correct" in no.stderr) == (1, True)
    assert send(shell, "correct-task", right, *AS_OFFICER).returncode == 0
    page = shell.run("task", "show", "1-03", "--lang", "vi").stdout
    assert "Đã đính chính lúc" in page
    [task] = shell.json("view", "tasks")
    assert (task["original_deadline"], task["deadline"]) == ("2199-09-20", "2199-09-20")
    assert shell.json("view", "tasks", "--at", str(sequence)) == believed
    told = shell.run("audit", "timeline", "1-03", "--lang", "vi").stdout
    assert "Thời hạn: 20/09/2199; Thời hạn ban đầu: 20/09/2199; trước ghi: Thời hạn: 30/09/2199" in told
    assert shell.run("audit", "verify").returncode == 0
