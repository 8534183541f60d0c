"""The views in MongoDB. Views, audit rows and checkpoint change in one transaction, or not at all."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4

from pymongo import DeleteOne, InsertOne, ReplaceOne
from pymongo.errors import OperationFailure

from services.tracker.digest import view_digest
from services.tracker.fold import Checkpoint, OriginPosition, Outcome, Touched
from services.tracker.parking import Lot, lot_of
from services.tracker.past.version import fold_version
from services.tracker.projections import VIEWS
from services.tracker.projections.view import Document
from shared.platform.mongo import Database, Session, end_session, open_session, transaction

AUDIT_TRAIL = "audit_trail"
PARKED = "parked"
CHECKPOINTS = "checkpoints"
LIVE = "views"
PROBE = "probe"
TRANSIENT = "TransientTransactionError"
ABANDONED_AFTER_S = 24 * 60 * 60
FINISHER_PATIENCE_S = 5.0
"""Who has not finished a swap after this time is taken for dead. Two at once do no harm in MongoDB, whose renaming is
atomic; SecantusDB may keep a collection under both names."""
LOOK_AGAIN_AFTER_S = 0.05
VIEW_NAMES = tuple(view.name for view in VIEWS)
COLLECTIONS = (*VIEW_NAMES, AUDIT_TRAIL, PARKED)
_NAMESPACE_EXISTS = 48
_NAMESPACE_NOT_FOUND = 26


class FenceLost(Exception):
    """The checkpoint is no longer where it was read: another tracker, or a rebuild, has moved it."""


NEXT = "__next_"


class ViewStore:
    """The views of one generation: the live ones (suffix empty), or those that one rebuild is filling."""

    def __init__(self, database: Database, suffix: str = "") -> None:
        self.database = database
        self.suffix = suffix
        self._checkpoint_id = LIVE + suffix
        self._session: Session | None = None
        self._term: int | None = None

    def collection(self, name: str) -> Any:
        return self.database[name + self.suffix]

    async def take_over(self, session: Session, term: int) -> None:
        """From now on only commits of this term move the checkpoint. Raises `FenceLost` where it has a later one."""
        await self.prepare()
        checkpoints = self.database[CHECKPOINTS]
        found = await checkpoints.find_one({"_id": self._checkpoint_id}) or {}
        if found.get("term") != term:
            earlier = {"$or": [{"term": None}, {"term": {"$lt": term}}]}
            raised = await checkpoints.update_one({"_id": self._checkpoint_id, **earlier}, {"$set": {"term": term}})
            if not raised.matched_count:
                raise FenceLost(f"the checkpoint has a later term than {term}")
        self._session, self._term = session, term

    async def prepare(self) -> None:
        """Makes what is missing: collections, and a checkpoint at 0. Writes nothing where nothing is missing, so that
        it does not wait for somebody's transaction."""
        present = set(await self.database.list_collection_names())
        for name in COLLECTIONS:
            if name + self.suffix not in present:
                await _create_collection(self.database, name + self.suffix)
                if name == PARKED:
                    await self.collection(PARKED).create_index("subject")
        if await self.database[CHECKPOINTS].find_one({"_id": self._checkpoint_id}) is None:
            await self.database[CHECKPOINTS].update_one(
                {"_id": self._checkpoint_id},
                {"$setOnInsert": {"sequence": 0, "origins": {}, "fold": fold_version()}},
                upsert=True,
            )

    async def made_by(self) -> str:
        """The version of the fold that made these views, empty where it is not known."""
        found = await self.database[CHECKPOINTS].find_one({"_id": self._checkpoint_id}) or {}
        return str(found.get("fold", ""))

    async def begin_anew(self) -> None:
        """Views with nothing in them are today's. Raises `FenceLost` where something is in them."""
        empty = {"_id": self._checkpoint_id, "sequence": 0}
        marked = await self.database[CHECKPOINTS].update_one(empty, {"$set": {"fold": fold_version()}})
        if not marked.matched_count:
            raise FenceLost("the views are not empty")

    async def checkpoint(self) -> Checkpoint:
        """Where the views stand. Finishes a swap that a rebuild began."""
        found = await self.database[CHECKPOINTS].find_one({"_id": self._checkpoint_id})
        if found is None:
            return Checkpoint()
        if found.get("swapping"):
            await finish_swap(self.database)
            return await self.checkpoint()
        return checkpoint_of(found)

    async def fetch(self, keys: Mapping[str, set[str]]) -> Touched:
        """The documents with these keys, by view."""
        found: Touched = {}
        for name, wanted in keys.items():
            if not wanted:
                continue
            cursor = self.collection(name).find({"_id": {"$in": sorted(wanted)}})
            found[name] = {document["_id"]: document async for document in cursor}
        return found

    async def lot(self, subjects: set[str]) -> Lot:
        """What is parked under these subjects."""
        return lot_of(await self.documents(PARKED, subject={"$in": sorted(subjects)}))

    async def commit(self, outcome: Outcome, read: Checkpoint) -> None:
        """Writes `outcome` if the checkpoint is still at `read`, and its term that of `take_over`. Raises `FenceLost`
        where it is not, or where whoever took over has ended this transaction."""
        try:
            await self._write(outcome, read)
        except OperationFailure as error:
            if error.has_error_label(TRANSIENT):
                raise FenceLost(f"the transaction after {read.sequence} met another one, or was ended") from error
            raise

    async def _write(self, outcome: Outcome, read: Checkpoint) -> None:
        after = outcome.checkpoint
        fence: dict[str, Any] = {"sequence": read.sequence, "renewed": read.renewed, "swapping": None}
        if self._term:
            fence["term"] = self._term
        async with transaction(self.database, self._session) as session:
            moved = await self.database[CHECKPOINTS].update_one(
                {"_id": self._checkpoint_id, **fence},
                {"$set": stored_checkpoint(after)},
                session=session,
            )
            if not moved.matched_count:
                raise FenceLost(f"the checkpoint is no longer at {read.sequence}, or another tracker's")
            for name, documents in outcome.documents.items():
                if documents:
                    replaced = [ReplaceOne({"_id": key}, doc, upsert=True) for key, doc in documents.items()]
                    await self.collection(name).bulk_write(replaced, ordered=False, session=session)
            for name, writes in _beside_the_views(outcome).items():
                if writes:
                    await self.collection(name).bulk_write(writes, ordered=False, session=session)

    async def documents(self, name: str, **where: Any) -> list[Document]:
        return [document async for document in self.collection(name).find(where)]

    async def keys(self, name: str) -> list[str]:
        return [document["_id"] async for document in self.collection(name).find({}, {"_id": True})]

    async def audit_rows_of(self, sequences: Sequence[int]) -> list[Document]:
        return await self.documents(AUDIT_TRAIL, _id={"$in": list(sequences)})

    async def audit_rows(self, first: int, last: int) -> AsyncIterator[Document]:
        cursor = self.collection(AUDIT_TRAIL).find({"_id": {"$gte": first, "$lte": last}}).sort("_id", 1)
        async for row in cursor:
            yield row

    async def digests(self) -> dict[str, str]:
        """A digest per view; not of the audit trail, which also says when each event was recorded."""
        return {name: view_digest(await self.documents(name)) for name in VIEW_NAMES}

    async def probe(self) -> None:
        """One write, there and back."""
        probes = self.database[CHECKPOINTS]
        await probes.replace_one({"_id": PROBE}, {"at": time.time()}, upsert=True)
        await probes.delete_one({"_id": PROBE})

    async def count_parked(self) -> int:
        return int(await self.collection(PARKED).count_documents({}))

    async def drop(self) -> None:
        for name in COLLECTIONS:
            await self.collection(name).drop()
        await self.database[CHECKPOINTS].delete_one({"_id": self._checkpoint_id})


def checkpoint_of(stored: Document) -> Checkpoint:
    """A checkpoint as `stored_checkpoint` wrote it, or as an earlier version did."""
    origins = {stream: OriginPosition(*position) for stream, position in stored["origins"].items()}
    fingerprint, held = stored.get("fingerprint", ""), stored.get("held", 0)
    return Checkpoint(stored["sequence"], origins, fingerprint, held, stored.get("renewed"))


def next_generation(database: Database) -> ViewStore:
    """Empty views to fill, under names of their own."""
    return ViewStore(database, f"{NEXT}{int(time.time())}_{uuid4().hex[:8]}")


async def filling_generation(database: Database) -> ViewStore:
    """The generation that a rebuild with today's fold was filling when it was killed, or a new one. From now on only
    the caller fills it: whoever else did gets `FenceLost`."""
    session, session_id = await open_session(database)
    checkpoints = database[CHECKPOINTS]
    left_behind = {"_id": {"$regex": f"^{LIVE}{NEXT}"}, "fold": fold_version()}
    newest = await checkpoints.find(left_behind).sort("_id", -1).to_list(1)
    found = newest[0] if newest else {}
    filling = ViewStore(database, found["_id"].removeprefix(LIVE)) if found else next_generation(database)
    if "session" in found:
        await end_session(database, found["session"])
    await filling.take_over(session, found.get("term", 0) + 1)
    await checkpoints.update_one({"_id": LIVE + filling.suffix}, {"$set": {"session": session_id}})
    return filling


async def begin_swap(live: ViewStore, stands_at: Checkpoint, filled: ViewStore, filled_to: Checkpoint) -> None:
    """Stops every tracker of the live views at `stands_at`. Raises `FenceLost` where they have moved on."""
    renewed = replace(filled_to, renewed=(stands_at.renewed or 0) + 1)
    swapping = {"suffix": filled.suffix, "fold": fold_version(), **stored_checkpoint(renewed)}
    stopped = await live.database[CHECKPOINTS].update_one(
        {"_id": LIVE, "sequence": stands_at.sequence, "renewed": stands_at.renewed, "swapping": None},
        {"$set": {"swapping": swapping}},
    )
    if not stopped.matched_count:
        raise FenceLost(f"the live views are no longer at {stands_at.sequence}")


async def finish_swap(database: Database) -> None:
    """Puts the filled views in place of the live ones, or waits for whoever does. Anyone may finish what a killed
    rebuild began, at any time and more than once: the filled views have names that no other rebuild uses."""
    finisher, waits_for, since = uuid4().hex, None, time.monotonic()
    while swapping := (await database[CHECKPOINTS].find_one({"_id": LIVE}) or {}).get("swapping"):
        if swapping.get("finisher") != waits_for:
            waits_for, since = swapping.get("finisher"), time.monotonic()
        if waits_for is None or time.monotonic() - since > FINISHER_PATIENCE_S:
            claimed = await database[CHECKPOINTS].update_one(
                {"_id": LIVE, "swapping.suffix": swapping["suffix"], "swapping.finisher": waits_for},
                {"$set": {"swapping.finisher": finisher}},
            )
            if claimed.matched_count:
                await _put_in_place(database, swapping)
                return
        await asyncio.sleep(LOOK_AGAIN_AFTER_S)


async def _put_in_place(database: Database, swapping: Document) -> None:
    for name in COLLECTIONS:
        try:
            await database[name + swapping["suffix"]].rename(name, dropTarget=True)
        except OperationFailure as error:
            if error.code != _NAMESPACE_NOT_FOUND:
                raise
    reached = {name: value for name, value in swapping.items() if name not in ("suffix", "finisher")}
    await database[CHECKPOINTS].update_one(
        {"_id": LIVE, "swapping.suffix": swapping["suffix"]}, {"$set": reached, "$unset": {"swapping": ""}}
    )
    await database[CHECKPOINTS].delete_one({"_id": LIVE + swapping["suffix"]})


async def drop_abandoned(database: Database) -> None:
    """Removes what rebuilds left behind that were killed a day or more ago."""
    for name in await database.list_collection_names():
        view, _, began = name.partition(NEXT)
        if began and int(began.partition("_")[0]) < time.time() - ABANDONED_AFTER_S:
            await database[name].drop()
            await database[CHECKPOINTS].delete_one({"_id": LIVE + name.removeprefix(view)})


def stored_checkpoint(checkpoint: Checkpoint) -> Document:
    """A checkpoint's fields as they are kept. `renewed` is null until it first counts."""
    return {
        "sequence": checkpoint.sequence,
        "origins": {stream: list(position) for stream, position in checkpoint.origins.items()},
        "fingerprint": checkpoint.fingerprint,
        "held": checkpoint.held,
        "renewed": checkpoint.renewed,
    }


def _beside_the_views(outcome: Outcome) -> dict[str, list[Any]]:
    return {
        AUDIT_TRAIL: [
            *(InsertOne(row) for row in outcome.audit_rows),
            *(ReplaceOne({"_id": row["_id"]}, row, upsert=True) for row in outcome.corrected_rows),
        ],
        PARKED: [
            *(DeleteOne({"_id": document["_id"]}) for document in outcome.left),
            *(ReplaceOne({"_id": document["_id"]}, document, upsert=True) for document in outcome.parked),
        ],
    }


async def _create_collection(database: Database, name: str) -> None:
    try:
        await database.create_collection(name, check_exists=False)
    except OperationFailure as error:
        if error.code != _NAMESPACE_EXISTS:
            raise
