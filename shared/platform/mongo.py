"""The one module that knows motor (see docs/adr): everything else speaks of a `Database`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from bson import Binary
from motor.motor_asyncio import (
    AsyncIOMotorClient,
    AsyncIOMotorClientSession,
    AsyncIOMotorDatabase,
    AsyncIOMotorGridFSBucket,
)

type Database = AsyncIOMotorDatabase[dict[str, Any]]
type Session = AsyncIOMotorClientSession

SERVER_SELECTION_TIMEOUT_MS = 10_000
SOCKET_TIMEOUT_MS = 60_000


@asynccontextmanager
async def mongo_database(url: str, name: str, patience_ms: int | None = None) -> AsyncIterator[Database]:
    """The database `name` at `url`; dates come back aware, in UTC. Nothing waits longer than `patience_ms`."""
    client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(
        url,
        tz_aware=True,
        serverSelectionTimeoutMS=patience_ms or SERVER_SELECTION_TIMEOUT_MS,
        socketTimeoutMS=patience_ms or SOCKET_TIMEOUT_MS,
        uuidRepresentation="standard",
    )
    try:
        yield client[name]
    finally:
        client.close()


@asynccontextmanager
async def transaction(database: Database, session: Session | None = None) -> AsyncIterator[Session]:
    """A transaction of `session`, or of a new one: committed at the end of the block, rolled back by an exception."""
    async with session_or_new(database, session) as used, used.start_transaction():
        yield used


@asynccontextmanager
async def session_or_new(database: Database, session: Session | None) -> AsyncIterator[Session]:
    if session is not None:
        yield session
        return
    async with await database.client.start_session() as new:
        yield new


def file_bucket(database: Database, name: str) -> AsyncIOMotorGridFSBucket:
    """Files of any size in `database`; one that was not written to its end is not seen."""
    return AsyncIOMotorGridFSBucket(database, bucket_name=name)


async def open_session(database: Database) -> tuple[Session, UUID]:
    """A session for one process, and the id by which another process can end it."""
    session = await database.client.start_session()
    return session, session.delegate.session_id["id"].as_uuid()


async def end_session(database: Database, session_id: UUID) -> None:
    """Rolls back the open transaction of a session, whoever it belongs to; does nothing where there is none."""
    await database.client.admin.command("killSessions", [{"id": Binary.from_uuid(session_id)}])
