"""Instants as people give them to `daihoi`, on a machine whose zone is not theirs, on the real servers."""

import json
from datetime import datetime

import pytest
from typer.testing import CliRunner

from daihoi.cli.main import app
from shared.eventstore.store import EventStore
from shared.values.local_time import LOCAL_TIME
from tests.congress import Writer, life_of_a_task, settled
from tests.integration.test_tracker import project_all

EVENTS = len(life_of_a_task(1))
LAST_HOUR = "2020-08-15T16:00"
"""The eight events of a task happen an hour apart, from nine in the morning."""


def daihoi(*arguments, ends_with=0):
    ran = CliRunner().invoke(app, [*arguments])
    assert ran.exit_code == ends_with, (arguments, ran.output, ran.exception)
    return ran


def lines(*arguments):
    return [json.loads(line) for line in daihoi(*arguments, "--format", "json").stdout.splitlines()]


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch, settings, congress):
    """A shell on a machine in New York."""
    environment = {
        "TZ": "America/New_York",
        "COLUMNS": "200",
        "DAIHOI_LANG": "vi",
        "DAIHOI_CONGRESS": congress,
        "DAIHOI_NATS_URL": settings.nats_url,
        "DAIHOI_MONGO_URL": settings.mongo_url,
        "DAIHOI_DATA_DIR": str(settings.data_dir),
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
async def history(connection, congress, ledger, views):
    """One task of logistics, in the views."""
    await Writer(EventStore(connection, congress, "logistics")).write([1])
    await settled(ledger, EVENTS)
    await project_all(ledger, views)


LOOKING_BACK = [
    ["report"],
    ["workload"],
    ["tasks"],
    ["task", "show", "logistics/task-1"],
    ["resources"],
    ["publications"],
    ["meetings"],
    ["positions"],
    ["names"],
    ["trace", "logistics/task-1"],
    ["duties"],
    ["documents"],
    ["documents", "next-number", "--issuer", "TU", "--kind", "KH"],
    ["coverage"],
    ["expenses"],
    ["clearances"],
    ["incidents"],
    ["congress", "deadlines"],
    ["scenario", "show"],
    ["scenario", "compare"],
    ["audit", "as-of"],
]


def test_every_answer_about_a_day_is_headed_with_the_end_of_that_day_in_vietnam(history):
    for command in LOOKING_BACK:
        told = " ".join(daihoi(*command, "--at", "2020-08-15", "--by", "happened").stdout.split())
        assert "Theo những việc đã diễn ra, tính đến 23:59:59 ngày 15/08/2020; 0 việc" in told, command
    then = daihoi("workload", "--at", "2020-08-15T11:30", "--by", "happened").stdout
    assert "11:30:00 ngày 15/08/2020; 5 việc đã ghi nhận nhưng diễn ra sau đó" in then


def test_programs_get_the_instant_with_its_offset(history):
    end = {"at": "2020-08-15T23:59:59.999999+07:00", "by": "happened"}
    asked = ("--at", "2020-08-15", "--by", "happened", "--format", "json")
    for command in (["report"], ["workload"], ["coverage"], ["scenario", "show"], ["audit", "as-of"]):
        answer = json.loads(daihoi(*command, *asked).stdout)
        assert end.items() <= answer.get("as_of", answer).items()
    listed = daihoi("expenses", *asked)
    assert json.loads(listed.stdout) == []
    assert "23:59:59 ngày 15/08/2020" in listed.stderr


def test_today_is_as_of_now_and_later_has_not_come(history):
    today = f"{datetime.now(LOCAL_TIME):%Y-%m-%d}"
    now = json.loads(daihoi("report", "--at", today, "--format", "json").stdout)["as_of"]
    assert (now["sequence"], now["today"]) == (EVENTS, today)
    assert datetime.fromisoformat(now["at"]) < datetime.now(LOCAL_TIME)
    assert "Chưa đến 31/12/2199 23:59" in daihoi("report", "--at", "2199-12-31", ends_with=2).stderr
    assert "23:59:59" in daihoi("report", "--compare", "2020-09-01").stdout


def test_a_difference_is_headed_with_both_instants_and_the_time_that_counts(history):
    by_happened = ("audit", "diff", "2020-08-14", "2020-08-15", "--by", "happened")
    said = daihoi(*by_happened).stdout.splitlines()[0]
    assert said == "Từ 23:59:59 ngày 14/08/2020 đến 23:59:59 ngày 15/08/2020, theo những việc đã diễn ra"
    (told,) = [json.loads(daihoi(*by_happened, "--format", "json").stdout)]
    assert (told["earlier_at"], told["later_at"], told["by"]) == (
        "2020-08-14T23:59:59.999999+07:00",
        "2020-08-15T23:59:59.999999+07:00",
        "happened",
    )
    assert told["documents"]
    said = daihoi("audit", "diff", "3", "--lang", "en").stdout.splitlines()[0]
    assert said == f"From ledger event 3 to ledger event {EVENTS}, by what was recorded"


@pytest.mark.parametrize(
    ("options", "sequences"),
    [
        (["--by", "happened", "--from", "2020-08-15"], range(1, 9)),
        (["--by", "happened", "--to", "2020-08-15"], range(1, 9)),
        (["--by", "happened", "--from", LAST_HOUR], [8]),
        (["--by", "happened", "--to", "2020-08-15T04:00:00Z"], [1, 2, 3]),
        (["--from", "2020-08-15", "--to", "7"], range(1, 8)),
        (["--type", "task.completed"], [8]),
        (["--type", "task.completed.v1"], [8]),
        (["--type", "vn.daihoi.task.completed.v1"], [8]),
        (["--type", "task"], range(1, 9)),
    ],
)
def test_a_replay_is_narrowed_by_either_time_and_by_short_names_of_types(history, options, sequences):
    assert [line["sequence"] for line in lines("audit", "replay", *options)] == list(sequences)


@pytest.mark.parametrize(
    ("options", "ends_with", "sentence"),
    [
        (["--unit", "kitchen"], 1, "there is no unit kitchen; there are subcommittee, propaganda, logistics"),
        (["--type", "task.cooked"], 1, "there is no event type task.cooked"),
        (["--entity", "task-9", "--actor", "logistics.lead"], 1, "no event is about task-9."),
        (["--actor", "logistics.cook"], 1, "logistics.cook has done nothing that is on record."),
        (["--unit", "security"], 0, "none of the 8 events there fits all of it."),
        (["--type", "task.blocked", "--format", "json"], 0, "none of the 8 events there fits all of it."),
        (
            ["--entity", "task-1", "--to", "2020-08-14", "--by", "happened"],
            0,
            "happened until 23:59:59 on 14/08/2020.",
        ),
        (["--to", "2020-08-15"], 0, "nothing was recorded until 23:59:59 on 15/08/2020."),
        (["--from", "9"], 0, "nothing was recorded from ledger event 9 on."),
    ],
)
def test_a_replay_that_shows_nothing_says_why_and_fails_where_a_name_is_unknown(
    history, options, ends_with, sentence
):
    ran = daihoi("audit", "replay", *options, "--lang", "en", ends_with=ends_with)
    assert ran.stdout == ""
    assert ran.stderr.startswith("Nothing found, because ")
    assert sentence in ran.stderr


def test_nothing_on_record_at_all_is_said_too(connection, congress):
    assert "chưa có bản ghi nào" in daihoi("audit", "replay").stderr


# --- before any server is asked ---
IMPOSSIBLE = ["", "whenever", "-5", "٢٠٢٠-٠٨-١٣", "2020-02-30", "9999-12-31T23:59:59-06:00", "0001-01-01", "9" * 30]
BY_HAND = '{"task_id": "1-03"}', "--as", "logistics.lead"


@pytest.mark.parametrize(
    "command",
    [
        *([*command, "--at"] for command in LOOKING_BACK),
        ["report", "as-of", "--at"],
        ["report", "--compare"],
        ["report", "--today"],
        ["duties", "--today"],
        ["demo", "--today"],
        ["audit", "replay", "--from"],
        ["audit", "replay", "--to"],
        ["audit", "diff", "1"],
        ["send", "logistics", "start-task", *BY_HAND, "--happened"],
    ],
    ids=" ".join,
)
def test_what_is_no_instant_is_told_in_a_sentence_and_ends_with_2(command, monkeypatch):
    monkeypatch.setenv("DAIHOI_NATS_URL", "nats://127.0.0.1:1")
    for text in IMPOSSIBLE:
        if command[:2] != ["audit", "diff"] or text != "-5":
            ran = daihoi(*command, text, ends_with=2)
            assert (ran.stdout, len(ran.stderr.strip().splitlines())) == ("", 1), ran.stderr


@pytest.mark.parametrize(
    "options",
    [
        ["audit", "replay", "--by", "happened"],
        ["audit", "replay", "--by", "happened", "--from", "7"],
        ["audit", "replay", "--from", "8", "--to", "7"],
        ["audit", "replay", "--from", "2020-08-16", "--to", "2020-08-15"],
        ["report", "--by", "happened"],
    ],
    ids=" ".join,
)
def test_a_stretch_that_means_nothing_is_wrong_use(options):
    assert len(daihoi(*options, ends_with=2).stderr.strip().splitlines()) == 1
