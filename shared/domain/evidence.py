"""A file that a unit keeps as evidence, by the checksum of its content: the same content is kept once.

Only the unit's service records it, once it has the whole file and has compared it (`shared.unit.keeping`).
"""

from collections.abc import Sequence

from shared.domain.decider import Actor, Aggregate, Command, latest
from shared.events.evidence import EVENTS, EvidenceFiled
from shared.values.types import Bytes, MediaType, Phrase, Sha256

ENTITY = "evidence"


class RecordEvidence(Command):
    """Puts on record that a file is kept; only the service does."""

    NAME = "record-evidence"
    ENTITY = ENTITY
    ID = "sha256"
    sha256: Sha256
    file_name: Phrase
    size_bytes: Bytes
    media_type: MediaType


def decide(command: RecordEvidence, kept: EvidenceFiled | None, _: Actor) -> Sequence[EvidenceFiled]:
    return () if kept else (EvidenceFiled(**command.content()),)


AGGREGATE = Aggregate(events=EVENTS, commands=(RecordEvidence,), evolve=latest, decide=decide, internal=True)
