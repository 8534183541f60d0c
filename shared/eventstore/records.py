"""Records that are replaced: one a key, the last one alone is kept. Stored as NATS's key-value buckets are."""

from typing import NamedTuple

import nats.errors
from nats.aio.client import Client

from shared.eventstore.direct import DirectReader, Stored, read_subject
from shared.eventstore.errors import NotPermitted, Unavailable
from shared.eventstore.jetstream_api import stream_info
from shared.eventstore.jetstream_errors import typed
from shared.eventstore.leader import read_one
from shared.eventstore.names import record_stream, record_subject
from shared.eventstore.wire import read_json
from shared.platform.nats_permissions import PermissionsViolation

ACK_TIMEOUT_S = 5.0


class Record(NamedTuple):
    """`sequence` is what whoever replaces it says that it has seen."""

    key: str
    body: bytes
    sequence: int


class Records:
    """The records of one bucket. A key has one token or several, set apart by dots."""

    def __init__(self, connection: Client, bucket: str) -> None:
        self._connection = connection
        self._bucket = bucket
        self.stream = record_stream(bucket)

    async def read(self, key: str) -> Record | None:
        """The record as the stream's leader has it. Raises `NoStream`, `Unavailable`."""
        stored = await read_one(self._connection, self.stream, last_by_subj=record_subject(self._bucket, key))
        return self._record(stored) if stored else None

    async def read_any(self, *keys: str) -> list[Record]:
        """The records that are there, in one question to whichever server is near. Raises `Unavailable`."""
        subjects = [record_subject(self._bucket, key) for key in keys]
        try:
            async with DirectReader(self._connection, self.stream) as reader:
                await reader.ask(multi_last=subjects)
                page = await reader.answer()
        except nats.errors.Error as error:
            raise Unavailable(f"can't read {self.stream}: {error}") from error
        return [self._record(stored) for stored in page.messages]

    async def all(self) -> list[Record]:
        """All records by their keys, in memory. Raises `Unavailable`."""
        subject = record_subject(self._bucket, ">")
        records = [self._record(stored) async for stored in read_subject(self._connection, self.stream, subject)]
        return sorted({record.key: record for record in records}.values())

    async def is_empty(self) -> bool:
        """Whether nothing was ever put here. Raises `NoStream`, `Unavailable`."""
        return int((await stream_info(self._connection, self.stream))["state"]["last_seq"]) == 0

    async def put(self, key: str, body: bytes, seen: int) -> int:
        """Replaces the record that was `seen`, or is the first under its key with 0; returns its own sequence. Raises
        `Conflict` where another is there, `NoStream`, `Unavailable`, `Rejected`."""
        return await self._store(key, body, {"Nats-Expected-Last-Subject-Sequence": str(seen)})

    async def put_first(self, key: str, body: bytes) -> int:
        """The first record of the bucket; raises `Conflict` where there ever was one, and as `put`."""
        return await self._store(key, body, {"Nats-Expected-Last-Sequence": "0"})

    async def put_over(self, key: str, body: bytes) -> int:
        """Whatever is there. Raises as `put`, but no `Conflict`."""
        return await self._store(key, body, {})

    async def _store(self, key: str, body: bytes, headers: dict[str, str]) -> int:
        headers |= {"Nats-Expected-Stream": self.stream}
        subject = record_subject(self._bucket, key)
        try:
            reply = await self._connection.request(subject, body, timeout=ACK_TIMEOUT_S, headers=headers)
        except PermissionsViolation as error:
            raise NotPermitted(subject) from error
        except (nats.errors.Error, TimeoutError) as error:
            raise Unavailable(f"a record was not acknowledged: {error!r}") from error
        answer = read_json(reply.data)
        if refused := answer.get("error"):
            raise typed(refused)
        return int(answer["seq"])

    def _record(self, stored: Stored) -> Record:
        return Record(stored.subject.removeprefix(record_subject(self._bucket, "")), stored.body, stored.sequence)
