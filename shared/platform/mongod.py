"""A real mongod as the embedded database: a replica set of one, with users.

What it needs before it takes writes is done when it is asked whether it does: on its first start it is initiated and
the users are made, on each later one it is told its new port. Until there is a user, mongod lets whoever comes over
loopback do just that.
"""

from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from shared.domain.decider import Refusal
from shared.platform.credentials import ADMIN, read_password
from shared.platform.database_users import AUTHENTICATION_FAILED, KEY_FILE, KEYS, provide_users
from shared.platform.errors import PlatformError

OTHER_PASSWORDS = Refusal(
    "other_mongod_passwords",
    "mongod's users have other passwords than {keys} says; bring that folder back, or remove {data}: the views are "
    "made again.",
)
REPLICA_SET = "daihoi"
DATA = "mongod"
PROBE_TIMEOUT_MS = 2000
OPLOG_MB = 200
SLOW_MS = 600_000
"""What takes longer is logged with what was written: nothing is."""
ELECTION_TIMEOUT_MS = 1000
_UNAUTHORISED = 13


def command(program: str, directory: Path, port: int) -> list[str]:
    return [
        *(program, "--quiet", "--bind_ip", "127.0.0.1", "--port", str(port), "--nounixsocket"),
        *("--dbpath", str(directory / DATA), "--keyFile", str(directory / KEYS / KEY_FILE)),
        *("--replSet", REPLICA_SET, "--oplogSize", str(OPLOG_MB), "--slowms", str(SLOW_MS)),
        *("--setParameter", "diagnosticDataCollectionEnabled=false"),
    ]


def takes_writes(directory: Path, port: int) -> bool:
    """Raises `PlatformError` where the passwords are not those that its users have."""
    keys, host = directory / KEYS, f"127.0.0.1:{port}"
    try:
        with _client(port) as anybody:
            hello = anybody.admin.command("hello")
            if "isreplicaset" in hello:
                _begin(anybody, keys, host, port)
            if not hello.get("isWritablePrimary"):
                return False
            provide_users(anybody, lambda: _as_admin(keys, port), keys)
    except OperationFailure as error:
        if error.code == _UNAUTHORISED:
            raise PlatformError(OTHER_PASSWORDS(keys=keys, data=directory / DATA)) from error
        return False
    except PyMongoError:
        return False
    return True


def _client(port: int, **more: Any) -> MongoClient[Any]:
    url = f"mongodb://127.0.0.1:{port}/?directConnection=true"
    return MongoClient(url, serverSelectionTimeoutMS=PROBE_TIMEOUT_MS, socketTimeoutMS=30_000, **more)


def _as_admin(keys: Path, port: int) -> MongoClient[Any]:
    return _client(port, username=ADMIN, password=read_password(keys / ADMIN))


def _begin(anybody: MongoClient[Any], keys: Path, host: str, port: int) -> None:
    """Initiates the set, or tells it where its only member is today."""
    members = [{"_id": 0, "host": host}]
    try:
        with _as_admin(keys, port) as admin:
            config = admin.admin.command("replSetGetConfig")["config"]
            moved = config | {"members": [config["members"][0] | members[0]], "version": config["version"] + 1}
            admin.admin.command("replSetReconfig", moved, force=True)
    except OperationFailure as error:
        if error.code != AUTHENTICATION_FAILED:
            raise
        settings = {"electionTimeoutMillis": ELECTION_TIMEOUT_MS}
        initial = {"_id": REPLICA_SET, "members": members, "settings": settings}
        anybody.admin.command("replSetInitiate", initial)
