"""Fetching the files that a unit keeps from its service. One part of a file is in memory, however large it is."""

import base64
import binascii
import hashlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from shared.unit.client import CommandClient
from shared.unit.handing_out import DIFFERS, EvidencePart, FetchEvidencePart, KeptFile, ListEvidence


@dataclass(frozen=True)
class EvidenceFetcher:
    """Fetches files of one unit, with a token of one of its members."""

    client: CommandClient
    unit: str
    token: str

    async def fetch(self, sha256: str, write: Callable[[bytes], object]) -> int:
        """Hands the content over part by part; how many bytes it has. Raises `ProblemError` where the unit does not
        have it, and the refusal that it is another than it was, which shows at its end."""
        digest, size, whole = hashlib.sha256(), 0, 1
        after = 0
        while size < whole:
            answer = await self._part(sha256, after)
            part, after, whole = _bytes_of(answer), answer.sequence, answer.size_bytes
            size += len(part)
            if not part or size > whole:
                break
            digest.update(part)
            write(part)
        if size != whole or digest.hexdigest() != sha256:
            raise DIFFERS(unit=self.unit, sha256=sha256)
        return size

    async def on_record(self) -> AsyncIterator[KeptFile]:
        """Every file that the unit has put on record, by checksum. Raises `ProblemError`."""
        after = ""
        while page := (await self.client.question(self.unit, ListEvidence(after=after), token=self.token)).files:
            for file in page:
                yield file
            after = page[-1].sha256

    async def _part(self, sha256: str, after: int) -> EvidencePart:
        question = FetchEvidencePart(sha256=sha256, after=after)
        answer: EvidencePart = await self.client.question(self.unit, question, token=self.token)
        return answer


def _bytes_of(answer: EvidencePart) -> bytes:
    """The bytes that the text stands for; nothing where it is no Base64."""
    try:
        return base64.b64decode(answer.part, validate=True)
    except (binascii.Error, ValueError):
        return b""
