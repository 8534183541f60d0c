"""A service that is killed with -9 at a named point of its work, and not a line of product code for it.

`python -m tests.faults.dying SERVICE POINT COUNT [SIGNAL]` is a normal service until it comes to the point for the
COUNT-th time; with `SIGSTOP` it is not killed but stands still. `rebuild` in place of a service is `daihoi rebuild`,
with a transaction for each page.
The last points kill nobody: they have a service live with a wrong clock, or with deliveries that come twice or late.
"""

import importlib
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from itertools import cycle

from motor.motor_asyncio import AsyncIOMotorCollection
from nats.aio.msg import Msg

from daihoi.cli.console import run
from daihoi.cli.main import app
from services.tracker.projection import committing, store, view_sets
from shared.eventstore import ledger
from shared.eventstore.store import EventStore
from shared.platform.mongo import Database, Session
from shared.unit import commands, following

type Death = Callable[[], None]

SMALL_PAGE = 10
JUMPS_S = (0, 280, -86_400, 60, -3, -40 * 86_400)
"""How far a wrong clock is off, one look after the other; into the future by less than a command may be."""
LATE_S = 0.5


def inside_the_transaction(die: Death) -> None:
    _read_small_pages()
    whole = store.transaction

    @asynccontextmanager
    async def cut(database: Database, session: Session | None = None) -> AsyncIterator[Session]:
        async with whole(database, session) as used:
            yield used
            die()

    store.transaction = cut


def before_the_transaction(die: Death) -> None:
    _read_small_pages()
    whole = store.transaction

    @asynccontextmanager
    async def cut(database: Database, session: Session | None = None) -> AsyncIterator[Session]:
        die()
        async with whole(database, session) as used:
            yield used

    store.transaction = cut


def after_the_transaction(die: Death) -> None:
    _read_small_pages()
    whole = store.transaction

    @asynccontextmanager
    async def cut(database: Database, session: Session | None = None) -> AsyncIterator[Session]:
        async with whole(database, session) as used:
            yield used
        die()

    store.transaction = cut


def before_the_append(die: Death) -> None:
    whole = EventStore._send

    async def cut(self, messages):
        die()
        return await whole(self, messages)

    EventStore._send = cut


def between_append_and_ack(die: Death) -> None:
    """The broker has stored it, and nobody has been told."""
    whole = EventStore._send

    async def cut(self, messages):
        last = await whole(self, messages)
        die()
        return last

    EventStore._send = cut


def between_the_messages_of_a_batch(die: Death) -> None:
    """The broker holds the first and waits for the others."""
    whole = EventStore._request

    async def cut(self, subject, body, headers):
        answer = await whole(self, subject, body, headers)
        if headers.get("Nats-Batch-Sequence") == "1":
            die()
        return answer

    EventStore._request = cut


def before_the_policys_ack(die: Death) -> None:
    whole = following.apply

    async def cut(*told, **more):
        await whole(*told, **more)
        die()

    following.apply = cut


def _read_small_pages() -> None:
    """So that a small ledger has many, and each point is come to as often as it has to be, however slow all is."""
    ledger.BATCH_MESSAGES = SMALL_PAGE


def in_mid_filling(die: Death) -> None:
    """After a page of many."""
    after_the_transaction(die)


def in_mid_swap(die: Death) -> None:
    """Nobody fills the new views any more, and the old ones serve still."""
    whole = AsyncIOMotorCollection.delete_one

    async def cut(self, *told, **options):
        deleted = await whole(self, *told, **options)
        if self.name == store.CHECKPOINTS and deleted.deleted_count:
            die()
        return deleted

    AsyncIOMotorCollection.delete_one = cut


def after_the_swap(die: Death) -> None:
    """The new views serve, and nobody has been told."""
    whole = view_sets.swap

    async def cut(*told):
        swapped = await whole(*told)
        if swapped:
            die()
        return swapped

    view_sets.swap = cut


def clock_jumps(_: Death) -> None:
    """The wall clock jumps back and forth; the monotonic one goes on, as it does on a real machine."""
    jumps, now = cycle(JUMPS_S), time.time

    class Jumping(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) + timedelta(seconds=next(jumps))

    commands.datetime = Jumping
    time.time = lambda: now() + next(jumps)


def deliveries_come_twice(_: Death) -> None:
    """Every first ack is lost, and the broker delivers again."""
    whole = Msg.ack

    async def lost(self):
        if self.metadata.num_delivered == 1:
            await self.nak()
        else:
            await whole(self)

    Msg.ack = lost


def deliveries_come_late(_: Death) -> None:
    """Every third first delivery is put off before anything is done about it."""
    whole, turns = following.apply, cycle((True, False, False))

    async def late(*told, **more):
        if not more["last_try"] and next(turns):
            raise ConnectionError("this delivery comes late")
        await whole(*told, **more)

    following.apply = late
    following.POLICY_RETRY_DELAY_S = LATE_S


POINTS: dict[str, Callable[[Death], None]] = {
    point.__name__: point
    for point in (
        before_the_append,
        between_append_and_ack,
        between_the_messages_of_a_batch,
        before_the_policys_ack,
        before_the_transaction,
        inside_the_transaction,
        after_the_transaction,
        in_mid_filling,
        in_mid_swap,
        after_the_swap,
        clock_jumps,
        deliveries_come_twice,
        deliveries_come_late,
    )
}


def main() -> None:
    name, point, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    blow = signal.Signals[sys.argv[4]] if len(sys.argv) > 4 else signal.SIGKILL
    times = 0

    def die() -> None:
        nonlocal times
        times += 1
        if times == count:
            os.kill(os.getpid(), blow)

    POINTS[point](die)
    if name == "rebuild":
        committing.UNCOMMITTED_EVENTS = 1
        app(["rebuild"])
    run(importlib.import_module(f"services.{name}.main").app.run())


if __name__ == "__main__":
    main()
