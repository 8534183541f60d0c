"""What a row says of an event that is parked, and which others wait behind it."""

from shared.views.view import Document

BEHIND = "behind"
ORIGIN_GAP = "origin_gap"
ORIGIN_REPEAT = "origin_repeat"
OUT_OF_LINE = frozenset({ORIGIN_GAP, ORIGIN_REPEAT})
UNSTORABLE = "unstorable"
"""The database refused it, whatever the fold thought of it. That it is parked for this is what remembers it."""
BODY_FIELDS = ("body", "body_base64", "detail")
"""Of a parked event: what it says, or what is said of that."""


def holds_up(document: Document) -> bool:
    """Whether others wait behind this one."""
    return document["reason"] not in OUT_OF_LINE and document["reason"] != BEHIND
