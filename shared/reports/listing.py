"""A report of one view that is a list: a row for each document. A module of this package named like the view holds it
as `LISTING`, and `daihoi view` prints it; nothing else has to know of it."""

from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import NamedTuple

from shared.reports.order import in_order_of_id
from shared.values.types import Text
from shared.views.view import Document


class Column(NamedTuple):
    """`cell` is what a document has to show there; nothing is an empty cell."""

    heading: Text
    cell: Callable[[Document], object]


class Listing(NamedTuple):
    title: Text
    columns: tuple[Column, ...]
    rows: Callable[[Sequence[Document]], Sequence[Document]] = in_order_of_id
    """Which documents are listed, and in which order."""


def listing_of(view: str) -> Listing | None:
    name = f"{__package__}.{view}"
    return getattr(import_module(name), "LISTING", None) if find_spec(name) else None
