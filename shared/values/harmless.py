"""Text that can't command a terminal, nor begin a line of its own in a log."""

import re

_COMMANDING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Escape sequences begin with one of these; others turn the direction of writing, or are half a character."""


def harmless(text: str) -> str:
    """`text` with whatever would command a terminal written out, as JSON does: `\\u001b`."""
    return _COMMANDING.sub(lambda sign: f"\\u{ord(sign.group()):04x}", text)


def in_one_line(text: str) -> str:
    """The same, with the ends of its lines written as `\\n`."""
    return harmless(text.replace("\r\n", "\n").replace("\n", "\\n").replace("\t", "\\t"))
