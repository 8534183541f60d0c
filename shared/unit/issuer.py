"""The issuer's key pair: its private half mints tokens, its public half verifies them.

A pair is made only where neither half is there and no setting names one. The private half is written first, whole and
once; the public half always follows from it. So there are never halves of two pairs, whoever comes at the same time.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple, cast

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from shared.domain.decider import Refusal, Refused
from shared.platform.errors import PlatformError
from shared.platform.files import (
    OPEN_FILE,
    OPEN_FOLDER,
    OWN_FILE,
    NotOrdinary,
    own_folder,
    why_not,
    write_new,
    write_over,
)
from shared.platform.reading import read_file
from shared.platform.secret_files import check_closed
from shared.platform.settings import Settings

LARGEST_KEY_BYTES = 16 * 1024
KEY_ID_DIGITS = 16
PRIVATE_SETTING, PUBLIC_SETTING = "DAIHOI_ISSUER_PRIVATE_KEY", "DAIHOI_ISSUER_PUBLIC_KEY"

KEY_NOT_THERE = Refusal(
    "key_not_there",
    "{setting} names the key {path}, but there is no such file: correct the setting, or bring the key back. Nothing "
    "was made.",
)
PRIVATE_KEY_NOT_HERE = Refusal(
    "private_key_not_here",
    "No token can be minted here: there is no private key {private}. {setting} names a public half alone; name the "
    "private half with DAIHOI_ISSUER_PRIVATE_KEY where tokens are to be minted.",
)
PRIVATE_KEY_LOST = Refusal(
    "private_key_lost",
    "No token can be minted here: of the issuer's keys only the public half is there, the private half {private} is "
    "missing. Bring it back from a backup. To begin with new keys, which refuses every token minted before, remove "
    "{public} and all keys beside it, here and at every service; `daihoi keys list` shows them.",
)
PUBLIC_KEY_NOT_HERE = Refusal(
    "public_key_not_here",
    "No token can be checked here: there is no public key {path}. Bring it from where the tokens are minted, or name "
    "it with DAIHOI_ISSUER_PUBLIC_KEY.",
)
KEY_UNREADABLE = Refusal("key_unreadable", "The key {path} can't be read: {reason}.")
NO_PRIVATE_KEY = Refusal(
    "private_key_not_here",
    "No token can be minted here: there is no private key {private}. Tokens are minted on the machine that has it; "
    "for a congress that has no keys yet `daihoi keys` makes them.",
)
NOT_A_FILE = Refusal("key_not_a_file", "The key {path} is no ordinary file.")
NOT_A_PRIVATE_KEY = Refusal(
    "not_a_private_key",
    "{path} holds no private Ed25519 key in PEM form. Bring the right file back; it is not touched.",
)
NOT_A_PUBLIC_KEY = Refusal(
    "not_a_public_key",
    "{path} holds no public Ed25519 key in PEM form. Where the private half is there, remove it: it is made again "
    "from that one. Otherwise bring the right file back.",
)
HALVES_DIFFER = Refusal(
    "key_halves_differ",
    "The keys {private} ({ours}) and {public} ({theirs}) are halves of two pairs. Find out which pair is meant and "
    "bring its other half back; a public half that is removed is made again from the private one.",
)
KEYS_NOT_WRITTEN = Refusal("keys_not_written", "The issuer's keys can't be written: {path}: {reason}.")


def key_id(key: Ed25519PublicKey) -> str:
    """Names a key without showing it: the beginning of the SHA-256 of its raw bytes."""
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return hashlib.sha256(raw).hexdigest()[:KEY_ID_DIGITS]


def id_of_private(pem: bytes) -> str:
    """The id of the key whose private half this is."""
    return key_id(cast("Ed25519PrivateKey", serialization.load_pem_private_key(pem, password=None)).public_key())


class Held(NamedTuple):
    """The halves that are here, in PEM form: each is a key, and they are of one pair."""

    private: bytes | None
    public: bytes | None


def held_issuer_keys(settings: Settings) -> Held:
    """What is here; nothing is made. Raises `PlatformError` where what is here is not right."""
    _check_named(settings)
    private, public = settings.issuer_private_key_path, settings.issuer_public_key_path
    _check_halves(private, public)
    return Held(*(_read(path) if path.exists() else None for path in (private, public)))


def _check_named(settings: Settings) -> None:
    for setting, path in (
        (PRIVATE_SETTING, settings.issuer_private_key),
        (PUBLIC_SETTING, settings.issuer_public_key),
    ):
        if path is not None and not path.exists():
            raise PlatformError(KEY_NOT_THERE(setting=setting, path=path))


def public_key_files(place: Path) -> list[Path]:
    """The files of public keys in a folder, or the one that `place` is, as far as they are there."""
    if place.is_dir():
        return sorted(place.glob("*.pub"))
    return [place] if place.exists() else []


def provide_issuer_keys(settings: Settings, *, to_mint: bool = True) -> None:
    """Makes what is missing where no setting names it, for commands that mint or start services. Without `to_mint` a
    public half alone is enough. Raises `PlatformError` with what to do."""
    _check_named(settings)
    private, public = settings.issuer_private_key_path, settings.issuer_public_key_path
    if not to_mint and public_key_files(settings.issuer_public_keys):
        return
    if settings.issuer_public_key is not None and not private.exists():
        raise PlatformError(PRIVATE_KEY_NOT_HERE(private=private, setting=PUBLIC_SETTING))
    make_issuer_keys(private, public)


def make_issuer_keys(private: Path, public: Path) -> None:
    """Makes a pair where neither half is there, and a missing public half from the private one. Raises
    `PlatformError` where the private half is missing, one is no key, or they are of two pairs."""
    public_is_there = public.exists()  # looked at first: whoever makes a pair at this moment writes it last
    if not private.exists():
        if public_is_there:
            raise PlatformError(PRIVATE_KEY_LOST(private=private, public=public))
        make_private_key(private)
    ours = load_private_key(private).public_key()
    if not public.exists() and not _named_after(ours, public).exists():
        write_public_key(public, ours)
    _check_halves(private, public)


def _named_after(key: Ed25519PublicKey, public: Path) -> Path:
    """Where a key that takes the place of the first one has its public half."""
    return public.with_name(f"{key_id(key)}.pub")


def _check_halves(private: Path, public: Path) -> None:
    """Raises `PlatformError` where a half that is there is no key, or they are of two pairs: the public half of a key
    that has taken the place of another one stands beside that one's."""
    ours = load_private_key(private).public_key() if private.exists() else None
    theirs = load_public_key(public) if public.exists() else None
    if ours and theirs and ours != theirs:
        beside = _named_after(ours, public)
        if beside.exists() and load_public_key(beside) == ours:
            return
        named = {"private": private, "public": public, "ours": key_id(ours), "theirs": key_id(theirs)}
        raise PlatformError(HALVES_DIFFER(**named))


def issuer_private_key(settings: Settings) -> bytes:
    """The private half, in PEM form, made where there is no pair yet. Raises `PlatformError`."""
    provide_issuer_keys(settings)
    return _read(settings.issuer_private_key_path)


def held_private_key(settings: Settings) -> bytes:
    """The private half, in PEM form; nothing is made. Raises `PlatformError` where it is not here."""
    private = held_issuer_keys(settings).private
    if private is None:
        raise PlatformError(_why_no_private(settings))
    return private


def _why_no_private(settings: Settings) -> Refused:
    private, public = settings.issuer_private_key_path, settings.issuer_public_key_path
    if settings.issuer_public_key is not None:
        return PRIVATE_KEY_NOT_HERE(private=private, setting=PUBLIC_SETTING)
    return PRIVATE_KEY_LOST(private=private, public=public) if public.exists() else NO_PRIVATE_KEY(private=private)


def issuer_public_key(settings: Settings) -> bytes:
    """The public half, in PEM form; nothing is made. Raises `PlatformError`."""
    path = settings.issuer_public_key_path
    if not path.exists():
        if settings.issuer_public_key is not None:
            raise PlatformError(KEY_NOT_THERE(setting=PUBLIC_SETTING, path=path))
        raise PlatformError(PUBLIC_KEY_NOT_HERE(path=path))
    load_public_key(path)
    return _read(path)


def make_private_key(path: Path) -> None:
    """Where another process is faster, its key stays."""
    pem = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with writing_keys(path):
        own_folder(path.parent)
        write_new(path, pem, OWN_FILE)


def write_public_key(path: Path, key: Ed25519PublicKey) -> None:
    """For everybody to read, in the place of what is there. Raises `PlatformError`."""
    pem = key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    with writing_keys(path):
        own_folder(path.parent, OPEN_FOLDER)
        write_over(path, pem, OPEN_FILE)


@contextmanager
def writing_keys(path: Path) -> Iterator[None]:
    """Raises `PlatformError` for what the system says of `path`."""
    try:
        yield
    except OSError as error:
        raise PlatformError(KEYS_NOT_WRITTEN(path=path, reason=why_not(error))) from error


def load_private_key(path: Path) -> Ed25519PrivateKey:
    """Raises `PlatformError` where it can't be read, is none, or others may read it too."""
    with suppress(ValueError, TypeError, UnsupportedAlgorithm):
        key = serialization.load_pem_private_key(_read(path), password=None)
        if isinstance(key, Ed25519PrivateKey):
            check_closed(path)
            return key
    raise PlatformError(NOT_A_PRIVATE_KEY(path=path))


def load_public_key(path: Path) -> Ed25519PublicKey:
    """Raises `PlatformError` where it can't be read, or is none."""
    with suppress(ValueError, UnsupportedAlgorithm):
        key = serialization.load_pem_public_key(_read(path))
        if isinstance(key, Ed25519PublicKey):
            return key
    raise PlatformError(NOT_A_PUBLIC_KEY(path=path))


def _read(path: Path) -> bytes:
    try:
        return read_file(path, LARGEST_KEY_BYTES)
    except (NotOrdinary, IsADirectoryError) as error:
        raise PlatformError(NOT_A_FILE(path=path)) from error
    except OSError as error:
        raise PlatformError(KEY_UNREADABLE(path=path, reason=why_not(error))) from error
