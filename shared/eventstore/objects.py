"""Files in a unit's object store, in the format that NATS's own clients read: parts under a name of their upload,
and what is said of the whole under the checksum of its content.

The whole is named once all of its parts are stored and compared. Until then nobody sees it; what was broken off
before stays there as parts that nothing names. What is named first stands: it can't be named again.
"""

import base64
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

import nats.errors
from nats.aio.client import Client

from shared.eventstore.direct import read_subject
from shared.eventstore.errors import Conflict, Unavailable
from shared.eventstore.jetstream_api import stream_info
from shared.eventstore.jetstream_errors import typed
from shared.eventstore.leader import read_one
from shared.eventstore.names import bucket_stream, evidence_bucket
from shared.eventstore.wire import NotJson, as_json, read_json

PART_BYTES = 128 * 1024
"""The most that one part has, as with NATS's own clients."""
ACK_TIMEOUT_S = 5.0
EXPECTED = "Nats-Expected-Last-Subject-Sequence"


class Whole(NamedTuple):
    """A file that is stored whole: the upload that its parts are stored under."""

    upload: str
    size_bytes: int
    parts: int
    media_type: str


class EvidenceStore:
    """The files that one unit keeps."""

    def __init__(self, connection: Client, congress: str, unit: str) -> None:
        self._connection = connection
        self._bucket = evidence_bucket(congress, unit)
        self.stream = bucket_stream(self._bucket)

    async def add(self, upload: str, part: bytes, after: int) -> int:
        """Stores the part that follows the one with the sequence `after` (0: none), and returns its own. Once again
        the same part after the same is that part. Raises `Conflict` where another one follows, `NoStream`,
        `Unavailable`."""
        subject = self.subject_of_parts(upload)
        try:
            return await self._store(subject, part, {EXPECTED: str(after)})
        except Conflict:
            stored = await read_one(self._connection, self.stream, next_by_subj=subject, seq=after + 1)
            if stored is None or stored.body != part:
                raise
            return stored.sequence

    async def parts(self, upload: str) -> AsyncIterator[bytes]:
        """The contents of the parts of an upload, in order; about 8 MiB are in memory at once. Raises `NoStream`,
        `Unavailable`."""
        subject, after = self.subject_of_parts(upload), 0
        async for stored in read_subject(self._connection, self.stream, subject):
            yield stored.body
            after = stored.sequence
        # A replica may be behind.
        while later := await read_one(self._connection, self.stream, next_by_subj=subject, seq=after + 1):
            yield later.body
            after = later.sequence

    async def part_after(self, upload: str, after: int) -> tuple[bytes, int] | None:
        """The part that follows the one with the sequence `after` (0: none), and its own. Raises `NoStream`,
        `Unavailable`."""
        subject = self.subject_of_parts(upload)
        stored = await read_one(self._connection, self.stream, next_by_subj=subject, seq=after + 1)
        return (stored.body, stored.sequence) if stored else None

    async def name(self, sha256: str, whole: Whole) -> None:
        """Makes an upload the content of this checksum, unless there is one. Raises `NoStream`, `Unavailable`."""
        digest = base64.urlsafe_b64encode(bytes.fromhex(sha256)).decode()
        description = {
            "name": sha256,
            "headers": {"Content-Type": [whole.media_type]},
            "options": {"max_chunk_size": PART_BYTES},
            "bucket": self._bucket,
            "nuid": whole.upload,
            "size": whole.size_bytes,
            "chunks": whole.parts,
            "digest": f"SHA-256={digest}",
            "mtime": datetime.now(UTC).isoformat(),
        }
        try:
            await self._store(self.subject_of_name(sha256), as_json(description), {EXPECTED: "0"})
        except Conflict:
            return

    async def whole(self, sha256: str) -> Whole | None:
        """What is stored under this checksum; nothing where there is none, or nobody can read what is said of it.
        Raises `NoStream`, `Unavailable`."""
        stored = await read_one(self._connection, self.stream, next_by_subj=self.subject_of_name(sha256), seq=1)
        if stored is None:
            return None
        try:
            description: dict[str, Any] = read_json(stored.body)
            media_type = description["headers"]["Content-Type"][0]
            return Whole(
                str(description["nuid"]), int(description["size"]), int(description["chunks"]), str(media_type)
            )
        except (NotJson, LookupError, TypeError, ValueError):
            return None

    def subject_of_parts(self, upload: str) -> str:
        return f"$O.{self._bucket}.C.{upload}"

    def subject_of_name(self, sha256: str) -> str:
        return f"$O.{self._bucket}.M.{base64.urlsafe_b64encode(sha256.encode()).decode()}"

    async def _store(self, subject: str, body: bytes, headers: dict[str, str]) -> int:
        headers |= {"Nats-Expected-Stream": self.stream}
        try:
            reply = await self._connection.request(subject, body, timeout=ACK_TIMEOUT_S, headers=headers)
        except (nats.errors.Error, TimeoutError) as error:
            await stream_info(self._connection, self.stream)  # says where there is no stream at all
            raise Unavailable(f"a part of a file was not acknowledged: {error!r}") from error
        answer = read_json(reply.data)
        if refused := answer.get("error"):
            raise typed(refused)
        return int(answer["seq"])
