"""Servers of one test's own, to be stopped, paused, and replaced by empty ones."""

import asyncio
import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from shared.platform import mongod, secantus
from shared.platform.database_users import KEYS
from shared.platform.databases import MONGOD_NAME, SECANTUS_NAME, embedded_mongo_url, mongod_program
from shared.platform.embedded import Endpoints
from shared.platform.keeper import Server, mongo_server, nats_server
from shared.platform.nats_account import FOLDER
from tests.ports import give_up_port, own_port

type Maker = Callable[[Path, int], Server]

MONGOD_HERE = mongod_program()
DATABASE = MONGOD_NAME if MONGOD_HERE else SECANTUS_NAME
"""The one that this run embeds."""
FOLDERS = {MONGOD_NAME: mongod.DATA, SECANTUS_NAME: secantus.DATA}
DATABASE_FOLDER = FOLDERS[DATABASE]
_one_at_a_time = threading.Lock()


class OwnServer:
    """One server that keeps its port and its data until it is told otherwise."""

    def __init__(self, make: Maker, data: str, directory: Path) -> None:
        self._make, self._data, self._directory, self.port = make, data, directory, own_port()
        self._server = make(directory, self.port)

    @property
    def url(self) -> str:
        """Of a nats-server."""
        return f"nats://127.0.0.1:{self.port}"

    @property
    def keys(self) -> str:
        """The folder of a nats-server's keys."""
        return str(self._directory / FOLDER)

    @property
    def mongo_url(self) -> str:
        """Where this server is the database."""
        return embedded_mongo_url(self._directory, self.port)

    def start_here(self) -> None:
        self._server.start()

    def stop_here(self) -> int:
        """The exit code: 0 where it ended in good order, by itself."""
        self._server.stop()
        assert self._server.process is not None
        return self._server.process.returncode

    def end_here(self) -> None:
        """For servers whose data nobody wants: at once."""
        if self._server.process is not None:
            self._server.process.kill()
            self._server.process.wait()
        give_up_port(self.port)

    async def stop(self) -> None:
        await asyncio.to_thread(self.stop_here)

    async def start(self) -> None:
        await asyncio.to_thread(self.start_here)

    async def replace_by_an_empty_one(self) -> None:
        """The old data is kept aside."""
        await self.stop()
        shutil.rmtree(self._directory / "aside", ignore_errors=True)
        (self._directory / self._data).rename(self._directory / "aside")
        (self._directory / self._data).mkdir(mode=0o700)
        await self.start()

    async def keep_a_copy(self) -> None:
        """What `bring_the_old_one_back` will bring back, as an operator would from a backup."""
        await self.stop()
        shutil.copytree(self._directory / self._data, self._directory / "aside")
        await self.start()

    async def bring_the_old_one_back(self) -> None:
        await self.stop()
        shutil.rmtree(self._directory / self._data)
        (self._directory / "aside").rename(self._directory / self._data)
        await self.start()

    def kill(self) -> None:
        """kill -9; `start` brings it back with the data that it had."""
        os.kill(self._pid, signal.SIGKILL)
        assert self._server.process is not None
        self._server.process.wait()

    def pause(self) -> None:
        os.kill(self._pid, signal.SIGSTOP)

    def go_on(self) -> None:
        os.kill(self._pid, signal.SIGCONT)

    @property
    def _pid(self) -> int:
        assert self._server.process is not None
        return self._server.process.pid


@cache
def _fresh_database() -> "tempfile.TemporaryDirectory[str]":
    """Whose users are made; SecantusDB has to be started twice for that."""
    folder = tempfile.TemporaryDirectory(prefix="daihoi-fresh-", ignore_cleanup_errors=True)
    server = OwnServer(mongo_server, DATABASE_FOLDER, Path(folder.name))
    server.start_here()
    server.stop_here()
    return folder


def begin_as_after_a_first_start(directory: Path) -> Path:
    """`directory`, with a database that has its users and nothing else."""
    with _one_at_a_time:
        fresh = Path(_fresh_database().name)
    for part in (DATABASE_FOLDER, KEYS):
        shutil.copytree(fresh / part, directory / part, dirs_exist_ok=True)
    return directory


def own_database(directory: Path) -> OwnServer:
    """An empty one with users, as a first start would leave it."""
    begin_as_after_a_first_start(directory)
    return OwnServer(mongo_server, DATABASE_FOLDER, directory)


class OwnServers:
    replicas = 1

    def __init__(self, folder: Path) -> None:
        for name in ("nats", "mongo"):
            (folder / name).mkdir(exist_ok=True)
        self.nats = OwnServer(nats_server, "nats", folder / "nats")
        self.mongo = own_database(folder / "mongo")

    @property
    def endpoints(self) -> Endpoints:
        return Endpoints(self.nats.url, self.mongo.mongo_url, self.nats.keys)


@contextmanager
def own_servers(folder: Path) -> Iterator[OwnServers]:
    found = OwnServers(folder)
    try:
        for server in (found.nats, found.mongo):
            server.start_here()
        yield found
    finally:
        for server in (found.nats, found.mongo):
            server.end_here()
