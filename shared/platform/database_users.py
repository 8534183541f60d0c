"""The users of a database: where their passwords lie, and what each may do.

The passwords are made once, each in a file of its own. Who can read the file can be the user.
"""

import base64
import secrets
from pathlib import Path
from typing import Any

from pymongo import MongoClient

from shared.platform.credentials import ADMIN, READER, TRACKER, login, read_password, with_password_file
from shared.platform.files import OWN_FILE, own_folder, write_new

KEYS = "mongo-keys"
"""The folder of the embedded database's passwords in a data folder."""
KEY_FILE = "keyfile"
"""Beside the passwords: what the members of a replica set know each other by."""
USERS = (ADMIN, TRACKER, READER)
PASSWORD_BYTES = 32
KEY_FILE_BYTES = 96
MECHANISMS = ["SCRAM-SHA-256"]


def provide_passwords(folder: Path) -> None:
    """Makes those that are missing, and the key file. Raises `OSError`."""
    own_folder(folder)
    for user in USERS:
        if not (folder / user).exists():
            write_new(folder / user, secrets.token_urlsafe(PASSWORD_BYTES).encode(), OWN_FILE)
    if not (folder / KEY_FILE).exists():
        key = base64.b64encode(secrets.token_bytes(KEY_FILE_BYTES))
        write_new(folder / KEY_FILE, key, OWN_FILE)


def roles_of(user: str, database: str = "") -> list[dict[str, str]]:
    """What a user may do in `database`, and nowhere else; or in all, where one server keeps many congresses."""
    match user, database:
        case "admin", _:
            return [{"role": "root", "db": "admin"}]
        case "tracker", "":
            return [{"role": "readWriteAnyDatabase", "db": "admin"}]
        case "tracker", _:
            return [{"role": "readWrite", "db": database}]
        case _, "":
            return [{"role": "readAnyDatabase", "db": "admin"}]
        case _:
            return [{"role": "read", "db": database}]


def make_users(url: str, folder: Path, database: str) -> None:
    """The tracker, who writes to `database`, and the reader. Raises `PlatformError`, `PyMongoError`."""
    as_admin = url if "@" in url else url.replace("://", f"://{ADMIN}@", 1)
    address, user, password = login(with_password_file(as_admin, folder))
    with MongoClient[Any](address, username=user, password=password, w="majority", journal=True) as client:
        for each in (TRACKER, READER):
            make_user(client, each, folder, database)


def make_user(client: MongoClient[Any], user: str, folder: Path, database: str = "") -> None:
    """With the password and the roles that it is to have, whether it is there or not."""
    there = client.admin.command("usersInfo", user)["users"]
    _order(client, "updateUser" if there else "createUser", user, folder, database)


def make_first_user(client: MongoClient[Any], folder: Path) -> None:
    """The admin, where nobody can be asked yet who is there."""
    _order(client, "createUser", ADMIN, folder)


def _order(client: MongoClient[Any], order: str, user: str, folder: Path, database: str = "") -> None:
    told: dict[str, Any] = {
        "pwd": read_password(folder / user),
        "roles": roles_of(user, database),
        "mechanisms": MECHANISMS,
    }
    client.admin.command(order, user, **told)
