"""A table that fits its terminal without breaking a sum, a date or a share: what is narrow breaks its words first."""

import re
from collections.abc import Sequence

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Column, Table
from rich.text import Text

A_NUMBER = re.compile(r"\(?[+\-−]?\d[\d.,:/%\-]*\)?")
"""A sum, a share, a day or a time of day."""
LONGEST_WORD = 14
"""What is longer may break."""
RULE = 1


class FittedTable(Table):
    """Drawn as rich's own, where everything fits on a line; otherwise it gives each column a width."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        fit(self, options.max_width)
        yield from super().__rich_console__(console, options)


def fit(table: Table, width: int) -> None:
    """Words break where they don't all fit, the space beside the rules goes where numbers would not. Nothing is done
    to a table whose columns have widths already."""
    columns = table.columns
    if any(column.width or column.no_wrap for column in columns):
        return
    natural = [_widest(column, r"[^\n]+") for column in columns]
    words = [_least(column) for column in columns]
    numbers = [_widest(column, A_NUMBER.pattern) or 1 for column in columns]
    for padding in (1, 0):
        room = width - RULE - len(columns) * (RULE + 2 * padding)
        if padding and sum(natural) <= room:
            return
        least = next((least for least in (words, numbers) if sum(least) <= room), None)
        if least:
            table.padding = (0, padding)
            for column, given in zip(columns, _widths(natural, least, room), strict=True):
                column.width = given
            return


def _widths(natural: Sequence[int], least: Sequence[int], room: int) -> list[int]:
    """What is widest gives first, none below its least."""
    widths = list(natural)
    while sum(widths) > room:
        giving = [place for place, width in enumerate(widths) if width > least[place]]
        widths[max(giving, key=lambda place: widths[place])] -= 1
    return widths


def _least(column: Column) -> int:
    """So that neither a number nor a word of usual length breaks."""
    return max(_widest(column, A_NUMBER.pattern), min(LONGEST_WORD, _widest(column, r"\S+"))) or 1


def _widest(column: Column, pattern: str) -> int:
    texts = (str(cell) for cell in (column.header, *column.cells) if isinstance(cell, str | Text))
    return max((cell_len(part) for text in texts for part in re.findall(pattern, text)), default=0)
