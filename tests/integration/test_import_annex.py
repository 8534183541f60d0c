"""An office's own workbook on the real servers: from the file to tasks that somebody has, by a day and with money."""

import asyncio
import json
from datetime import date
from uuid import uuid4

import openpyxl
import pytest
import typer

from daihoi.cli import import_questions
from daihoi.cli.import_questions import read_asking
from daihoi.importing.session import read
from daihoi.ops.supervisor import Supervisor
from services.subcommittee.importing.annex import NO_WISHES
from services.subcommittee.importing.layout import FIELDS
from services.subcommittee.importing.remembered import MOST_SETS, remember, remembered
from services.tracker.history.verify import verify
from shared.entering.tables import MAX_FILE_BYTES, Unreadable
from shared.eventstore.envelope import decode
from shared.i18n import render
from shared.platform.settings import Settings
from shared.unit.client import CommandClient
from shared.unit.support_unit import OVER_WHEN_ASSIGNED
from tests.annexes import HALL, HEADINGS, ROWS, annex, task
from tests.conftest import token_for
from tests.congress import settled
from tests.program import Shell

ODD = (*HEADINGS[:3], "Người làm", *HEADINGS[4:8], "Mức độ")
LIKE_THESE = ["--as", "subcommittee.office", "--lang", "vi"]


@pytest.fixture
def shell(endpoints, tmp_path):
    return Shell(tmp_path, endpoints, "nobody-serves-this")


def file_of(folder, content, name="phu-luc.xlsx"):
    (folder / name).write_bytes(content)
    return str(folder / name)


@pytest.fixture
async def running(connection, settings, endpoints):
    """The services that an import needs, and the unit that gets the tasks."""
    supervisor = Supervisor(settings, endpoints)
    try:
        for name in ("subcommittee", "logistics", "tracker"):
            supervisor.start(name)
        await supervisor.wait_until_ready(client := CommandClient(connection, settings.congress))
        yield client
    finally:
        supervisor.stop()


# --- from the file to the task ---
async def test_what_an_annex_says_is_in_the_tasks_of_the_unit(running, settings, endpoints, ledger, views):
    shell = Shell(settings.data_dir, endpoints, settings.congress)
    shell.environment["DAIHOI_DATA_DIR"] = str(settings.data_dir)
    path = file_of(settings.data_dir, annex(*ROWS[:5], task(c0=5, c5="tháng 8/2199"), *ROWS[5:]))
    wanted = ["--unit", "logistics", "--accept"]
    told = await asyncio.to_thread(shell.run, "catalogue", "import", path, *LIKE_THESE, *wanted)
    assert "Tập thể chủ trì: Sở Văn hóa" in told.stdout, told.stderr
    assert "5 nhiệm vụ trong 2 nhóm, dưới dòng tiêu đề 4." in told.stderr
    arguments = ("catalogue", "import", path, *LIKE_THESE, *wanted, "--commit", "--format", "json")
    done = json.loads((await asyncio.to_thread(shell.run, *arguments)).stdout)
    assert done["committed"]["events"] == 5
    assert done["new"][0]["product"] == "Hội trường hoàn thiện"
    again = json.loads((await asyncio.to_thread(shell.run, *arguments)).stdout)
    assert again["counts"] == {"new": 0, "changed": 0, "removed": 0, "unchanged": 5}

    data = {"unit": "logistics", "item_ids": ["1-1", "1-2", "2-3", "2-5", "2-4"]}
    token = token_for(settings, "subcommittee.office")
    await running.send("subcommittee", "assign-items", data, token=token, command_id=uuid4())
    await settled(ledger, 5 + 5 + 4 * 4 + 1)
    batches = [decode(stored.body) async for page in ledger.read() for stored in page]
    assert [event.type.split(".")[3] for event in batches if event.subject == "1-1"][2:] == [
        *("opened", "described", "assigned", "deadline-set"),
    ]
    dated = {event.subject: event.data for event in batches if event.type.endswith("deadline-set.v1")}
    assert dated["1-1"] == {"deadline": "2020-09-25", "past_because": OVER_WHEN_ASSIGNED}
    assert dated["2-5"] == {"deadline": "2199-08-31", "past_because": None}
    assert (await verify(ledger, views, lambda *_: None)).nothing_wrong
    (hall,) = await views.documents("tasks", _id="logistics/1-1")
    assert (hall["collective"], hall["individual"], hall["deadline"]) == (
        *("Sở Văn hóa", "Phó Giám đốc Sở"),
        "2020-09-25",
    )
    assert hall["coordinating"] == ["Văn phòng Tỉnh ủy", "Đoàn Thanh niên"]
    (letters,) = await views.documents("tasks", _id="logistics/2-4")
    assert (letters["collective"], letters["deadline"]) == (None, None)


# --- what is asked, and of whom ---
class Asked:
    """Somebody at a terminal who gives these answers."""

    def __init__(self, monkeypatch, *answers):
        self.questions, answers = [], iter(answers)
        monkeypatch.setattr(import_questions.sys, "stdin", self)
        monkeypatch.setattr(import_questions.console.err, "_force_terminal", True)

        def answer(question, **_):
            self.questions.append(question)
            return next(answers)

        monkeypatch.setattr(import_questions.typer, "prompt", answer)

    def isatty(self):
        return True


def ask(tmp_path, content):
    settings = Settings(data_dir=tmp_path / "data", congress="xx")
    path = tmp_path / "phu-luc.xlsx"
    path.write_bytes(content)
    return read_asking(path, "xx", NO_WISHES, settings, "vi", asks=True)


def test_what_headings_are_is_asked_once_and_remembered_for_the_congress(tmp_path, monkeypatch):
    individual, not_read = FIELDS.index("individual") + 1, len(FIELDS)
    somebody = Asked(monkeypatch, "một", "0", str(individual), str(not_read), "2")
    (item,) = ask(tmp_path, annex(HALL, headings=ODD)).items
    assert (item.individual, item.unit) == ("Phó Giám đốc Sở", "logistics")
    assert somebody.questions == ["«Người làm»", "«Người làm»", "«Người làm»", "«Mức độ»", "Bộ phận"]
    again = Asked(monkeypatch, "1")
    (item,) = ask(tmp_path, annex(HALL, headings=[heading.upper() for heading in ODD])).items
    assert (item.individual, again.questions) == ("Phó Giám đốc Sở", ["Bộ phận"])
    assert remembered(tmp_path / "data", "another", ODD) == {}


def test_an_unclear_cell_is_asked_about_once_and_refused_where_it_is_not_accepted(tmp_path, monkeypatch):
    unclear = annex(task(c5="tháng 9/2020"), task(c0=2, c5="tháng 9/2020"), task(c0=3, c5="14-16/10/2020"))
    Asked(monkeypatch, "2", "c", "c")
    assert [item.deadline for item in ask(tmp_path, unclear).items][1:] == [date(2020, 9, 30), date(2020, 10, 16)]
    Asked(monkeypatch, "2", "k", "c")
    with pytest.raises(Unreadable) as raised:
        ask(tmp_path, unclear)
    assert {error.unclear for error in raised.value.errors} == {"tháng 9/2020"}


def test_whoever_ends_the_questions_ends_the_command(tmp_path, monkeypatch):
    def ended(*_, **__):
        raise typer.Abort

    Asked(monkeypatch)
    monkeypatch.setattr(import_questions.typer, "prompt", ended)
    with pytest.raises(KeyboardInterrupt):
        ask(tmp_path, annex(HALL))


def test_only_so_many_sets_of_headings_are_remembered_and_a_file_that_was_damaged_is_none(tmp_path):
    for number in range(MOST_SETS + 1):
        remember(tmp_path, "xx", [f"Cột {number}"], {"cot": "remark"})
    assert remembered(tmp_path, "xx", ["Cột 0"]) == {}
    assert remembered(tmp_path, "xx", [f"CỘT {MOST_SETS}"]) == {"cot": "remark"}
    (tmp_path / "import-columns" / "xx.json").write_text('{"x": {"cot": "nothing"}, "y":')
    assert remembered(tmp_path, "xx", [f"Cột {MOST_SETS}"]) == {}


def test_nobody_is_asked_without_a_terminal_and_the_error_says_what_is_understood(shell, tmp_path):
    path = file_of(tmp_path, annex(HALL, headings=ODD))
    ended = shell.run("catalogue", "import", path, *LIKE_THESE)
    assert ended.returncode == 1
    assert "Dòng 4: Không hiểu các tiêu đề cột: «Người làm», «Mức độ». Đã hiểu: «STT» = code" in ended.stderr
    columns = ["--columns", "Người làm=individual, Mức độ=-"]
    ended = shell.run("catalogue", "import", path, *LIKE_THESE, *columns, "--unit", "bếp")
    assert "«bếp»" in ended.stderr
    assert "Không hiểu" not in ended.stderr
    for wrong in ("Người làm", "Người làm=người"):
        assert shell.run("catalogue", "import", path, *LIKE_THESE, "--columns", wrong).returncode == 2


def test_a_program_is_told_which_errors_can_be_accepted(shell, tmp_path):
    path = file_of(tmp_path, annex(task(c5="tháng 9/2020", c7="nhiều")))
    ended = shell.run("catalogue", "import", path, *LIKE_THESE, "--unit", "logistics", "--format", "json")
    errors = json.loads(ended.stdout)["errors"]
    assert [(error["row"], error["code"], error.get("can_be_accepted")) for error in errors] == [
        (5, "unclear_day", True),
        (5, "not_a_number", None),
    ]


# --- the template, and files that are none ---
def test_a_template_is_written_once(shell, tmp_path):
    path = str(tmp_path / "mau.xlsx")
    assert shell.run("catalogue", "template", path, "--lang", "vi").returncode == 0
    headings = [cell.value for cell in openpyxl.load_workbook(path).worksheets[0][1]]
    assert headings[:3] == ["STT", "Nhóm nhiệm vụ", "Nội dung công việc"]
    again = shell.run("catalogue", "template", path, "--lang", "vi")
    assert (again.returncode, "Đã có tệp" in again.stderr) == (2, True)


def test_a_file_of_two_gigabytes_is_refused_by_name_and_not_read_to_its_end(tmp_path):
    path = tmp_path / "lon.xlsx"
    with path.open("wb") as file:
        file.write(annex(*ROWS))
        file.truncate(2 * 1024**3)
    with pytest.raises(Unreadable) as raised:
        read(path, "xx")
    (error,) = raised.value.errors
    assert error.why.code == "file_too_large"
    assert str(MAX_FILE_BYTES // 1024**2) in render(error.why.message, "vi")
