"""A report is issued: handed up under a symbol, signed, and from then on to be had again as it was."""

from datetime import date
from enum import StrEnum

from shared.events.base import Event
from shared.values.types import Name


class Capacity(StrEnum):
    """In whose place somebody signs: for the body as a whole, for its head, by order, by power of attorney. Who signs
    in a right of their own has none."""

    ON_BEHALF = "T/M"
    FOR_THE_HEAD = "K/T"
    BY_ORDER = "T/L"
    BY_ATTORNEY = "TUQ"


class ReportIssued(Event):
    """The report as of ledger event `sequence` and for the day `today`. `digest` is that of the views, which the
    report shows; `content_digest` that of what it says, in the form `content_form`."""

    TYPE = "vn.daihoi.issued-report.issued.v1"
    SENTENCE = "{actor} issued report {symbol}, signed by {signer}"
    symbol: str
    issued_on: date
    signer: Name
    signing: Capacity | None = None
    period_from: date
    period_to: date
    today: date
    coming_days: int
    sequence: int
    digest: str
    content_digest: str
    content_form: int


EVENTS = (ReportIssued,)
