"""A command waits for a service that is being started again; what was done is done once."""

import asyncio
import os
import pty
import signal
import subprocess
import sys
from collections import Counter
from uuid import uuid4

import pytest

from daihoi.ops.supervisor import Supervisor
from shared.history.decoding import decode_event
from shared.unit import client as client_module
from shared.unit.client import CommandClient
from shared.unit.patience import Patience
from shared.unit.problems import ProblemError
from tests.conftest import token_for
from tests.congress import settled
from tests.contract.test_faces import serving  # noqa: F401
from tests.contract.units import TASK
from tests.program import Shell
from tests.waiting import TIMEOUT_S, until

LANES, IN_A_LANE = 4, 12


@pytest.fixture
def waits():
    """What callers were told, as (service, seconds)."""
    return []


@pytest.fixture
def sending(connection, congress, settings, waits):
    """Sends one command, as patient as the caller is."""

    async def send(seconds, service="logistics", task_id="1-03"):
        client = CommandClient(connection, congress, Patience(seconds, lambda *wait: waits.append(wait)))
        token = token_for(settings, f"{service}.lead")
        return await client.send(service, "open-task", TASK | {"task_id": task_id}, token=token, command_id=uuid4())

    return send


async def code_of(sent):
    with pytest.raises(ProblemError) as raised:
        await sent
    return raised.value.problem.code


async def test_a_command_waits_for_its_service_and_says_so_once(sending, serving, waits):  # noqa: F811
    sent = asyncio.create_task(sending(TIMEOUT_S))

    async def waited():
        return waits

    await until(waited)
    async with serving("logistics"):
        assert (await sent).events
    assert waits == [("logistics", TIMEOUT_S)]


async def test_whoever_does_not_wait_is_answered_at_once_and_so_is_who_asks_no_unit(sending, waits):
    assert await code_of(sending(0)) == "service_not_running"
    assert await code_of(sending(TIMEOUT_S, service="nobody")) == "service_not_running"
    assert await code_of(sending(TIMEOUT_S, service="tracker")) == "service_not_running", "it takes no commands"
    assert waits == []


async def test_when_the_patience_is_over_it_is_told_how_services_are_started(sending, waits):
    with pytest.raises(ProblemError) as raised:
        await sending(0.2)
    problem = raised.value.problem
    assert (problem.code, problem.status) == ("service_not_running", 503)
    assert "`daihoi up` starts all services" in problem.detail
    assert "`daihoi up` chạy mọi dịch vụ" in problem.detail_vi
    assert waits == [("logistics", 0.2)]


async def test_a_unit_killed_and_started_again_under_load_answers_all_and_does_nothing_twice(
    connection, congress, settings, endpoints, ledger, monkeypatch
):
    monkeypatch.setattr(client_module, "COMMAND_TIMEOUT_S", 1.0)  # what is lost with the process is sent again then
    monkeypatch.setattr(client_module, "COMMAND_TRIES", TIMEOUT_S)
    client, token = CommandClient(connection, congress, Patience(TIMEOUT_S)), token_for(settings, "logistics.lead")
    supervisor, answers = Supervisor(settings, endpoints), []

    async def send_all(lane):
        for number in range(IN_A_LANE):
            data = TASK | {"task_id": f"{lane}-{number}"}
            answers.append(await client.send("logistics", "open-task", data, token=token, command_id=uuid4()))

    async def end_and_start_again(how, after):
        async def as_many():
            return len(answers) >= after

        await until(as_many)
        child = supervisor.children["logistics"]
        child.send_signal(how)
        await asyncio.to_thread(child.wait)
        supervisor.start("logistics")

    try:
        async with asyncio.TaskGroup() as lanes:
            for lane in range(LANES):
                lanes.create_task(send_all(lane))
            supervisor.start("logistics")
            await end_and_start_again(signal.SIGKILL, after=LANES)
            await end_and_start_again(signal.SIGTERM, after=LANES * IN_A_LANE // 2)
    finally:
        supervisor.stop()
    count = LANES * IN_A_LANE
    await settled(ledger, count)
    stored = Counter([decode_event(event).envelope.id async for page in ledger.read() for event in page])
    assert stored == Counter(str(event.id) for answer in answers for event in answer.events)
    assert (len(answers), set(stored.values())) == (count, {1})


@pytest.mark.parametrize(
    ("lang", "waiting", "how_to_start"),
    [
        ("vi", "Dịch vụ logistics không trả lời; đang chờ", "`daihoi up` chạy mọi dịch vụ"),
        ("en", "logistics does not answer; waiting for it", "`daihoi up` starts all services"),
    ],
    ids=["vi", "en"],
)
def test_on_a_terminal_it_is_said_that_a_command_waits_and_how_services_are_started(
    endpoints, congress, tmp_path, lang, waiting, how_to_start
):
    command = ["send", "logistics", "start-task", '{"task_id": "1-03"}', "--as", "logistics.lead"]
    shell = Shell(tmp_path, endpoints, congress)
    assert shell.run("keys").returncode == 0
    ours, theirs = pty.openpty()
    try:
        ran = subprocess.run(
            [sys.executable, "-m", "daihoi", *command, "--wait-for-service", "0.2", "--lang", lang],
            cwd=tmp_path,
            env=shell.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=theirs,
            timeout=TIMEOUT_S,
            check=False,
        )
        said = os.read(ours, 1 << 16).decode()
    finally:
        os.close(ours)
        os.close(theirs)
    assert (ran.returncode, ran.stdout) == (1, b"")
    assert waiting in said
    assert how_to_start in said
    quiet = shell.run(*command, "--wait-for-service", "0.1", "--lang", lang)
    assert waiting not in quiet.stderr, "nobody looks"
    assert how_to_start in quiet.stderr
