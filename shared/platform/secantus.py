"""SecantusDB as the embedded database, with users.

It asks nobody who they are until it is started with `--auth`, and users can only be made while it does not. So
`python -m shared.platform.secantus PROGRAM DIRECTORY PORT` makes them first where that has not been done, on a port
of its own, and then becomes the server.
"""

import hashlib
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from shared.platform.database_users import KEYS, USERS, make_user, provide_passwords

DATA = "mongo"
MARK = "users-made"
"""In the data's folder: of which passwords the users were made."""
READY_TIMEOUT_S = 30
LOOK_EVERY_S = 0.05
STOP_TIMEOUT_S = 10
KNOCK_EVERY_S, ASK_AGAIN_AFTER_S = 0.02, 1.0
PROBE_TIMEOUT_MS = 1000


def command(program: str, directory: Path, port: int) -> list[str]:
    return [sys.executable, "-m", "shared.platform.secantus", program, str(directory), str(port)]


def become_the_server(program: str, directory: Path, port: int) -> None:
    keys, mark = directory / KEYS, directory / DATA / MARK
    provide_passwords(keys)
    passwords = hashlib.sha256(b"\0".join((keys / user).read_bytes() for user in USERS)).hexdigest()
    if not mark.exists() or mark.read_text() != passwords:
        _make_users(program, directory, keys)
        mark.write_text(passwords)
    os.execv(program, [*_serving(program, directory, port), "--auth"])  # noqa: S606 - a fixed argument list


def takes_writes(port: int) -> bool:
    from pymongo import MongoClient
    from pymongo.errors import PyMongoError

    url = f"mongodb://127.0.0.1:{port}/?directConnection=true&serverSelectionTimeoutMS={PROBE_TIMEOUT_MS}"
    try:
        with MongoClient[Any](url) as client:
            client.admin.command("ping")
    except PyMongoError:
        return False
    return True


def stop(server: subprocess.Popen[bytes], port: int) -> None:
    """Asks the server to end, and makes it end when it does not. A connection wakes its thread that accepts them, for
    which it would else wait two seconds. One that still accepts has not heard the signal: it is asked again."""
    server.terminate()
    began = asked_at = time.monotonic()
    while server.poll() is None and (now := time.monotonic()) < began + STOP_TIMEOUT_S:
        time.sleep(KNOCK_EVERY_S)
        if _accepts(port) and now - asked_at > ASK_AGAIN_AFTER_S:
            server.terminate()
            asked_at = now
    server.kill()
    server.wait()


def _accepts(port: int) -> bool:
    with socket.socket() as knock:
        return knock.connect_ex(("127.0.0.1", port)) == 0


def _serving(program: str, directory: Path, port: int) -> list[str]:
    where = ["--host", "127.0.0.1", "--port", str(port), "--storage-path", str(directory / DATA)]
    return [program, *where, "--sync-on-commit", "--log-level", "WARNING"]


def _make_users(program: str, directory: Path, keys: Path) -> None:
    from pymongo import MongoClient

    from shared.platform.children import start_child

    port = _free_port()
    server = start_child(_serving(program, directory, port), None)
    try:
        deadline = time.monotonic() + READY_TIMEOUT_S
        while not takes_writes(port):
            if server.poll() is not None or time.monotonic() > deadline:
                raise SystemExit("SecantusDB does not start")
            time.sleep(LOOK_EVERY_S)
        with MongoClient[Any](f"mongodb://127.0.0.1:{port}/?directConnection=true") as client:
            for user in USERS:
                make_user(client, user, keys)
            _check_nobody_else(client)
    finally:
        stop(server, port)


def _check_nobody_else(client: Any) -> None:
    """Ends the process where somebody else has made a user while the server asked nobody."""
    there = {(each["db"], each["user"]) for each in client.admin["system.users"].find()}
    if there != {("admin", user) for user in USERS}:
        raise SystemExit(f"the embedded database has users that nobody here made: {sorted(there)}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    become_the_server(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
