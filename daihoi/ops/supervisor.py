"""Runs every service as a process of its own, starts again what dies, and stops them all together."""

import asyncio
import fcntl
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager

from daihoi.ops.listed_units import join_listed
from daihoi.ops.other_ups import lock_path
from shared.domain.decider import Refusal
from shared.eventstore.operating import connected_as, provide_streams
from shared.i18n import translate
from shared.platform.children import start_child, stop_child, tail
from shared.platform.embedded import Endpoints, environment_of, keeper_lives
from shared.platform.errors import PlatformError
from shared.platform.files import data_folder, keeping_data_in, lock_file, own_folder
from shared.platform.settings import Settings
from shared.unit.client import CommandClient
from shared.values.units import OPERATOR, TRACKER, services

READY_TIMEOUT_S = 60
LOOK_EVERY_S = 0.1
RESTART_DELAY_S = 1.0

DID_NOT_START = Refusal(
    "service_did_not_start", "The service {service} did not start. {reasons} Its log says:\n{log}"
)
KEEPER_KILLED = Refusal("keeper_killed", "The process that kept the embedded servers was killed; start again.")
NOT_STARTED_HERE = Refusal(
    "not_started_here",
    "Beside the servers at {url} nothing is started from here, and these services of {congress} are not ready: "
    "{services}. Start them where they run; `daihoi doctor` says what they lack.",
)
UP_ALREADY = Refusal(
    "up_already",
    "`daihoi up` runs already for {congress} in {folder}, as process {process}. Stop that one first, or name another "
    "folder with DAIHOI_DATA_DIR.",
)


def all_services() -> tuple[str, ...]:
    """The services that write events, and the tracker."""
    return (*services(), TRACKER)


class Supervisor:
    """All services as children of this process."""

    def __init__(
        self,
        settings: Settings,
        servers: Endpoints,
        say: Callable[[str], None] = lambda _: None,
        *,
        first_http_port: int | None = None,
    ) -> None:
        """The services have pages only where it is said from which port on."""
        self._logs = settings.data_dir.absolute() / "logs"
        self._settings, self._servers = settings, servers
        are_named = settings.nats_url and settings.mongo_url
        self._embedded_in = None if are_named else settings.data_dir.absolute()
        self._say, self._lang = say, settings.lang
        self._pages = (
            {"DAIHOI_HTTP_FIRST_PORT": str(first_http_port)} if first_http_port else {"DAIHOI_HTTP_PORT": "off"}
        )
        self.children: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, command: Sequence[str] = ()) -> "subprocess.Popen[bytes]":
        """Starts a service, by another `command` than the usual one where it is given."""
        usual = [sys.executable, "-m", "daihoi", "service", name]
        with keeping_data_in(self._logs.parent):
            data_folder(self._logs.parent)
            environment = {**environment_of(self._settings, self._servers), **self._pages}
            self.children[name] = start_child(command or usual, self._logs / f"{name}.log", environment)
        return self.children[name]

    def stop(self) -> None:
        for child in self.children.values():
            if child.poll() is None:
                child.terminate()
        for child in self.children.values():
            stop_child(child)

    async def wait_until_ready(self, client: CommandClient, names: Sequence[str] = ()) -> None:
        """Raises `PlatformError` with the tail of a service's log when it does not come up; all of them, unless
        `names` say which."""
        deadline = time.monotonic() + READY_TIMEOUT_S
        for name in names or tuple(self.children):
            child = self.children[name]
            while not (await client.health(name)).ready:
                if child.poll() is not None or time.monotonic() > deadline:
                    findings = (await client.health(name)).findings
                    reasons = (finding.detail_in(self._lang) for finding in findings if not finding.is_healthy)
                    log = self._logs / f"{name}.log"
                    raise PlatformError(DID_NOT_START(service=name, log=tail(log), reasons=" ".join(reasons)))
                await asyncio.sleep(LOOK_EVERY_S)

    async def watch(self) -> None:
        """Starts again what died. Raises `PlatformError` when the embedded servers are gone: nothing can go on, and
        nothing is waited for that can only be finished with them."""
        while True:
            if self._embedded_in and not keeper_lives(self._embedded_in):
                for child in self.children.values():
                    child.kill()
                raise PlatformError(KEEPER_KILLED())
            for name, child in self.children.items():
                if child.poll() is not None:
                    ending = {"name": name, "code": child.returncode}
                    self._say(translate("{name} ended with {code}; starting it again", self._lang, **ending))
                    self.start(name)
            await asyncio.sleep(RESTART_DELAY_S)


@asynccontextmanager
async def running_services(
    settings: Settings, servers: Endpoints, client: CommandClient, names: Sequence[str] = ()
) -> AsyncIterator[None]:
    """All services of the congress, or those with these names: those that answer already are used as they are. The
    others are started, but only beside embedded servers: where the servers are named, whoever runs those runs the
    services too. Raises `PlatformError`."""
    if not names and not settings.nats_url:
        async with connected_as(OPERATOR, settings, servers) as connection:
            await join_listed(connection, settings, servers)
    names = names or all_services()
    answers = await asyncio.gather(*(client.health(name) for name in names))
    lacking = [name for name, health in zip(names, answers, strict=True) if not health.ready]
    if lacking and settings.nats_url:
        raise PlatformError(
            NOT_STARTED_HERE(url=settings.nats_url, congress=settings.congress, services=", ".join(lacking))
        )
    supervisor = Supervisor(settings, servers)
    try:
        if lacking:
            await provide_streams(settings, servers)
        for name in lacking:
            supervisor.start(name)
        await supervisor.wait_until_ready(client)
        yield
    finally:
        supervisor.stop()


@contextmanager
def only_one_up(settings: Settings) -> Iterator[None]:
    """A second `daihoi up` for the congress and folder would start every service once more. Held by the process for
    as long as the block runs, however it ends. Raises `PlatformError`."""
    folder = settings.data_dir.absolute()
    path = lock_path(folder, settings.congress)
    with keeping_data_in(folder):
        data_folder(folder)
        own_folder(folder / "logs")
        opened = lock_file(path)
    with opened as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            process = path.read_text() or "?"
            raise PlatformError(UP_ALREADY(congress=settings.congress, folder=folder, process=process)) from error
        lock.truncate(0)
        lock.write(str(os.getpid()).encode())
        lock.flush()
        yield
