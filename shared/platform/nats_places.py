"""What a nats-server is to be, and what it is told then: alone, one of a cluster, or the leaf node of a unit.

It is told no secret, only the paths of files that hold one.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from shared.domain.decider import Refusal
from shared.platform.nats_account import key_of
from shared.platform.nats_config import configuration, locks, nats_string

CLUSTER_NAME = "daihoi"
_ADDRESS = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+):[0-9]{1,5}")
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")

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
    monitor: str = ""
    """Where its monitoring is, which shows everybody the names of inboxes; nowhere, if empty."""

    def check(self) -> None:
        """Raises a refusal where it can't be meant."""
        for address in filter(None, (self.listen, self.leaves, self.leaf, self.monitor, *self.cluster.values())):
            if not _ADDRESS.fullmatch(address):
                raise NO_ADDRESS(given=address)
        for name in (self.name, *self.cluster):
            if not _NAME.fullmatch(name):
                raise NO_SERVER_NAME(given=name)
        if self.cluster and self.name not in self.cluster:
            raise NOT_IN_ITS_CLUSTER(name=self.name, names=", ".join(self.cluster))
        if bool(self.leaf) != bool(self.leaf_credentials):
            raise LEAF_CREDENTIALS()
        if self.leaf and (self.cluster or self.leaves):
            raise LEAF_ALONE()
        if (self.cluster or self.leaves or self.leaf) and not self.tls:
            raise NEEDS_TLS()


def configuration_of(place: Place, keys: Path) -> str:
    """What nats-server reads. Raises a refusal where `place` can't be meant, `PlatformError`."""
    place.check()
    account, monitor = key_of(keys, "account").public, f"http: {nats_string(place.monitor)}"
    further = [
        *([monitor] if place.monitor else ()),
        *([_tls(place.tls, verified=place.tls.of_clients, first=True)] if place.tls else ()),
    ]
    if place.tls and place.cluster:
        further.append(_cluster(place, place.tls))
    if place.tls and place.leaves:
        further.append(
            f"leafnodes {{\n  listen: {nats_string(place.leaves)}\n  {_tls(place.tls, verified=False)}\n}}"
        )
    if place.leaves or place.leaf:
        # Otherwise the server on either side would keep the JetStream API from crossing.
        further.append(f'default_js_domain {{ {account}: "" }}')
    if not (place.tls and place.leaf):
        return configuration(place.listen, place.store, keys, *further, name=place.name)
    here = [f"server_name: {place.name}", f"listen: {place.listen}", *further, _remote(place, place.tls, account)]
    return "\n".join((*here, *locks(keys), ""))


def _cluster(place: Place, tls: Tls) -> str:
    """Its servers know each other by their certificates. Clients are not told of addresses they were not given."""
    others = "\n".join(
        f"    {nats_string(f'tls://{at}')}" for name, at in place.cluster.items() if name != place.name
    )
    own_port = place.cluster[place.name].rpartition(":")[2]
    return (
        f"cluster {{\n  name: {CLUSTER_NAME}\n  listen: {nats_string(f'0.0.0.0:{own_port}')}\n  no_advertise: true\n"
        f"  routes: [\n{others}\n  ]\n  {_tls(tls, verified=True)}\n}}"
    )


def _remote(place: Place, tls: Tls, account: str) -> str:
    hub, shown, trusted = map(nats_string, (f"tls://{place.leaf}", place.leaf_credentials, tls.authority))
    remote = f"url: {hub}\n    account: {account}\n    credentials: {shown}\n    tls {{ ca_file: {trusted} }}"
    return f"leafnodes {{\n  remotes: [{{\n    {remote}\n  }}]\n}}"


def _tls(tls: Tls, *, verified: bool, first: bool = False) -> str:
    """`first`: the server begins with the handshake where a client does, and is found by those that don't."""
    named = {"cert_file": tls.certificate, "key_file": tls.key, "ca_file": tls.authority}
    options = [f"{name}: {nats_string(path)}" for name, path in named.items()]
    options += ["verify: true"] * verified + ["handshake_first: auto"] * first
    return f"tls {{ {', '.join(options)} }}"
