"""The order in which people expect things: numbered ones with 1.9 before 1.10, Vietnamese names with a before ă."""

import re
import unicodedata
from functools import lru_cache

type NaturalKey = tuple[tuple[int, int, str], ...]

_PARTS = re.compile(r"([0-9]+)|([^0-9]+)")


def natural(text: str) -> NaturalKey:
    """The key to sort ids, codes and symbols by: runs of digits count as numbers, and stand before other text.

    A number is compared by its length without leading zeros and then by its digits, so none is too long."""
    return (*(_part(digits, other) for digits, other in _PARTS.findall(text)), (0, -1, text))


def _part(digits: str, other: str) -> tuple[int, int, str]:
    significant = digits.lstrip("0")
    return (0, len(significant), significant) if digits else (1, 0, other)


_LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_TONES = "\u0300\u0309\u0303\u0301\u0323"
"""Huyền, hỏi, ngã, sắc, nặng; a syllable without any comes first."""

type VietnameseKey = tuple[tuple[tuple[int, str], ...], tuple[int, ...], str]


def vietnamese(text: str) -> VietnameseKey:
    """The key to sort names and titles by: by their letters (a ă â … d đ e ê …), and where these are the same, by
    their tones. Other signs come before all letters."""
    signs = [_letter_and_tone(sign) for sign in unicodedata.normalize("NFC", text.lower())]
    return tuple(letter for letter, _ in signs), tuple(tone for _, tone in signs), text


@lru_cache(maxsize=4096)
def _letter_and_tone(sign: str) -> tuple[tuple[int, str], int]:
    marks = unicodedata.normalize("NFD", sign)
    letter = unicodedata.normalize("NFC", "".join(mark for mark in marks if mark not in _TONES))
    return (_LETTERS.find(letter), letter), max(map(_TONES.find, marks)) + 1
