"""The one module that knows motor (see docs/adr): everything else speaks of a `Database`."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, closing
from typing import Any, cast
from uuid import UUID

from bson import Binary
from bson.errors import BSONError
from motor import motor_asyncio as motor
from pymongo.errors import BulkWriteError, ConfigurationError, OperationFailure, PyMongoError
from pymongo.read_concern import ReadConcern

from shared.domain.decider import Refusal
from shared.platform.credentials import login
from shared.platform.errors import PlatformError
from shared.values.message import Message, OwnWords
from shared.values.secrecy import masked

type Database = motor.AsyncIOMotorDatabase[dict[str, Any]]
type Session = motor.AsyncIOMotorClientSession

NO_MONGO_URL = Refusal("no_mongo_url", "DAIHOI_MONGO_URL is no address of a MongoDB: {reason}.")
NOT_ESCAPED = Message("not_escaped", "user and password in it have to be percent-encoded, or a setting is wrong")
DURABLE: dict[str, Any] = {"w": "majority", "journal": True}
"""What is acknowledged is kept, whatever an address says: it is in the journal of most members of the replica set."""
SERVER_SELECTION_TIMEOUT_MS = 10_000
SOCKET_TIMEOUT_MS = 60_000
WORDS_CHARACTERS = 300
TRANSIENT = "TransientTransactionError"
"""The driver's label of a transaction that met another one, or was ended: begun again it may succeed."""
NEVER_TAKEN = frozenset({2, 9, 14, 15, 22, 52, 56, 57, 121, 257, 388, 10334, 17280, 17419, 17420})
"""MongoDB's codes for what it refuses however often it is asked: documents that are too large or malformed, and
transactions that are too large (257, 388)."""
INTERRUPTED = 11601
"""MongoDB's code for what ended with its session."""
UNAUTHORISED = 13
"""MongoDB's code for what this user may not do."""
NOT_LET_IN = 18
"""MongoDB's code for a user or a password that it does not know."""


@asynccontextmanager
async def mongo_database(
    url: str, name: str, patience_ms: int | None = None, *, reads_only: bool = False
) -> AsyncIterator[Database]:
    """The database `name` at `url`; dates come back aware, in UTC. Nothing waits longer than `patience_ms`. Who
    `reads_only` is another user than who writes, where there are two. Raises `PlatformError`."""
    try:
        address, user, password = login(url, reads_only=reads_only)
        credentials: dict[str, Any] = {"username": user, "password": password} if user else {}
        client: motor.AsyncIOMotorClient[dict[str, Any]] = motor.AsyncIOMotorClient(
            address,
            tz_aware=True,
            serverSelectionTimeoutMS=patience_ms or SERVER_SELECTION_TIMEOUT_MS,
            socketTimeoutMS=patience_ms or SOCKET_TIMEOUT_MS,
            uuidRepresentation="standard",
            **DURABLE,
            **credentials,
        )
    except (ValueError, ConfigurationError) as error:
        raise PlatformError(NO_MONGO_URL(reason=NOT_ESCAPED if "@" in url else OwnWords(error))) from None
    with closing(client):
        yield client[name]


@asynccontextmanager
async def transaction(
    database: Database, session: Session | None = None, read_concern: ReadConcern | None = None
) -> AsyncIterator[Session]:
    """A transaction of `session`, or of a new one: committed at the end of the block, rolled back by an exception."""
    async with AsyncExitStack() as stack:
        if session is None:
            session = await stack.enter_async_context(await database.client.start_session())
        await stack.enter_async_context(session.start_transaction(read_concern))
        yield session


def file_bucket(database: Database, name: str) -> motor.AsyncIOMotorGridFSBucket:
    """Files of any size in `database`; one that was not written to its end is not seen."""
    return motor.AsyncIOMotorGridFSBucket(database, bucket_name=name)


async def open_session(database: Database) -> tuple[Session, UUID]:
    """A session for one process, and the id by which another process can end it."""
    session = await database.client.start_session()
    identity = cast("Mapping[str, Any]", session.session_id)  # motor's annotation says that it is to be called
    return session, identity["id"].as_uuid()


async def end_session(database: Database, session_id: UUID) -> None:
    """Rolls back the open transaction of a session, whoever it belongs to; does nothing where there is none."""
    await database.client.admin.command("killSessions", [{"id": Binary.from_uuid(session_id)}])


async def drop_collection(database: Database, name: str) -> None:
    """Removes it with all that is in it. SecantusDB flushes for every document that a drop removes, but once for a
    deletion: emptied first, 20,000 documents take a second in place of a minute."""
    await database[name].delete_many({})
    await database.drop_collection(name)


def still(database: Database) -> AbstractAsyncContextManager[Session]:
    """Whatever is read in this session is from one moment, whatever others write meanwhile, and they don't wait. Ends
    with an error that has the label `TRANSIENT` where the moment can't be had any more."""
    return transaction(database, read_concern=ReadConcern("snapshot"))


def will_never_be_taken(error: Exception) -> bool:
    """Whether a write failed because of what was to be written: trying again can't help, writing less may."""
    match error:
        case BulkWriteError():
            return any(failure.get("code") in NEVER_TAKEN for failure in (error.details or {}).get("writeErrors", ()))
        case OperationFailure():
            return error.code in NEVER_TAKEN
        case _:
            return isinstance(error, BSONError | OverflowError | UnicodeEncodeError | RecursionError)


def was_cut_off(error: Exception) -> bool:
    """Whether a transaction met another one, or was ended by whoever took over, in its commit too."""
    if isinstance(error, OperationFailure) and error.code == INTERRUPTED:
        return True
    return isinstance(error, PyMongoError) and error.has_error_label(TRANSIENT)


def is_unauthorised(error: Exception) -> bool:
    """Whether it failed because this user may not do it."""
    return isinstance(error, OperationFailure) and error.code == UNAUTHORISED


def is_not_let_in(error: Exception) -> bool:
    """Whether it failed because MongoDB does not know this user, or has another password for it."""
    return isinstance(error, OperationFailure) and error.code == NOT_LET_IN


def in_words(error: Exception) -> OwnWords:
    """What went wrong in a line; the driver's own text may hold whole documents."""
    text = str(error)
    if isinstance(error, BulkWriteError):
        failed = (error.details or {}).get("writeErrors") or [{}]
        text = str(failed[0].get("errmsg", "")) or "a write failed"
    text = masked(text.partition(", full error:")[0].partition(", Timeout:")[0])
    return OwnWords(text if len(text) <= WORDS_CHARACTERS else text[:WORDS_CHARACTERS] + "…")
