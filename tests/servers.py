"""Which real servers the tests run on: those named by the environment, containers, or the embedded ones."""

import asyncio
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cache
from importlib.metadata import version
from pathlib import Path
from uuid import uuid4

import docker
from docker.errors import DockerException
from pymongo import MongoClient
from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import LogMessageWaitStrategy

from shared.eventstore.credentials import credentials_for
from shared.eventstore.jetstream_api import js_api
from shared.eventstore.rights import OPERATOR
from shared.platform.addresses import PASSWORD_FILE
from shared.platform.credentials import ADMIN
from shared.platform.databases import MONGOD, NONE, mongod_program
from shared.platform.embedded import Endpoints, embedded_servers
from shared.platform.mongo import mongo_database
from shared.platform.nats import nats_connection
from shared.platform.nats_keys import Credentials

NATS_IMAGE = "nats:2.15-alpine"
MONGO_IMAGE = "mongo:8"
NATS_PORT = 4222
MONGO_PORT = 27017
LOOPBACK = "127.0.0.1"
PRIMARY_TIMEOUT_S = 60


@cache
def choice() -> tuple[str, str]:
    """What to use and why: `given`, `containers` or `embedded`."""
    if os.environ.get("DAIHOI_NATS_URL") and os.environ.get("DAIHOI_MONGO_URL"):
        return "given", "DAIHOI_NATS_URL and DAIHOI_MONGO_URL name them"
    if os.environ.get(MONGOD) not in (None, "", NONE):
        return "embedded", f"{MONGOD} names the database"
    try:
        engine = docker.from_env(timeout=5)
        engine.ping()
    except DockerException:
        return "embedded", "no Docker engine answers"
    missing = [image for image in (NATS_IMAGE, MONGO_IMAGE) if not _to_be_had(engine, image)]
    if missing:
        return "embedded", f"a Docker engine answers, but it can't get {', '.join(missing)}"
    return "containers", "a Docker engine answers"


def database_of(kind: str) -> str:
    """The database of that choice and its version, for the header of a run."""
    if kind == "given":
        return "the one that is named"
    if kind == "containers":
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


def _to_be_had(engine: "docker.DockerClient", image: str) -> bool:
    try:
        engine.images.get(image)
    except DockerException:
        try:
            engine.images.pull(image)
        except DockerException:
            return False
    return True


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
            _do_without_the_reaper_where_it_is_not_to_be_had()
            nats = stack.enter_context(
                _on_loopback(DockerContainer(NATS_IMAGE), NATS_PORT)
                .with_command("-js")
                .waiting_for(LogMessageWaitStrategy("Server is ready"))
            )
            mongo = stack.enter_context(
                _on_loopback(DockerContainer(MONGO_IMAGE), MONGO_PORT)
                .with_command("--replSet rs0 --bind_ip_all")
                .waiting_for(LogMessageWaitStrategy("Waiting for connections"))
            )
            yield Endpoints(f"nats://{_address(nats, NATS_PORT)}", _replica_set(mongo))
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


def _do_without_the_reaper_where_it_is_not_to_be_had() -> None:
    """Testcontainers' own image removes what a killed test run leaves behind; the tests don't need it."""
    reaper = testcontainers_config
    if not reaper.ryuk_disabled and not _to_be_had(docker.from_env(), reaper.ryuk_image):
        reaper.ryuk_disabled = True


def _on_loopback(container: DockerContainer, port: int) -> DockerContainer:
    """Publishes `port` at a free one of this machine alone; Testcontainers' own calls know only all addresses."""
    container.ports[port] = (LOOPBACK,)
    return container


def _address(container: DockerContainer, port: int) -> str:
    return f"{LOOPBACK}:{container.get_exposed_port(port)}"


def _replica_set(mongo: DockerContainer) -> str:
    mongo.exec(["mongosh", "--quiet", "--eval", "try { rs.status() } catch { rs.initiate() }"])
    url = f"mongodb://{_address(mongo, MONGO_PORT)}/?directConnection=true"
    deadline = time.monotonic() + PRIMARY_TIMEOUT_S
    with MongoClient(url) as client:
        while not client.admin.command("hello")["isWritablePrimary"]:
            if time.monotonic() > deadline:
                raise TimeoutError(f"MongoDB has no primary after {PRIMARY_TIMEOUT_S} s")
            time.sleep(0.1)
    return url
