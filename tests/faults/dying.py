"""A service that is killed with -9 at a named point of its work, and not a line of product code for it.

`python -m tests.faults.dying SERVICE POINT COUNT` is a normal service until it comes to the point for the
COUNT-th time.
"""

import importlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from services.console import run
from services.tracker import store
from shared.platform.mongo import Database, Session

type Death = Callable[[], None]


def inside_the_transaction(die: Death) -> None:
    whole = store.transaction

    @asynccontextmanager
    async def cut(database: Database, session: Session | None = None) -> AsyncIterator[Session]:
        async with whole(database, session) as used:
            yield used
            die()

    store.transaction = cut


def after_the_transaction(die: Death) -> None:
    whole = store.transaction

    @asynccontextmanager
    async def cut(database: Database, session: Session | None = None) -> AsyncIterator[Session]:
        async with whole(database, session) as used:
            yield used
        die()

    store.transaction = cut


POINTS: dict[str, Callable[[Death], None]] = {
    point.__name__: point for point in (inside_the_transaction, after_the_transaction)
}


def main() -> None:
    service, point, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    times = 0

    def die() -> None:
        nonlocal times
        times += 1
        if times == count:
            os.kill(os.getpid(), signal.SIGKILL)

    POINTS[point](die)
    run(importlib.import_module(f"services.{service}.main").app.run())


if __name__ == "__main__":
    main()
