"""A PostgreSQL of our own in a temporary folder, on loopback, run by a user without rights, stopped at the end."""

import os
import pwd
import re
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from shared.platform.children import dying_with_parent, tail
from shared.platform.keeper import free_port

INSTALLED = Path("/usr/lib/postgresql")
USER = "bench"
READY_TIMEOUT_S = 60
LOOK_EVERY_S = 0.1


class NotInstalled(Exception):
    """A peer can't be measured; the message says how to get what is missing."""


def programs(installed: Path = INSTALLED) -> Path:
    """The folder of the newest PostgreSQL's programs. Raises `NotInstalled`."""
    if found := sorted(installed.glob("*/bin/initdb"), key=lambda path: int(re.sub(r"\D", "", path.parts[-3]) or 0)):
        return found[-1].parent
    if on_path := shutil.which("initdb"):
        return Path(on_path).resolve().parent
    raise NotInstalled("PostgreSQL is not installed: apt install postgresql")


@contextmanager
def postgres() -> Iterator[Mapping[str, str]]:
    """The settings of the peer that name the server, for the length of the block. Raises `NotInstalled`."""
    binaries = programs()
    owner = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    as_owner = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
    with tempfile.TemporaryDirectory(prefix="daihoi-postgres-", ignore_cleanup_errors=True) as name:
        folder, password, port = Path(name), secrets.token_hex(16), free_port()
        (folder / "password").write_text(password)
        for path in (folder, folder / "password"):
            os.chown(path, owner.pw_uid, owner.pw_gid)
        log = folder / "log"
        initdb = ["--pgdata", folder / "data", "--username", USER, "--auth", "scram-sha-256", "--encoding", "UTF8"]
        password_file = ["--pwfile", folder / "password", "--locale", "C.UTF-8"]
        with log.open("ab") as output:
            told = {"stdout": output, "stderr": output, "cwd": folder, **as_owner}
            if subprocess.run([binaries / "initdb", *initdb, *password_file], check=False, **told).returncode:
                raise RuntimeError(f"PostgreSQL could not make its data folder:\n{tail(log)}")
            on = ["-D", folder / "data", "-h", "127.0.0.1", "-p", str(port), "-k", folder]
            server = subprocess.Popen(
                [binaries / "postgres", *on], process_group=0, preexec_fn=dying_with_parent(), **told
            )
        try:
            _wait_until_ready(server, [binaries / "pg_isready", "-h", "127.0.0.1", "-p", str(port)], log)
            yield {
                "PERSISTENCE_MODULE": "eventsourcing.postgres",
                "POSTGRES_DBNAME": "postgres",
                "POSTGRES_HOST": "127.0.0.1",
                "POSTGRES_PORT": str(port),
                "POSTGRES_USER": USER,
                "POSTGRES_PASSWORD": password,
            }
        finally:
            server.send_signal(signal.SIGINT)  # a fast shutdown: whoever is still connected is cut off
            server.wait()


def _wait_until_ready(server: "subprocess.Popen[bytes]", asking: Sequence[str | Path], log: Path) -> None:
    deadline = time.monotonic() + READY_TIMEOUT_S
    while subprocess.run(asking, capture_output=True, check=False).returncode:
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"PostgreSQL would not start:\n{tail(log)}")
        time.sleep(LOOK_EVERY_S)


def fresh_database(settings: Mapping[str, str], name: str) -> Mapping[str, str]:
    """An empty database of that server."""
    import psycopg

    told = {key: settings[f"POSTGRES_{key.upper()}"] for key in ("dbname", "host", "port", "user", "password")}
    with psycopg.connect(**told, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return {**settings, "POSTGRES_DBNAME": name}
