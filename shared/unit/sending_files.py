"""Sending a file to the unit that is to keep it as evidence. Two parts of it are in memory at most, however large it
is."""

import asyncio
import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol
from uuid import UUID, uuid4

from shared.domain.decider import Refusal
from shared.eventstore.objects import PART_BYTES
from shared.unit.commands import Answer
from shared.unit.keeping import NOT_SENT, KeepEvidence, KeepEvidencePart, too_large
from shared.unit.problems import ProblemError
from shared.values.files import HEAD_BYTES, media_type
from shared.values.types import Evidence

EMPTY_FILE = Refusal("file_empty", "«{name}» is empty: it shows nothing.")
CHANGED = Refusal("file_changed", "«{name}» was changed while it was read. Nothing is kept of it; send it anew.")


@dataclass(frozen=True)
class Content:
    """What a file holds: its checksum, its size and its first bytes."""

    sha256: str
    size_bytes: int
    head: bytes


def content_of(file: BinaryIO, name: str, most_bytes: int) -> Content:
    """Reads the file, from its beginning, and no more of it than it may have. Raises the refusal that it is empty or
    too large, `OSError`."""
    file.seek(0)
    digest, size, head = hashlib.sha256(), 0, b""
    for part in _parts(file):
        head = head or part[:HEAD_BYTES]
        digest.update(part)
        size += len(part)
        if size > most_bytes:
            raise too_large(size, most_bytes)
    if not size:
        raise EMPTY_FILE(name=name)
    return Content(digest.hexdigest(), size, head)


class Giver(Protocol):
    """Gives commands to a service; `ProblemError` where it refuses them."""

    async def send(
        self, service: str, name: str, data: dict[str, Any], /, *, token: str, command_id: UUID
    ) -> Answer: ...


@dataclass(frozen=True)
class EvidenceSender:
    """Sends files to one unit, with a token of one of its members."""

    client: Giver
    unit: str
    token: str
    most_bytes: int

    async def send(self, file: BinaryIO, name: str) -> Evidence:
        """Has the unit keep the file, which it may have already. Raises a refusal, `ProblemError`, `OSError`; then
        nothing of it is to be seen."""
        content = await asyncio.to_thread(content_of, file, name, self.most_bytes)
        fields = {"sha256": content.sha256, "size_bytes": content.size_bytes, "file_name": name}
        try:
            await self._give(KeepEvidence.NAME, fields)
        except ProblemError as error:
            if error.problem.code != NOT_SENT.code:
                raise
            await self._give(KeepEvidence.NAME, fields | {"upload": await self._upload(file, name, content)})
        return Evidence(
            title=name,
            sha256=content.sha256,
            size_bytes=content.size_bytes,
            media_type=media_type(content.head, name),
            kept=True,
        )

    async def _upload(self, file: BinaryIO, name: str, content: Content) -> str:
        """The name of the upload. Raises the refusal that this is another content than was read before."""
        upload, digest, offset, after = uuid4().hex, hashlib.sha256(), 0, 0
        file.seek(0)
        for part in _parts(file):
            if offset + len(part) > content.size_bytes:
                raise CHANGED(name=name)
            digest.update(part)
            sent = {"upload": upload, "size_bytes": content.size_bytes, "offset": offset, "after": after}
            after = await self._give(KeepEvidencePart.NAME, sent | {"part": base64.b64encode(part).decode()})
            offset += len(part)
        if digest.hexdigest() != content.sha256:
            raise CHANGED(name=name)
        return upload

    async def _give(self, command: str, data: dict[str, Any]) -> int:
        answer = await self.client.send(self.unit, command, data, token=self.token, command_id=uuid4())
        return answer.sequence


def _parts(file: BinaryIO) -> Iterator[bytes]:
    while part := file.read(PART_BYTES):
        yield part
