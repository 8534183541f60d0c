"""Taking a backup of a congress while its services write.

A backup is a cut through the congress: the ledger up to one event, and of each service's stream exactly what the
ledger has of it up to there. As a policy reads from the ledger, no cause of an event is left out. Before the cut is
chosen it is put down how far every policy is, and the ledger is waited for until it has all that was written by then:
so nothing is missing that a policy is done with. The objects that events refer to were stored before them, so the
object stores are read last."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

from nats.aio.client import Client

from daihoi.ops.backup.agreement import Agreement
from daihoi.ops.backup.file import TOLD_EVERY, BackupWriter, Progress
from daihoi.ops.backup.manifest import KeptConsumer, KeptStream, Manifest, Tally, is_store
from shared.domain.decider import Refusal
from shared.eventstore.errors import NoStream
from shared.eventstore.jetstream_api import js_call, js_names, services_with_streams, stream_info
from shared.eventstore.ledger import Ledger, origin_of
from shared.eventstore.names import ledger_stream, service_stream
from shared.eventstore.restoring import LEDGER_BEHIND
from shared.eventstore.rows import read_rows
from shared.eventstore.wholeness import state_of
from shared.platform.nats import in_dots, server_version

CATCH_UP_S = 60.0
LOOK_EVERY_S = 0.1

AT_ODDS = Refusal(
    "ledger_and_streams_at_odds",
    "Event {sequence} of {stream} is not in the stream as it is in the ledger. `daihoi doctor` says what is wrong; a "
    "backup is taken of a congress that is whole.",
)


async def take(connection: Client, congress: str, writer: BackupWriter, on_progress: Progress) -> Manifest:
    """Writes the backup. Raises the refusal that the congress is not whole, `Unavailable`."""
    return await _Taking(connection, congress, writer, on_progress).take()


class _Taking:
    def __init__(self, connection: Client, congress: str, writer: BackupWriter, on_progress: Progress) -> None:
        self._connection, self._congress, self._writer = connection, congress, writer
        self._on_progress, self._done, self._total = on_progress, 0, 0
        self._ledger, self._agreement = Ledger(connection, congress), Agreement(congress)

    async def take(self) -> Manifest:
        taken = datetime.now(UTC).replace(microsecond=0)
        consumers = [consumer async for consumer in self._consumers()]
        await self._until_the_ledger_has_all()
        streams = [stream async for stream in self._event_streams()]
        streams += [stream async for stream in self._object_stores()]
        manifest = Manifest(
            congress=self._congress,
            taken=taken,
            server=in_dots(server_version(self._connection)),
            streams=tuple(streams),
            consumers=tuple(consumers),
        )
        self._writer.end(manifest)
        return manifest

    async def _consumers(self) -> AsyncIterator[KeptConsumer]:
        stream = ledger_stream(self._congress)
        for name in await js_names(self._connection, f"CONSUMER.NAMES.{stream}"):
            info = await js_call(self._connection, f"CONSUMER.INFO.{stream}.{name}", {})
            if info["config"].get("durable_name"):
                yield KeptConsumer(name=name, config=info["config"], done=info["ack_floor"]["stream_seq"])

    async def _until_the_ledger_has_all(self) -> None:
        """That is in the streams of the services by now."""
        services = await self._services()
        ends = {
            service: (await state_of(self._connection, service_stream(self._congress, service)))["last_seq"]
            for service in services
        }
        deadline = time.monotonic() + CATCH_UP_S
        for service, end in ends.items():
            while (missing := end - await self._held_by_the_ledger(service)) > 0:
                if time.monotonic() > deadline:
                    raise LEDGER_BEHIND(stream=service_stream(self._congress, service), count=missing)
                await asyncio.sleep(LOOK_EVERY_S)

    async def _services(self) -> list[str]:
        return await services_with_streams(self._connection, self._congress)

    async def _held_by_the_ledger(self, service: str) -> int:
        last = await self._ledger.last_of(service)
        return origin_of(last).sequence if last else 0

    async def _event_streams(self) -> AsyncIterator[KeptStream]:
        end = await self._ledger.last_sequence()
        self._total = 2 * end
        yield await self._stream(ledger_stream(self._congress), end)
        present = [service_stream(self._congress, service) for service in await self._services()]
        for name in dict.fromkeys([*present, *self._agreement.streams]):
            yield await self._stream(name, self._agreement.count(name))

    async def _stream(self, name: str, last: int) -> KeptStream:
        """The events of one up to `last`, which are all there."""
        try:
            config = (await stream_info(self._connection, name))["config"]
        except NoStream as error:
            raise AT_ODDS(stream=name, sequence=1) from error
        kept = await self._write(name, config, last)
        if kept.messages != last:
            raise AT_ODDS(stream=name, sequence=kept.messages + 1)
        return kept

    async def _object_stores(self) -> AsyncIterator[KeptStream]:
        """And the accounts. An object may be removed meanwhile. Its description goes before its parts and is stored
        after them, so it is kept whole or without a description, as if it had never been stored whole."""
        for name in await js_names(self._connection, "STREAM.NAMES"):
            if is_store(self._congress, name):
                info = await stream_info(self._connection, name)
                self._total += info["state"]["messages"]
                yield await self._write(name, info["config"], info["state"]["last_seq"])

    async def _write(self, name: str, config: dict[str, Any], last: int) -> KeptStream:
        tally, direct = Tally(), bool(config.get("allow_direct"))
        with self._writer.member(f"{name}.jsonl") as member:
            async for row in read_rows(self._connection, name, last, direct=direct):
                if place := self._agreement.first_at_odds(name, row):
                    raise AT_ODDS(**place._asdict())
                line = row.line
                tally.add(row, line)
                member.write(line)
                self._tell()
        return tally.stream(name, config, last)

    def _tell(self) -> None:
        self._done += 1
        if self._done % TOLD_EVERY == 0 or self._done == self._total:
            self._on_progress(self._done, self._total)
