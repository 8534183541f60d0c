"""What is taken from tokens that were good: a token, those of a position, or a key with all that it has signed."""

from datetime import datetime
from enum import StrEnum

from shared.events.base import Event


class Revocable(StrEnum):
    """What a revocation can name: a token by its id, all tokens of a position, a key by its id."""

    TOKEN = "token"  # noqa: S105 - no secret
    POSITION = "position"
    KEY = "key"


class RevocationRecorded(Event):
    """In force from `since` on, and not before it was recorded. A token or a key is refused from then on for ever; of
    a position those tokens that were minted by then, for somebody else will hold it."""

    TYPE = "vn.daihoi.revocation.recorded.v1"
    SENTENCE = "{actor} revoked {what} {named} as of {since}: {reason}"
    what: Revocable
    named: str
    since: datetime
    reason: str


EVENTS = (RevocationRecorded,)
