"""Snapshots of the folded views: a cache in MongoDB (GridFS). Without it everything is the same, and slower.

One of another version of the fold, that refused other events than the live views, or that is damaged, is not used.
"""

import hashlib
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any

import msgspec
from gridfs.errors import GridFSError
from pymongo.errors import OperationFailure

from services.tracker.history.folded import Folded
from services.tracker.projection.errors import ViewsBroken
from services.tracker.projection.fold import Checkpoint
from services.tracker.projection.parking import lot_of
from services.tracker.projection.store import ViewStore, checkpoint_of
from services.tracker.projection.version import fold_version
from shared.eventstore.canonical import compact, read_document
from shared.platform.mongo import Database, file_bucket, is_unauthorised
from shared.views.view import instant

EVERY = 10_000
"""Events from one snapshot to the next: what the view of an instant costs at most, beside loading one."""
BUCKET = "snapshots"
FAST = 1


class Snapshots:
    """The snapshots of one congress. Whoever may write to the database may write one at any time; two of the same
    place are the same. Who may only read leaves none."""

    def __init__(self, database: Database) -> None:
        self._files = file_bucket(database, BUCKET)
        self._views = ViewStore(database)
        self._version = fold_version()

    async def latest(self, upto: int, happened_upto: datetime | None = None) -> Folded:
        """The newest up to ledger event `upto` in which nothing happened after `happened_upto`, or an empty one."""
        where: dict[str, Any] = {"metadata.fold": self._version, "metadata.sequence": {"$lte": upto}}
        if happened_upto:
            where["metadata.latest_happened"] = {"$lte": instant(happened_upto)}
        live = await self._live()
        async for file in self._files.find(where).sort("metadata.sequence", -1):
            with suppress(GridFSError):
                packed: bytes = await (await self._files.open_download_stream(file._id)).read()
                if hashlib.sha256(packed).hexdigest() == file.metadata["sha256"]:
                    folded = _unpacked(packed, happened_upto)
                    if folded.heed(live):
                        return folded
            with _where_allowed():
                await self._files.delete(file._id)
        beginning = Folded(happened_upto)
        beginning.heed(live)
        return beginning

    async def _live(self) -> Checkpoint:
        with suppress(ViewsBroken):
            return await self._views.checkpoint()
        return Checkpoint()

    async def last_sequence(self) -> int:
        """Where the newest snapshot of this version stands, 0 for none."""
        newest = self._files.find({"metadata.fold": self._version}).sort("metadata.sequence", -1).limit(1)
        return max([file.metadata["sequence"] async for file in newest], default=0)

    async def save(self, folded: Folded) -> None:
        """Only for what was folded without leaving anything out."""
        packed = _packed(folded)
        about = {
            "sequence": folded.checkpoint.sequence,
            "fold": self._version,
            "latest_happened": folded.latest_happened,
            "sha256": hashlib.sha256(packed).hexdigest(),
        }
        name = f"{self._version}-{folded.checkpoint.sequence}"
        with _where_allowed():
            await self._files.upload_from_stream(name, packed, metadata=about)

    async def drop(self, *, stale_only: bool = False) -> int:
        """How many were dropped: all of them, or those of other versions of the fold."""
        where = {"metadata.fold": {"$ne": self._version}} if stale_only else {}
        dropped = [file._id async for file in self._files.find(where)]
        for file_id in dropped:
            await self._files.delete(file_id)
        return len(dropped)


@contextmanager
def _where_allowed() -> Iterator[None]:
    try:
        yield
    except OperationFailure as error:
        if not is_unauthorised(error):
            raise


def _packed(folded: Folded) -> bytes:
    content = {
        "checkpoint": msgspec.to_builtins(folded.checkpoint),
        "views": {name: list(documents.values()) for name, documents in folded.views.items()},
        "parked": list(folded.parked.values()),
        "latest_happened": folded.latest_happened,
    }
    return zlib.compress(compact(content), FAST)


def _unpacked(packed: bytes, happened_upto: datetime | None) -> Folded:
    content = read_document(zlib.decompress(packed))
    views = {
        name: {document["_id"]: document for document in documents} for name, documents in content["views"].items()
    }
    lot = lot_of(content["parked"])
    return Folded(happened_upto, checkpoint_of(content["checkpoint"]), views, lot, content["latest_happened"])
