"""What is secret in the containers: made once, and each part given to the one user who needs it.

`python -m deploy.keys` runs before everything else, without a network and as root, for it gives files away. Under
DAIHOI_DATA_DIR each container has a folder of its own in `containers/`, and whoever runs the containers has `host`:
its owner is asked of the folder itself. What is there stays as it is; what a container lacks is given to it again.
"""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from shared.platform.files import OPEN_FILE, OPEN_FOLDER, OWN_FILE, OWN_FOLDER, own_folder, write_new, write_over
from shared.platform.settings import Settings
from shared.unit.issuer import provide_issuer_keys

FOLDER = "containers"
HOST = "host"
VOLUMES = Path("/volumes")
"""Where what the servers keep is mounted, by the name of the server."""
ADMIN, TRACKER, READER = "admin", "tracker", "reader"
PASSWORD_BYTES = 32
KEY_FILE_BYTES = 96


class User(NamedTuple):
    """Of a container, or on the machine."""

    uid: int
    gid: int


SERVICE, NATS, MONGO = User(10001, 10001), User(10002, 10002), User(999, 999)
"""As docker-compose.yml has them; the last is the one of MongoDB's own image."""


def provide(settings: Settings, volumes: Mapping[Path, User]) -> None:
    """Everything, and the folders that servers keep their data in are theirs. Raises `OSError`."""
    folder = settings.data_dir / FOLDER
    own_folder(folder / HOST)
    owner = _owner(folder / HOST)
    give_away(settings.issuer_private_key_path, owner)
    settings.issuer_public_key_path.parent.chmod(OPEN_FOLDER)
    settings.issuer_public_key_path.chmod(OPEN_FILE)
    for user in (ADMIN, TRACKER, READER):
        kept = folder / HOST / "mongo" / user
        make(kept, secrets.token_urlsafe(PASSWORD_BYTES))
        give_away(kept, owner)
        hand_over(kept, folder / "mongo-users" / user, SERVICE)
    hand_over(folder / HOST / "mongo" / TRACKER, folder / "tracker" / "mongo.password", SERVICE)
    key = folder / HOST / "mongo" / "keyfile"
    make(key, secrets.token_urlsafe(KEY_FILE_BYTES).replace("-", "+").replace("_", "/"))
    give_away(key, owner)
    hand_over(key, folder / "mongo" / "keyfile", MONGO)
    for path, user in volumes.items():
        take_over(path, user)


def make(path: Path, secret: str) -> None:
    own_folder(path.parent)
    write_new(path, secret.encode(), OWN_FILE)


def hand_over(kept: Path, copy: Path, user: User) -> None:
    own_folder(copy.parent)
    write_over(copy, kept.read_bytes(), OWN_FILE)
    give_away(copy, user)


def give_away(path: Path, user: User) -> None:
    """The file and its folder; nobody else gets in."""
    for each in (path.parent, path):
        os.chown(each, *user)
    path.parent.chmod(OWN_FOLDER)


def take_over(volume: Path, user: User) -> None:
    """All of what an earlier version, or the engine, made as another user."""
    if _owner(volume) != user:
        for folder, folders, files in os.walk(volume):
            for name in (*folders, *files):
                os.chown(Path(folder) / name, *user, follow_symlinks=False)
        os.chown(volume, *user)


def _owner(path: Path) -> User:
    status = path.stat()
    return User(status.st_uid, status.st_gid)


def main() -> None:
    settings = Settings()
    provide_issuer_keys(settings)
    volumes = {path: NATS if path.name.startswith("nats") else MONGO for path in VOLUMES.iterdir()}
    provide(settings, volumes)


if __name__ == "__main__":
    main()
