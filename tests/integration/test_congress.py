"""A congress of one's own from the command line: asked for on a terminal, amended, and its deadlines moved."""

import asyncio
import io
import json

import pytest

from daihoi.cli import congress as commands
from daihoi.ops.congress import title_on_record
from daihoi.terminal.operation import services_table
from shared.eventstore.ledger import Ledger
from shared.platform.embedded import Endpoints
from shared.platform.nats import nats_connection
from tests.contract.units import item, published
from tests.integration.test_cli import served
from tests.servers import operator_of
from tests.waiting import wait_until

AS_OFFICE, AS_LEAD = ("--as", "subcommittee.office"), ("--as", "subcommittee.lead")
TITLE = "XIth trade-union congress"
ANSWERS = [
    *("Đại hội Công đoàn tỉnh lần thứ XI", TITLE, "XI", "2023", "2023-2028", "Liên đoàn Lao động tỉnh", ""),
    *("LĐLĐ", "", "", "Nhà Văn hóa", "", "31/2/2023", "9/10/2023", "", "state", "", "en"),
]
"""Two that can't stand among them, which are asked for again."""


@pytest.fixture(scope="module")
def shell(tmp_path_factory, endpoints):
    with served(tmp_path_factory.mktemp("own"), endpoints, "own-congress") as shell:
        yield shell


def answering(monkeypatch, *answers):
    monkeypatch.setattr(commands, "_may_ask", lambda: True)
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{answer}\n" for answer in answers)))


def send(shell, service, command, data, actor):
    ended = shell.run("send", service, command, json.dumps(data), "--as", actor, "--wait")
    assert ended.returncode == 0, ended.stderr


def tasks_when(shell, is_so):
    """The tasks by id, once they are as they are to be."""
    tasks = {}

    def they_are():
        tasks.update({task["task_id"]: task for task in shell.json("view", "tasks")})
        return is_so(tasks)

    wait_until(they_are)
    return tasks


def test_a_congress_is_asked_for_amended_and_moves_the_deadlines_that_somebody_confirms(shell, monkeypatch):
    send(shell, "subcommittee", "publish-catalogue", published(item("1.03"), item("1.04")), "subcommittee.office")
    for command in (("show",), ("amend", "--ordinal", "XI", "--reason", "x", *AS_OFFICE)):
        not_yet = shell.run("congress", *command)
        assert (not_yet.returncode != 0, "not on record yet" in not_yet.stderr) == (True, True), not_yet.stderr
    nothing_yet = shell.run("congress", "new", *AS_OFFICE)
    assert (nothing_yet.returncode, "questions are asked on a terminal only" in nothing_yet.stderr) == (2, True)
    answering(monkeypatch, *ANSWERS)
    asked = shell.run("congress", "new", *AS_OFFICE)
    assert asked.returncode == 0, asked.stderr
    assert "The congress is on record now." in asked.stdout
    assert "A term is two years with a hyphen between, such as 2020-2025." in asked.stderr
    for again in (("congress", "new", *AS_OFFICE), ("congress", "new", "--place", "Nhà Văn hóa", *AS_OFFICE)):
        told = shell.run(*again)
        assert (told.returncode, f"«{TITLE}» is on record already" in told.stderr) == (2, True), told.stderr
    shown = shell.json("congress", "show")
    told = {name: shown[name] for name in ("ordinal", "term", "issuer_code", "opening_day", "form", "language")}
    assert told == {
        "ordinal": "XI",
        "term": "2023-2028",
        "issuer_code": "LĐLĐ",
        "opening_day": "2023-10-09",
        "form": "state",
        "language": "en",
    }

    assigned = {"unit": "logistics", "item_ids": ["1-03", "1-04"]}
    send(shell, "subcommittee", "assign-items", assigned, "subcommittee.office")
    tasks_when(shell, lambda tasks: len(tasks) == 2)
    dated = {"task_id": "1-03", "deadline": "2023-09-09", "past_because": "Ghi bổ sung"}
    send(shell, "logistics", "set-deadline", dated, "logistics.lead")

    moving = ("congress", "amend", "--opening-day", "16/10/2023", "--reason", "Hoãn vì bão")
    refused = shell.run(*moving, *AS_OFFICE)
    assert (refused.returncode, "can't move the opening or the closing day" in refused.stderr) == (1, True)
    moved = shell.run(*moving, *AS_LEAD)
    assert (moved.returncode, "No deadline has moved" in moved.stderr) == (0, True), moved.stderr
    assert "Nothing changes" in shell.run(*moving, *AS_LEAD).stdout
    printed = shell.run("congress", "show").stdout
    assert "Hoãn vì bão" in printed
    assert "09/10/2023 → 16/10/2023" in printed

    proposed = shell.json("congress", "deadlines")
    assert [(line["id"], line["deadline"], line["follows"], line["standing"]) for line in proposed["lines"]] == [
        ("1-03", "2023-09-09", "2023-09-16", "moves"),
        ("1-04", None, "2023-09-16", "sets"),
    ]
    assert shell.json("congress", "deadlines") == proposed, "looking moves nothing"
    over = shell.run("congress", "deadlines", "--confirm", *AS_LEAD)
    assert (over.returncode, "say in past_because why" in over.stderr) == (1, True)
    because = ("--past-because", "Ghi bổ sung")
    confirmed = shell.run("congress", "deadlines", "--confirm", *because, *AS_LEAD)
    assert "Confirmed for 2 tasks" in confirmed.stdout, confirmed.stderr
    tasks = tasks_when(shell, lambda tasks: all(task["deadline"] == "2023-09-16" for task in tasks.values()))
    assert {name: task["original_deadline"] for name, task in tasks.items()} == {
        "1-03": "2023-09-09",
        "1-04": "2023-09-16",
    }
    assert (shell.json("congress", "deadlines")["same"], shell.json("policies", "list")) == (2, [])

    with monkeypatch.context() as nobody_says:
        nobody_says.delitem(shell.environment, "DAIHOI_LANG")
        assert f"Consolidated report: {TITLE}" in shell.run("report").stdout, "in the language of the congress"
        assert "0 to be moved" in shell.run("congress", "deadlines").stdout
    assert "Công đoàn tỉnh lần thứ XI" in shell.run("report", "--lang", "vi").stdout
    assert shell.json("report")["particulars"]["title"]["en"] == TITLE


def test_what_runs_is_headed_by_the_title_that_the_ledger_has(shell, endpoints):
    async def title(congress):
        async with nats_connection(endpoints.nats_url, "tests", operator_of(endpoints)) as connection:
            return [await title_on_record(Ledger(connection, congress), lang) for lang in ("vi", "en")]

    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        titles = runner.run(title("own-congress"))
        assert runner.run(title("nowhere")) == ["nowhere", "nowhere"]
    assert titles == ["Đại hội Công đoàn tỉnh lần thứ XI", TITLE]
    assert services_table("c", {}, Endpoints("", "", None), "en", titles[1]).title == f"daihoi · {TITLE}"


def test_an_amendment_asks_with_what_is_on_record_and_a_file_says_the_same_again(shell, monkeypatch, tmp_path):
    held = shell.json("congress", "show")
    (file := tmp_path / "congress.json").write_text(
        json.dumps({name: held[name] for name in ("title", "term", "place")} | {"issuer_code": "LĐT"}), "utf-8"
    )
    amending = ("congress", "amend", "--file", str(file), *AS_OFFICE)
    without_reason = shell.run(*amending)
    assert (without_reason.returncode, "--reason says why" in without_reason.stderr) == (2, True)
    wrong = shell.run("congress", "amend", "--term", "2023", "--reason", "x", *AS_OFFICE)
    assert (wrong.returncode, "A term is two years with a hyphen between" in wrong.stderr) == (2, True)
    amended = shell.run(*amending, "--reason", "Ghi đúng ký hiệu", "--clear", "place")
    assert "The congress is amended." in amended.stdout, amended.stderr
    now = shell.json("congress", "show")
    assert now["amendments"][-1]["changes"].keys() == {"issuer_code", "place"}

    answering(monkeypatch, *[""] * 6, "LĐLĐ", *[""] * 9, "Ghi lại như trước")
    asked = shell.run("congress", "amend", *AS_OFFICE)
    assert "The congress is amended." in asked.stdout, asked.stderr
    now = shell.json("congress", "show")
    last = now["amendments"][-1]
    assert (last["reason"], last["changes"]) == (
        "Ghi lại như trước",
        {"issuer_code": {"before": "LĐT", "after": "LĐLĐ"}},
    )
