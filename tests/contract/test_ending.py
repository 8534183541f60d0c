"""A service ends when it is told to, whether its server is there, was never there, has gone away, or hangs."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import uvloop
import yaml

from shared.eventstore.operating import connected_as
from shared.eventstore.streams import provision
from shared.platform import children, nats
from shared.platform.embedded import Endpoints
from shared.platform.keeper import nats_server
from shared.platform.nats import nats_connection
from shared.platform.settings import Settings
from shared.unit import broker, following
from shared.unit.service import service_broker
from shared.values.units import OPERATOR
from tests.own_servers import OwnServer
from tests.program import PROJECT
from tests.servers import operator_of
from tests.waiting import TIMEOUT_S, until, wait_until

CONGRESS = "ending"
HAS_STARTED = "started successfully"
IS_AWAY = "Connection refused"


@pytest.fixture
def own(tmp_path):
    server = OwnServer(nats_server, "nats", tmp_path / "server")
    server.start_here()
    yield server
    server.end_here()


class Process:
    """`daihoi service` beside a server of its own."""

    def __init__(self, folder: Path, own: OwnServer, name: str) -> None:
        self._log = folder / "log"
        environment = {
            **os.environ,
            "PYTHONPATH": str(PROJECT),
            "DAIHOI_CONGRESS": CONGRESS,
            "DAIHOI_NATS_URL": own.url,
            "DAIHOI_NATS_CREDENTIALS": own.keys,
            "DAIHOI_MONGO_URL": "mongodb://127.0.0.1:1/",
            "DAIHOI_DATA_DIR": str(folder / "data"),
            "DAIHOI_LANG": "en",
        }
        with self._log.open("wb") as log:
            command = [sys.executable, "-m", "daihoi", "service", name]
            self._process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, process_group=0)

    @property
    def log(self) -> str:
        return self._log.read_text()

    def wait_for(self, words: str) -> None:
        wait_until(lambda: words in self.log or self._process.poll() is not None)
        assert words in self.log, self.log

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        self._process.send_signal(number)
        return self._process.wait(TIMEOUT_S)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


@pytest.fixture
def started(tmp_path, own):
    processes: list[Process] = []

    def start(name: str) -> Process:
        processes.append(Process(tmp_path, own, name))
        return processes[-1]

    yield start
    for process in processes:
        process.kill()


@pytest.fixture
def streams(own, monkeypatch):
    monkeypatch.setenv("DAIHOI_CONGRESS", CONGRESS)

    async def provide() -> None:
        async with connected_as(OPERATOR, Settings(), Endpoints(own.url, "", own.keys)) as connection:
            await provision(connection, CONGRESS)

    asyncio.run(provide())


@pytest.mark.parametrize(
    ("name", "number"), [("logistics", signal.SIGTERM), ("logistics", signal.SIGINT), ("tracker", signal.SIGTERM)]
)
def test_a_signal_ends_a_service_that_waits_for_its_first_connection(own, started, name, number):
    own.kill()
    process = started(name)
    process.wait_for(IS_AWAY)
    assert process.end(number) == 0, process.log
    assert "Traceback" not in process.log


@pytest.mark.parametrize("name", ["logistics", "tracker"])
@pytest.mark.parametrize("trouble", ["kill", "pause"], ids=["has gone away", "hangs"])
def test_a_service_ends_in_good_order_though_its_server(own, streams, started, name, trouble):
    process = started(name)
    process.wait_for(HAS_STARTED)
    getattr(own, trouble)()
    if trouble == "kill":
        process.wait_for(IS_AWAY)
    assert process.end() == 0, process.log
    for trace in ("Traceback", "CRITICAL", "flush timeout", "was destroyed"):
        assert trace not in process.log


def test_with_something_left_to_say_to_a_server_that_is_gone_a_connection_can_be_closed(own):
    """On the loop that services and the command line run on, which does not take what is written to a dead line."""
    credentials = operator_of(Endpoints(own.url, "", own.keys))

    async def leave_something_unsaid(connection):
        own.kill()

        async def is_away():
            return connection.is_reconnecting and isinstance(connection.last_error, OSError)

        await until(is_away)
        await connection.publish("left.unsaid", b"")

    async def with_a_broker():
        async with service_broker(own.url, "logistics", credentials) as of_a_service:
            connection = of_a_service.connection
            await leave_something_unsaid(connection)
        return connection.is_closed

    async def with_a_connection():
        async with nats_connection(own.url, "tests", credentials) as connection:
            await leave_something_unsaid(connection)
        return connection.is_closed

    assert uvloop.run(with_a_broker())
    own.start_here()
    assert uvloop.run(with_a_connection())


async def test_work_that_does_not_end_is_not_waited_for_for_ever(own, monkeypatch):
    monkeypatch.setattr(broker, "STOP_TIMEOUT_S", 0.05)
    work = asyncio.create_task(asyncio.Event().wait())
    async with service_broker(own.url, "logistics", operator_of(Endpoints(own.url, "", own.keys))) as of_a_service:
        connection = of_a_service.connection
        of_a_service.at_work.add(work)
    assert connection.is_closed
    assert work.cancelling()


def test_a_service_has_ended_before_anybody_kills_it():
    at_most = following.STOP_TIMEOUT_S + broker.STOP_TIMEOUT_S + broker.FLUSH_TIMEOUT_S + nats.CLOSE_TIMEOUT_S
    compose = yaml.safe_load((PROJECT / "docker-compose.yml").read_text("utf-8"))
    graces = {service.get("stop_grace_period", "10s") for service in compose["services"].values()}
    assert at_most < children.STOP_TIMEOUT_S <= min(int(grace.removesuffix("s")) for grace in graces)
