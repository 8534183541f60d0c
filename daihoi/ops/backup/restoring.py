"""Putting a backup back onto a broker that has nothing of the congress, or only what the backup holds too.

The ledger comes first, and takes in no stream until all are there. So whoever starts a service in between, or after
an interruption, is refused, as the ledger has more than the streams. Given again, an interrupted restoration
completes: a stream of which the broker has a part that is byte for byte in the backup is made anew."""

import asyncio
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

from nats.aio.client import Client

from daihoi.ops.backup.file import TOLD_EVERY, Backup, Progress
from daihoi.ops.backup.manifest import KeptStream, is_store
from daihoi.ops.backup.settings import going_on, settings_of
from shared.domain.decider import Refusal
from shared.eventstore.broker_archive import FIRST_SERVER
from shared.eventstore.errors import Unavailable
from shared.eventstore.jetstream_api import js_call, js_names, services_with_streams
from shared.eventstore.names import ledger_stream, service_stream
from shared.eventstore.putting_back import Standing, put_back, standing_of
from shared.eventstore.restoring import drop_sources, set_sources
from shared.eventstore.rows import Row
from shared.eventstore.wholeness import state_of
from shared.platform.nats import in_dots, server_version

STALLED_S = 15.0
"""A broker gives up a restoration that nobody goes on with after 5 s."""
AGAIN_AFTER_S = 1.0

OTHER_CONGRESS = Refusal(
    "backup_of_another_congress", "The backup is of the congress {kept}, and {congress} is to be restored."
)
BROKER_TOO_OLD = Refusal(
    "broker_too_old", "The NATS server is {version}; a backup can be put back onto {wanted} or newer alone."
)
LONGER = Refusal(
    "longer_history",
    "{stream} holds what the backup does not have, so the backup is older than it and is not put in its place. "
    "Restore into an empty folder (DAIHOI_DATA_DIR) that has the keys, or an empty NATS server, and keep the old "
    "one.",
)
OTHER = Refusal(
    "other_history",
    "{stream} holds something else than the backup, which is not put in its place. Restore into an empty folder "
    "(DAIHOI_DATA_DIR) that has the keys, or an empty NATS server, and keep the old one.",
)
NOT_AS_IN_THE_BACKUP = Refusal(
    "not_as_in_the_backup", "{stream} is not as in the backup; somebody else writes to it. Restore the backup again."
)


class Restored(NamedTuple):
    """The names of the streams that were put back; of those that were there already nothing was changed."""

    put_back: list[str]
    there_already: list[str]


async def restore(
    connection: Client, congress: str, backup: Backup, replicas: int, on_progress: Progress
) -> Restored:
    """`backup` was checked. Raises the refusal for which nothing was changed, `NOT_AS_IN_THE_BACKUP`, `Unavailable`;
    after the last two it is to be done again."""
    return await _Restoring(connection, congress, backup, replicas, on_progress).restore()


class _Restoring:
    def __init__(
        self, connection: Client, congress: str, backup: Backup, replicas: int, on_progress: Progress
    ) -> None:
        self._connection, self._congress, self._backup, self._replicas = connection, congress, backup, replicas
        self._manifest, self._on_progress = backup.manifest, on_progress
        self._done, self._total = 0, 0

    async def restore(self) -> Restored:
        standings = await self._look()
        lacking = [stream for stream in self._manifest.streams if standings[stream.name] is not Standing.WHOLE]
        self._total = sum(stream.messages for stream in lacking)
        await drop_sources(self._connection, self._congress, {stream.name for stream in lacking})
        for stream in lacking:
            await self._put_back(stream, standings[stream.name])
            if await self._standing(stream) is not Standing.WHOLE:
                raise NOT_AS_IN_THE_BACKUP(stream=stream.name)
        await self._make_consumers()
        await set_sources(self._connection, self._congress, self._next_of_each())
        names = [stream.name for stream in lacking]
        return Restored(names, [stream.name for stream in self._manifest.streams if stream.name not in names])

    async def _look(self) -> dict[str, Standing]:
        """At everything, before anything is changed."""
        if self._manifest.congress != self._congress:
            raise OTHER_CONGRESS(kept=self._manifest.congress, congress=self._congress)
        if (version := server_version(self._connection)) < FIRST_SERVER:
            raise BROKER_TOO_OLD(version=in_dots(version), wanted=in_dots(FIRST_SERVER))
        standings = {stream.name: await self._standing(stream) for stream in self._manifest.streams}
        for name, standing in standings.items():
            if standing in (Standing.LONGER, Standing.OTHER):
                raise (LONGER if standing is Standing.LONGER else OTHER)(stream=name)
        for name in await self._streams_of_the_congress():
            if name not in standings and (await state_of(self._connection, name))["last_seq"]:
                raise LONGER(stream=name)
        return standings

    async def _streams_of_the_congress(self) -> list[str]:
        services = await services_with_streams(self._connection, self._congress)
        stores = await js_names(self._connection, "STREAM.NAMES")
        return [
            *(service_stream(self._congress, service) for service in services),
            *(name for name in stores if is_store(self._congress, name)),
        ]

    async def _standing(self, stream: KeptStream) -> Standing:
        """A stream that is being restored can't be read: an earlier restoration may not have been given up yet."""
        deadline = time.monotonic() + STALLED_S
        while True:
            try:
                return await standing_of(self._connection, stream.name, self._backup.lines(stream), stream.last)
            except Unavailable:
                if time.monotonic() > deadline:
                    raise
            await asyncio.sleep(AGAIN_AFTER_S)

    async def _put_back(self, stream: KeptStream, standing: Standing) -> None:
        """Tries again for the same reason."""
        config, deadline, before = self._config(stream), time.monotonic() + STALLED_S, self._done
        while True:
            self._done = before
            if standing is not Standing.NOTHING:
                await js_call(self._connection, f"STREAM.DELETE.{stream.name}", {})
            try:
                await put_back(self._connection, config, self._rows(stream), stream.first, stream.last)
            except Unavailable:
                standing = await self._standing(stream)
                if time.monotonic() > deadline or standing not in (Standing.NOTHING, Standing.PART):
                    raise
                await asyncio.sleep(AGAIN_AFTER_S)
            else:
                return

    def _config(self, stream: KeptStream) -> dict[str, Any]:
        config = settings_of(stream, self._congress, self._replicas)
        return config | {"sources": []} if stream is self._manifest.ledger else config

    def _rows(self, stream: KeptStream) -> Iterator[Row]:
        for row in self._backup.rows(stream):
            self._done += 1
            if self._done % TOLD_EVERY == 0 or self._done == self._total:
                self._on_progress(self._done, self._total)
            yield row

    def _next_of_each(self) -> dict[str, int]:
        """For each stream, the first event that the ledger does not have."""
        services = (service_stream(self._congress, service) for service in self._manifest.services)
        last = {stream.name: stream.last for stream in self._manifest.streams}
        return {name: last[name] + 1 for name in services}

    async def _make_consumers(self) -> None:
        ledger = ledger_stream(self._congress)
        present = await js_names(self._connection, f"CONSUMER.NAMES.{ledger}")
        for consumer in self._manifest.consumers:
            if consumer.name not in present:
                body = {"stream_name": ledger, "config": going_on(consumer)}
                await js_call(self._connection, f"CONSUMER.DURABLE.CREATE.{ledger}.{consumer.name}", body)
