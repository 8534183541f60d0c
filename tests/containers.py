"""NATS and MongoDB in containers, with the locks that the embedded servers have.

What is secret is made on this machine and copied into the container before it starts: no image, no command line and
no environment holds it. The data is in memory.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import docker
from docker.errors import DockerException
from pymongo import MongoClient
from pymongo.errors import PyMongoError
from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import LogMessageWaitStrategy

from shared.platform.credentials import ADMIN, login
from shared.platform.database_users import KEY_FILE, KEYS, make_users, provide_passwords
from shared.platform.databases import embedded_mongo_url
from shared.platform.embedded import Endpoints
from shared.platform.nats_account import FOLDER, provide_keys
from shared.platform.nats_config import configuration
from tests.waiting import wait_until

NATS_IMAGE = "nats:2.15-alpine"
MONGO_IMAGE = "mongo:8"
NATS_PORT = 4222
MONGO_PORT = 27017
LOOPBACK = "127.0.0.1"
CONFIGURATION = "/etc/daihoi/nats.conf"
SECRETS = "/secrets"
MONGOD = f"chown mongodb {SECRETS}/* && exec docker-entrypoint.sh mongod --replSet rs0 --bind_ip_all"
"""Files are root's when they are copied in, and mongod takes a key file of nobody but its own user's."""
PROBE_TIMEOUT_MS = 2000


@contextmanager
def containers(folder: Path) -> Iterator[Endpoints]:
    """Both servers. The keys and passwords lie in `folder`."""
    with nats_container(folder / FOLDER) as nats_url, mongo_container(folder) as mongo_url:
        yield Endpoints(nats_url, mongo_url, str(folder / FOLDER))


@contextmanager
def nats_container(keys: Path) -> Iterator[str]:
    provide_keys(keys)
    settings = configuration(f"0.0.0.0:{NATS_PORT}", "/data", keys).encode()
    container = (
        _on_loopback(DockerContainer(NATS_IMAGE), NATS_PORT)
        .with_tmpfs_mount("/data")
        .with_copy_into_container(settings, CONFIGURATION)
        .with_command(["nats-server", "--config", CONFIGURATION])
        .waiting_for(LogMessageWaitStrategy("Server is ready"))
    )
    with container:
        yield f"nats://{LOOPBACK}:{container.get_exposed_port(NATS_PORT)}"


@contextmanager
def mongo_container(folder: Path) -> Iterator[str]:
    """A replica set of one, with users. The address names the folder of their passwords."""
    provide_passwords(folder / KEYS)
    container = (
        _on_loopback(DockerContainer(MONGO_IMAGE, entrypoint=["bash", "-c"]), MONGO_PORT)
        .with_tmpfs_mount("/data/db")
        .with_env("MONGO_INITDB_ROOT_USERNAME", ADMIN)
        .with_env("MONGO_INITDB_ROOT_PASSWORD_FILE", f"{SECRETS}/{ADMIN}")
        .with_command([f"{MONGOD} --keyFile {SECRETS}/{KEY_FILE}"])
    )
    for name in (ADMIN, KEY_FILE):
        container.with_copy_into_container(folder / KEYS / name, f"{SECRETS}/{name}", 0o400)
    with container:
        url = embedded_mongo_url(folder, container.get_exposed_port(MONGO_PORT))
        with _admin(url) as admin:
            wait_until(lambda: _takes_writes(admin))
        make_users(url, folder / KEYS, "")
        yield url


def to_be_had(image: str) -> bool:
    """Raises `DockerException` where no engine answers."""
    engine = docker.from_env()
    try:
        engine.images.get(image)
    except DockerException:
        try:
            engine.images.pull(image)
        except DockerException:
            return False
    return True


@cache
def _do_without_the_reaper_where_it_is_not_to_be_had() -> None:
    """Testcontainers' own image removes what a killed test run leaves behind; the tests don't need it."""
    reaper = testcontainers_config
    if not reaper.ryuk_disabled and not to_be_had(reaper.ryuk_image):
        reaper.ryuk_disabled = True


def _on_loopback(container: DockerContainer, port: int) -> DockerContainer:
    """Publishes `port` at a free one of this machine alone; Testcontainers' own calls know only all addresses."""
    _do_without_the_reaper_where_it_is_not_to_be_had()
    container.ports[port] = (LOOPBACK,)
    return container


def _admin(url: str) -> MongoClient[Any]:
    address, user, password = login(url.replace("://", f"://{ADMIN}@", 1))
    return MongoClient(address, username=user, password=password, serverSelectionTimeoutMS=PROBE_TIMEOUT_MS)


def _takes_writes(admin: MongoClient[Any]) -> bool:
    """It makes its first user before others reach it; the set is initiated here."""
    try:
        hello = admin.admin.command("hello")
        if "isreplicaset" in hello:
            member = {"_id": 0, "host": f"{LOOPBACK}:{MONGO_PORT}"}
            admin.admin.command("replSetInitiate", {"_id": "rs0", "members": [member]})
    except PyMongoError:
        return False
    return bool(hello["isWritablePrimary"])
