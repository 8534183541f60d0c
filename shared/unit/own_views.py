"""The views of one service in memory, folded by the same functions as the tracker's: from its own stream, and from
what the ledger has of those it takes its bearings from. Neither the tracker nor a database is needed, and what this
process has written is in them as soon as the answer to the command is.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, NamedTuple

from msgspec import UNSET
from nats.aio.client import Client
from nats.aio.msg import Msg

from shared.domain.decider import Actor
from shared.eventstore.direct import BATCH_MESSAGES, Stored, read_subject
from shared.eventstore.errors import EventStoreError
from shared.eventstore.ledger import Origin
from shared.eventstore.names import event_subject, ledger_announcements, ledger_stream, service_stream
from shared.history.audit_rows import applied_row, changes_between
from shared.history.decoding import VIEWS_OF, decode_event
from shared.reports.all_names import READ, names_of_views
from shared.values.names_in_use import Names
from shared.values.units import SUBCOMMITTEE
from shared.views.all_views import VIEWS
from shared.views.view import Document, Recorded, Unfoldable

LOOK_EVERY_S = 1.0
"""A lost announcement costs so much, and no event."""
MOST_WAITING = 10_000

logger = logging.getLogger(__name__)


class Touch(NamedTuple):
    """The last event about an entity of the service: its place in the service's stream, who it is by, in which
    position and as which person, and when it was recorded."""

    sequence: int
    actor: str
    recorded: datetime
    person: str = ""

    def is_by(self, actor: Actor) -> bool:
        """Several people may hold one position."""
        return (self.actor, self.person) == (actor.id, actor.person)


class OwnViews:
    """Keeps up from `start` to `stop`. Documents are replaced, never changed in place."""

    def __init__(self, connection: Client, congress: str, service: str) -> None:
        self.service = service
        self.sequence = 0
        """The last event of the service's own stream that is folded."""
        self.version = time.time_ns() // 10**3
        """Grows with whatever changes here. Another process begins with another: what one has said of its own says
        nothing of this one's."""
        self.unreadable = 0
        self._connection = connection
        self._congress = congress
        self._views: dict[str, dict[str, Document]] = {view.name: {} for view in VIEWS}
        self._touched: dict[tuple[str, str], Touch] = {}
        self._waiting: list[Recorded] = []
        self._read_of_ledger = 0
        self._wake = asyncio.Event()
        self._grown = asyncio.Condition()
        self._is_begun = asyncio.Event()
        self._keeping_up: asyncio.Task[None] | None = None
        self._names: tuple[int, Names] = (-1, {})
        self._lock = asyncio.Lock()

    async def start(self) -> None:
        self._keeping_up = asyncio.create_task(self._keep_up())

    async def stop(self) -> None:
        if self._keeping_up:
            self._keeping_up.cancel()
            await asyncio.gather(self._keeping_up, return_exceptions=True)

    async def begun(self) -> None:
        """Returns once everything that was there has been folded."""
        await self._is_begun.wait()

    async def upto(self, sequence: int) -> None:
        """Returns once the event with this place in the service's own stream is folded. Raises `Unavailable`."""
        if self.sequence < sequence:
            await self._read_own()

    async def caught_up(self) -> None:
        """Returns once everything is folded that was there to be read. Raises `Unavailable`."""
        await self._read_own()
        await self._read_others()

    @property
    def view_names(self) -> Collection[str]:
        return self._views.keys()

    def documents(self, view: str) -> list[Document]:
        return list(self._views[view].values())

    def by_key(self, view: str) -> Mapping[str, Document]:
        return self._views[view]

    def document(self, view: str, key: str) -> Document | None:
        return self._views[view].get(key)

    def touch(self, entity: str, entity_id: str) -> Touch | None:
        """What happened last to an entity of the service; nothing where nothing did."""
        return self._touched.get((entity, entity_id))

    def names(self) -> Names:
        """What the congress calls everything by now."""
        if self._names[0] != self.version:
            self._names = self.version, names_of_views({name: self.documents(name) for name in READ})
        return self._names[1]

    async def changes(self, after: int) -> AsyncIterator[int]:
        """Each version above `after` that is to be seen, the newest only where several came at once."""
        while True:
            async with self._grown:
                while self.version <= after:
                    await self._grown.wait()
            after = self.version
            yield after

    async def history(self, entity: str, entity_id: str) -> list[Document]:
        """The rows of the audit trail of an entity of the service, oldest first. Raises `Unavailable`."""
        rows: list[Document] = []
        documents: dict[tuple[str, str], Document] = {}
        subject = event_subject(self._congress, self.service, entity, entity_id)
        stream = service_stream(self._congress, self.service)
        async for stored in read_subject(self._connection, stream, subject):
            event = decode_event(stored, Origin(stream, stored.sequence))
            if not isinstance(event, Recorded):
                continue
            changes: list[dict[str, Any]] = []
            for view in VIEWS_OF[event.envelope.type]:
                for key in view.route(event):
                    before = documents.get((view.name, key))
                    with suppress(Unfoldable):
                        documents[view.name, key] = view.fold(before, event)
                        changes += changes_between(view.name, key, before, documents[view.name, key])
            rows.append(applied_row(event, changes))
        return rows

    async def _keep_up(self) -> None:
        grown = {self._read_own, self._read_others}

        async def wake(announced: Msg) -> None:
            grown.add(self._read_own if announced.subject.split(".")[4:5] == [self.service] else self._read_others)
            self._wake.set()

        subscription = await self._connection.subscribe(ledger_announcements(self._congress), cb=wake)
        try:
            while True:
                self._wake.clear()
                reading = [read for read in (self._read_own, self._read_others) if read in grown]
                grown.clear()
                try:
                    for read in reading:
                        await read()
                    self._is_begun.set()
                except EventStoreError as error:
                    grown.update(reading)
                    logger.info("the pages are not kept up for now: %s", error)
                try:
                    await asyncio.wait_for(self._wake.wait(), LOOK_EVERY_S)
                except TimeoutError:
                    grown.update((self._read_own, self._read_others))
        finally:
            if not self._connection.is_closed:
                await subscription.unsubscribe()

    async def _read_own(self) -> None:
        stream = service_stream(self._congress, self.service)
        subject = event_subject(self._congress, self.service, ">", "").rstrip(".")
        async with self._lock:
            async for page in _pages(read_subject(self._connection, stream, subject, self.sequence)):
                for stored in page:
                    self._take(stored, Origin(stream, stored.sequence))
                self.sequence = page[-1].sequence
                await self._tell()

    async def _read_others(self) -> None:
        """The sub-committee sees all units; a unit sees the sub-committee."""
        seen = "*" if self.service == SUBCOMMITTEE else SUBCOMMITTEE
        subject = event_subject(self._congress, seen, ">", "").rstrip(".")
        reading = read_subject(self._connection, ledger_stream(self._congress), subject, self._read_of_ledger)
        async for page in _pages(reading):
            async with self._lock:
                for stored in page:
                    if stored.subject.split(".")[2:3] != [self.service]:
                        self._take(stored)
                self._read_of_ledger = page[-1].sequence
                await self._tell()

    async def _tell(self) -> None:
        waiting, self._waiting = self._waiting, []
        for event in waiting:
            self._fold(event)
        self.version += 1
        async with self._grown:
            self._grown.notify_all()

    def _take(self, stored: Stored, origin: Origin | None = None) -> None:
        event = decode_event(stored, origin)
        if not isinstance(event, Recorded):
            self.unreadable += 1
            return
        self._fold(event)
        envelope = event.envelope
        if envelope.source == self.service:
            person = "" if envelope.person is UNSET else envelope.person
            touched = Touch(event.sequence, envelope.actor, event.recorded, person)
            self._touched[envelope.type.split(".")[2], envelope.subject] = touched

    def _fold(self, event: Recorded) -> None:
        """What came before that which begins its document is folded when that has come: two streams have no order."""
        folded: list[tuple[str, str, Document]] = []
        try:
            for view in VIEWS_OF[event.envelope.type]:
                documents = self._views[view.name]
                folded += [(view.name, key, view.fold(documents.get(key), event)) for key in view.route(event)]
        except Unfoldable:
            if len(self._waiting) < MOST_WAITING:
                self._waiting.append(event)
        except Exception:
            logger.exception("event %s of %s is not shown", event.sequence, event.envelope.source)
            self.unreadable += 1
        else:
            for name, key, document in folded:
                self._views[name][key] = document


async def _pages(reading: AsyncIterator[Stored]) -> AsyncIterator[list[Stored]]:
    page: list[Stored] = []
    async for stored in reading:
        page.append(stored)
        if len(page) == BATCH_MESSAGES:
            yield page
            page = []
    if page:
        yield page
