"""The rows of an annex by what they are: tasks under their groups, and what is no task: totals, examples, headings
that are repeated, numbers of columns, and what stands below the table."""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import NamedTuple

from services.subcommittee.importing.layout import Layout
from shared.domain.decider import Refused
from shared.entering.cells import written
from shared.entering.headings import heading_key
from shared.entering.plain import words
from shared.entering.tables import Cell, Row

_WHOLE_TOTAL = "tong cong|tong so|tong|tong kinh phi|total"
_TOTAL = re.compile(rf"({_WHOLE_TOTAL}|cong|cong nhom|cong muc)( (nhom|muc|phan|[ivx]+|\d+)\b.*)?")
EXAMPLE = re.compile(r"(vi du|vd|mau|example)( .*)?")
_LABEL = re.compile(r"(?P<label>[IVX]+|[A-Z]|\d{1,2}) ?[.)\-:/] ?(?P<name>\S.*)", re.DOTALL)
_GROUP_NUMBER = re.compile(r"(?P<label>[IVX]+|[A-Z])[.)]?")
COLUMN_NUMBER = re.compile(r"\(?(\d{1,2}|[A-Z])\)?")
_ROMAN = {"I": 1, "V": 5, "X": 10}
_BESIDE_A_GROUP = frozenset(("budget_vnd", "secured_vnd", "remark"))
"""What may stand beside a group's name: its subtotal."""
NO_GROUP_VI = "Nhiệm vụ chung"


class Group(NamedTuple):
    number: int
    name: str
    row: int = 0
    label: str = ""


class Line(NamedTuple):
    """`number` is what stands in the column of numbers, as text."""

    row: int
    cells: Mapping[str, Cell]
    number: str
    group: Group

    @property
    def is_of_all(self) -> bool:
        """Whether it is the total of everything, such as `Tổng cộng`."""
        return bool(re.fullmatch(_WHOLE_TOTAL, words(shown(self.cells.get("title_vi")) or self.number)))


@dataclass
class Lines:
    """`passed_over` has the rows that are no task, `totals` those that sum up everything."""

    tasks: list[Line] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    passed_over: list[int] = field(default_factory=list)
    totals: list[Line] = field(default_factory=list)


def lines_of(layout: Layout) -> Lines:
    return _Sorting(layout).lines()


class _Sorting:
    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._lines = Lines()
        self._group = Group(1, NO_GROUP_VI)
        self._is_below = False
        self._by_name: dict[str, Group] = {}
        self._taken: set[int] = set()
        self._next_free = 1
        self._leftmost = min(layout.columns, key=layout.columns.__getitem__)
        """Where the name of a group stands that is merged across."""
        says = set(layout.columns) - {"code", "title_vi"} - _BESIDE_A_GROUP
        self._tells_groups = bool(says) or "code" in layout.columns
        """Whether a row that says nothing but a name can be told from a task."""

    def lines(self) -> Lines:
        rows = [self._line(row) for row in self._layout.rows]
        for line, after in zip(rows, [*rows[1:], None], strict=False):
            self._take(line, after)
        return self._lines

    def _line(self, row: Row) -> Line:
        columns = self._layout.columns.items()
        cells = {name: row.cells[at] for name, at in columns if at < len(row.cells) and row.cells[at] is not None}
        return Line(row.number, cells, shown(cells.get("code")), self._group)

    def _take(self, line: Line, after: Line | None) -> None:
        if self._is_total(line):
            self._lines.totals.append(line)
            self._is_below = self._is_below or line.is_of_all
        elif self._is_no_task(line):
            self._lines.passed_over.append(line.row)
        elif name := self._group_named(line, after):
            self._begin(name, line.row)
        elif line.cells:
            self._lines.tasks.append(line._replace(group=self._group_of(line)))

    def _is_total(self, line: Line) -> bool:
        title = shown(line.cells.get("title_vi"))
        label = title or line.number
        return bool(_TOTAL.fullmatch(words(label))) and not (title and line.number) and not _says_who_or_when(line)

    def _is_no_task(self, line: Line) -> bool:
        texts = {name: shown(cell) for name, cell in line.cells.items()}
        is_header = heading_key(texts.get("title_vi", "")) == heading_key(self._layout.headings["title_vi"])
        are_columns = len(texts) > 1 and all(map(COLUMN_NUMBER.fullmatch, texts.values()))
        is_number_alone = set(texts) == {"code"} and not _LABEL.fullmatch(line.number) and len(line.number) < 5
        is_below = self._is_below and len(texts) <= 2 and not is_number(line.number[:1])
        return is_header or are_columns or is_number_alone or is_below or bool(EXAMPLE.fullmatch(words(line.number)))

    def _group_named(self, line: Line, after: Line | None) -> tuple[str, str] | None:
        """The label and the name of the group that begins here."""
        title = shown(line.cells.get("title_vi"))
        beside = set(line.cells) - {"code", "title_vi"}
        if not title:
            name = shown(line.cells.get(self._leftmost))
            return label_and_name(name) if name and beside - {self._leftmost} <= _BESIDE_A_GROUP else None
        if not beside <= _BESIDE_A_GROUP:
            return None
        if match := _GROUP_NUMBER.fullmatch(line.number):
            return match["label"], title
        if not line.number and not beside and self._tells_groups:
            return label_and_name(title)
        number = line.number.rstrip(".)")
        begins = after is not None and is_number(number) and after.number.startswith(f"{number}.")
        return (number, title) if begins else None

    def _group_of(self, line: Line) -> Group:
        if name := shown(line.cells.get("group_vi")):
            self._begin(label_and_name(name), line.row)
        return self._group

    def _begin(self, label_and_name: tuple[str, str], row: int) -> None:
        """A group that was there before goes on."""
        label, name = label_and_name
        if (key := words(name)) not in self._by_name:
            group = Group(self._number_for(label), name, row, label)
            self._by_name[key] = group
            self._lines.groups.append(group)
        self._group = self._by_name[key]

    def _number_for(self, label: str) -> int:
        """What its label says, unless another group has it; then the first that is free."""
        wanted = _number_of(label)
        while self._next_free in self._taken:
            self._next_free += 1
        number = wanted if wanted in range(1, 100) and wanted not in self._taken else self._next_free
        self._taken.add(number)
        return number


def _says_who_or_when(line: Line) -> bool:
    return not set(line.cells) - {"code", "title_vi"} <= _BESIDE_A_GROUP


def shown(cell: Cell) -> str:
    """What stands there, on one line; nothing where it can't be read: whoever needs it says why."""
    with suppress(Refused):
        value = written(cell)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return "" if value is None else " ".join(str(value).split())
    return ""


def is_number(text: str) -> bool:
    """Whether it is a whole number in plain digits, and not a long one."""
    return bool(re.fullmatch("[0-9]{1,9}", text))


def label_and_name(text: str) -> tuple[str, str]:
    """`I. Các sở` → `I`, `Các sở`; no label where there is none."""
    match = _LABEL.fullmatch(text)
    return (match["label"], match["name"]) if match else ("", text)


def _number_of(label: str) -> int:
    """`IV` and `4` → 4; 0 for letters."""
    if is_number(label):
        return int(label)
    values = [_ROMAN.get(letter, 0) for letter in label]
    if 0 in values:
        return 0
    following = [*values[1:], 0]
    return sum(-value if value < after else value for value, after in zip(values, following, strict=False))
