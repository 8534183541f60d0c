"""A file as rows of cells, from CSV or XLSX, and everything that can be wrong with it as a file.

Knows limits and encodings; refuses to know what the columns mean."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from shared.domain.decider import Refusal, Refused
from shared.values.brief import brief_text

MAX_FILE_BYTES = 16 * 1024 * 1024
MAX_ROWS = 20_000
MAX_COLUMNS = 64
"""Rows below the header, and columns. What goes over is refused as soon as it is met, before the rest is read."""

type Cell = str | int | float | date | Refused | None
"""A cell that can't be a value, such as a formula, is the reason why."""


class Row(NamedTuple):
    """`number` is the row's as a spreadsheet shows it: the header is 1."""

    number: int
    cells: Sequence[Cell]


class Wrong(NamedTuple):
    """One thing wrong: where (`row` 0: the whole file; `column` empty: the whole row), and why. `unclear` is the
    cell's text where it says something that can be taken as `why` proposes."""

    row: int
    column: str
    why: Refused
    unclear: str = ""


class Table(NamedTuple):
    """The filled rows, what somebody should know who takes the file for right, and the ranges of merged cells, such
    as `C4:D4`: what they say stands in the first. `separator` is what parts the cells, where that is a character:
    one too many of it moves all that follows."""

    rows: Sequence[Row]
    remarks: Sequence[Refused] = ()
    merged: Sequence[str] = ()
    separator: str = ""


class Unreadable(Exception):
    """The file is not read; `errors` has everything that is wrong with it, top to bottom."""

    def __init__(self, *errors: Wrong) -> None:
        super().__init__("; ".join(str(error.why) for error in errors[:10]))
        self.errors = errors


MERGED = Refusal("merged_cells", "The cells {cells} are merged; unmerge them and fill in each one.")
NOT_A_VALUE = Refusal("not_a_value", "There is {found}; write the value as text or as a number.")
FORMULA = Refusal("formula", "There is a formula; paste the value it has instead.")
TOO_MANY_BYTES = Refusal("file_too_large", "The file is larger than {most} MB; split it into several files.")
TOO_MANY_ROWS = Refusal("too_many_rows", "There are more than {most} rows; nothing was read further.")
MORE_THAN_HEADINGS = Refusal(
    "more_cells_than_headings",
    "There are {cells} cells below {headings} headings. A name with a {separator} in it stands in quotation marks.",
)
TOO_MANY_COLUMNS = Refusal("too_many_columns", "There are more than {most} columns.")

_MOST_SHOWN = 61


def quoted(value: object) -> str:
    """A cell's value as an error quotes it."""
    return brief_text(value, _MOST_SHOWN)


def unreadable(why: Refused) -> Unreadable:
    """The whole file is refused."""
    return Unreadable(Wrong(0, "", why))


def rows_too_long(rows: Iterable[Row], header: Row, separator: str) -> Iterator[Wrong]:
    """The rows with more cells than there are headings, where a `separator` parts them."""
    for row in rows if separator else ():
        filled = max((at for at, cell in enumerate(row.cells, start=1) if cell is not None), default=0)
        if filled > len(header.cells):
            shown = {"cells": len(row.cells), "headings": len(header.cells), "separator": f"«{quoted(separator)}»"}
            yield Wrong(row.number, "", MORE_THAN_HEADINGS(**shown))


def bounded(rows: Iterator[Row]) -> Iterator[Row]:
    """The rows that are not empty. Raises `Unreadable` at the first one too many."""
    filled = (row for row in rows if any(cell is not None for cell in row.cells))
    for count, row in enumerate(filled):
        if count > MAX_ROWS:
            raise unreadable(TOO_MANY_ROWS(most=MAX_ROWS))
        if len(row.cells) > MAX_COLUMNS:
            raise unreadable(TOO_MANY_COLUMNS(most=MAX_COLUMNS))
        yield row
