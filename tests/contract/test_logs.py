"""The log of a service as a process writes it: one line an entry, whoever speaks, and no secret in it."""

import json
import re
import subprocess
import sys
from uuid import uuid4

import pytest

from daihoi.ops.supervisor import Supervisor
from shared.unit.client import CommandClient
from shared.unit.problems import ProblemError
from tests.conftest import token_for
from tests.contract.units import TASK
from tests.waiting import until

PASSWORD = "lantern-44"
BROKEN = f"""
from shared.unit import commands
async def fail(*_):
    raise RuntimeError("no answer from nats://someone:{PASSWORD}@centre:4222\\nover two lines")
commands.CommandHandler.handle = fail
from daihoi.cli.main import main
main()
"""
PLAIN_LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00 [A-Z]+ logistics [\w.]+: .+")


@pytest.fixture(params=["plain", "json"])
async def log(request, settings, endpoints, connection, congress, monkeypatch):
    """Its lines: it has started, met an error that nobody thought of, with a password in it, and ended."""
    monkeypatch.setenv("DAIHOI_LOG", request.param)
    supervisor = Supervisor(settings, endpoints)
    token, client = token_for(settings, "logistics.lead"), CommandClient(connection, congress)
    try:
        supervisor.start("logistics", [sys.executable, "-c", BROKEN, "service", "logistics"])
        await supervisor.wait_until_ready(client)
        with pytest.raises(ProblemError, match="internal"):
            await client.send("logistics", "open-task", TASK, token=token, command_id=uuid4())
    finally:
        supervisor.stop()
    text = (settings.data_dir / "logs" / "logistics.log").read_text()
    assert [secret for secret in (PASSWORD, token, "\x1b") if secret in text] == []
    return request.param, text.splitlines()


async def test_every_line_is_an_entry_with_its_time_level_and_service_a_traceback_too(log):
    form, lines = log
    if form == "json":
        entries = [json.loads(line) for line in lines]
        assert all({"time", "level", "service", "logger", "message"} <= entry.keys() for entry in entries)
        assert {entry["service"] for entry in entries} == {"logistics"}
        failed = next(entry for entry in entries if "traceback" in entry)
        assert failed["traceback"].endswith(
            "RuntimeError: no answer from nats://someone:…@centre:4222\nover two lines"
        )
    else:
        assert [line for line in lines if not PLAIN_LINE.fullmatch(line)] == []
        failed = next(line for line in lines if "Traceback" in line)
        assert failed.endswith(r"RuntimeError: no answer from nats://someone:…@centre:4222\nover two lines")
    assert any("FastStream app started" in line for line in lines)


@pytest.mark.parametrize("form", ["plain", "json"])
async def test_why_a_service_does_not_start_is_an_entry_too(form, settings, endpoints, congress, monkeypatch):
    monkeypatch.setenv("DAIHOI_LOG", form)
    monkeypatch.setenv("DAIHOI_ISSUER_PUBLIC_KEY", "/nowhere/issuer.pub")
    supervisor = Supervisor(settings, endpoints)
    try:
        child = supervisor.start("logistics")

        async def has_ended():
            return child.poll() is not None

        await until(has_ended)
    finally:
        supervisor.stop()
    assert child.returncode == 1
    (line,) = (settings.data_dir / "logs" / "logistics.log").read_text().splitlines()
    said = json.loads(line)["message"] if form == "json" else line.partition(": ")[2]
    assert said.startswith("key_not_there: ")


def test_what_asyncio_says_of_every_tls_connection_that_ends_is_left_out():
    spoken = (
        "import logging; from shared.platform.logs import begin_log; begin_log('logistics', 'plain');"
        "say = logging.getLogger('asyncio').warning;"
        "say('returning true from eof_received() has no effect when using ssl'); say('something else')"
    )
    ran = subprocess.run([sys.executable, "-c", spoken], capture_output=True, text=True, check=True)
    assert PLAIN_LINE.findall(ran.stderr) == ran.stderr.splitlines()
    assert [line.rpartition(": ")[2] for line in ran.stderr.splitlines()] == ["something else"]
