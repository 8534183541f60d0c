"""The order in which people expect numbered things: 1.9 before 1.10, 9 before 10."""

import re

type NaturalKey = tuple[tuple[int, int, str], ...]

_PARTS = re.compile(r"([0-9]+)|([^0-9]+)")


def natural(text: str) -> NaturalKey:
    """The key to sort ids, codes and symbols by: runs of digits count as numbers, and stand before other text.

    A number is compared by its length without leading zeros and then by its digits, so none is too long."""
    return (*(_part(digits, other) for digits, other in _PARTS.findall(text)), (0, -1, text))


def _part(digits: str, other: str) -> tuple[int, int, str]:
    significant = digits.lstrip("0")
    return (0, len(significant), significant) if digits else (1, 0, other)
