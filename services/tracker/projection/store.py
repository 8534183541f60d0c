"""The views in MongoDB. Views, audit rows and checkpoint change in one transaction, or not at all."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from itertools import batched
from typing import Any

import msgspec
from pymongo import DeleteOne, InsertOne, ReplaceOne
from pymongo.errors import OperationFailure, PyMongoError

from services.tracker.projection.digest import view_digest
from services.tracker.projection.errors import CommitRefused, FenceLost, ViewsBroken, as_written
from services.tracker.projection.fold import Checkpoint, Outcome, Touched
from services.tracker.projection.parking import Lot, lot_of
from services.tracker.projection.version import fold_version
from shared.platform.mongo import (
    TRANSIENT,
    Database,
    Session,
    drop_collection,
    in_words,
    still,
    transaction,
    was_cut_off,
    will_never_be_taken,
)
from shared.views.all_views import VIEWS
from shared.views.view import Document

AUDIT_TRAIL = "audit_trail"
PARKED = "parked"
CHECKPOINTS = "checkpoints"
LIVE = "views"
PROBE = "probe"
VALUES_AT_ONCE = 50
"""Looked up in one query. SecantusDB compares each document with all of them; to find a range of keys, it reads the
whole collection."""
VIEW_NAMES = tuple(view.name for view in VIEWS)
COLLECTIONS = (*VIEW_NAMES, AUDIT_TRAIL, PARKED)
STILL_TRIES = 5
_NAMESPACE_EXISTS = 48


def checkpoint_of(stored: Document) -> Checkpoint:
    """A checkpoint as it is stored, by this version or an earlier one. Raises `ViewsBroken`."""
    with as_written():
        return msgspec.convert({"sequence": None, "origins": None} | stored, Checkpoint)


class ViewStore:
    """The views that serve, or those that a rebuild fills. Collections have their generation's name at the end. Which
    one serves is in the checkpoint, and looked up for each reading: a rebuild may have replaced it."""

    def __init__(self, database: Database, filling: str = "") -> None:
        self.database = database
        self.generation = filling
        """Of the views that serve: as last looked up, empty for the first."""
        self._filling = filling
        self._checkpoint_id = LIVE + filling
        self._session: Session | None = None
        self._term: int | None = None
        self._reads: Session | None = None

    def collection(self, name: str) -> Any:
        """The collection of a view, in the generation that was last looked up."""
        return self.database[name + self.generation]

    async def look_up(self) -> Document | None:
        """The stored checkpoint; none before `prepare`."""
        where = {"_id": self._checkpoint_id}
        stored: Document | None = await self.database[CHECKPOINTS].find_one(where, session=self._reads)
        self.generation = self._filling or (stored or {}).get("generation", "")
        if not isinstance(self.generation, str):
            raise ViewsBroken("the checkpoint names no generation")
        return stored

    async def at_once[Answer](self, question: Callable[["ViewStore"], Awaitable[Answer]]) -> Answer:
        """What `question` gives, all of it read at one moment; asked again if the database can't keep that moment."""
        for tries_left in reversed(range(STILL_TRIES)):
            try:
                async with still(self.database) as session:
                    return await question(self.within(session))
            except PyMongoError as error:
                if not tries_left or not error.has_error_label(TRANSIENT):
                    raise
        raise AssertionError("the last try returns or raises")

    def within(self, session: Session) -> "ViewStore":
        """The same views, read in a session."""
        views = ViewStore(self.database, self._filling)
        views._reads = session
        return views

    async def take_over(self, session: Session, term: int) -> None:
        """From now on only this term's commits move the checkpoint. Raises `FenceLost` where a later one's do."""
        if (await self.look_up() or {}).get("term") != term:
            earlier = {"_id": self._checkpoint_id, "$or": [{"term": None}, {"term": {"$lt": term}}]}
            raised = await self.database[CHECKPOINTS].update_one(earlier, {"$set": {"term": term}})
            if not raised.matched_count:
                raise FenceLost(f"the checkpoint has a later term than {term}")
        self._session, self._term = session, term

    async def prepare(self) -> None:
        """Makes what is missing, and else writes nothing, so as not to wait for somebody's transaction."""
        stored = await self.look_up()
        present = set(await self.database.list_collection_names())
        for name in COLLECTIONS:
            if name + self.generation not in present:
                await _create_collection(self.database, name + self.generation)
                if name == PARKED:
                    await self.collection(PARKED).create_index("subject")
        if stored is None:
            await self.database[CHECKPOINTS].update_one(
                {"_id": self._checkpoint_id},
                {"$setOnInsert": {"sequence": 0, "origins": {}, "fold": fold_version()}},
                upsert=True,
            )

    async def made_by(self) -> str:
        """The version of the fold that made these views, empty where it is not known."""
        return str((await self.look_up() or {}).get("fold", ""))

    async def begin_anew(self) -> None:
        """Views with nothing in them are today's. Raises `FenceLost` where something is in them."""
        empty = {"_id": self._checkpoint_id, "sequence": 0}
        marked = await self.database[CHECKPOINTS].update_one(empty, {"$set": {"fold": fold_version()}})
        if not marked.matched_count:
            raise FenceLost("the views are not empty")

    async def checkpoint(self) -> Checkpoint:
        stored = await self.look_up()
        return checkpoint_of(stored) if stored else Checkpoint()

    async def fetch(self, keys: Mapping[str, set[str]]) -> Touched:
        if any(keys.values()):
            await self.look_up()
        return {
            name: {document["_id"]: document async for document in self._with_one_of(name, "_id", sorted(wanted))}
            for name, wanted in keys.items()
            if wanted
        }

    async def lot(self, subjects: set[str]) -> Lot:
        await self.look_up()
        return lot_of([parked async for parked in self._with_one_of(PARKED, "subject", sorted(subjects))])

    async def commit(self, outcome: Outcome, read: Checkpoint) -> None:
        """Raises `FenceLost` where the checkpoint is not at `read`, or another took over; `CommitRefused` where the
        database will never take it, or never as much at once."""
        try:
            async with transaction(self.database, self._session) as session:
                await self.write_in(session, outcome, read)
        except Exception as error:
            if will_never_be_taken(error):
                raise CommitRefused(in_words(error)) from error
            if was_cut_off(error):
                raise FenceLost(f"the transaction after {read.sequence} met another one, or was ended") from error
            raise

    async def write_in(self, session: Session, outcome: Outcome, read: Checkpoint) -> None:
        """Does what `commit` does, in a transaction of the caller's."""
        fence: dict[str, Any] = {"sequence": read.sequence, "renewed": read.renewed}
        if self._term:
            fence["term"] = self._term
        moved = await self.database[CHECKPOINTS].update_one(
            {"_id": self._checkpoint_id, **fence}, {"$set": msgspec.to_builtins(outcome.checkpoint)}, session=session
        )
        if not moved.matched_count:
            raise FenceLost(f"the checkpoint is no longer at {read.sequence}, or another tracker's")
        for name, writes in _writes_of(outcome).items():
            if writes:
                await self.collection(name).bulk_write(writes, ordered=False, session=session)

    async def hold(self, session: Session) -> None:
        """Within a transaction: whoever else would move the checkpoint fails until that has ended."""
        held = {"$set": {"held_at": time.time()}}
        await self.database[CHECKPOINTS].update_one({"_id": self._checkpoint_id}, held, session=session)

    async def documents(self, name: str, **where: Any) -> list[Document]:
        await self.look_up()
        return [document async for document in self.collection(name).find(where, session=self._reads)]

    async def keys(self, name: str) -> list[Any]:
        await self.look_up()
        every = self.collection(name).find({}, {"_id": True}, session=self._reads)
        return [document["_id"] async for document in every]

    async def audit_rows_of(self, sequences: Sequence[int]) -> list[Document]:
        await self.look_up()
        return [row async for row in self._with_one_of(AUDIT_TRAIL, "_id", sequences)]

    async def audit_rows(self, first: int, last: int) -> list[Document]:
        """The rows of the audit trail from `first` to `last`, in order."""
        rows = await self.audit_rows_of(range(first, last + 1))
        return sorted(rows, key=lambda row: float(row["_id"]))

    async def _with_one_of(self, name: str, field: str, values: Sequence[Any]) -> AsyncIterator[Document]:
        for some in batched(values, VALUES_AT_ONCE):
            async for document in self.collection(name).find({field: {"$in": some}}, session=self._reads):
                yield document

    async def digests(self) -> dict[str, str]:
        """A digest per view; not of the audit trail, which also says when each event was recorded."""
        return {name: view_digest(await self.documents(name)) for name in VIEW_NAMES}

    async def probe(self) -> None:
        """Writes once and takes it back, to see whether that is possible."""
        probes = self.database[CHECKPOINTS]
        await probes.replace_one({"_id": PROBE}, {"at": time.time()}, upsert=True)
        await probes.delete_one({"_id": PROBE})

    async def count_parked(self) -> int:
        await self.look_up()
        return await self.count(PARKED)

    async def parked_by_reason(self) -> dict[str, int]:
        await self.look_up()
        by_reason = [{"$group": {"_id": "$reason", "count": {"$sum": 1}}}]
        return {str(group["_id"]): group["count"] async for group in self.collection(PARKED).aggregate(by_reason)}

    async def count(self, name: str) -> int:
        """How many documents a collection has, as last looked up."""
        return int(await self.collection(name).count_documents({}, session=self._reads))

    async def drop(self) -> None:
        await self.look_up()
        for name in COLLECTIONS:
            await drop_collection(self.database, self.collection(name).name)
        await self.database[CHECKPOINTS].delete_one({"_id": self._checkpoint_id})


def _writes_of(outcome: Outcome) -> dict[str, list[Any]]:
    return {
        **{name: _replacing(documents.values()) for name, documents in outcome.documents.items()},
        AUDIT_TRAIL: [*map(InsertOne, outcome.audit_rows), *_replacing(outcome.corrected_rows)],
        PARKED: [*(DeleteOne({"_id": left["_id"]}) for left in outcome.left), *_replacing(outcome.parked)],
    }


def _replacing(documents: Iterable[Document]) -> list[Any]:
    return [ReplaceOne({"_id": document["_id"]}, document, upsert=True) for document in documents]


async def _create_collection(database: Database, name: str) -> None:
    try:
        await database.create_collection(name, check_exists=False)
    except OperationFailure as error:
        if error.code != _NAMESPACE_EXISTS:
            raise
