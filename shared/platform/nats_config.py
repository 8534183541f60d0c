"""The configuration of a nats-server, as text: alone, one of a cluster, or the leaf node of a unit.

It holds no secret, only the paths of files that do. What locks the server, the operator and its accounts, is the same
on every server of a congress and comes from `nats_account`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from shared.domain.decider import Refusal
from shared.platform.errors import PlatformError

CLUSTER_NAME = "daihoi"
_ADDRESS = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+):[0-9]{1,5}")
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_ESCAPED = re.compile(rb"[^ !#-\[\]-~]")

NO_ADDRESS = Refusal("no_address", "{given} is to be HOST:PORT, such as 10.0.0.1:4222.")
NO_SERVER_NAME = Refusal("no_server_name", "{given} is no name of a server: up to 64 letters, digits, _ and -.")
NOT_IN_ITS_CLUSTER = Refusal(
    "not_in_its_cluster", "The server {name} is not among those of its cluster: {names}. Name it with --name."
)
NEEDS_TLS = Refusal(
    "needs_tls",
    "A cluster and leaf nodes need TLS: whoever reached the cluster's port could be one of its servers. Give "
    "--tls-certificate, --tls-key and --tls-ca.",
)
LEAF_ALONE = Refusal(
    "leaf_alone",
    "A unit's leaf node stores nothing and is in no cluster: give --leaf without --cluster and --leaves.",
)
LEAF_CREDENTIALS = Refusal(
    "leaf_credentials",
    "A leaf node shows the hub its unit's credentials: give --leaf and --leaf-credentials together.",
)


@dataclass(frozen=True)
class Tls:
    """Paths, as the server finds them."""

    certificate: str
    key: str
    authority: str
    of_clients: bool = False
    """Whether clients have to show a certificate too."""


@dataclass(frozen=True)
class Place:
    """What a server is to be, and where it is reached."""

    name: str = "daihoi"
    listen: str = "0.0.0.0:4222"
    store: str = "/data"
    tls: Tls | None = None
    cluster: Mapping[str, str] = field(default_factory=dict)
    """Its servers by their names, this one among them: where each is reached by the others."""
    leaves: str = ""
    """Where leaf nodes are let in; nowhere, if empty."""
    leaf: str = ""
    """Of which hub this is a leaf node; it is none, if empty."""
    leaf_credentials: str = ""
    monitor: str = "127.0.0.1:8222"

    def check(self) -> None:
        """Raises `PlatformError` where it can't be meant."""
        for address in filter(None, (self.listen, self.leaves, self.leaf, self.monitor, *self.cluster.values())):
            if not _ADDRESS.fullmatch(address):
                raise PlatformError(NO_ADDRESS(given=address))
        for name in (self.name, *self.cluster):
            if not _NAME.fullmatch(name):
                raise PlatformError(NO_SERVER_NAME(given=name))
        if self.cluster and self.name not in self.cluster:
            raise PlatformError(NOT_IN_ITS_CLUSTER(name=self.name, names=", ".join(self.cluster)))
        if bool(self.leaf) != bool(self.leaf_credentials):
            raise PlatformError(LEAF_CREDENTIALS())
        if self.leaf and (self.cluster or self.leaves):
            raise PlatformError(LEAF_ALONE())
        if (self.cluster or self.leaves or self.leaf) and not self.tls:
            raise PlatformError(NEEDS_TLS())


def configuration(place: Place, locks: str, account: str) -> str:
    """What nats-server reads. `locks` are the lines that say whom it lets in, `account` is the public key of the
    account that everybody is in. Raises `PlatformError` where `place` can't be meant."""
    place.check()
    lines = [f"server_name: {place.name}", f"listen: {quoted(place.listen)}", f"http: {quoted(place.monitor)}"]
    if place.tls:
        lines.append(_tls(place.tls, verified=place.tls.of_clients, first=True))
    if not place.leaf:
        lines.append(f"jetstream {{ store_dir: {quoted(place.store)}, sync_interval: always }}")
    if place.cluster:
        lines.append(_cluster(place))
    if place.leaves and place.tls:
        lines.append(f"leafnodes {{\n  listen: {quoted(place.leaves)}\n  {_tls(place.tls, verified=False)}\n}}")
    if place.leaf and place.tls:
        lines.append(_remote(place, place.tls, account))
    if place.leaves or place.leaf:
        # Otherwise a leaf node's server keeps the JetStream API to itself, where this one has none.
        lines.append(f'default_js_domain {{ {account}: "" }}')
    return "\n".join((*lines, locks))


def _cluster(place: Place) -> str:
    """Its servers know each other by their certificates. Clients are not told of addresses they were not given."""
    assert place.tls  # noqa: S101 - checked
    others = "\n".join(f"    {quoted(f'tls://{at}')}" for name, at in place.cluster.items() if name != place.name)
    own_port = place.cluster[place.name].rpartition(":")[2]
    return (
        f"cluster {{\n  name: {CLUSTER_NAME}\n  listen: {quoted(f'0.0.0.0:{own_port}')}\n  no_advertise: true\n"
        f"  routes: [\n{others}\n  ]\n  {_tls(place.tls, verified=True)}\n}}"
    )


def _remote(place: Place, tls: Tls, account: str) -> str:
    return (
        f"leafnodes {{\n  remotes: [{{\n    url: {quoted(f'tls://{place.leaf}')}\n    account: {account}\n"
        f"    credentials: {quoted(place.leaf_credentials)}\n    tls {{ ca_file: {quoted(tls.authority)} }}\n  }}]\n}}"
    )


def _tls(tls: Tls, *, verified: bool, first: bool = False) -> str:
    """`first`: the server begins with the handshake where a client does, and is found by those that don't."""
    files = f"cert_file: {quoted(tls.certificate)}, key_file: {quoted(tls.key)}, ca_file: {quoted(tls.authority)}"
    return f"tls {{ {files}{', verify: true' if verified else ''}{', handshake_first: auto' if first else ''} }}"


def quoted(text: str) -> str:
    """As nats-server's configuration has it: of all escapes, those of single bytes do for every path. JSON's would
    not: the server knows no `\\u`."""
    written = _ESCAPED.sub(lambda byte: b"\\x%02x" % byte.group()[0], text.encode(errors="surrogateescape"))
    return f'"{written.decode()}"'
