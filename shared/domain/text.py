"""Text as people type and paste it, made clean at the door: the same sentence is the same letters for everybody.

What can't be seen and carries no meaning goes; what would mislead whoever reads is refused.
"""

import re
import unicodedata
from typing import Any

_JOINERS = "\u200c\u200d"
"""Zero width, yet they shape letters: kept inside words, and nowhere else."""
_UNSEEN = re.compile("[\u00ad\u200b\u200e\u200f\u2060\ufeff]")
_ENDS = f" \t\n\u00a0\u3000{_JOINERS}"
_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_OVERRIDE = re.compile("[\u202a-\u202e\u2066-\u2069]")
MAX_DEPTH = 32
"""How deep lists and objects may lie in each other; no command needs more than six."""


class Unclean(ValueError):
    """Text that is refused. `code` is stable; the message is an English sentence that names no text."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


def clean(text: str) -> str:
    """`text` composed (NFC), lines ending in LF, nothing unseen at its ends, no zero-width blank in it.

    Raises `Unclean`: `lone_surrogate`, `control_character`, `bidi_override`; `nothing_to_see` where something was
    written and nothing of it can be seen.
    """
    if _SURROGATE.search(text):
        raise Unclean("lone_surrogate", "half a character: copy the text again, or type it")
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    if _CONTROL.search(lines):
        raise Unclean("control_character", "a control character, which nobody can see")
    if _OVERRIDE.search(lines):
        raise Unclean("bidi_override", "a sign that turns the direction of writing, which would mislead readers")
    cleaned = _UNSEEN.sub("", unicodedata.normalize("NFC", lines)).strip(_ENDS).strip()
    if not cleaned and text.strip():
        raise Unclean("nothing_to_see", "nothing that can be seen")
    return cleaned


def cleaned(value: Any, depth: int = 0) -> Any:
    """`value`, as JSON gives it, with every text in it clean, names of fields too. Raises `Unclean`, also `too_deep`
    where lists and objects lie more than `MAX_DEPTH` deep in each other."""
    if depth > MAX_DEPTH:
        raise Unclean("too_deep", "lists or objects too deep in each other")
    match value:
        case str():
            return clean(value)
        case dict():
            return {clean(str(name)): cleaned(each, depth + 1) for name, each in value.items()}
        case list() | tuple():
            return [cleaned(each, depth + 1) for each in value]
        case _:
            return value
