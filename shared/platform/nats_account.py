"""The folder of NATS keys: whose server it is, the accounts that the congresses live in, and who may no longer come.

`operator.nk`, `account.nk`, `store.nk` and `system.nk` are seeds. Whoever reads `account.nk` can be anybody, so the
folder is its owner's alone and never leaves the centre. A folder without it holds credentials only,
`<congress>/<identity>.creds`.

Everybody comes to one account, and the streams are in another, `store`. The server answers JetStream's calls with its
own rights to wherever a request says; in the account of the streams that would be a way to write into any of them.
Here it ends: an answer that came in from there does not go back in, because all that goes in goes by one export.
"""

import fcntl
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from shared.domain.decider import Refusal
from shared.platform.errors import PlatformError
from shared.platform.files import OWN_FILE, lock_file, own_folder, why_not, write_new
from shared.platform.nats_issued import Issued, begin_record, put_on_record, read_record
from shared.platform.nats_keys import (
    Credentials,
    Kind,
    NKey,
    account_jwt,
    credentials_in,
    operator_jwt,
    permissions,
    read_credentials,
    read_key,
    user_credentials,
    user_jwt,
    write_credentials,
)
from shared.platform.nats_revoked import REVOKED, add_revoked, read_revoked
from shared.values.message import OwnWords

FOLDER = "nats-keys"
INTO_THE_STORE = ("evt.>", "$O.>", "$KV.>", "$JS.API.>", "$JS.ACK.>")
OUT_OF_THE_STORE = ("ledger.>", "_INBOX.>")
"""What is told there to whoever listens; inboxes, for deliveries that no answer is for."""
ANSWERS_AT_MOST_APART_S = 60
KEEPER = "keeper"
KEYS = {"operator": Kind.OPERATOR, "account": Kind.ACCOUNT, "store": Kind.ACCOUNT, "system": Kind.ACCOUNT}
NO_ACCOUNT_KEY = Refusal(
    "no_account_key",
    "No NATS credentials can be made here: there is no account key {path}. They are made at the centre, by `daihoi "
    "nats credentials`.",
)
KEYS_TROUBLE = Refusal("nats_keys_trouble", "The NATS keys in {folder} can't be read or written: {reason}.")


class Withdrawn(NamedTuple):
    """The users that were revoked, how many lines of the record of what was issued can't be read, and whether more
    was issued than stands there."""

    users: frozenset[str]
    unreadable: int
    is_short: bool = False


def provide_keys(folder: Path) -> None:
    """Makes what is missing of the keys; what is there is never replaced. Raises `PlatformError`."""
    with _told(folder):
        own_folder(folder)
        if not holds_account_key(folder):
            begin_record(folder)
        for name, kind in KEYS.items():
            if not _path_of(folder, name).exists():
                write_new(_path_of(folder, name), NKey.generate(kind).seed.encode(), OWN_FILE)


def holds_account_key(folder: Path) -> bool:
    return _path_of(folder, "account").exists()


def key_of(folder: Path, name: str) -> NKey:
    """`operator`, `account`, `store` or `system`. Raises `PlatformError`."""
    path = _path_of(folder, name)
    if not path.exists():
        raise PlatformError(NO_ACCOUNT_KEY(path=path))
    with _told(folder):
        return read_key(path)


def jwts(folder: Path) -> Mapping[str, str]:
    """What the server is told, made anew each time: the `operator`, and by their public keys the accounts. Raises
    `PlatformError`."""
    operator, account, store, system = (key_of(folder, name) for name in KEYS)
    imports = [_of_store(store, subject, "service") for subject in INTO_THE_STORE]
    imports += [_of_store(store, subject, "stream") for subject in OUT_OF_THE_STORE]
    no_more = {"revocations": revoked(folder)}
    return {
        "operator": operator_jwt(operator, system.public),
        store.public: account_jwt(operator, store.public, "store", jetstream=True, exports=_exports(), **no_more),
        account.public: account_jwt(operator, account.public, "daihoi", jetstream=False, imports=imports, **no_more),
        system.public: account_jwt(operator, system.public, "system", jetstream=False),
    }


def _exports() -> list[dict[str, Any]]:
    """An export for all that goes in: then the server sees that an answer would go in again, and lets it be."""
    answered = {"response_type": "Stream", "response_threshold": ANSWERS_AT_MOST_APART_S * 10**9}
    into = {"name": "store", "subject": ">", "type": "service", **answered}
    return [into, *({"name": subject, "subject": subject, "type": "stream"} for subject in OUT_OF_THE_STORE)]


def _of_store(store: NKey, subject: str, kind: str) -> dict[str, str]:
    return {"name": subject, "subject": subject, "account": store.public, "type": kind}


def credentials_path(folder: Path, congress: str, identity: str) -> Path:
    return folder / congress / f"{identity}.creds"


def mint(
    path: Path,
    folder: Path,
    account_name: str,
    name: str,
    publish: tuple[str, ...],
    subscribe: tuple[str, ...],
) -> Credentials:
    """The credentials in `path`, of a user of this account: made where there are none or these are revoked, signed
    anew for the same key where they allow something else. Raises `PlatformError`."""
    account = key_of(folder, account_name)
    allowed = permissions(publish, subscribe)
    with _told(folder), _alone(folder):
        held = read_credentials(path) if path.exists() else None
        if held and held.key.public not in revoked(folder):
            if held.permissions == allowed and held.is_signed_by(account.public):
                return held
            made = Credentials(user_jwt(account, held.key.public, name, publish, subscribe), held.key)
        else:
            made = user_credentials(account, name, publish, subscribe)
            put_on_record(folder, Issued(name, made.key.public))
        write_credentials(path, made)
    return made


def keeper_credentials(folder: Path) -> Credentials:
    """The credentials of whoever keeps the server: may ask whether JetStream is there, and nothing else. Raises
    `PlatformError`."""
    inbox = f"_INBOX._.{KEEPER}.>"
    return mint(folder / f"{KEEPER}.creds", folder, "account", KEEPER, ("$JS.API.INFO",), (inbox,))


def issued(folder: Path) -> tuple[Issued, ...]:
    """All credentials that were ever made from this folder's keys, the oldest first. Raises `PlatformError`."""
    with _told(folder):
        return read_record(folder).issued


def revoked(folder: Path) -> dict[str, int]:
    """Users by their public keys, and until when what was issued to them counts no more, in Unix seconds. Raises
    `PlatformError`."""
    with _told(folder):
        return read_revoked(folder / REVOKED)


def revoke(folder: Path, users: Iterable[str]) -> None:
    """Who has these keys is not let in any more, from when on the server has read its configuration again. Raises
    `PlatformError`."""
    with _told(folder), _alone(folder):
        add_revoked(folder / REVOKED, users)


def revoke_all_of(folder: Path, name: str, path: Path) -> Withdrawn:
    """All users of this name that are on record, and the one whose credentials are in `path`, which is removed.
    Raises `PlatformError`."""
    if not holds_account_key(folder):
        return Withdrawn(frozenset(), 0)
    with _told(folder), _alone(folder):
        record = read_record(folder)
        if users := record.users_of(name) | _held(path, name):
            add_revoked(folder / REVOKED, users)
            path.unlink(missing_ok=True)
    return Withdrawn(frozenset(users), record.unreadable, record.is_short)


def _held(path: Path, name: str) -> set[str]:
    """The user of this name whose credentials are in `path`, on record or not."""
    with suppress(PlatformError):
        if path.exists() and (credentials := credentials_in(path)).name == name:
            return {credentials.key.public}
    return set()


def adopt_streams(store: Path, account: str) -> None:
    """Streams that the server kept for another account are this one's: those from before there were keys (`$G`), or
    of keys that were lost. Done before the server starts; a folder is renamed, whole. Raises `OSError`."""
    kept = store / "jetstream"
    if (kept / account).exists() or not kept.is_dir():
        return
    others = [folder for folder in kept.iterdir() if (folder / "streams").is_dir() and folder.name != "$SYS"]
    if len(others) == 1:
        others[0].rename(kept / account)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process at a time; none holds it for longer than it takes to write a file."""
    with lock_file(folder / "mint.lock") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        reason = why_not(error) if isinstance(error, OSError) else OwnWords(error)
        raise PlatformError(KEYS_TROUBLE(folder=folder, reason=reason)) from error


def _path_of(folder: Path, name: str) -> Path:
    return folder / f"{name}.nk"
