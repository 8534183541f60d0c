"""Long lists page by page, as the address says: `page` counts from 1; what makes no sense is the first, and beyond
the last is the last."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

LONGEST_NUMBER = 6


class Paged[Row](NamedTuple):
    rows: Sequence[Row]
    page: int
    pages: int
    matching: int


def paged[Row](rows: Sequence[Row], query: Mapping[str, str], size: int) -> Paged[Row]:
    pages = max(1, -(-len(rows) // size))
    text = query.get("page", "")
    is_number = text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER
    page = min(max(int(text) if is_number else 1, 1), pages)
    return Paged(rows[(page - 1) * size : page * size], page, pages, len(rows))
