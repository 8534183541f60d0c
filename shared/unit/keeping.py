"""How a unit's service takes in a file that it is to keep as evidence: in parts, each a command, and then as a whole.

A process remembers nothing of it, so any process of the service may take any part. What is named and put on record is
what was read back from the store, so nothing else is ever found under a checksum. Whoever begins anew begins another
upload; parts of one that was broken off are named by nobody, and nobody reads them.
"""

import asyncio
import base64
import binascii
import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from shared.domain.decider import Command, Refusal, Refused
from shared.domain.evidence import ENTITY, RecordEvidence
from shared.eventstore.envelope import Cause
from shared.eventstore.errors import Conflict, NoStream, Rejected, Unavailable
from shared.eventstore.objects import PART_BYTES, EvidenceStore, Whole
from shared.unit.commands import Answer, CommandHandler
from shared.unit.problems import REJECTED, UNAVAILABLE
from shared.values.files import HEAD_BYTES, FileName, media_type
from shared.values.types import MAX_SEQUENCE, Bytes, Sha256, something

logger = logging.getLogger(__name__)

PART_CHARACTERS = (PART_BYTES + 2) // 3 * 4
"""As many as a part has in Base64."""
MB = 1024**2

Upload = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
"""A name that nobody else gives."""
Offset = Annotated[int, Field(strict=True, ge=0, le=10**15)]


class KeepEvidencePart(Command):
    """Takes one part of a file, at most 128 KiB in Base64, under the name of its upload. `size_bytes` is the whole
    file's; `after` is the sequence that the answer to the part before gave, 0 for the first."""

    NAME = "keep-evidence-part"
    ENTITY = ENTITY
    upload: Upload
    size_bytes: Bytes
    offset: Offset
    after: Annotated[int, Field(strict=True, ge=0, le=MAX_SEQUENCE)]
    part: Annotated[str, StringConstraints(min_length=1, max_length=PART_CHARACTERS)]


class KeepEvidence(Command):
    """Keeps the file whose parts were sent, once it is compared with its checksum. Without `upload` it is kept where
    the unit has the same content already."""

    NAME = "keep-evidence"
    ENTITY = ENTITY
    ID = "sha256"
    sha256: Annotated[Sha256, AfterValidator(something)]
    size_bytes: Bytes
    file_name: FileName
    upload: Upload | None = None


KEEPING: tuple[type[Command], ...] = (KeepEvidencePart, KeepEvidence)

TOO_LARGE = Refusal(
    "evidence_too_large", "A file of {size_mb} MB is too large: this unit keeps files of {most_mb} MB at most."
)
PART_UNREADABLE = Refusal("evidence_part_unreadable", "A part of the file is no Base64, or has more than it may.")
PART_MISPLACED = Refusal(
    "evidence_part_misplaced", "A part of the file does not follow the one before. Send the file anew."
)
NOT_SENT = Refusal("evidence_not_sent", "The unit does not have the content {sha256} yet: send it first.")
NOT_AS_SAID = Refusal(
    "evidence_not_as_said",
    "What arrived is not the file {sha256} of {size_bytes} bytes: it was changed, or parts are missing. Nothing is "
    "kept of it; send it anew.",
)
STORE_AWAITED = Refusal(
    "evidence_store_awaited",
    "The unit has no place for files yet; whoever runs the congress makes it with `daihoi streams provision`.",
)


def in_mb(size_bytes: int) -> int:
    """Rounded up."""
    return -(-size_bytes // MB)


@dataclass(frozen=True)
class EvidenceKeeper:
    """Does both commands for one service."""

    store: EvidenceStore
    handler: CommandHandler
    service: str
    most_bytes: int
    reading: asyncio.Lock = field(default_factory=asyncio.Lock)
    """One file at a time is read back: each takes some MiB of memory, however many send files at once."""

    def offer(self) -> None:
        self.handler.offer(KeepEvidencePart, lambda command, _: self.take(command))
        self.handler.offer(KeepEvidence, self.keep)

    async def take(self, command: KeepEvidencePart) -> Answer:
        """The sequence of the part. Raises a refusal."""
        self._check_size(command.size_bytes)
        part = _part_of(command)
        with store_answering(self.service):
            return Answer(events=(), sequence=await self.store.add(command.upload, part, command.after))

    async def keep(self, command: KeepEvidence, cause: Cause) -> Answer:
        """The event that it is kept; nothing where that is on record. Raises a refusal."""
        self._check_size(command.size_bytes)
        with store_answering(self.service):
            whole = await self.store.whole(command.sha256)
            if whole is None:
                async with self.reading:
                    sent = await self._sent(command)
                await self.store.name(command.sha256, sent)
                whole = await self.store.whole(command.sha256)
        if whole is None:
            raise REJECTED(service=self.service)
        if whole.size_bytes != command.size_bytes:
            raise NOT_AS_SAID(sha256=command.sha256, size_bytes=command.size_bytes)
        properties = {"size_bytes": whole.size_bytes, "media_type": whole.media_type}
        kept = RecordEvidence(sha256=command.sha256, file_name=command.file_name, **properties)
        return await self.handler.execute(kept, cause)

    async def _sent(self, command: KeepEvidence) -> Whole:
        """The upload, read back and compared."""
        if command.upload is None:
            raise NOT_SENT(sha256=command.sha256)
        digest, size, count, head = hashlib.sha256(), 0, 0, b""
        async for part in self.store.parts(command.upload):
            head = head or part[:HEAD_BYTES]
            digest.update(part)
            size, count = size + len(part), count + 1
            if size > command.size_bytes:
                break
        if (digest.hexdigest(), size) != (command.sha256, command.size_bytes):
            raise NOT_AS_SAID(sha256=command.sha256, size_bytes=command.size_bytes)
        return Whole(command.upload, size, count, media_type(head, command.file_name))

    def _check_size(self, size_bytes: int) -> None:
        if size_bytes > self.most_bytes:
            raise too_large(size_bytes, self.most_bytes)


@contextmanager
def store_answering(service: str) -> Iterator[None]:
    """What goes wrong with the store becomes a refusal."""
    try:
        yield
    except Conflict as error:
        raise PART_MISPLACED() from error
    except NoStream as error:
        raise STORE_AWAITED() from error
    except Unavailable as error:
        raise UNAVAILABLE() from error
    except Rejected as error:
        logger.error("a part of a file was refused for good: %s", error)
        raise REJECTED(service=service) from error


def too_large(size_bytes: int, most_bytes: int) -> Refused:
    return TOO_LARGE(size_mb=in_mb(size_bytes), most_mb=most_bytes // MB)


def _part_of(command: KeepEvidencePart) -> bytes:
    """Raises the refusal that it can't be one."""
    try:
        part = base64.b64decode(command.part, validate=True)
    except (binascii.Error, ValueError) as error:
        raise PART_UNREADABLE() from error
    if not 0 < len(part) <= min(PART_BYTES, command.size_bytes - command.offset):
        raise PART_UNREADABLE()
    return part
