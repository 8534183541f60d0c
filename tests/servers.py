"""Which real servers the tests run on: those named by the environment, containers, or the embedded ones.

What speaks to Docker is loaded where containers come into question, once for a run: no worker asks again.
"""

import asyncio
import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cache
from importlib.metadata import version
from pathlib import Path
from uuid import uuid4

from shared.eventstore.credentials import credentials_for
from shared.eventstore.jetstream_api import js_api
from shared.platform.credentials import ADMIN
from shared.platform.databases import MONGOD, NONE, mongod_program
from shared.platform.embedded import Endpoints, embedded_servers
from shared.platform.mongo import mongo_database
from shared.platform.nats import nats_connection
from shared.platform.nats_keys import Credentials
from shared.values.secrecy import PASSWORD_FILE
from shared.values.units import OPERATOR


@cache
def choice() -> tuple[str, str]:
    """What to use and why: `given`, `containers` or `embedded`."""
    if os.environ.get("DAIHOI_NATS_URL") and os.environ.get("DAIHOI_MONGO_URL"):
        return "given", "DAIHOI_NATS_URL and DAIHOI_MONGO_URL name them"
    if os.environ.get(MONGOD) not in (None, "", NONE):
        return "embedded", f"{MONGOD} names the database"

    import docker
    from docker.errors import DockerException

    from tests.containers import MONGO_IMAGE, NATS_IMAGE, to_be_had

    try:
        docker.from_env(timeout=5).ping()
    except DockerException:
        return "embedded", "no Docker engine answers"
    missing = [image for image in (NATS_IMAGE, MONGO_IMAGE) if not to_be_had(image)]
    if missing:
        return "embedded", f"a Docker engine answers, but it can't get {', '.join(missing)}"
    return "containers", "a Docker engine answers"


def database_of(kind: str) -> str:
    """The database of that choice and its version, for the header of a run."""
    if kind == "given":
        return "the one that is named"
    if kind == "containers":
        from tests.containers import MONGO_IMAGE

        return MONGO_IMAGE
    if program := mongod_program():
        told = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
        return f"mongod {told.split()[2].removeprefix('v')}"
    return f"SecantusDB {version('SecantusDB')}"


def as_admin(url: str) -> str:
    """The same database for who may do everything; who writes the views may not list or drop databases."""
    return url.replace("//", f"//{ADMIN}@", 1) if PASSWORD_FILE in url else url


async def drop_database(url: str, name: str) -> None:
    async with mongo_database(as_admin(url), name) as database:
        await database.client.drop_database(name)


@contextmanager
def one_pair_for_all(kind: str) -> Iterator[Mapping[str, str]]:
    """What the workers of one run need to share one pair of servers. Embedded ones start with the first worker
    that needs them and end with the last, killed or not."""
    if kind == "embedded":
        with _a_folder() as folder:
            yield {"folder": folder}
    else:
        with servers(kind) as started:
            yield started._asdict()


@contextmanager
def shared_servers(pair: Mapping[str, str]) -> Iterator[Endpoints]:
    """The servers of a run, for the length of the block."""
    if folder := pair.get("folder"):
        with embedded_servers(Path(folder)) as embedded:
            yield embedded
    else:
        yield Endpoints(**pair)


@contextmanager
def servers(kind: str) -> Iterator[Endpoints]:
    """A pair of servers that nobody shares."""
    with ExitStack() as stack:
        if kind == "given":
            yield Endpoints(*(os.environ.get(f"DAIHOI_{name.upper()}", "") for name in Endpoints._fields))
        elif kind == "containers":
            from tests.containers import containers

            yield stack.enter_context(containers(Path(stack.enter_context(_a_folder()))))
        else:
            yield stack.enter_context(embedded_servers(Path(stack.enter_context(_a_folder()))))


def _a_folder() -> "tempfile.TemporaryDirectory[str]":
    return tempfile.TemporaryDirectory(prefix="daihoi-", ignore_cleanup_errors=True)


def operator_of(endpoints: Endpoints, identity: str = OPERATOR) -> Credentials | None:
    """Whose credentials the tests' own connections have; none where the servers have no locks."""
    return credentials_for(endpoints.nats_credentials, "tests", identity)


@contextmanager
def a_stream_that_stays(endpoints: Endpoints) -> Iterator[None]:
    """A server removes its folder of streams after the last one, and a stream that is made at that moment fails."""
    name = f"STAYS_{uuid4().hex}"
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        runner.run(_call(endpoints, f"STREAM.CREATE.{name}", {"name": name, "subjects": [name]}))
        yield
        runner.run(_call(endpoints, f"STREAM.DELETE.{name}", {}))


async def _call(endpoints: Endpoints, call: str, body: dict[str, object]) -> None:
    async with nats_connection(endpoints.nats_url, "tests", operator_of(endpoints)) as connection:
        await js_api(connection, call, body)
