"""A service that is killed with -9 at a named point of its work, and not a line of product code for it.

`python -m tests.faults.dying SERVICE POINT COUNT [SIGNAL]` is a normal service until it comes to the point for the
COUNT-th time; with `SIGSTOP` it is not killed but stands still. `rebuild` in place of a service is `daihoi rebuild`.
"""

import importlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from services.cli import app
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


def before_the_transaction(die: Death) -> None:
    whole = store.transaction

    @asynccontextmanager
    async def cut(database: Database, session: Session | None = None) -> AsyncIterator[Session]:
        die()
        async with whole(database, session) as used:
            yield used

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
    point.__name__: point for point in (before_the_transaction, inside_the_transaction, after_the_transaction)
}


def main() -> None:
    service, point, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    blow = signal.Signals[sys.argv[4]] if len(sys.argv) > 4 else signal.SIGKILL
    times = 0

    def die() -> None:
        nonlocal times
        times += 1
        if times == count:
            os.kill(os.getpid(), blow)

    POINTS[point](die)
    if service == "rebuild":
        app(["rebuild"])
    run(importlib.import_module(f"services.{service}.main").app.run())


if __name__ == "__main__":
    main()
