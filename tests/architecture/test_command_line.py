"""The command line loads what a command needs, and says everything of itself in the reader's language."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from daihoi.cli.command_pages import every_command
from daihoi.cli.help_page import one_line
from daihoi.cli.main import COMMANDS, app, help_of

PROJECT = Path(__file__).parents[2]
HEAVY = {"pydantic", "motor", "pymongo", "nats", "openpyxl", "numpy", "faststream", "jwt", "rich", "uvloop"}
NOT_FOR_A_REPORT = {"openpyxl", "numpy", "faststream", "jwt", "fast_depends", "shared.unit.service"}
NOT_TO_SEND = NOT_FOR_A_REPORT - {"jwt"} | {"pymongo", "motor", "shared.views.all_views", "shared.events.task"}
ENGLISH = (
    "usage|options?|arguments?|commands?|default|required|missing|invalid|value|such|error|try|for|help|show|the|and"
    "|is|of"
)
ENGLISH_WORD = re.compile(rf"(?<![\w<`./-])({ENGLISH})(?![\w>`./-])", re.IGNORECASE)
WRONG_USES = (
    ["repor"],
    ["report", "--tody"],
    ["report", "--today"],
    ["report", "--fresh=1"],
    ["report", "--format", "xml"],
    ["report", "--by", "heard"],
    ["report", "--at", "soon"],
    ["report", "--annex", "colour"],
    ["report", "--coming", "0"],
    ["report", "issue", "--number", "01-BC/TB"],
    ["audit", "replay", "1-03"],
    ["audit", "as-of"],
    ["do"],
    ["do", "start-task", "1-03", "percent", "--as", "logistics.lead"],
    ["catalogue", "assign", "--as", "logistics.lead"],
    ["send"],
    ["send", "nobody", "start-task", "{}", "--as", "logistics.lead"],
    ["send", "logistics", "start-task", "{", "--as", "logistics.lead"],
    ["send", "logistics", "start-task", "{}", "--as", "logistics.lead", "--id", "none"],
    ["token", "--as", "nobody"],
    ["token", "--as", "logistics.lead", "--hours", "0"],
    ["parked", "show", "first"],
    ["parked", "retry"],
    ["scenario", "switch", "flood", "--reason", "x", "--as", "subcommittee.lead"],
    ["catalogue", "import", "nowhere.csv", "--as", "subcommittee.office"],
    ["health", "nobody"],
    ["demo", "--fresh=yes"],
)


def loaded_by(*arguments):
    """The modules that a process has loaded when it has answered."""
    program = "import atexit, sys; atexit.register(lambda: print(*sys.modules, file=sys.stderr));"
    program += "from daihoi.cli.main import main; main()"
    command = [sys.executable, "-c", program, *arguments]
    ended = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=60, check=True)
    return set(ended.stderr.split())


def test_help_loads_no_command_and_nothing_that_commands_work_with():
    loaded = loaded_by("--help")
    assert loaded & HEAVY == set()
    commands = {f"daihoi.cli.{place.partition(':')[0]}" for place in COMMANDS.values()}
    assert loaded & commands == set()


def test_a_report_loads_nothing_that_it_does_not_need():
    assert loaded_by("report", "--help") & NOT_FOR_A_REPORT == set()


def test_a_command_is_sent_without_loading_views_or_a_database():
    assert loaded_by("send", "--help") & NOT_TO_SEND == set()


def test_the_line_of_a_command_is_what_the_command_says_of_itself():
    said = {
        path[0]: one_line(context.command.help)
        for context in every_command()
        if len(path := context.command_path.split()[1:]) == 1
    }
    assert {name: help_of(place) for name, place in COMMANDS.items()} == said


def test_help_is_vietnamese_unless_english_is_asked_for(monkeypatch):
    for path in [context.command_path.split()[1:] for context in every_command()]:
        monkeypatch.delenv("DAIHOI_LANG", raising=False)
        shown = CliRunner().invoke(app, [*path, "--help"], prog_name="daihoi")
        assert shown.exit_code == 0, path
        assert shown.stdout.startswith("Cách dùng: daihoi"), path
        assert ENGLISH_WORD.findall(_words(shown.stdout)) == [], path
        monkeypatch.setenv("DAIHOI_LANG", "en")
        assert CliRunner().invoke(app, [*path, "--help"]).stdout.startswith("Usage: "), path


def test_the_language_may_stand_before_the_command(monkeypatch):
    monkeypatch.setenv("DAIHOI_LANG", "vi")
    assert CliRunner().invoke(app, ["--lang", "en", "report", "--help"]).stdout.startswith("Usage: ")


@pytest.mark.parametrize(
    "command",
    ["report", "service tracker", "asyncapi", "asyncapi logistics", "scenario compare --unit logistics"],
)
def test_a_registry_of_units_that_can_not_be_meant_is_wrong_use(command, monkeypatch):
    monkeypatch.setenv("DAIHOI_UNITS", "tracker=X")
    monkeypatch.setenv("DAIHOI_LANG", "en")
    ended = CliRunner().invoke(app, command.split(), prog_name="daihoi")
    assert (ended.exit_code, ended.stderr) == (2, "DAIHOI_UNITS: names tracker, which is taken\n")


@pytest.mark.parametrize(
    "command", ["--lang fr report", "--lang fr --help", "report --lang fr", "report --lang fr --help"]
)
def test_a_language_that_there_is_not_is_refused_wherever_it_stands(command, monkeypatch):
    monkeypatch.setenv("DAIHOI_LANG", "en")
    ended = CliRunner().invoke(app, command.split(), prog_name="daihoi")
    assert (ended.exit_code, ended.stdout) == (2, "")
    assert ended.stderr.startswith("The value of --lang is wrong: must be one of vi, en.")


@pytest.mark.parametrize("arguments", WRONG_USES, ids=" ".join)
def test_wrong_use_is_told_in_vietnamese(arguments, monkeypatch):
    monkeypatch.delenv("DAIHOI_LANG", raising=False)
    ended = CliRunner().invoke(app, arguments, prog_name="daihoi")
    assert (ended.exit_code, ended.stdout) == (2, ""), ended.output
    assert ENGLISH_WORD.findall(_words(ended.stderr)) == [], ended.stderr
    assert re.search("[ạảãàáâậầấẩẫăắằặẳẵóòọõỏôộổỗồốơờớợởỡéèẻẹẽêếềệểễúùụủũưựữửừứíìịỉĩýỳỷỵỹđ]", ended.stderr)


def _words(text):
    """Without what is typed as it stands: options, names of commands, and lists of values."""
    text = re.sub(
        r"^  [a-z-]+ {2,}|--[a-z-]+( [a-z]+(\|[a-z]+)+)?|`[^`]+`|[a-z-]+(\|[a-z-]+)+", "", text, flags=re.MULTILINE
    )
    return re.sub(r"daihoi( [a-z-]+)*", "", text)
