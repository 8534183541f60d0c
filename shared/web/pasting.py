"""A table pasted from a spreadsheet into a page: which task, which day or sum, and why. Columns are known by their
headings, or by what stands in them where there is none. Nothing is taken that is not clear."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from shared.domain.decider import Refusal, Refused
from shared.entering.cells import DAMAGED_TEXT, within, written
from shared.entering.days import NO_SINGLE_DAY, UNCLEAR_DAY, meant_by, years_in
from shared.entering.headings import field_among, field_of
from shared.entering.money import dong_of, measure_of
from shared.entering.tables import MAX_COLUMNS, TOO_MANY_COLUMNS, TOO_MANY_ROWS, quoted
from shared.values.command_words import words_of_field
from shared.values.message import Message
from shared.values.types import slug

MOST_LETTERS = 1_000_000
MOST_ROWS = 2000
LONGEST_REASON = 500
"""Of `Brief` in shared.values.types."""

TOO_MUCH_PASTED = Refusal("too_much_pasted", "More than {most} letters were pasted; paste the table in parts.")
NO_SUCH_COLUMN = Refusal(
    "no_such_column", "No column of it is «{name}»; paste the table with its headings, or write such a column."
)
SEVERAL_COLUMNS = Refusal("several_columns", "Several columns may be «{name}»; paste the one that is meant alone.")
NO_SUCH_TASK = Refusal("no_such_task", "«{found}» is none of the tasks here.")
NO_TASK = Refusal("no_task", "The row names no task.")
TASK_TWICE = Refusal("task_twice", "The task stands in row {row} already.")

_CELL = re.compile(r'"(?P<quoted>(?:[^"]|"")*+)"(?=[\t\n]|\Z)|(?P<plain>[^\t\n]*)')
_HEADINGS = {
    "task_id": re.compile(r"ma(?: so)?(?: (?:nhiem vu|cong viec|viec|dau viec))?|id|task id"),
    "new_day": re.compile(
        r"(?:thoi han|thoi gian|han|ngay)(?: (?:hoan thanh|thuc hien))?(?: (?:moi|de nghi|dieu chinh|gia han|lui))+|"
        r"(?:gia han|lui)(?: (?:den|toi))?(?: ngay)?|new deadline"
    ),
    "sum": re.compile(r"so tien(?: .*)?|amount|sum"),
    "reason": re.compile(r"(?:ly|li) do(?: .*)?|vi sao|reason"),
}
"""Beside those of the annex of tasks."""
_OF_THE_ANNEX = {"code": "task_id", "deadline": "day", "budget_vnd": "sum", "secured_vnd": "sum", "remark": "reason"}
TASK_ID, REASON = "task_id", "reason"

type Meant = str | int | date


class PastedRow(NamedTuple):
    """`number` counts from the first line that was pasted; `values` has the task's id, the day or sum, and the
    reason where one is given, by the names of their columns."""

    number: int
    values: Mapping[str, Meant]


class PasteProblem(NamedTuple):
    """`row` 0 is the paste as a whole; `column` is empty where no single cell is wrong."""

    row: int
    column: str
    message: Message

    @property
    def label(self) -> Message | str:
        return words_of_field("", self.column)


class Pasted(NamedTuple):
    """Rows that are clear, what is wrong with others, and which rows were left out, for nothing stands in them that
    would be changed."""

    rows: tuple[PastedRow, ...] = ()
    problems: tuple[PasteProblem, ...] = ()
    left_out: tuple[int, ...] = ()


class _Line(NamedTuple):
    number: int
    cells: Sequence[str]

    def cell(self, place: int | None) -> str:
        return self.cells[place] if place is not None and place < len(self.cells) else ""


def read_paste(text: str, column: str, task_ids: Collection[str]) -> Pasted:
    """A table of tasks, each with a day or a sum in đồng for the field `column`, such as `deadline` or `secured_vnd`,
    and perhaps a reason. `task_ids` are those that may be named, by id or code. Raises nothing."""
    try:
        lines = _lines(text)
        known = _known(task_ids)
        kind = "sum" if column.endswith("_vnd") else "day"
        headings = _headings(lines[0], kind, column) if lines else {}
        filled = lines[1:] if headings else lines
        if len(filled) > MOST_ROWS:
            raise TOO_MANY_ROWS(most=MOST_ROWS)
        places = _places(headings, filled, kind, column, known)
    except Refused as why:
        return Pasted(problems=(PasteProblem(0, "", why.message),))
    if not filled:
        return Pasted()
    heading = lines[0].cell(places[column]) if headings else ""
    years = years_in(line.cell(places[column]) for line in filled)
    return _Reading(column, places, known, measure_of(heading), years).read(filled)


def _lines(text: str) -> list[_Line]:
    """The lines with something in them. Raises `Refused`."""
    if len(text) > MOST_LETTERS:
        raise TOO_MUCH_PASTED(most=MOST_LETTERS)
    lines: list[_Line] = []
    for number, cells in enumerate(_rows(text.replace("\r\n", "\n").replace("\r", "\n")), start=1):
        if len(cells) > MAX_COLUMNS:
            raise TOO_MANY_COLUMNS(most=MAX_COLUMNS)
        if any(cells):
            lines.append(_Line(number, cells))
        if len(lines) > MOST_ROWS + 1:
            raise TOO_MANY_ROWS(most=MOST_ROWS)
    return lines


def _rows(text: str) -> Iterator[list[str]]:
    """A cell stands in quotation marks where it has several lines; another one may begin with such a mark."""
    cells: list[str] = []
    at = 0
    while (match := _CELL.match(text, at)) is not None:
        quoted_text = match["quoted"]
        cell = match["plain"] if quoted_text is None else quoted_text.replace('""', '"')
        cells.append(cell.replace("\u00a0", " ").strip())
        at = match.end() + 1
        if at > len(text) or text[at - 1] == "\n":
            yield cells
            cells = []
        if at > len(text):
            return


def _known(task_ids: Collection[str]) -> Mapping[str, str]:
    return {task_id.casefold(): task_id for task_id in task_ids}


def _task_in(cell: str, known: Mapping[str, str]) -> str | None:
    """The task that a cell names, by its id or its code: `1-03`, `1.03`."""
    if len(cell) > 100:
        return None
    return known.get(cell.casefold()) or known.get(slug(cell).casefold())


# --- columns ---
def _headings(line: _Line, kind: str, column: str) -> dict[int, str]:
    """What each column is, by its heading; none where the line has no heading that counts here. Of several that may
    hold the value, the new day goes before the one until now, and the field itself before others of its kind."""
    named = {at: name for at, cell in enumerate(line.cells) if (name := _named(cell, column))}
    best = next((name for name in (f"new_{kind}", column, kind) if name in named.values()), None)
    if best is None and TASK_ID not in named.values():
        return {}
    renamed = {column: kind} if best != column else {}
    return {at: column if name == best else renamed.get(name, name) for at, name in named.items()}


def _named(cell: str, column: str) -> str | None:
    annex = field_of(cell)
    if annex == column:
        return column
    return field_among(_HEADINGS, cell) or (_OF_THE_ANNEX.get(annex, annex) if annex else None)


def _places(
    headings: Mapping[int, str], lines: Sequence[_Line], kind: str, column: str, known: Mapping[str, str]
) -> Mapping[str, int]:
    """Where the task, the value and the reason stand. Raises `Refused`."""
    columns = range(max((len(line.cells) for line in lines), default=0))
    with_tasks = {at: sum(_task_in(line.cell(at), known) is not None for line in lines) for at in columns}
    called = [at for at in columns if headings.get(at) == TASK_ID] or [at for at in columns if at not in headings]
    task = max(called, key=lambda at: with_tasks[at], default=None)
    if lines and (task is None or (not with_tasks[task] and TASK_ID not in headings.values())):
        raise NO_SUCH_COLUMN(name=words_of_field("", TASK_ID))
    values = [at for at in columns if headings.get(at) == column]
    if not values:
        values = [at for at in columns if at not in headings and at != task and _mostly(lines, at, kind)]
    if lines and len(values) != 1:
        raise (SEVERAL_COLUMNS if values else NO_SUCH_COLUMN)(name=words_of_field("", column))
    places = {TASK_ID: task or 0, column: values[0] if values else 0}
    reasons = [at for at in columns if headings.get(at) == REASON]
    if not headings:
        reasons = [at for at in columns if at > places[column]]
    return places | ({REASON: reasons[0]} if reasons else {})


def _mostly(lines: Sequence[_Line], at: int, kind: str) -> bool:
    """Whether at least half of what stands in the column is a day, or a sum that no serial number is."""
    cells = [cell for line in lines if (cell := line.cell(at))]
    return bool(cells) and 2 * sum(_is(kind, cell) for cell in cells) >= len(cells)


def _is(kind: str, cell: str) -> bool:
    try:
        if kind == "day":
            meant_by(cell, frozenset({2000}))
        else:
            dong_of(cell, 0)
    except Refused:
        return False
    return any(sign.isdigit() for sign in cell)


# --- rows ---
class _Reading(NamedTuple):
    column: str
    places: Mapping[str, int]
    known: Mapping[str, str]
    measure: int
    years: frozenset[int]

    def read(self, lines: Sequence[_Line]) -> Pasted:
        rows: list[PastedRow] = []
        problems: list[PasteProblem] = []
        left_out: list[int] = []
        first: dict[Meant, int] = {}
        for line in lines:
            if not line.cell(self.places[self.column]):
                left_out.append(line.number)
                continue
            values, wrong = self._values(line)
            if (task := values.get(TASK_ID)) is not None and first.setdefault(task, line.number) != line.number:
                wrong.append(PasteProblem(line.number, TASK_ID, TASK_TWICE.filled(row=first[task])))
            problems += wrong
            if not wrong:
                rows.append(PastedRow(line.number, values))
        return Pasted(tuple(rows), tuple(problems), tuple(left_out))

    def _values(self, line: _Line) -> tuple[dict[str, Meant], list[PasteProblem]]:
        values: dict[str, Meant] = {}
        wrong: list[PasteProblem] = []
        for name, place in self.places.items():
            try:
                if (value := self._value(name, line.cell(place))) is not None:
                    values[name] = value
            except Refused as why:
                wrong.append(PasteProblem(line.number, name, why.message))
        return values, wrong

    def _value(self, name: str, cell: str) -> Meant | None:
        """Raises `Refused`."""
        if name == TASK_ID:
            return self._task(cell)
        text = written(cell)
        if not isinstance(text, str):
            return None
        if name == REASON:
            return within(text, LONGEST_REASON)
        if "\ufffd" in text:
            raise DAMAGED_TEXT(found="\ufffd")
        return dong_of(text, self.measure) if name.endswith("_vnd") else self._day(text)

    def _task(self, cell: str) -> str:
        if not cell:
            raise NO_TASK()
        if (task := _task_in(cell, self.known)) is None:
            raise NO_SUCH_TASK(found=quoted(cell))
        return task

    def _day(self, text: str) -> date:
        meant = meant_by(text, self.years)
        if meant.day is None:
            raise NO_SINGLE_DAY(found=quoted(text))
        if not meant.is_clear:
            raise UNCLEAR_DAY(found=quoted(text), proposed=meant.day)
        return meant.day
