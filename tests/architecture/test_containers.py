"""The compose files: what every container is kept from, what it is given, and how it is looked at."""

import re
import tomllib
from functools import cache
from pathlib import Path

import pytest
import yaml

from daihoi.ops.supervisor import all_services
from deploy import keys
from shared.values.units import SUBCOMMITTEE, support_unit_ids

PROJECT = Path(__file__).parents[2]
SINGLE = ("docker-compose.yml",)
CLUSTER = (*SINGLE, "docker-compose.cluster.yml")
ONCE = {"keys", "streams", "mongo-users"}
NATS, MONGO = {"nats", "nats-2", "nats-3"}, {"mongo", "mongo-2", "mongo-3"}
FOR_FILES_HANDED_IN = "/tmp"  # noqa: S108  # where Python puts them
UNITS = {*support_unit_ids(), "y-te"}
VERSION = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["version"]
DEFAULT = re.compile(r"\$\{\w+:-([^}]*)\}")
PASSWORD_IN_AN_ADDRESS = re.compile(r"://[^/\s@]*:[^/\s@]*@")


@cache
def composed(files):
    """What Docker Compose makes of several files: mappings are merged, mounts replace those at the same place."""
    whole = {}
    for file in files:
        text = DEFAULT.sub(r"\1", (PROJECT / file).read_text("utf-8"))
        whole = merged(whole, yaml.safe_load(text))
    return whole


def merged(under, over):
    if isinstance(under, dict) and isinstance(over, dict):
        return under | {name: merged(under[name], over[name]) if name in under else over[name] for name in over}
    if isinstance(under, list) and isinstance(over, list):
        return [*{place(entry): entry for entry in (*under, *over)}.values()]
    return over


def place(entry):
    return entry.removesuffix(":ro").rpartition(":")[2] if isinstance(entry, str) else str(entry)


def mounts(service):
    """Where each thing of the host or volume is in the container."""
    return {place(entry): entry.partition(":")[0] for entry in service.get("volumes", ())}


CONTAINERS = [(files, name) for files in (SINGLE, CLUSTER) for name in composed(files)["services"]]
every_container = pytest.mark.parametrize(
    ("files", "name"), CONTAINERS, ids=[f"{len(files)}-{name}" for files, name in CONTAINERS]
)


@every_container
def test_a_container_has_limits_no_capability_and_nothing_to_write_to_and_is_not_root(files, name):
    service = composed(files)["services"][name]
    assert {"mem_limit", "cpus", "pids_limit"} <= service.keys()
    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["logging"]["options"].keys() == {"max-size", "max-file"}
    assert service["restart"] == ("no" if name in ONCE else "unless-stopped")
    assert not {"privileged", "devices", "pid", "ipc", "env_file"} & service.keys()
    if name == "keys":  # it gives files to those who need them, and does nothing else
        assert (service["user"], service["network_mode"]) == ("0:0", "none")
        assert set(service["cap_add"]) == {"CHOWN", "DAC_OVERRIDE", "FOWNER"}
    else:
        assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", service["user"])
        assert "cap_add" not in service


@every_container
def test_what_stays_is_looked_at_and_a_service_by_the_probe(files, name):
    service = composed(files)["services"][name]
    if name in ONCE:
        assert "healthcheck" not in service
        return
    check = service["healthcheck"]
    assert {"test", "interval", "timeout", "retries", "start_period"} == check.keys()
    if name not in NATS | MONGO:
        assert service["command"] == ["service", name]
        assert check["test"] == ["CMD", "python", "-I", "-S", "shared/platform/probe.py", name]
        assert any(mount.startswith(f"{service['environment']['DAIHOI_DATA_DIR']}:") for mount in service["tmpfs"])


@every_container
def test_no_secret_is_in_the_environment_or_on_the_command_line(files, name):
    service = composed(files)["services"][name]
    environment = service.get("environment", {})
    for setting, value in environment.items():
        if re.search(r"KEY|PASSWORD|CREDENTIALS|TOKEN|SECRET", setting):
            assert str(value).startswith("/"), f"{setting} is no file"
    said = " ".join(map(str, (*environment.values(), *service.get("command", ()), *service.get("entrypoint", ()))))
    assert not PASSWORD_IN_AN_ADDRESS.search(said)


@every_container
def test_a_container_sees_its_own_secrets_alone(files, name):
    service = composed(files)["services"][name]
    folders = {source for source in mounts(service).values() if source.startswith("./.daihoi/")}
    own = {"nats-2": "nats", "nats-3": "nats", "mongo-2": "mongo", "mongo-3": "mongo", "streams": "operator"}
    allowed = {f"./.daihoi/containers/{own.get(name, name)}", "./.daihoi/issuer/public"}
    if name == "keys":
        allowed = {"./.daihoi/issuer", "./.daihoi/containers"}
    assert folders <= allowed
    if name != "keys":
        assert all(entry.endswith(":ro") for entry in service.get("volumes", ()) if entry.startswith("./"))


@every_container
def test_nothing_is_published_but_on_loopback_and_units_never_meet_mongodb(files, name):
    whole = composed(files)
    service, internal = whole["services"][name], {"bus", "views"}
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))
    assert all(whole["networks"][network]["internal"] for network in internal)
    if name in ("keys", "mongo-users"):
        assert service["network_mode"] == {"keys": "none", "mongo-users": "service:mongo"}[name]
        return
    expected = {"nats": {"bus", "bus-host"}, "mongo": {"views", "views-host"}, "tracker": {"bus", "views"}}
    expected |= {unit: {"bus", "pages"} for unit in UNITS} | {SUBCOMMITTEE: {"bus", "provider"}}
    assert {*service["networks"]} == expected.get(name, {"views"} if name in MONGO else {"bus"})
    way_out = whole["networks"]["pages"]["driver_opts"]["com.docker.network.bridge.enable_ip_masquerade"]
    assert way_out == "false"


@every_container
def test_there_is_one_way_out_at_most(files, name):
    """Of several networks that are not internal, the engine picks the one that everything goes out by."""
    whole = composed(files)
    networks = whole["services"][name].get("networks", ())
    assert len([network for network in networks if not (whole["networks"][network] or {}).get("internal")]) <= 1


def test_the_pages_are_where_their_addresses_say_and_sessions_are_minted_at_one_place():
    services = composed(SINGLE)["services"]
    named = services[SUBCOMMITTEE]["environment"]["DAIHOI_HTTP_ADDRESSES"]
    addresses = dict(part.strip().split("=") for part in named.split(";"))
    assert addresses.keys() == UNITS | {SUBCOMMITTEE}
    for name, address in addresses.items():
        environment = services[name]["environment"]
        assert services[name]["ports"] == [f"127.0.0.1:{address.rpartition(':')[2]}:8080"]
        assert environment["DAIHOI_HTTP_PORT"] == "8080"
        lies_in_memory = {mount.partition(":")[0] for mount in services[name]["tmpfs"]}
        assert lies_in_memory == {environment["DAIHOI_DATA_DIR"], FOR_FILES_HANDED_IN}
        assert environment["DAIHOI_HTTP_ADDRESSES"] == named
        assert ("DAIHOI_ISSUER_PRIVATE_KEY" in environment) == (name == SUBCOMMITTEE)
    assert services["tracker"]["environment"]["DAIHOI_HTTP_PORT"] == "off"


@pytest.mark.parametrize("files", [SINGLE, CLUSTER], ids=["single", "cluster"])
def test_every_service_of_a_congress_has_a_container(files):
    assert composed(files)["services"].keys() - ONCE - NATS - MONGO == {*all_services(), "y-te"}


def test_a_cluster_is_three_servers_of_each_kind_and_every_service_knows_all():
    services = composed(CLUSTER)["services"]
    assert {*services} >= NATS | MONGO
    nats = ",".join(f"nats://{name}:4222" for name in sorted(NATS))
    speakers = [name for name in services if name not in NATS | MONGO | {"keys", "mongo-users"}]
    for name in speakers:
        environment = services[name]["environment"]
        assert (environment["DAIHOI_NATS_URL"], environment["DAIHOI_NATS_REPLICAS"]) == (nats, "3")
    members = ",".join(f"{name}:27017" for name in sorted(MONGO))
    assert f"mongodb://tracker@{members}/?replicaSet=rs0" == services["tracker"]["environment"]["DAIHOI_MONGO_URL"]
    assert members == services["mongo-users"]["environment"]["DAIHOI_MONGO_MEMBERS"]
    data = [mounts(services[name])["/data" if name in NATS else "/data/db"] for name in sorted(NATS | MONGO)]
    assert len({*data}) == 6
    assert {*data} <= {*mounts(services["keys"]).values()}


def test_users_are_those_whom_the_secrets_are_given_to():
    services = composed(CLUSTER)["services"]
    expected = dict.fromkeys(NATS, keys.NATS) | dict.fromkeys(MONGO, keys.MONGO)
    for name in services.keys() - {"keys"}:
        assert services[name]["user"] == "{}:{}".format(*expected.get(name, keys.SERVICE))


def test_the_image_is_named_by_the_version_and_says_what_it_is():
    assert {service["image"] for service in composed(SINGLE)["services"].values()} == {
        f"daihoi:{VERSION}",
        "nats:2.15-alpine",
        "mongo:8",
    }
    text = (PROJECT / "docker-compose.yml").read_text()
    for kind in ("NATS", "MONGO", "PYTHON"):  # which may name a digest
        assert f"${{DAIHOI_{kind}_IMAGE:-" in text
    dockerfile = (PROJECT / "Dockerfile").read_text()
    assert f"ARG VERSION={VERSION}\n" in dockerfile
    labels = re.findall(r"org\.opencontainers\.image\.(\w+)=", dockerfile)
    assert labels == ["title", "description", "version", "revision", "licenses"]
    assert re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE) == ["${PYTHON_IMAGE}"] * 2
