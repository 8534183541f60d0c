"""Acknowledged means kept: a database is killed with -9 while the projection commits, again and again."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import NamedTuple

from pymongo.errors import PyMongoError

from services.tracker.history.folded import Folded
from services.tracker.projection.committing import Projection
from services.tracker.projection.errors import FenceLost
from services.tracker.projection.store import AUDIT_TRAIL, ViewStore
from shared.platform.databases import MONGOD_NAME, SECANTUS_NAME, mongod_program
from shared.platform.keeper import mongo_server
from shared.platform.mongo import mongo_database
from tests.congress import in_memory, life_of_a_task
from tests.mongod import installed_mongod
from tests.own_servers import FOLDERS, OwnServer

COMMITS = (1, 6)
"""So many are acknowledged between two kills, at least and at most."""
PAGE = (1, 20)
"""So many events are in one; what is forgotten first is what is small."""
MOST_LATE_S = 0.02
TASKS = 1000
HEADINGS = ("database", "killed with -9", "commits acknowledged", "of these lost", "views = fold")


class Kept(NamedTuple):
    database: str
    kills: int
    acknowledged: int
    lost: int
    whole: bool
    """Whether views and audit rows are what the events up to the checkpoint make, after every kill."""


def killed_while_it_commits(program: str, kills: int, seed: int) -> Kept:
    """`program` is a mongod, or empty for SecantusDB."""
    name = MONGOD_NAME if program else SECANTUS_NAME
    with TemporaryDirectory(prefix="daihoi-kept-", ignore_cleanup_errors=True) as folder:
        server = OwnServer(partial(mongo_server, mongod=program), FOLDERS[name], Path(folder))
        try:
            server.start_here()
            siege = Siege(server, Random(f"{name}/{seed}"))  # noqa: S311 - no secret
            asyncio.run(siege.run(kills))
        finally:
            server.end_here()
    return Kept(name, kills, siege.acknowledged, siege.lost, siege.whole)


class Siege:
    def __init__(self, server: OwnServer, random: Random) -> None:
        self._server, self._random = server, random
        self._events = in_memory("logistics", [(f"t{number}", life_of_a_task(number)) for number in range(TASKS)])
        self._kept_to = 0
        """Where the last acknowledged commit has left the checkpoint."""
        self._folded = Folded()
        self._killed = False
        self.acknowledged = self.lost = 0
        self.whole = True

    async def run(self, kills: int) -> None:
        for _ in range(kills):
            async with mongo_database(self._server.mongo_url, "daihoi_kept") as database:
                self._killed = False
                committing = asyncio.create_task(self._commit(ViewStore(database)))
                await self._until_acknowledged(self.acknowledged + self._random.randint(*COMMITS), committing)
                await asyncio.sleep(self._random.uniform(0, MOST_LATE_S))
                self._server.kill()
                self._killed = True
                await self._server.start()
                with suppress(FenceLost, PyMongoError):
                    await committing
                await self._look(ViewStore(database))

    async def _commit(self, store: ViewStore) -> None:
        """Page after page, until the database is killed."""
        await store.prepare()
        projection = Projection(store, await store.checkpoint())
        while not self._killed:
            at = projection.checkpoint.sequence
            await projection.add(self._events[at : at + self._random.randint(*PAGE)])
            await projection.settle()
            self._kept_to = projection.checkpoint.sequence
            self.acknowledged += 1

    async def _until_acknowledged(self, commits: int, committing: "asyncio.Task[None]") -> None:
        while self.acknowledged < commits:
            if committing.done():
                committing.result()
            await asyncio.sleep(0.001)

    async def _look(self, store: ViewStore) -> None:
        at = (await store.checkpoint()).sequence
        self.lost += at < self._kept_to
        self._kept_to = at
        if at < self._folded.checkpoint.sequence:
            self._folded = Folded()
        if more := self._events[self._folded.checkpoint.sequence : at]:
            self._folded.take(more, audited=False)
        stored = {name: {each["_id"]: each for each in await store.documents(name)} for name in self._folded.views}
        rows = sorted(await store.keys(AUDIT_TRAIL))
        self.whole &= stored == self._folded.views and rows == list(range(1, at + 1))


def databases_here() -> Iterator[str]:
    """SecantusDB, and a mongod where one is installed or named."""
    yield ""
    if program := mongod_program() or str(installed_mongod() or ""):
        yield program


def kept_as_markdown(told: Sequence[Kept]) -> str:
    lines = [HEADINGS, ["---"] * len(HEADINGS)]
    lines += [
        (each.database, str(each.kills), str(each.acknowledged), str(each.lost), "✓" if each.whole else "✗")
        for each in told
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"
