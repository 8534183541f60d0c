"""MongoDB as it stands in containers: its users, and the look at it that costs no password and no time."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from deploy.mongo_users import REPLICA_SET, as_admin, provide
from shared.platform import secantus
from shared.platform.children import start_child
from shared.platform.credentials import ADMIN, READER, TRACKER
from shared.platform.database_users import make_users
from shared.platform.files import OWN_FILE, own_folder, write_new
from tests.ports import own_port
from tests.waiting import wait_until

ALIVE = Path(__file__).parents[2] / "deploy" / "mongo-alive.sh"
SECANTUS = Path(sys.executable).with_name("secantusd-py")
MONGOD = shutil.which("mongod")
DATABASE, OTHER = "daihoi_t-users", "daihoi_t-other"
REFUSED = (13, 18)
PASSWORDS = {ADMIN: "root-of-all", TRACKER: "views-are-mine", READER: "only-looking"}


class Database:
    """One that asks who somebody is, as soon as there are users."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, own_port()

    @property
    def members(self) -> list[str]:
        return [f"127.0.0.1:{self.port}"]

    def start(self, *, asks: bool) -> None:
        self.process = start_child(self.command(asks), self.folder / "log")
        wait_until(self.is_alive)

    def command(self, asks: bool) -> list[str]:
        if MONGOD:
            own = ["--bind_ip", "127.0.0.1", "--port", str(self.port), "--dbpath", str(self.folder), "--nounixsocket"]
            return [MONGOD, *own, "--replSet", REPLICA_SET, "--keyFile", str(key_file(self.folder))]
        own = ["--host", "127.0.0.1", "--port", str(self.port), "--storage-path", str(self.folder)]
        return [str(SECANTUS), *own, "--log-level", "WARNING", *(["--auth"] if asks else [])]

    def is_alive(self) -> bool:
        return subprocess.run(["bash", ALIVE, str(self.port)], capture_output=True, check=False).returncode == 0

    def provide(self, name: str) -> None:
        def is_done() -> bool:
            try:
                provide(self.port, self.members, self.passwords, name)
            except PyMongoError:
                return False
            return True

        wait_until(is_done)

    @property
    def passwords(self) -> Path:
        """The folder of them, as a container is given it."""
        folder = self.folder.parent / f"{self.folder.name}-passwords"
        own_folder(folder)
        for user, password in PASSWORDS.items():
            write_new(folder / user, password.encode(), OWN_FILE)
        return folder

    def make_users(self, name: str) -> None:
        """As `daihoi mongo users` does."""
        make_users(f"mongodb://127.0.0.1:{self.port}/?directConnection=true", self.passwords, name)

    def client(self, user: str):
        login = {"username": user, "password": PASSWORDS[user], "authSource": "admin"} if user else {}
        return MongoClient("127.0.0.1", self.port, directConnection=True, **login)


def key_file(folder: Path) -> Path:
    path = folder / "keyfile"
    if not path.exists():
        path.write_text("a" * 64)
        path.chmod(0o400)
    return path


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    database = Database(tmp_path_factory.mktemp("mongo"))
    database.start(asks=False)
    try:
        database.provide(DATABASE)
        if not MONGOD:  # which SecantusDB does from its next start on
            secantus.stop(database.process, database.port)
            database.start(asks=True)
        yield database
    finally:
        database.process.send_signal(signal.SIGCONT)
        database.process.kill()
        database.process.wait()


def may(database, user, name, order):
    with database.client(user) as client:
        try:
            order(client[name])
        except OperationFailure as error:
            if error.code not in REFUSED:
                raise
            return False
        return True


def write(database):
    database.tasks.insert_one({"status": "open"})


def read(database):
    database.tasks.find_one()


def make_a_user(database):
    database.command("createUser", "intruder", pwd="x", roles=[])


@pytest.mark.parametrize(
    ("user", "allowed"),
    [
        (TRACKER, {(DATABASE, write), (DATABASE, read)}),
        (READER, {(DATABASE, read)}),
        ("", set()),
    ],
)
def test_each_user_may_do_what_it_is_for_in_its_congress_and_nothing_else(database, user, allowed):
    tried = [(name, order) for name in (DATABASE, OTHER, "admin") for order in (write, read, make_a_user)]
    assert {(name, order) for name, order in tried if may(database, user, name, order)} == allowed


@pytest.mark.parametrize("make", [Database.provide, Database.make_users], ids=["a start", "the command"])
def test_a_later_start_changes_nothing_and_another_congress_is_added(database, make):
    make(database, DATABASE)
    make(database, OTHER)
    with as_admin(PASSWORDS[ADMIN], database.members, database.port) as admin:
        (tracker,) = admin.admin.command("usersInfo", TRACKER)["users"]
        admin.admin.command("revokeRolesFromUser", TRACKER, roles=[{"role": "readWrite", "db": OTHER}])
        admin.admin.command("revokeRolesFromUser", READER, roles=[{"role": "read", "db": OTHER}])
    assert {role["db"] for role in tracker["roles"]} == {DATABASE, OTHER}


def test_a_server_that_hangs_or_is_not_there_is_not_alive(database):
    assert database.is_alive()
    os.kill(database.process.pid, signal.SIGSTOP)
    assert not database.is_alive()
    os.kill(database.process.pid, signal.SIGCONT)
    wait_until(database.is_alive)
    database.port, port = own_port(), database.port
    assert not database.is_alive()
    database.port = port
