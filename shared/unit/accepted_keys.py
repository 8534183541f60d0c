"""The issuer's public keys that tokens are checked with: one file, or all of a folder. While a new key takes the
place of an old one there are two; a process notices what comes and goes without being started again."""

import logging
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from shared.platform.errors import PlatformError
from shared.platform.settings import Settings
from shared.unit.issuer import PUBLIC_KEY_NOT_HERE, key_id, load_public_key, public_key_files

LOOK_EVERY_S = 1.0

logger = logging.getLogger(__name__)

type Seen = tuple[tuple[Path, int, int, int], ...]
"""The files of keys, and what tells one content from another."""


class AcceptedKeys:
    """Keys by their ids; two keys could have one id, and then both are tried."""

    def __init__(self, keys: Iterable[Ed25519PublicKey]) -> None:
        self._keys: dict[str, list[Ed25519PublicKey]] = {}
        self._accept(keys)

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(sorted(self._keys))

    def named(self, name: str | None) -> Sequence[Ed25519PublicKey]:
        """The keys with this id; all of them for a token that names none, as earlier versions minted it."""
        if name is None:
            return [key for keys in self._keys.values() for key in keys]
        return self._keys.get(name, ())

    def look(self, *, at_once: bool = False) -> None:
        """Notices what has changed; `at_once` is for a key that nobody here has seen yet."""

    def _accept(self, keys: Iterable[Ed25519PublicKey]) -> None:
        accepted: dict[str, list[Ed25519PublicKey]] = {}
        for key in keys:
            same_id = accepted.setdefault(key_id(key), [])
            if key not in same_id:
                same_id.append(key)
        self._keys = accepted


class KeysOnDisk(AcceptedKeys):
    """`place` is one file, or a folder of `*.pub`. A file there that is no key is passed over and told in the log, as
    one that is just being copied; a key whose file is gone is accepted no more."""

    def __init__(self, place: Path) -> None:
        super().__init__(())
        self._place = place
        self._seen: Seen = ()
        self._looked_at = float("-inf")
        self.look()

    def look(self, *, at_once: bool = False) -> None:
        now = time.monotonic()
        if not at_once and now - self._looked_at < LOOK_EVERY_S:
            return
        self._looked_at = now
        if (seen := _seen(public_key_files(self._place))) == self._seen:
            return
        before, self._seen = self.ids, seen
        self._accept(self._read(path for path, *_ in seen))
        if before:
            logger.warning("the issuer's keys are now %s, they were %s", ", ".join(self.ids), ", ".join(before))

    def _read(self, paths: Iterable[Path]) -> Iterable[Ed25519PublicKey]:
        for path in paths:
            try:
                yield load_public_key(path)
            except PlatformError as error:
                logger.warning("a key is passed over: %s", error)


def _seen(paths: Iterable[Path]) -> Seen:
    seen = []
    for path in paths:
        try:
            status = path.stat()
        except OSError:  # taken away since it was listed
            continue
        seen.append((path, status.st_mtime_ns, status.st_size, status.st_ino))
    return tuple(seen)


def accepted_keys(settings: Settings) -> AcceptedKeys:
    """The keys that are there; none is made. Raises `PlatformError` where there is no key at all."""
    keys = KeysOnDisk(settings.issuer_public_keys)
    if not keys.ids:
        for path in public_key_files(settings.issuer_public_keys):
            load_public_key(path)
        raise PlatformError(PUBLIC_KEY_NOT_HERE(path=settings.issuer_public_key_path))
    return keys
