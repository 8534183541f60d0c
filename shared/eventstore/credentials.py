"""As whom a process comes to NATS: credentials from a file, from a folder, or made from the account's key."""

from pathlib import Path

from shared.domain.decider import Refusal
from shared.eventstore.rights import STORE, covers, identities, rights
from shared.platform.errors import PlatformError
from shared.platform.files import why_not
from shared.platform.nats_account import credentials_path, holds_account_key, mint
from shared.platform.nats_keys import Credentials, read_credentials

NO_CREDENTIALS = Refusal(
    "no_credentials",
    "There are no NATS credentials for {identity}: {path} is not there. Get them from whoever runs the congress, who "
    "makes them with `daihoi nats credentials {identity}`, or name another file or folder with "
    "DAIHOI_NATS_CREDENTIALS.",
)
CREDENTIALS_UNREADABLE = Refusal("credentials_unreadable", "The NATS credentials {path} can't be read: {reason}.")
NO_SUCH_IDENTITY = Refusal("no_such_identity", "There is no identity {identity}; there are {identities}.")


def credentials_for(source: str | Path, congress: str, identity: str) -> Credentials | None:
    """`source` is one file, whoever is meant by it; or a folder `<congress>/<identity>.creds`, where what is missing
    is made if the account's key lies there too; or empty where the server has no locks. Raises `PlatformError`."""
    if not str(source):
        return None
    path = Path(source)
    if path.is_dir():
        if holds_account_key(path):
            return issue(path, congress, identity)
        path = credentials_path(path, congress, identity)
    try:
        return read_credentials(path)
    except FileNotFoundError as error:
        raise PlatformError(NO_CREDENTIALS(identity=identity, path=path)) from error
    except OSError as error:
        raise PlatformError(CREDENTIALS_UNREADABLE(path=path, reason=why_not(error))) from error


def issue(folder: Path, congress: str, identity: str) -> Credentials:
    """In its file in the folder of the account's key, with today's rights. Raises `PlatformError`."""
    try:
        allowed = rights(congress, identity)
    except LookupError as error:
        raise PlatformError(NO_SUCH_IDENTITY(identity=identity, identities=", ".join(identities()))) from error
    account = "store" if identity == STORE else "account"
    return mint(credentials_path(folder, congress, identity), folder, account, name_of(congress, identity), *allowed)


def may_publish(credentials: Credentials | None, subject: str) -> bool:
    """Whether the credentials say so; where a server has no locks, everybody may."""
    if credentials is None:
        return True
    publish = credentials.permissions["pub"]
    if any(covers(pattern, subject) for pattern in publish.get("deny", ())):
        return False
    return any(covers(pattern, subject) for pattern in publish.get("allow", ()))


def name_of(congress: str, identity: str) -> str:
    """What a user is called in its JWT, and in the server's log."""
    return f"{congress}/{identity}"
