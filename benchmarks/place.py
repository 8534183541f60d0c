"""Where a run takes place: the servers, and the peer's where there is one."""

import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nats.aio.client import Client

from shared.platform.embedded import Endpoints
from shared.platform.mongo import Database
from shared.platform.settings import Settings

if TYPE_CHECKING:
    from benchmarks.peers.eventsourced import Tasks


class Report:
    """Tells what is being measured, and since when."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def __call__(self, what: str) -> None:
        minutes, seconds = divmod(int(time.monotonic() - self._began), 60)
        print(f"{minutes:3}:{seconds:02}  {what} ...", file=sys.stderr, flush=True)


@dataclass(frozen=True)
class Place:
    """`postgres` is empty where the peer can't be measured."""

    settings: Settings
    servers: Endpoints
    connection: Client
    postgres: Mapping[str, str]
    say: Report


@dataclass(frozen=True)
class Recorded:
    """A place where the history is recorded; `peer` is empty where there is none."""

    place: Place
    events: int
    congress: str
    database: Database
    postgres: Mapping[str, str]
    peer: "Tasks | None"

    @property
    def rounds(self) -> int:
        return 3 if self.events <= MEDIAN_UPTO else 1

    def beside(self, name: str) -> Database:
        """Another database. None is emptied to be used again: SecantusDB drops a collection document by document, and
        flushes each."""
        return self.database.client[f"{self.database.name}-{name}"]


MEDIAN_UPTO = 100_000
"""Beyond it one round has to do."""
SAMPLE = 2_000
"""What is too slow for the whole history is measured on this many events of it."""
RUNNER = "eventsourcing's projection runner"
