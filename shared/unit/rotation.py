"""A new key in the place of the issuer's, without a moment in which good tokens are refused: it is made beside the
old one, its public half goes to every service, then tokens are minted with it, and at last the old one is taken away.

Each step is one file that is there or not, so a step that was broken off is simply done again.
"""

from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from shared.domain.decider import Refusal
from shared.platform.errors import PlatformError
from shared.platform.files import move_over
from shared.platform.settings import Settings
from shared.unit.issuer import (
    held_private_key,
    key_id,
    load_private_key,
    load_public_key,
    make_private_key,
    public_key_files,
    write_public_key,
    writing_keys,
)

NO_NEXT_KEY = Refusal(
    "no_next_key",
    "There is no next key that services could have, so they would refuse what is minted with it. `daihoi keys next` "
    "makes it; bring its public half to every service, then rotate. Where the key that mints is stolen, `daihoi keys "
    "rotate --at-once` waits for no service.",
)
KEYS_NEED_A_FOLDER = Refusal(
    "keys_need_a_folder",
    "DAIHOI_ISSUER_PUBLIC_KEY names the file {path}, and a second key needs a place beside it: name the folder. "
    "Nothing was made.",
)
NO_SUCH_KEY = Refusal("no_such_key", "No key {key_id} is here; there are {key_ids}.")
KEY_MINTS = Refusal("key_mints", "Tokens are minted with the key {key_id}; `daihoi keys rotate` brings the next one.")
LAST_KEY = Refusal("last_key", "The key {key_id} is the last one here; without it no token is good.")


class Part(StrEnum):
    """What a key does here."""

    MINTS = "mints"
    NEXT = "next"
    CHECKS = "checks"


class IssuerKey(NamedTuple):
    key_id: str
    part: Part
    files: tuple[Path, ...]
    """Where its public half is."""


def keys_here(settings: Settings) -> list[IssuerKey]:
    """The public keys of this machine and what each does, as they are. Raises `PlatformError` where one is none."""
    files: dict[str, list[Path]] = {}
    for path in public_key_files(settings.issuer_public_keys):
        files.setdefault(key_id(load_public_key(path)), []).append(path)
    parts = {_id_at(_next(settings)): Part.NEXT} | {_id_at(settings.issuer_private_key_path): Part.MINTS}
    return [IssuerKey(name, parts.get(name, Part.CHECKS), tuple(files[name])) for name in sorted(files)]


def minting_key(settings: Settings) -> str:
    """The id of the key that tokens are minted with here; empty where none are. Raises `PlatformError`."""
    return _id_at(settings.issuer_private_key_path)


def coming_key(settings: Settings) -> str:
    """The id of the key that will be next; empty where there is none. Raises `PlatformError`."""
    return _id_at(_next(settings))


def minting_file(settings: Settings) -> Path:
    """The public half of the key that mints, as it is to be brought to services. Raises `PlatformError`."""
    half = _public_half(settings, settings.issuer_private_key_path)
    return half if half.exists() else settings.issuer_public_key_path


def make_next_key(settings: Settings) -> Path:
    """The public half of the key that will be next, made where there is none yet. Raises `PlatformError`."""
    _check_changeable(settings)
    private = _next(settings)
    if not private.exists():
        make_private_key(private)
    public = _public_half(settings, private)
    if not public.exists():
        write_public_key(public, load_private_key(private).public_key())
    return public


def rotate_keys(settings: Settings, *, at_once: bool = False) -> str:
    """From now on tokens are minted with the next key; what the last one has signed is good until it is taken away.
    The id of the key. One that nobody can have brought to a service yet is refused, unless `at_once`: then a new one
    is made now, in the place of a next key that may be stolen as well, and services refuse its tokens until they have
    it. Raises `PlatformError`."""
    _check_changeable(settings)
    coming = _next(settings)
    if at_once:
        if waiting := next_key_here(settings):
            remove_key(settings, waiting)
        _take_away(coming)
        make_next_key(settings)
    elif not coming.exists() or not _public_half(settings, coming).exists():
        raise PlatformError(NO_NEXT_KEY())
    public = _public_half(settings, coming)
    private = settings.issuer_private_key_path
    with writing_keys(private):
        move_over(coming, private)
    return public.stem


def next_key_here(settings: Settings) -> str:
    """Its id; empty where its public half is not here. Raises `PlatformError`."""
    return next((key.key_id for key in keys_here(settings) if key.part is Part.NEXT), "")


def _check_changeable(settings: Settings) -> None:
    """Raises `PlatformError` where the private half is not here, or there is no room for a second key."""
    held_private_key(settings)
    if settings.issuer_public_keys.is_file():
        raise PlatformError(KEYS_NEED_A_FOLDER(path=settings.issuer_public_keys))


def _public_half(settings: Settings, private: Path) -> Path:
    return settings.issuer_public_keys / f"{_id_at(private)}.pub"


def remove_key(settings: Settings, name: str) -> None:
    """Tokens of this key are good no more. Raises `PlatformError`."""
    keys = {key.key_id: key for key in keys_here(settings)}
    if name not in keys:
        raise PlatformError(NO_SUCH_KEY(key_id=name, key_ids=", ".join(keys) or "–"))
    if keys[name].part is Part.MINTS:
        raise PlatformError(KEY_MINTS(key_id=name))
    if len(keys) == 1:
        raise PlatformError(LAST_KEY(key_id=name))
    if keys[name].part is Part.NEXT:
        _take_away(_next(settings))
    private, first = settings.issuer_private_key_path, settings.issuer_public_key_path
    for path in keys[name].files:
        if path == first and private.exists():
            write_public_key(first, load_private_key(private).public_key())
        else:
            _take_away(path)


def _take_away(path: Path) -> None:
    with writing_keys(path):
        path.unlink(missing_ok=True)


def _next(settings: Settings) -> Path:
    private = settings.issuer_private_key_path
    return private.with_name(f"{private.name}.next")


def _id_at(private: Path) -> str:
    """Empty where there is none."""
    return key_id(load_private_key(private).public_key()) if private.exists() else ""
