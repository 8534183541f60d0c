"""MongoDB's replica set and users: made at the first start, brought in line at each later one.

`python -m deploy.mongo_users` runs in the network of the first member. As long as there is no user, MongoDB lets
whoever comes over loopback initiate the set and make the first one, and nobody else. The passwords are in the folder
that DAIHOI_MONGO_PASSWORD_FILE names, one file for each user.
"""

import os
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from shared.platform.settings import Settings

REPLICA_SET, PORT = "rs0", 27017
ADMIN, TRACKER, READER = "admin", "tracker", "reader"
PATIENCE_S = 120.0
LOOK_EVERY_S = 0.5
AUTHENTICATION_FAILED = 18

type Client = MongoClient[dict[str, Any]]


def roles_of(user: str, database: str) -> list[dict[str, str]]:
    """The tracker writes the views of its congress, the reader reads them, and neither does anything else."""
    return {
        ADMIN: [{"role": "root", "db": "admin"}],
        TRACKER: [{"role": "readWrite", "db": database}],
        READER: [{"role": "read", "db": database}],
    }[user]


def provide(port: int, members: Sequence[str], passwords: Mapping[str, str], database: str) -> None:
    """The set of `members`, of which the first listens here at `port`, and all users. Raises `PyMongoError`,
    also for what is over in a moment: a member that is starting, or is not the primary yet."""
    with MongoClient[dict[str, Any]]("127.0.0.1", port, directConnection=True) as anybody:
        _initiate(anybody, members)
        _make_admin(anybody, passwords[ADMIN], members, port)
    with as_admin(passwords[ADMIN], members, port) as admin:
        for user in (TRACKER, READER):
            _make(admin, user, passwords[user], database)


def as_admin(password: str, members: Sequence[str], port: int) -> Client:
    """Connected to the primary, whichever member that is."""
    login: dict[str, Any] = {"username": ADMIN, "password": password, "authSource": "admin"}
    if len(members) == 1:
        return MongoClient("127.0.0.1", port, directConnection=True, **login)
    return MongoClient([*members], replicaSet=REPLICA_SET, **login)


def _initiate(anybody: Client, members: Sequence[str]) -> None:
    """Where nobody has. The first member is preferred as the primary: only over its loopback there is a way in."""
    hello = anybody.admin.command("hello")
    if "isreplicaset" in hello:
        listed = [{"_id": place, "host": host, "priority": 1 if place else 2} for place, host in enumerate(members)]
        anybody.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": listed})


def _make_admin(anybody: Client, password: str, members: Sequence[str], port: int) -> None:
    with as_admin(password, members, port) as admin:
        try:
            admin.admin.command("ping")
        except OperationFailure as error:
            if error.code != AUTHENTICATION_FAILED:
                raise
            anybody.admin.command("createUser", ADMIN, pwd=password, roles=roles_of(ADMIN, ""))


def _make(admin: Client, user: str, password: str, database: str) -> None:
    """One that is there gets the password anew, and keeps what it may do for other congresses."""
    roles = roles_of(user, database)
    if admin.admin.command("usersInfo", user)["users"]:
        admin.admin.command("updateUser", user, pwd=password)
        admin.admin.command("grantRolesToUser", user, roles=roles)
    else:
        admin.admin.command("createUser", user, pwd=password, roles=roles)


def main() -> None:
    settings, folder = Settings(), Path(os.environ["DAIHOI_MONGO_PASSWORD_FILE"])
    members = os.environ.get("DAIHOI_MONGO_MEMBERS", "mongo:27017").split(",")
    passwords = {user: (folder / user).read_text("utf-8").strip() for user in (ADMIN, TRACKER, READER)}
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            return provide(PORT, members, passwords, settings.database)
        except PyMongoError as error:
            if time.monotonic() > deadline:
                sys.exit(f"MongoDB's users can't be made: {error}")
        time.sleep(LOOK_EVERY_S)


if __name__ == "__main__":
    main()
