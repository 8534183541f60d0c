"""Text as people type and paste it, cleaned as it comes in: the same sentence is then the same letters for
everybody.

Invisible characters without a meaning are removed; those that would mislead a reader are refused.
"""

import re
import unicodedata
from typing import Any

_JOINERS = "\u200c\u200d"
"""Zero width, yet they shape letters: kept inside words, and nowhere else."""
_UNSEEN = re.compile("[\u00ad\u034f\u115f\u1160\u200b\u200e\u200f\u2060\u3164\ufeff\uffa0\U000e0000-\U000e007f]")
_ENDS = _JOINERS + "".join(filter(str.isspace, map(chr, range(0x3001))))
_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_OVERRIDE = re.compile("[\u202a-\u202e\u2066-\u2069]")
MAX_DEPTH = 32
"""How deep lists and objects may be nested; no command needs more than six."""


class Unclean(ValueError):
    """What is refused. `code` is stable; the message is an English sentence that names no text; `path` says where in
    the value it stands, names and places from the outermost."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.path: tuple[str | int, ...] = ()


def is_whole(value: object) -> bool:
    """Whether it is text without half a character in it, which no JSON can hold."""
    return isinstance(value, str) and not _SURROGATE.search(value)


def clean(text: str) -> str:
    """`text` composed (NFC), lines ending in LF, nothing unseen at its ends, no zero-width blank in it.

    Raises `Unclean`: `lone_surrogate`, `control_character`, `bidi_override`; `nothing_to_see` where something was
    written and nothing of it can be seen.
    """
    if text.isascii() and text.isprintable():
        return text.strip()
    if not is_whole(text):
        raise Unclean("lone_surrogate", "half a character: copy the text again, or type it")
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    if _CONTROL.search(lines):
        raise Unclean("control_character", "a control character, which nobody can see")
    if _OVERRIDE.search(lines):
        raise Unclean(
            "bidi_override", "a character that changes the direction of writing, which would mislead readers"
        )
    cleaned = unicodedata.normalize("NFC", _UNSEEN.sub("", lines)).strip(_ENDS)
    if not cleaned and text.strip():
        raise Unclean("nothing_to_see", "nothing that can be seen")
    return cleaned


def cleaned(value: Any, depth: int = 0) -> Any:
    """`value`, as JSON gives it, with every text in it clean, names of fields too.

    Raises `Unclean`, also `too_deep` where lists and objects are nested more than `MAX_DEPTH` deep,
    `number_out_of_range` where a number has more than 64 bits or is none, and `same_name_twice` where two names are
    the same once they are clean.
    """
    match value:
        case str():
            return clean(value)
        case bool() | None:
            return value
        case int() | float():
            if not -(2**63) <= value < 2**63:  # what JSON, BSON and the broker's numbers all can hold
                raise Unclean("number_out_of_range", "a number that is too large, or not a number")
            return value
        case _ if depth > MAX_DEPTH:
            raise Unclean("too_deep", "lists or objects nested too deep")
        case dict():
            fields = {clean(str(name)): _cleaned_at(name, field, depth) for name, field in value.items()}
            if len(fields) < len(value):
                raise Unclean("same_name_twice", "the same name twice, differing only in what can't be seen")
            return fields
        case list() | tuple():
            return [_cleaned_at(position, item, depth) for position, item in enumerate(value)]
        case _:
            return value


def _cleaned_at(place: str | int, value: Any, depth: int) -> Any:
    try:
        return cleaned(value, depth + 1)
    except Unclean as unclean:
        unclean.path = (place, *unclean.path)
        raise
