"""What is made once for the containers, and to whom it is given."""

import os
import stat
from pathlib import Path

import pytest

from deploy import keys
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
def data(tmp_path, owners):
    settings = Settings(data_dir=tmp_path)
    make_issuer_keys(settings.issuer_private_key_path, settings.issuer_public_key_path)
    keys.provide(settings, {})
    return tmp_path


def files(folder):
    return {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}


def test_each_container_is_given_its_own_and_the_host_everything(data, owners):
    folder = data / "containers"
    expected = {
        "mongo": keys.MONGO,
        "nats": keys.NATS,
        "host": HOST,
    }
    for name, path in files(folder).items():
        container = name.partition("/")[0]
        assert owners[path] == owners[path.parent] == expected.get(container, keys.SERVICE), name
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert {"mongo/keyfile", "mongo-users/admin", "tracker/mongo.password"} <= files(folder).keys()
    assert "mongo-users/keyfile" not in files(folder)
    assert owners[data / "issuer" / "private" / "issuer.key"] == HOST
    assert stat.S_IMODE((data / "issuer" / "public" / "issuer.pub").stat().st_mode) == 0o644


def test_what_is_there_stays_and_what_a_container_lacks_is_given_again(data):
    before = {name: path.read_bytes() for name, path in files(data / "containers").items()}
    assert len({*before.values()}) == 4  # three passwords and a key of MongoDB's members
    for name in ("tracker/mongo.password", "mongo/keyfile"):
        (data / "containers" / name).unlink()
    keys.provide(Settings(data_dir=data), {})
    assert {name: path.read_bytes() for name, path in files(data / "containers").items()} == before


def test_a_volume_of_another_user_is_taken_over_with_all_that_is_in_it(tmp_path, owners):
    (tmp_path / "jetstream" / "stream").mkdir(parents=True)
    (tmp_path / "jetstream" / "meta").touch()
    keys.take_over(tmp_path, HOST)
    assert owners == {}
    keys.take_over(tmp_path, keys.NATS)
    assert {path for path, user in owners.items() if user == keys.NATS} == {tmp_path, *tmp_path.rglob("*")}
