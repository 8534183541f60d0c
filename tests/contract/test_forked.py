"""What a test has forked is what it would have started; and a port of a test's own is nobody else's."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from shared.platform.children import start_child
from shared.platform.keeper import nats_server
from tests import forked
from tests.forked import Popen
from tests.own_servers import OwnServer
from tests.ports import own_port
from tests.program import PROJECT
from tests.waiting import wait_until

ITSELF = "tests.contract.told_of_itself"
ENDS = {"well": 0, "three": 3, "sentence": 1, "raised": 1, "interrupted": -signal.SIGINT, "killed": -signal.SIGKILL}
only_where_children_are_forked = pytest.mark.skipif(
    subprocess.Popen is not Popen, reason=f"not Linux, or {forked.SETTING} is off"
)
pytestmark = [only_where_children_are_forked, pytest.mark.long]


@pytest.fixture
def forks(monkeypatch):
    """The process ids of what is forked from now on."""
    monkeypatch.setattr(forked, "PROGRAMS", forked.PROGRAMS | {ITSELF})
    pids, fork = [], forked._Forks.fork
    monkeypatch.setattr(forked._Forks, "fork", lambda *order: pids.append(fork(*order)) or pids[-1])
    return pids


def run(how, folder, **options):
    environment = {**os.environ, "PYTHONPATH": str(PROJECT), "ONLY_HERE": "1"}
    command = [sys.executable, "-m", ITSELF, how]
    options = {"cwd": folder, "env": environment, "input": "heard", "capture_output": True, "text": True} | options
    return subprocess.run(command, check=False, **options)


SESSION = {"start_new_session": True, "stderr": subprocess.STDOUT, "stdout": subprocess.PIPE, "capture_output": False}


@pytest.mark.parametrize(
    ("how", "options"),
    [
        *((how, {}) for how in ENDS),
        pytest.param("well", {"process_group": 0, "umask": 0o027}, id="in a group"),
        pytest.param("well", SESSION, id="in a session"),
    ],
)
def test_a_forked_child_is_as_one_that_was_started(forks, tmp_path, monkeypatch, how, options):
    child = run(how, tmp_path, **options)
    assert len(forks) == 1
    with monkeypatch.context() as patch:
        patch.setattr(forked, "_can_be_forked", lambda _: False)
        started = run(how, tmp_path, **options)
    assert len(forks) == 1
    assert child.returncode == started.returncode == ENDS[how]
    assert said(child) == said(started)


def said(ended):
    """What it told of itself, and the rest without the trace, which begins with whoever runs it."""
    lines = [*ended.stdout.splitlines(), *(ended.stderr or "").splitlines()]
    (told,) = (json.loads(line) for line in lines if line.startswith("{"))
    return told, [line for line in lines if not line.startswith(("{", " "))]


def test_a_log_is_appended_to_and_the_child_is_killed_with_its_parent(forks, tmp_path):
    holds = (
        "import sys, time; from tests import forked; from shared.platform.children import start_child\n"
        "from pathlib import Path\n"
        "forked.fork_children()\n"
        "command = [sys.executable, '-m', 'daihoi', 'service', 'logistics']\n"
        "print(start_child(command, Path(sys.argv[1])).pid, flush=True); time.sleep(600)"
    )
    environment = {**os.environ, "PYTHONPATH": str(PROJECT), "DAIHOI_NATS_URL": f"nats://127.0.0.1:{own_port()}"}
    environment |= {
        "DAIHOI_MONGO_URL": "mongodb://127.0.0.1:1/",
        "DAIHOI_DATA_DIR": str(tmp_path),
        "DAIHOI_LANG": "en",
    }
    (log := tmp_path / "logs" / "log").parent.mkdir(mode=0o700)
    log.write_text("before\n")
    command = [sys.executable, "-c", holds, str(log)]
    parent = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    child = Path("/proc") / parent.stdout.readline().strip()
    wait_until(lambda: "can't be reached" in log.read_text())
    assert log.read_text().startswith("before\n")
    parent.kill()
    parent.wait()
    parent.stdout.close()
    wait_until(lambda: not child.exists() or "Z" in (child / "stat").read_text().rpartition(")")[2])


def test_anything_else_is_started_from_nothing(forks, tmp_path):
    """Nothing but what is named is forked, nor what an interpreter would have to be started otherwise for."""
    log = tmp_path / "log"
    other = {**os.environ, "PYTHONPATH": str(PROJECT), "PYTHONUTF8": "1"}
    elsewhere = {**os.environ, "PYTHONPATH": str(tmp_path)}
    for command, environment in (
        ([sys.executable, "-c", "pass"], None),
        ([sys.executable, "-m", "site"], {**os.environ, "PYTHONPATH": str(PROJECT)}),
        ([sys.executable, "-m", ITSELF, "well"], other),
        ([sys.executable, "-m", ITSELF, "well"], elsewhere),
    ):
        start_child(command, log, environment).wait()
    assert not forks


def test_a_port_is_nobody_elses_while_its_server_is_away(tmp_path):
    server = OwnServer(nats_server, "nats", tmp_path)
    server.start_here()
    server.kill()
    try:
        with socket.socket() as stranger:
            stranger.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)
            with pytest.raises(OSError, match="in use"):
                stranger.bind(("127.0.0.1", server.port))
        with socket.socket() as client:
            assert client.connect_ex(("127.0.0.1", server.port)) != 0
        server.start_here()
    finally:
        server.end_here()
    with socket.socket() as stranger:
        stranger.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        stranger.bind(("127.0.0.1", server.port))
