"""What happens to an official document on file."""

from datetime import date
from enum import StrEnum

from shared.events.base import Event, members
from shared.values.types import Phrase, Text


class Urgency(StrEnum):
    """The five marks on official paper: thường, khẩn, thượng khẩn, hỏa tốc, hỏa tốc hẹn giờ."""

    NORMAL = "normal"
    URGENT = "urgent"
    VERY_URGENT = "very_urgent"
    EXPRESS = "express"
    EXPRESS_TIMED = "express_timed"


class DocumentIssued(Event):
    TYPE = "vn.daihoi.document.issued.v1"
    symbol: str
    kind: Phrase
    title: Text
    issuer: Phrase
    issued_on: date | None = None
    urgency: Urgency = Urgency.NORMAL
    term: str | None = None
    basis: tuple[str, ...] = ()
    advised_by: Phrase | None = None


class DocumentSuperseded(Event):
    TYPE = "vn.daihoi.document.superseded.v1"
    superseded_by: str


class DocumentWithdrawn(Event):
    TYPE = "vn.daihoi.document.withdrawn.v1"
    reason: Phrase


DocumentEvent = DocumentIssued | DocumentSuperseded | DocumentWithdrawn
EVENTS = members(DocumentEvent)
