"""An office's own register on the real servers; and names that it does not know, when a command gives them."""

import asyncio
import json

import pytest

from daihoi.ops.supervisor import Supervisor
from services.tracker.history.verify import verify
from shared.unit.client import CommandClient
from tests.contract.units import TASK
from tests.program import Shell
from tests.registers import DEPUTY, HEALTH, register, row

LIKE_THESE = ["--as", "subcommittee.office", "--lang", "vi"]


@pytest.fixture
async def shell(connection, settings, endpoints):
    """The services that an import needs, and a unit that assigns tasks."""
    supervisor = Supervisor(settings, endpoints)
    made = Shell(settings.data_dir, endpoints, settings.congress)
    made.environment["DAIHOI_DATA_DIR"] = str(settings.data_dir)
    try:
        for name in ("subcommittee", "logistics", "tracker"):
            supervisor.start(name)
        await supervisor.wait_until_ready(CommandClient(connection, settings.congress))
        yield made
    finally:
        await asyncio.to_thread(supervisor.stop)


async def run(shell, *arguments, expects=0, **environment):
    ended = await asyncio.to_thread(shell.run, *map(str, arguments), **environment)
    assert ended.returncode == expects, ended.stdout + ended.stderr
    return ended


async def test_a_register_is_imported_once_and_then_handed_over_and_names_in_commands_are_picked_from_it(
    shell, settings, ledger, views
):
    path = settings.data_dir / "so-don-vi.xlsx"
    path.write_bytes(register())
    told = await run(shell, "organisations", "import", path, *LIKE_THESE)
    assert "2 cơ quan, đơn vị với 3 chức danh" in told.stderr
    assert "Người A" in told.stdout
    assert await ledger.last_sequence() == 0
    importing = ("organisations", "import", path, *LIKE_THESE, "--commit", "--format", "json")
    done = json.loads((await run(shell, *importing)).stdout)
    assert (done["committed"]["batches"], done["committed"]["events"]) == (1, 7)
    again = json.loads((await run(shell, *importing)).stdout)
    assert (again["counts"], again["committed"]["batches"]) == ({"new": 0, "changed": 0, "unchanged": 3}, 0)

    path.write_bytes(register(row(c4="Người C", c5="1/9/2020", c6=912345678), DEPUTY))
    refused = json.loads((await run(shell, *importing, expects=1)).stdout)
    assert [(error["code"], error["can_be_accepted"]) for error in refused["errors"]] == [("unclear_contact", True)]
    changed = json.loads((await run(shell, *importing, "--accept")).stdout)
    assert changed["changes"][0]["fields"] == {
        "person": {"before": "Người A", "after": "Người C"}, "since": {"before": "2019-07-01", "after": "2020-09-01"},
        "contact": {"before": None, "after": "0912345678"},
    }  # fmt: skip
    assert changed["committed"]["events"] == 2
    assert (await verify(ledger, views, lambda *_: None)).nothing_wrong

    path.write_bytes(register(row(HEALTH, c2="Đơn vị")))
    wrong = await run(shell, "organisations", "import", path, *LIKE_THESE, "--commit", expects=1)
    assert "Dòng 5, cột Loại: «Sở Y tế» có trong sổ đơn vị với loại khác." in wrong.stderr
    await names_are_picked(shell)
    await nothing_is_said_without_mongodb(shell)


async def names_are_picked(shell):
    logistics = ("--as", "logistics.member", "--lang", "vi")
    await run(shell, "send", "logistics", "open-task", json.dumps(TASK), *logistics)
    assigned = {"task_id": "1-03", "collective": "so y te", "individual": "Giám đốc Sở Y Tá"}
    warned = await run(shell, "send", "logistics", "assign-task", json.dumps(assigned), *logistics)
    assert "«so y te» được hiểu là «Sở Y tế»" in warned.stderr
    assert "sổ đơn vị chưa có «Giám đốc Sở Y Tá»" in warned.stderr
    assert "merge-name" in warned.stderr
    assert json.loads(warned.stdout)["events"]
    known = assigned | {"collective": "Sở Y tế", "individual": "Giám đốc Sở Y tế"}
    assert (await run(shell, "send", "logistics", "assign-task", json.dumps(known), *logistics)).stderr == ""


async def nothing_is_said_without_mongodb(shell):
    """Where MongoDB can't be reached the command goes out, and nothing is said."""
    assigned = {"task_id": "1-03", "collective": "Sở Lạ", "individual": "Ai đó"}
    nowhere = "mongodb://127.0.0.1:9/?directConnection=true"
    sent = await run(
        shell, "send", "logistics", "assign-task", json.dumps(assigned), "--as", "logistics.member",
        DAIHOI_MONGO_URL=nowhere,
    )  # fmt: skip
    assert json.loads(sent.stdout)["events"]
    assert sent.stderr == ""


async def test_a_template_is_written_once_and_a_file_that_is_none_is_refused_in_words(shell, tmp_path):
    path = tmp_path / "mau.xlsx"
    assert "mau.xlsx" in (await run(shell, "organisations", "template", path, "--lang", "vi")).stderr
    assert "Đã có tệp" in (await run(shell, "organisations", "template", path, "--lang", "vi", expects=2)).stderr
    path.write_bytes(register(("a", "b"), headings=("x", "y"), title=(), merged=()))
    wrong = await run(shell, "organisations", "import", path, *LIKE_THESE, expects=1)
    assert "không có bảng nào giống sổ đơn vị" in wrong.stderr
    notes = await run(shell, "organisations", "import", path, "--as", "logistics.lead", "--lang", "vi", expects=2)
    assert "Sổ đơn vị do Tiểu ban quản lý" in notes.stderr
