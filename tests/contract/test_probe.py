"""The probe beside real service processes: ready, not ready, hung, killed, stopped."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from daihoi.ops.supervisor import Supervisor
from shared.platform import probe
from shared.platform.embedded import Endpoints
from shared.platform.keeper import nats_server
from shared.platform.settings import Settings
from shared.unit.issuer import provide_issuer_keys
from tests.congress import connected_to_streams
from tests.own_servers import OwnServer
from tests.waiting import wait_until

PROBE = [sys.executable, "-I", "-S", probe.__file__]
SAID_IN_TIME = "2026-11-28T09:00:00+00:00 ready"


def written(folder: Path, first_line: str) -> str:
    path = folder / "health"
    path.write_text(f"{first_line}\n{SAID_IN_TIME}\n")
    return str(path)


def test_what_was_said_counts_as_long_as_it_holds(tmp_path):
    now = time.monotonic()
    assert probe.verdict(written(tmp_path, f"ready {now + 600}")) == (True, SAID_IN_TIME)
    assert probe.verdict(written(tmp_path, f"not-ready {now + 600}")) == (False, SAID_IN_TIME)
    before_the_machine_was_started = now + 10 * probe.LONGEST_S
    for until_s in (now, now - 600, before_the_machine_was_started, float("nan")):
        is_well, said = probe.verdict(written(tmp_path, f"ready {until_s}"))
        assert (is_well, said.partition(" ")[0]) == (False, "out-of-date")


@pytest.mark.parametrize("first_line", ["", "ready", "ready soon", "\udcff"])
def test_what_says_nothing_is_not_well(tmp_path, first_line):
    path = tmp_path / "health"
    path.write_bytes(first_line.encode(errors="surrogateescape"))
    assert probe.verdict(str(path))[0] is False
    assert probe.verdict(str(tmp_path / "nobody"))[1].startswith("absent ")


def test_the_probe_knows_the_defaults_of_the_settings(monkeypatch):
    for name in ("CONGRESS", "DATA_DIR", "INSTANCE"):
        monkeypatch.delenv(f"DAIHOI_{name}", raising=False)
    settings = Settings()
    assert (probe.CONGRESS, probe.DATA_DIR, "") == (settings.congress, str(settings.data_dir), settings.instance)


def test_the_probe_loads_nothing_but_the_interpreter():
    """Whatever it would import of its own would cost more than all that it does."""
    program = f"""
import sys
before, sys.argv = {{*sys.modules}}, ["probe.py", "logistics"]
try:
    exec(open({probe.__file__!r}).read())
except SystemExit as end:
    print(end.code, *{{*sys.modules}} - before, file=sys.stderr)
"""
    ended = subprocess.run([*PROBE[:-1], "-c", program], capture_output=True, text=True, check=True)
    code, *loaded = ended.stderr.split()
    assert code == "1"
    assert {*loaded} <= {"os", "os.path", "stat", "_stat", "posixpath", "genericpath", "abc", "_collections_abc"}


class Machine:
    """Services and their own NATS server."""

    def __init__(self, folder: Path, congress: str) -> None:
        (folder / "nats").mkdir()
        self.nats = OwnServer(nats_server, "nats", folder / "nats")
        self.endpoints = Endpoints(self.nats.url, "mongodb://127.0.0.1:1", self.nats.keys)
        urls = {"nats_url": self.endpoints.nats_url, "mongo_url": self.endpoints.mongo_url}
        self.settings = Settings(congress=congress, data_dir=folder, **urls)
        provide_issuer_keys(self.settings)
        self.supervisor = Supervisor(self.settings, self.endpoints)

    def probed(self, service: str) -> "subprocess.CompletedProcess[str]":
        environment = {"DAIHOI_CONGRESS": self.settings.congress, "DAIHOI_DATA_DIR": str(self.settings.data_dir)}
        return subprocess.run([*PROBE, service], env=environment, capture_output=True, text=True, check=False)

    def says(self, service: str, word: str, code: int) -> bool:
        ended = self.probed(service)
        return word in ended.stdout and ended.returncode == code

    def stop(self) -> None:
        for child in self.supervisor.children.values():
            child.send_signal(signal.SIGCONT)
        self.supervisor.stop()

    def process(self, service: str) -> int:
        return self.supervisor.children[service].pid


@pytest.fixture
async def machine(tmp_path, congress):
    machine = Machine(tmp_path, congress)
    await machine.nats.start()
    try:
        yield machine
    finally:
        machine.stop()
        machine.nats.end_here()


async def test_a_service_says_that_it_is_ready_or_why_not_and_nothing_once_it_has_stopped(machine, congress):
    assert machine.says("logistics", "absent", 1)
    machine.supervisor.start("logistics")
    wait_until(lambda: machine.says("logistics", "waits for its stream", 1))
    async with connected_to_streams(machine.endpoints, congress):
        wait_until(lambda: machine.says("logistics", " ready\n", 0))
        machine.supervisor.stop()
    assert machine.says("logistics", "absent", 1)


@pytest.mark.long
async def test_a_service_that_hangs_or_was_killed_is_not_well_and_another_one_is(machine, congress):
    async with connected_to_streams(machine.endpoints, congress):
        for service in ("logistics", "security", "propaganda"):
            machine.supervisor.start(service)
            wait_until(lambda service=service: machine.says(service, " ready\n", 0))
        os.kill(machine.process("logistics"), signal.SIGSTOP)
        os.kill(machine.process("security"), signal.SIGKILL)
        for service in ("logistics", "security"):
            wait_until(lambda service=service: machine.says(service, "out-of-date", 1))
        wait_until(lambda: machine.says("propaganda", " ready\n", 0))
        os.kill(machine.process("logistics"), signal.SIGCONT)
        wait_until(lambda: machine.says("logistics", " ready\n", 0))
        machine.stop()
