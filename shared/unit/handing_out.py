"""How a unit's service hands out the files that it keeps: part by part, to whoever has a token of the unit, for a
member's device reads no store. Nothing is written. Who fetches compares the whole with its checksum
(`fetching_files.py`)."""

import base64
from dataclasses import dataclass
from typing import Annotated, ClassVar

from pydantic import BaseModel, Field, StringConstraints

from shared.domain.decider import Command, Refusal
from shared.domain.evidence import ENTITY
from shared.eventstore.errors import Unavailable
from shared.eventstore.objects import EvidenceStore
from shared.unit.commands import Answer, CommandHandler, Question
from shared.unit.keeping import store_answering
from shared.unit.problems import UNAVAILABLE
from shared.values.types import MAX_SEQUENCE, Sha256

FILES_AT_ONCE = 100
"""As many as one page names."""

NOT_IN_STORE = Refusal("evidence_not_in_store", "{unit} keeps no file with the checksum {sha256}.")
DIFFERS = Refusal(
    "evidence_differs", "What {unit} keeps as {sha256} has another content. `daihoi evidence verify` looks at all."
)


class EvidencePart(Answer):
    """One part of a file, in Base64. `sequence` is the part's, `size_bytes` the whole file's as the store says."""

    part: str
    size_bytes: int


class KeptFile(BaseModel):
    sha256: str
    file_name: str
    size_bytes: int


class KeptFiles(Answer):
    """Files on record, by their checksums in order; none: there are no more."""

    files: tuple[KeptFile, ...]


class FetchEvidencePart(Question):
    """Asks for one part of a file that the unit keeps. `after` is the sequence that the answer with the part before
    gave, 0 for the first."""

    NAME = "fetch-evidence-part"
    ENTITY = ENTITY
    ANSWER: ClassVar[type[Answer]] = EvidencePart
    sha256: Sha256
    after: Annotated[int, Field(strict=True, ge=0, le=MAX_SEQUENCE)] = 0


class ListEvidence(Question):
    """Asks which files the unit has put on record as kept: those whose checksums come after `after`, 100 at most."""

    NAME = "list-evidence"
    ENTITY = ENTITY
    ANSWER: ClassVar[type[Answer]] = KeptFiles
    after: Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{64})?$")] = ""


HANDING_OUT: tuple[type[Command], ...] = (FetchEvidencePart, ListEvidence)


@dataclass(frozen=True)
class EvidenceGiver:
    """Answers both for one service."""

    store: EvidenceStore
    handler: CommandHandler
    service: str

    def offer(self) -> None:
        self.handler.offer(FetchEvidencePart, lambda question, _: self.part(question))
        self.handler.offer(ListEvidence, lambda question, _: self.on_record(question))

    async def part(self, question: FetchEvidencePart) -> EvidencePart:
        """Raises the refusal that there is no such file, or no further part of it."""
        with store_answering(self.service):
            whole = await self.store.whole(question.sha256)
            stored = whole and await self.store.part_after(whole.upload, question.after)
        if whole is None or stored is None:
            refusal = DIFFERS if question.after else NOT_IN_STORE
            raise refusal(unit=self.service, sha256=question.sha256)
        part, sequence = stored
        in_base64 = base64.b64encode(part).decode()
        return EvidencePart(events=(), sequence=sequence, part=in_base64, size_bytes=whole.size_bytes)

    async def on_record(self, question: ListEvidence) -> KeptFiles:
        try:
            ids = [sha256 for sha256 in await self.handler.ids(ENTITY) if sha256 > question.after]
            files = [await self._file(sha256) for sha256 in ids[:FILES_AT_ONCE]]
        except Unavailable as error:
            raise UNAVAILABLE() from error
        return KeptFiles(events=(), sequence=0, files=tuple(filter(None, files)))

    async def _file(self, sha256: str) -> KeptFile | None:
        filed = await self.handler.state(ENTITY, sha256)
        return filed and KeptFile(sha256=sha256, file_name=filed.file_name, size_bytes=filed.size_bytes)
