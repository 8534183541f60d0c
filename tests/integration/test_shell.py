"""Whatever the shell around is like, `daihoi` ends with words and an exit code, and nothing that it prints commands
the terminal."""

import asyncio
import io
import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import orjson
import pytest
from rich.table import Table
from typer.testing import CliRunner

from daihoi.cli.arguments import json_object
from daihoi.cli.catalogue import _as_json
from daihoi.cli.console import write, write_json
from daihoi.cli.main import app
from daihoi.cli.shell import NotWritten
from daihoi.importing.session import read
from daihoi.terminal.screen import Screen, forget_impossible_sizes, harmless
from services.subcommittee.importing.changes import compare
from services.subcommittee.importing.planning import Preview
from shared.entering.tables import Unreadable
from shared.events.task import TaskBlocked, TaskDeadlineSet, TaskOpened
from shared.platform.settings import Settings
from shared.values.code_lists import EVERY_CASE
from shared.values.types import Group, Phase, Text
from tests.congress import BEGINNING
from tests.domain.test_importing import as_xlsx, hide_everything_but_the_table, row
from tests.integration.test_parked import Stage
from tests.integration.test_tracker import at, tracking

PROJECT = Path(__file__).parents[2]
COMMANDING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
HOSTILE = "\x1b]0;owned\x07\x1b[2J\u009b31m\u202etxt.exe\x7f"
WRITTEN_OUT = r"\u001b]0;owned\u0007\u001b[2J\u009b31m\u202etxt.exe\u007f"


# --- what is printed from data ---
def printed(*renderables):
    screen = Screen()
    screen.file = io.StringIO()
    for each in renderables:
        screen.print(each, soft_wrap=True)
    return screen.file.getvalue()


def test_text_that_would_command_the_terminal_is_written_out_wherever_it_stands():
    table = Table(title=HOSTILE, caption=HOSTILE)
    table.add_column(HOSTILE, no_wrap=True)
    table.add_row(HOSTILE)
    told = printed(HOSTILE, table, f"dòng 1\n\tdòng 2: {HOSTILE} \ud83d")
    assert COMMANDING.findall(told) == []
    assert told.count(WRITTEN_OUT) == 6
    assert "dòng 1\n" in told
    assert harmless("Đại hội, người Ê-đê: \u200b👨\u200d👩") == "Đại hội, người Ê-đê: \u200b👨\u200d👩"


def test_json_that_is_shown_on_a_terminal_stays_the_same_json(monkeypatch):
    shown = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(shown, write_through=True))
    value = {HOSTILE: [f"Đại hội {HOSTILE}", "\u2028\u2066\u0085"]}
    write_json(value)
    assert COMMANDING.findall(shown.getvalue().decode()) == []
    assert orjson.loads(shown.getvalue()) == value


@pytest.fixture
async def old_events(connection, congress, ledger, views):
    """A task whose events are older than the doors that clean text, in the views, and one that is parked."""
    stage = Stage(connection, congress, ledger)
    hostile = Text(vi=f"Việc {HOSTILE}", en=f"Work {HOSTILE}")
    await stage.event(
        TaskOpened(
            title=hostile,
            group=Group(number=1, name=hostile),
            phase=Phase.BEFORE,
            scenario=EVERY_CASE,
            planned_vnd=1,
        )
    )
    await stage.event(TaskDeadlineSet(deadline=BEGINNING.date()))
    await stage.event(TaskBlocked(reason=f"vì {HOSTILE}"))
    await stage.raw(f'{{"no envelope": "{HOSTILE}"}}'.encode(), entity_id="task-2")
    async with tracking(ledger, views):
        await at(views, stage.events)
    return stage.events


@pytest.mark.parametrize("form", ["text", "json"])
async def test_old_events_can_be_looked_at_in_every_way_on_a_terminal(old_events, settings, form):
    environment = {
        "DAIHOI_CONGRESS": settings.congress,
        "DAIHOI_NATS_URL": settings.nats_url,
        "DAIHOI_MONGO_URL": settings.mongo_url,
        "DAIHOI_DATA_DIR": str(settings.data_dir),
        "DAIHOI_LANG": "en",
    }
    ways = {
        ("audit", "replay"): True,
        ("audit", "timeline", "logistics/task-1"): True,
        ("report",): True,
        ("workload",): False,
        ("tasks",): False,
        ("task", "show", "logistics/task-1"): True,
        ("names",): False,
        ("trace", "logistics/task-1"): True,
        ("parked", "show", str(old_events)): True,
    }
    for way, shows in ways.items():
        ran = await asyncio.to_thread(CliRunner().invoke, app, [*way, "--format", form], env=environment)
        assert ran.exit_code == 0, (way, ran.output)
        assert COMMANDING.findall(ran.output) == [], way
        if shows:
            assert "u009b" in re.sub(r"[\s│]", "", ran.output), way


# --- what is typed ---
@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("[" * 60_000, "too deep"),
        ('{"a":' * 60_000, "too deep"),
        (json.dumps({"a": [[[[0]]]]}).replace("0", "[" * 100 + "]" * 100), "too deep"),
        (r'{"reason": "\ud83d"}', "half a character"),
        (r'{"reason": "\u001b[2J"}', "control character"),
        ('{"percent": 1e400}', "too large"),
        ('{"percent": ' + "9" * 5000 + "}", "too large"),
        ('{"percent": 18446744073709551616}', "too large"),
        ('{"percent": NaN}', "no number"),
        ("[1]", "no JSON object"),
        ("", "JSON"),
        ("{", "JSON"),
    ],
)
def test_data_that_is_no_json_object_is_wrong_use_in_words(typed, why, capsys, monkeypatch):
    monkeypatch.setenv("DAIHOI_LANG", "en")
    with pytest.raises(Exception, match="2") as raised:
        json_object(typed)
    assert type(raised.value).__name__ == "Exit"
    told = capsys.readouterr().err
    assert why in told
    assert len(told) < 300


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("DATA_DIR", ""),
        ("DATA_DIR", "dir\n"),
        ("DATA_DIR", "a\udcffb"),
        ("NATS_URL", " nats://127.0.0.1:4222"),
        ("NATS_URL", "   "),
        ("MONGO_URL", "mongodb://\x1b"),
        ("CONGRESS", "a b"),
        ("CONGRESS", ""),
        ("LANG", "fr"),
        ("NATS_REPLICAS", "²"),
        ("ISSUER_PRIVATE_KEY", ""),
        ("ISSUER_PUBLIC_KEY", "key\n"),
    ],
)
def test_a_setting_that_can_not_be_meant_is_named(setting, value, monkeypatch):
    monkeypatch.setitem(os.environ, f"DAIHOI_{setting}", value)
    ran = CliRunner().invoke(app, ["token", "--as", "logistics.lead"])
    assert ran.exit_code == 2
    assert f"DAIHOI_{setting}: " in ran.stderr
    assert "Value error" not in ran.stderr


SIZES = [{"COLUMNS": "0", "LINES": "0"}, {"COLUMNS": "abc"}, {"COLUMNS": "²"}, {"COLUMNS": "-5"}, {"LINES": "9" * 30}]


@pytest.mark.parametrize(
    ("given", "kept"), [*((size, {}) for size in SIZES), ({"COLUMNS": "132", "LINES": "x"}, {"COLUMNS": "132"})]
)
def test_a_size_into_which_nothing_fits_is_not_believed(given, kept):
    forget_impossible_sizes(given)
    assert given == kept


# --- files ---
@pytest.mark.parametrize("kind", ["fifo", "device", "socket", "folder", "broken link"])
def test_what_is_no_ordinary_file_is_refused_at_once(tmp_path, kind):
    path = tmp_path / "table.csv"
    match kind:
        case "fifo":
            os.mkfifo(path)
        case "device":
            path.symlink_to("/dev/zero")
        case "socket":
            os.mknod(path, stat.S_IFSOCK)
        case "folder":
            path.mkdir()
        case "broken link":
            path.symlink_to("nowhere")
    with pytest.raises(Unreadable) as raised:
        read(path, "congress")
    (error,) = raised.value.errors
    assert error.why.code in ("not_a_file", "file_unreadable")
    assert "table.csv" in str(error.why)


def test_the_name_of_a_file_goes_on_record_as_text(tmp_path):
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/b\xff\x1b\xe2\x80\xae\x61\xcc\x82.csv"))
    path.write_bytes((PROJECT / "data" / "namdinh-xx" / "catalogue.csv").read_bytes())
    assert read(path, "congress").name == "b\ufffd\ufffd\ufffd\u00e2.csv"


def test_what_is_hidden_in_a_file_is_told_with_what_it_would_change(tmp_path):
    path = tmp_path / "table.xlsx"
    path.write_bytes(as_xlsx(row(), change=hide_everything_but_the_table))
    source = read(path, "congress")
    preview = Preview(compare("congress", source.items, []), 0, {})
    codes = [remark["code"] for remark in _as_json(source, preview, None)["remarks"]]
    assert codes == ["hidden_sheets", "hidden_rows", "hidden_columns"]


# --- keys ---
def test_keys_are_handed_over_with_the_modes_that_others_need(tmp_path, monkeypatch):
    for half in ("private", "public"):
        (tmp_path / "issuer" / half).mkdir(parents=True, mode=0o755)
    monkeypatch.setenv("DAIHOI_DATA_DIR", str(tmp_path))
    ran = CliRunner().invoke(app, ["keys"])
    assert (ran.exit_code, ran.stdout.strip()) == (0, str(tmp_path / "issuer" / "public" / "issuer.pub"))
    modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in (tmp_path / "issuer").rglob("*")}
    assert modes == {"private": 0o700, "public": 0o755, "issuer.key": 0o600, "issuer.pub": 0o644}
    monkeypatch.setenv("DAIHOI_ISSUER_PUBLIC_KEY", str(tmp_path / "mistyped"))
    again = CliRunner().invoke(app, ["keys"])
    assert (again.exit_code, again.stdout) == (1, "")
    assert "key_not_there: " in again.stderr


# --- streams ---
ANSWERING = """
from daihoi.cli.shell import run_in_shell
from daihoi.cli.console import out, err, write
def program():
    err.print("\\u0111ang l\\u00e0m")
    out.print("\\u0110\\u1ea1i h\\u1ed9i XX " * 9)
    write(b'{"a": 1}' * 9000)
run_in_shell(program)
"""
STOPPED = "from daihoi.cli.shell import run_in_shell; import os; run_in_shell(lambda: os.kill(os.getpid(), 2))"
FAILING = "from daihoi.cli.shell import run_in_shell; run_in_shell(lambda: {}['Đại hội'])"


def shell(tmp_path, line, **environment):
    """Runs a line of the shell in this folder; $PYTHON, $ANSWERING, $FAILING and $STOPPED are what they say."""
    given = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("DAIHOI_", "COLUMNS", "LINES"))},
        "PYTHON": sys.executable,
        "ANSWERING": ANSWERING,
        "FAILING": FAILING,
        "STOPPED": STOPPED,
        "PYTHONPATH": str(PROJECT),
        "DAIHOI_LANG": "vi",
    }
    command = ["/bin/bash", "-c", line]
    return subprocess.run(
        command, cwd=tmp_path, env=given | environment, capture_output=True, timeout=300, check=False
    )


STREAMS = {
    "full": ('$PYTHON -c "$ANSWERING" >/dev/full', 1, "not_written: Không ghi được kết quả"),
    "full and unbuffered": ('$PYTHON -u -c "$ANSWERING" >/dev/full', 1, "not_written: Không ghi được kết quả"),
    "closed": ('$PYTHON -c "$ANSWERING" >&-', 1, "no_stdout: Không có nơi để ghi kết quả"),
    "a pipe that nobody reads on": ('$PYTHON -c "$ANSWERING" | true; exit ${PIPESTATUS[0]}', 141, "đang làm"),
    "no stderr": ('$PYTHON -c "$ANSWERING" 2>&-', 0, ""),
    "a full stderr": ('$PYTHON -c "$ANSWERING" 2>/dev/full', 0, ""),
    "nobody who waits": ('$PYTHON -c "$STOPPED"', 1, "đã dừng"),
    "neither": ('$PYTHON -c "$ANSWERING" >&- 2>&-', 1, ""),
    "no stdin either": ('$PYTHON -c "$ANSWERING" <&- >&- 2>&-', 1, ""),
}


@pytest.mark.parametrize(("line", "code", "told"), STREAMS.values(), ids=STREAMS.keys())
def test_where_the_answer_can_not_go_people_are_told_and_the_exit_code_says_so(tmp_path, line, code, told):
    ran = shell(tmp_path, line)
    assert ran.returncode == code, ran.stderr
    assert told in ran.stderr.decode()
    assert (b"not_written" in ran.stderr) == ("full" in line and "2>" not in line)
    assert b"Traceback" not in ran.stderr
    assert b"Exception ignored" not in ran.stderr


LOCALES = [{"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}]
MORE_LOCALES = [{"PYTHONIOENCODING": "latin-1"}, {"LC_ALL": "POSIX"}, {"TERM": "dumb"}]


@pytest.mark.parametrize(
    "locale", [*LOCALES, *(pytest.param(each, marks=pytest.mark.long) for each in MORE_LOCALES)], ids=str
)
def test_an_encoding_that_lacks_the_letters_gets_them_without_marks(tmp_path, locale):
    ran = shell(tmp_path, '$PYTHON -c "$ANSWERING"', **locale)
    assert (ran.returncode, b"Traceback" in ran.stderr) == (0, False)
    told = ran.stdout.decode(locale.get("PYTHONIOENCODING", "utf-8"))
    assert told.startswith(("Dai hoi", "Đại hội"))
    assert told.endswith('{"a": 1}')


def test_an_error_that_nobody_thought_of_is_a_sentence_and_its_details_are_kept(tmp_path):
    ran = shell(tmp_path, '$PYTHON -c "$FAILING"', DAIHOI_LANG="en")
    log = tmp_path / ".daihoi" / "logs" / "daihoi.log"
    assert ran.returncode == 1
    assert ran.stderr.decode().startswith("unexpected: Something is wrong in daihoi itself (KeyError).")
    assert str(log.relative_to(tmp_path)) in ran.stderr.decode()
    assert "Traceback" in log.read_text("utf-8")
    assert [stat.S_IMODE(each.stat().st_mode) for each in (log, log.parent, log.parent.parent)] == [
        0o600,
        0o700,
        0o700,
    ]
    debugging = shell(tmp_path, '$PYTHON -c "$FAILING"', DAIHOI_DEBUG="1", DAIHOI_DATA_DIR="/dev/null")
    assert b"Traceback" in debugging.stderr
    assert "unexpected_unlogged: " in debugging.stderr.decode()


COMMANDS = {
    "half an emoji": (r"$DAIHOI token --as $'logistics.\xed\xa0\xbd'", 2, "argument_not_text: Tham số thứ 3"),
    "no id": ("$DAIHOI send logistics start-task '{}' --as logistics.lead --id none", 2, "--id"),
    "no hours": ("$DAIHOI token --as logistics.lead --hours nan", 2, "--hours"),
    "a person by name": (
        '$DAIHOI token --as logistics.lead --person "Nguyễn Văn A"',
        2,
        "mã của một người theo sổ đơn vị",
    ),
    "an actor that is none": (r"$DAIHOI token --as $'logistics.\x1b[2J'", 2, "ký tự điều khiển"),
    "a key that is not there": (
        "DAIHOI_ISSUER_PRIVATE_KEY=none $DAIHOI token --as logistics.lead",
        1,
        "key_not_there",
    ),
    "help that nobody reads": ("$DAIHOI --help >/dev/full", 1, "not_written"),
    "help of which nobody reads the end": ("$DAIHOI --help | true; exit ${PIPESTATUS[0]}", 141, ""),
    "a data folder that is a file": (
        "touch f; DAIHOI_DATA_DIR=f $DAIHOI health logistics",
        1,
        "no_data_folder: DAIHOI_DATA_DIR ghi",
    ),
    "a data folder that nobody may write": (
        "DAIHOI_DATA_DIR=/sys $DAIHOI health logistics",
        1,
        "/sys, nơi không lưu được",
    ),
    "a token that is no text": (r"DAIHOI_TOKEN=$'a\xff' $DAIHOI incidents", 1, "public_key_not_here"),
    "a folder for documents that is a file": ("touch f; $DAIHOI asyncapi --out f", 1, "file_trouble: Không đọc hoặc"),
    "a folder for the demo's exports that is a file": ("touch out; $DAIHOI demo", 1, "file_trouble: "),
    "a service without settings": ("DAIHOI_CONGRESS='a b' $DAIHOI service logistics", 2, "DAIHOI_CONGRESS: "),
}


@pytest.mark.parametrize(("line", "code", "told"), COMMANDS.values(), ids=COMMANDS.keys())
def test_what_goes_wrong_around_a_command_is_told_in_words(tmp_path, line, code, told):
    ran = shell(tmp_path, line.replace("$DAIHOI", "$PYTHON -m daihoi"))
    assert ran.returncode == code, ran.stderr
    assert told in ran.stderr.decode(errors="replace")
    assert b"Traceback" not in ran.stderr
    assert ran.stdout == b""


def test_a_service_that_lacks_its_key_says_which(tmp_path, settings):
    environment = {"DAIHOI_NATS_URL": settings.nats_url, "DAIHOI_ISSUER_PUBLIC_KEY": "none"}
    ran = shell(tmp_path, "$PYTHON -m daihoi service logistics", **environment)
    assert ran.returncode == 1
    assert "key_not_there: DAIHOI_ISSUER_PUBLIC_KEY" in ran.stderr.decode()
    assert b"Traceback" not in ran.stderr


def test_an_answer_that_can_not_be_written_as_bytes_is_told(monkeypatch):
    class Full(io.BytesIO):
        def write(self, _):
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(Full()))
    with pytest.raises(NotWritten, match="No space left"):
        write(b"{}")


def test_the_settings_may_name_a_folder_as_people_do():
    assert Settings(data_dir=Path("Đại hội lần thứ XX")).data_dir.name == "Đại hội lần thứ XX"
