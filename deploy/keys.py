"""What is secret in the containers: made once, and each part given to the one user who needs it.

`python -m deploy.keys` runs before everything else, without a network and as root, for it gives files away. Under
DAIHOI_DATA_DIR each container has a folder of its own in `containers/`, and whoever runs the containers has `host`:
its owner is asked of the folder itself. What is there stays as it is; what a container lacks is given to it again.
"""

import os
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from shared.eventstore.credentials import issue
from shared.platform.database_users import KEY_FILE, USERS, provide_passwords
from shared.platform.files import OPEN_FILE, OPEN_FOLDER, OWN_FILE, OWN_FOLDER, own_folder, write_new, write_over
from shared.platform.nats_account import adopt_streams, credentials_path, key_of, provide_keys
from shared.platform.nats_config import configuration
from shared.platform.settings import Settings
from shared.unit.issuer import (
    key_id,
    load_private_key,
    make_private_key,
    provide_issuer_keys,
    public_key_files,
    write_public_key,
)
from shared.values.units import OPERATOR, SUBCOMMITTEE, TRACKER, services

FOLDER = "containers"
HOST = "host"
SESSIONS_KEY, OIDC_SECRET, OIDC_CA = "sessions.key", "oidc-client-secret", "oidc-ca.pem"
VOLUMES = Path("/volumes")
"""Where what the servers keep is mounted, by the name of the server."""
PASSWORD_BYTES = 32


class User(NamedTuple):
    """Of a container, or on the machine."""

    uid: int
    gid: int


SERVICE, NATS, MONGO = User(10001, 10001), User(10002, 10002), User(999, 999)
"""As docker-compose.yml has them; the last is the one of MongoDB's own image."""


def provide(settings: Settings, volumes: Mapping[str, Path], nats_servers: Sequence[str] = ("nats",)) -> None:
    """Everything, and the folders that servers keep their data in, by their names, are theirs. Raises `OSError`,
    `PlatformError`."""
    folder = settings.data_dir / FOLDER
    own_folder(folder / HOST)
    owner = _owner(folder / HOST)
    provide_for_mongo(folder)
    provide_for_nats(folder, settings.congress, nats_servers)
    adopt_streams(volumes["nats"], key_of(folder / HOST / "nats", "store").public)
    provide_for_sign_in(settings, folder)
    give(folder / HOST, owner)
    give(settings.issuer_private_key_path.parent, owner)
    settings.issuer_public_key_path.parent.chmod(OPEN_FOLDER)
    for path in public_key_files(settings.issuer_public_keys):
        path.chmod(OPEN_FILE)
    for name, volume in volumes.items():
        if _owner(volume) != (user := NATS if name.startswith("nats") else MONGO):
            give(volume, user)


def provide_for_mongo(folder: Path) -> None:
    """Passwords of the users, and the key by which members of the set know each other."""
    kept = folder / HOST / "mongo"
    provide_passwords(kept)
    for name in USERS:
        hand_over(kept / name, folder / "mongo-users" / name, SERVICE)
    hand_over(kept / TRACKER, folder / "tracker" / "mongo.password", SERVICE)
    hand_over(kept / KEY_FILE, folder / "mongo" / KEY_FILE, MONGO)


def provide_for_nats(folder: Path, congress: str, servers: Sequence[str]) -> None:
    """Credentials of every service and of the operator, and what each server is told."""
    kept = folder / HOST / "nats"
    provide_keys(kept)
    for identity in (OPERATOR, *services(), TRACKER):
        issue(kept, congress, identity)
        hand_over(credentials_path(kept, congress, identity), folder / identity / "nats.creds", SERVICE)
    make(kept / "routes", secrets.token_urlsafe(PASSWORD_BYTES))
    for name in servers:
        further = ["http: 127.0.0.1:8222"]  # which lets everybody in, so that it stays in the container
        if len(servers) > 1:
            further.append(routes(name, servers, (kept / "routes").read_text()))
        told = configuration("0.0.0.0:4222", "/data", kept, *further, name=name)
        put(folder / "nats" / f"{name}.conf", told.encode(), NATS)


def provide_for_sign_in(settings: Settings, folder: Path) -> None:
    """The key by which the sub-committee's service mints sessions, its public half beside the issuer's; for OpenID
    Connect the client's secret, empty where there is none, and the authority that vouches for the provider."""
    kept = folder / HOST / SESSIONS_KEY
    if not kept.exists():
        make_private_key(kept)
    public = load_private_key(kept).public_key()
    write_public_key(settings.issuer_public_keys / f"{key_id(public)}.pub", public)
    hand_over(kept, folder / SUBCOMMITTEE / SESSIONS_KEY, SERVICE)
    make(folder / HOST / OIDC_SECRET, "")
    hand_over(folder / HOST / OIDC_SECRET, folder / SUBCOMMITTEE / OIDC_SECRET, SERVICE)
    if (folder / HOST / OIDC_CA).exists():
        hand_over(folder / HOST / OIDC_CA, folder / SUBCOMMITTEE / OIDC_CA, SERVICE)


def routes(name: str, servers: Sequence[str], password: str) -> str:
    """Who comes as a server of the cluster is not asked for credentials, and may do everything: hence a password."""
    others = ", ".join(f'"nats://cluster:{password}@{other}:6222"' for other in servers if other != name)
    authorization = f'authorization {{ user: cluster, password: "{password}" }}'
    return f"cluster {{ name: daihoi, listen: 0.0.0.0:6222, {authorization}, routes: [{others}] }}"


def make(path: Path, secret: str) -> None:
    own_folder(path.parent)
    write_new(path, secret.encode(), OWN_FILE)


def hand_over(kept: Path, copy: Path, user: User) -> None:
    put(copy, kept.read_bytes(), user)


def put(path: Path, content: bytes, user: User) -> None:
    own_folder(path.parent)
    write_over(path, content, OWN_FILE)
    give(path.parent, user)


def give(folder: Path, user: User) -> None:
    """With all that is in it; nobody else gets in. The folder comes last, so that who was broken off begins again."""
    for place, folders, files in os.walk(folder):
        for name in (*folders, *files):
            os.chown(Path(place) / name, *user, follow_symlinks=False)
    os.chown(folder, *user)
    folder.chmod(OWN_FOLDER)


def _owner(path: Path) -> User:
    status = path.stat()
    return User(status.st_uid, status.st_gid)


def main() -> None:
    settings = Settings()
    provide_issuer_keys(settings)
    volumes = {path.name: path for path in VOLUMES.iterdir()}
    provide(settings, volumes, sorted(name for name in volumes if name.startswith("nats")))


if __name__ == "__main__":
    main()
