"""A file that shows work was done is kept by a unit. Its id is the checksum of its content."""

from shared.events.base import Event
from shared.values.types import Bytes, MediaType, Phrase


class EvidenceFiled(Event):
    """`file_name` is that of the file that was kept first, should the same content come again under another."""

    TYPE = "vn.daihoi.evidence.filed.v1"
    SENTENCE = "{actor} kept the file {file_name}"
    file_name: Phrase
    size_bytes: Bytes
    media_type: MediaType


EVENTS: tuple[type[Event], ...] = (EvidenceFiled,)
