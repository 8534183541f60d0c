"""Which tracker projects: one holds the lease, the others stand by and take over.

Every holder has a higher term, which its commits name, and counts the beat up every second. No two machines' clocks
are compared: a standby takes over when it has itself seen one beat for `LAPSES_AFTER_S`; a holder stops before that.
"""

import asyncio
import os
import socket
import time
from contextlib import suppress
from typing import Any
from uuid import uuid4

from pymongo.errors import DuplicateKeyError, PyMongoError

from services.tracker.projection.store import CHECKPOINTS, LIVE
from shared.platform.mongo import Database, Session, end_session, open_session
from shared.views.view import Document

WRITER = "writer"
RENEW_EVERY_S = 1.0
LOOK_EVERY_S = 0.5
HELD_FOR_S = 3.0
LAPSES_AFTER_S = 5.0
RELEASE_TIMEOUT_S = 2.0


class LeaseLost(Exception):
    """Another tracker has the lease, or it could not be renewed in time."""


class Watch:
    """How long this process has seen the lease unchanged. Counts anew after a pause: the holder may have had one."""

    def __init__(self) -> None:
        self._beat: object = None
        self._since = self._looked = 0.0

    def unchanged_s(self, beat: object, asked_at: float, answered_at: float) -> float:
        """`beat` was asked for and answered at these times of the monotonic clock."""
        if beat != self._beat or answered_at - self._looked > LAPSES_AFTER_S:
            self._beat, self._since = beat, answered_at
        self._looked = answered_at
        return max(0.0, asked_at - self._since)


async def holder_of(database: Database) -> str:
    """Who has the lease as it is written down, empty for nobody."""
    lease = await database[CHECKPOINTS].find_one({"_id": WRITER}) or {}
    return str(lease.get("holder", ""))


class Lease:
    """One tracker's part in it. While it holds the lease, `session` and `term` are what it commits with."""

    def __init__(self, database: Database) -> None:
        self.holder = f"{socket.gethostname()}/{os.getpid()}/{uuid4().hex[:8]}"
        self.term = 0
        self.waits_for = ""
        """Who has the lease while this one stands by."""
        self.answered_at = time.monotonic()
        """When the database last answered, by the monotonic clock."""
        self._database = database
        self._leases: Any = database[CHECKPOINTS]
        self.session: Session
        """From when the lease is first held."""
        self._held_until = 0.0

    @property
    def is_held(self) -> bool:
        return time.monotonic() < self._held_until

    async def acquire(self) -> None:
        """Returns when this process holds the lease. Rolls back the transaction that a killed holder left open."""
        watch = Watch()
        while True:
            asked_at = time.monotonic()
            lease = await self._find()
            self.answered_at = time.monotonic()
            unchanged_s = watch.unchanged_s((lease.get("term"), lease.get("beat")), asked_at, self.answered_at)
            free = lease.get("holder", "") in ("", self.holder)
            if (free or unchanged_s >= LAPSES_AFTER_S) and await self._take(lease):
                self.waits_for = ""
                return
            self.waits_for = lease.get("holder", "")
            await asyncio.sleep(LOOK_EVERY_S)

    async def hold(self) -> None:
        """Renews for as long as it can, and never returns. Raises `LeaseLost`."""
        while True:
            try:
                async with asyncio.timeout(self._held_until - time.monotonic()):
                    with suppress(PyMongoError):
                        await self.renew()
            except TimeoutError as error:
                raise LeaseLost(f"the lease of term {self.term} could not be renewed in time") from error
            await asyncio.sleep(RENEW_EVERY_S)

    async def renew(self) -> None:
        """Raises `LeaseLost` where another has it."""
        asked_at = time.monotonic()
        renewed = await self._leases.update_one(self._own(), {"$inc": {"beat": 1}})
        if not renewed.matched_count:
            self._held_until = 0.0
            if await self._leases.find_one({"_id": WRITER}) is None:
                raise LeaseLost("the lease is gone: the database was emptied, or is another one")
            raise LeaseLost(f"the lease of term {self.term} is another tracker's now")
        self._held_until = asked_at + HELD_FOR_S
        self.answered_at = time.monotonic()

    async def release(self) -> None:
        """Lets the next tracker take over at once. Does nothing where the lease is another's, or nobody answers."""
        with suppress(PyMongoError, TimeoutError):
            async with asyncio.timeout(RELEASE_TIMEOUT_S):
                await self._leases.update_one(self._own(), {"$set": {"holder": ""}})

    def _own(self) -> Document:
        return {"_id": WRITER, "term": self.term, "holder": self.holder}

    async def _find(self) -> Document:
        """The lease; made where there is none, no term of the checkpoint below it."""
        while (lease := await self._leases.find_one({"_id": WRITER})) is None:
            live = await self._leases.find_one({"_id": LIVE}) or {}
            with suppress(DuplicateKeyError):
                await self._leases.insert_one({"_id": WRITER, "holder": "", "term": live.get("term", 0), "beat": 0})
        return dict(lease)

    async def _take(self, lease: Document) -> bool:
        """False where somebody else was faster, or the holder has renewed."""
        session, session_id = await open_session(self._database)
        asked_at = time.monotonic()
        term = lease.get("term", 0) + 1
        taken = await self._leases.update_one(
            {"_id": WRITER, "term": lease.get("term"), "beat": lease.get("beat")},
            {"$set": {"holder": self.holder, "term": term, "beat": 0, "session": session_id}},
        )
        if not taken.matched_count:
            await session.end_session()
            return False
        self.session, self.term, self._held_until = session, term, asked_at + HELD_FOR_S
        if "session" in lease:
            await end_session(self._database, lease["session"])
        return True
