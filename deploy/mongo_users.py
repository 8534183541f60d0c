"""MongoDB's replica set and users: made at the first start, brought in line at each later one.

`python -m deploy.mongo_users` runs in the network of the first member. As long as there is no user, MongoDB lets
whoever comes over loopback initiate the set and make the first one, and nobody else. The passwords are in the folder
that DAIHOI_MONGO_PASSWORD_FILE names, one file for each user; who may do what is in `shared.platform.database_users`.
"""

import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from shared.platform.credentials import ADMIN, read_password
from shared.platform.database_users import provide_users
from shared.platform.settings import Settings

REPLICA_SET, PORT = "rs0", 27017
PATIENCE_S = 120.0
LOOK_EVERY_S = 0.5

type Client = MongoClient[dict[str, Any]]


def provide(port: int, members: Sequence[str], passwords: Path, database: str) -> None:
    """The set of `members`, of which the first listens here at `port`, and all users. Raises `PyMongoError`,
    also for what is over in a moment: a member that is starting, or is not the primary yet."""
    with MongoClient[dict[str, Any]]("127.0.0.1", port, directConnection=True) as anybody:
        _initiate(anybody, members)
        provide_users(anybody, lambda: as_admin(read_password(passwords / ADMIN), members, port), passwords, database)


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


def main() -> None:
    settings, passwords = Settings(), Path(os.environ["DAIHOI_MONGO_PASSWORD_FILE"])
    members = os.environ.get("DAIHOI_MONGO_MEMBERS", "mongo:27017").split(",")
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
