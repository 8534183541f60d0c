"""The users of a database: where their passwords lie, and what each may do.

The passwords are made once, each in a file of its own. Who can read the file can be the user.
"""

import base64
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.errors import OperationFailure

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
AUTHENTICATION_FAILED = 18


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
        make_view_users(client, folder, database)


def provide_users(
    anybody: MongoClient[Any], as_admin: Callable[[], MongoClient[Any]], folder: Path, database: str = ""
) -> None:
    """All of them. Where there is none yet, MongoDB takes the first one from whoever comes over loopback. Raises
    `PyMongoError`."""
    try:
        with as_admin() as admin:
            make_view_users(admin, folder, database)
    except OperationFailure as error:
        if error.code != AUTHENTICATION_FAILED:
            raise
        _order(anybody, "createUser", ADMIN, folder, roles_of(ADMIN))
        with as_admin() as admin:
            make_view_users(admin, folder, database)


def make_view_users(client: MongoClient[Any], folder: Path, database: str = "") -> None:
    for user in (TRACKER, READER):
        make_user(client, user, folder, database)


def make_user(client: MongoClient[Any], user: str, folder: Path, database: str = "") -> None:
    """Makes a user with the password and the roles that it is to have, whether it is there or not."""
    roles, there = roles_of(user, database), client.admin.command("usersInfo", user)["users"]
    if there:
        roles += [role for role in there[0]["roles"] if _is_of_another_congress(role, roles[0])]
    _order(client, "updateUser" if there else "createUser", user, folder, roles)


def _is_of_another_congress(role: dict[str, str], own: dict[str, str]) -> bool:
    """Whether the role is of another congress: one server may keep several, each in a database of its own."""
    return role["role"] == own["role"] and role["db"] != own["db"]


def _order(client: MongoClient[Any], order: str, user: str, folder: Path, roles: list[dict[str, str]]) -> None:
    password = read_password(folder / user)
    client.admin.command(order, user, pwd=password, roles=roles, mechanisms=MECHANISMS)
