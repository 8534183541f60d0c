"""What happens to an official document on file."""

from datetime import date
from enum import StrEnum

from shared.events.base import Event, Values, if_corrected, members
from shared.values.types import Brief, Phrase, Text


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


class DocumentValues(Values):
    symbol: str | None = if_corrected()
    kind: Phrase | None = if_corrected()
    title: Text | None = if_corrected()
    issuer: Phrase | None = if_corrected()
    issued_on: date | None = if_corrected()
    urgency: Urgency | None = if_corrected()
    basis: tuple[str, ...] | None = if_corrected()
    advised_by: Phrase | None = if_corrected()
    superseded_by: str | None = if_corrected()


class DocumentCorrected(Event):
    TYPE = "vn.daihoi.document.corrected.v1"
    SENTENCE = "{actor} corrected document {id}: {after}; recorded before: {before}; reason: {reason}"
    before: DocumentValues
    after: DocumentValues
    reason: Brief


DocumentEvent = DocumentIssued | DocumentSuperseded | DocumentWithdrawn | DocumentCorrected
EVENTS = members(DocumentEvent)
