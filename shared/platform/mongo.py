"""The one module that knows motor (see docs/adr): everything else speaks of a `Database`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorClientSession, AsyncIOMotorDatabase

type Database = AsyncIOMotorDatabase[dict[str, Any]]
type Session = AsyncIOMotorClientSession

SERVER_SELECTION_TIMEOUT_MS = 10_000


@asynccontextmanager
async def mongo_database(url: str, name: str) -> AsyncIterator[Database]:
    """The database `name` at `url`; dates come back aware, in UTC."""
    client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(
        url, tz_aware=True, serverSelectionTimeoutMS=SERVER_SELECTION_TIMEOUT_MS, uuidRepresentation="standard"
    )
    try:
        yield client[name]
    finally:
        client.close()


@asynccontextmanager
async def transaction(database: Database) -> AsyncIterator[Session]:
    """A session inside a transaction: committed at the end of the block, rolled back by an exception."""
    async with await database.client.start_session() as session, session.start_transaction():
        yield session
