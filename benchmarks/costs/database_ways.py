"""Databases that differ in one thing each: whether they journal, whether they ask who comes, whether they encrypt."""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from benchmarks.costs.nats_ways import running
from shared.platform import mongo, mongod, secantus
from shared.platform.databases import embedded_mongo_url, secantus_program
from shared.platform.keeper import Server, free_port, listens, mongo_server
from shared.platform.mongo import Database, mongo_database
from tests.certificates import Authority

JOURNALLED: Mapping[str, Any] = mongo.DURABLE
NOT_JOURNALLED: Mapping[str, Any] = {"w": 1, "journal": False}
KEY_FILE, SYNC = "--keyFile", "--sync-on-commit"


class Kind(StrEnum):
    LOST = "lost"
    """Whoever comes is let in, in plain, and what is acknowledged may be lost."""
    KEPT = "kept"
    """The same, but it is journalled first, as by those that follow."""
    LOCKED = "locked"
    """As daihoi embeds it, with users and their passwords."""
    ENCRYPTED = "encrypted"
    """Without users."""


class Way(NamedTuple):
    url: str
    concern: Mapping[str, Any] = JOURNALLED

    @asynccontextmanager
    async def database(self, name: str) -> AsyncIterator[Database]:
        """Its own client, for the length of the block."""
        async with AsyncExitStack() as stack:
            with patch.dict(mongo.DURABLE, self.concern):
                database = await stack.enter_async_context(mongo_database(self.url, name))
            yield database


@contextmanager
def database_ways(folder: Path, program: str) -> Iterator[Mapping[Kind, Way]]:
    """On `program` as mongod; on SecantusDB where it is empty. For the length of the block."""
    folder.mkdir(parents=True, exist_ok=True)
    authority = Authority(folder / "authority")
    with ExitStack() as stack:
        (folder / Kind.LOCKED).mkdir()
        port = free_port()
        stack.enter_context(running(mongo_server(folder / Kind.LOCKED, port, program)))
        locked = Way(embedded_mongo_url(folder / Kind.LOCKED, port))
        ways = _on_mongod(folder, program, authority, stack) if program else _on_secantus(folder, authority, stack)
        yield {**ways, Kind.LOCKED: locked}


def _on_secantus(folder: Path, authority: Authority, stack: ExitStack) -> dict[Kind, Way]:
    """It journals all or nothing, and encrypts all or nothing."""
    pair = authority.server("database")
    tls = ["--tls-cert-file", str(pair.certificate), "--tls-key-file", str(pair.key)]
    ways = {}
    for kind, options in ((Kind.LOST, []), (Kind.KEPT, [SYNC]), (Kind.ENCRYPTED, [SYNC, *tls])):
        data, port = folder / kind, free_port()
        where = ["--host", "127.0.0.1", "--port", str(port), "--storage-path", str(data)]
        command = [secantus_program(), *where, "--log-level", "WARNING", *options]
        ready = partial(listens if kind is Kind.ENCRYPTED else secantus.takes_writes, port)
        stack.enter_context(running(Server("SecantusDB", command, folder / f"{kind}.log", ready)))
        ways[kind] = Way(_url(port, authority if kind is Kind.ENCRYPTED else None))
    return ways


def _on_mongod(folder: Path, program: str, authority: Authority, stack: ExitStack) -> dict[Kind, Way]:
    """Whoever comes to one server says whether to journal, and whether to encrypt."""
    pair, own, port = authority.server("database"), folder / "open", free_port()
    (own / mongod.DATA).mkdir(parents=True)
    both = folder / "both.pem"
    both.write_bytes(pair.certificate.read_bytes() + pair.key.read_bytes())
    both.chmod(0o600)
    command = mongod.command(program, own, port)
    at = command.index(KEY_FILE)
    command[at : at + 2] = ["--tlsMode", "preferTLS", "--tlsCertificateKeyFile", str(both)]
    command += ["--tlsCAFile", str(authority.certificate), "--tlsAllowConnectionsWithoutCertificates"]
    stack.enter_context(running(Server("mongod", command, own / "log", partial(_takes_writes, port))))
    plain = _url(port)
    return {
        Kind.LOST: Way(plain, NOT_JOURNALLED),
        Kind.KEPT: Way(plain),
        Kind.ENCRYPTED: Way(_url(port, authority)),
    }


def _url(port: int, authority: Authority | None = None) -> str:
    tls = f"&tls=true&tlsCAFile={authority.certificate}" if authority else ""
    return f"mongodb://127.0.0.1:{port}/?directConnection=true{tls}"


def _takes_writes(port: int) -> bool:
    try:
        with MongoClient[Any](_url(port), serverSelectionTimeoutMS=mongod.PROBE_TIMEOUT_MS) as client:
            hello = client.admin.command("hello")
            if "isreplicaset" in hello:
                members = [{"_id": 0, "host": f"127.0.0.1:{port}"}]
                client.admin.command("replSetInitiate", {"_id": mongod.REPLICA_SET, "members": members})
            return bool(hello.get("isWritablePrimary"))
    except PyMongoError:
        return False
