"""What merged cells say: the value stands in the first of them, and holds for more."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from contextlib import suppress
from typing import cast

from openpyxl.utils import range_boundaries

from shared.entering import tables
from shared.entering.tables import Cell, Row, Table

type Range = tuple[int, int, int, int]
"""First column, first row, last column, last row."""


def ranges_of(merged: Sequence[str]) -> list[Range]:
    """What is no range is passed over, as spreadsheets do."""
    ranges = []
    for named in merged:
        with suppress(ValueError):
            bounds = range_boundaries(named)
            if None not in bounds and bounds[0] <= tables.MAX_COLUMNS:
                ranges.append(bounds)
    return ranges


def filled_down(table: Table, ranges: Sequence[Range]) -> list[Row]:
    """What is merged downwards says the same in each row. What is merged across stands in its first column."""
    rows = [Row(row.number, list(row.cells)) for row in table.rows]
    numbers = [row.number for row in rows]
    for left, top, _, bottom in ranges:
        first, last = bisect_left(numbers, top), bisect_right(numbers, bottom)
        for row in rows[first + 1 : last] if first < last and numbers[first] == top else ():
            _put(row, left - 1, _at(rows[first], left - 1))
    return rows


def filled_across(rows: Sequence[Row], ranges: Sequence[Range]) -> list[Row]:
    """Headings that are merged across stand over all of their columns."""
    filled = [Row(row.number, list(row.cells)) for row in rows]
    for left, top, right, bottom in ranges:
        for row in filled:
            if top <= row.number <= bottom:
                for column in range(left, min(right, tables.MAX_COLUMNS)):
                    _put(row, column, _at(row, left - 1))
    return filled


def _at(row: Row, position: int) -> Cell:
    return row.cells[position] if position < len(row.cells) else None


def _put(row: Row, position: int, value: Cell) -> None:
    cells = cast("list[Cell]", row.cells)
    cells.extend([None] * (position + 1 - len(cells)))
    if cells[position] is None:
        cells[position] = value
