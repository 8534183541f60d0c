"""A register of organisations as an office keeps it, as lines: whose position it is, who holds it since when, how to
reach them. Whatever can't be read, or could be read in more than one way, is named by row and heading."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from operator import attrgetter
from typing import Any, NamedTuple

from openpyxl.utils import get_column_letter

from services.subcommittee.importing.fields import Reader
from services.subcommittee.importing.layout import Layout, layout_of
from services.subcommittee.importing.lines import COLUMN_NUMBER, EXAMPLE, label_and_name, shown
from services.subcommittee.importing.opening import table_of
from services.subcommittee.importing.register_cells import kind_named, readers
from services.subcommittee.importing.register_headings import OF_ORGANISATIONS
from services.subcommittee.importing.remarks import NOT_TAKEN_OVER, UNNAMED, in_ranges
from shared.domain.decider import Refusal, Refused
from shared.domain.paper import same
from shared.entering.cells import written
from shared.entering.days import years_in
from shared.entering.headings import heading_key
from shared.entering.plain import words
from shared.entering.tables import Cell, Row, Unreadable, Wrong, quoted, unreadable

NOT_A_REGISTER = Refusal(
    "not_a_register",
    "Nothing in the file looks like a register: no row has headings such as «Cơ quan, đơn vị», «Chức vụ».",
)
NO_LINES = Refusal("no_organisations", "There is no organisation below the headings in row {row}.")
NO_OFFICE = Refusal("no_organisation_said", "Nothing says which organisation has this position.")
NO_POSITION_SAID = Refusal("no_position_said", "Somebody is named, but not the position.")
TWO_HOLDERS = Refusal(
    "two_holders",
    "The position «{position}» stands in row {row} already, with another person. Tell the two apart, such as "
    "«{position} phụ trách tổng hợp».",
)
TWO_KINDS = Refusal("two_kinds", "«{organisation}» is of another kind in row {row}.")
READ_AS = Refusal(
    "register_read_as", "{organisations} organisations with {positions} positions, below the headings in row {row}."
)
PASSED_OVER = Refusal(
    "register_rows_passed_over", "These rows name no organisation and no position, and are passed over: {rows}."
)
FROM_ABOVE = Refusal(
    "organisation_from_above", "Row {rows}: no organisation is named, so it is taken for the one above."
)
E_MAIL_TAKEN = Refusal(
    "email_taken", "Row {rows}: there are an e-mail address and a telephone number; the address is taken."
)
_GROUP_LABEL = re.compile(r"[IVX]+|[A-Z]")
_TOTAL = re.compile("cong|tong|tong cong|tong so")


class RegisterWishes(NamedTuple):
    """What somebody says beside the file: which field a heading is (by `heading_key`); the kind of the organisations
    where nothing says it; since when positions are held that nobody held before; and which unclear texts are taken as
    proposed."""

    columns: Mapping[str, str] = {}
    kind: str = ""
    since: date | None = None
    accepts_all: bool = False
    accepted: frozenset[str] = frozenset()


NO_WISHES = RegisterWishes()


class Line(NamedTuple):
    """One row: an organisation, and a position of it, and who holds that, as far as they are said."""

    row: int
    organisation: str
    organisation_id: str = ""
    organisation_en: str = ""
    kind: str = ""
    position: str = ""
    person: str = ""
    since: date | None = None
    contact: str = ""
    deputises_for: str = ""


class Listed(NamedTuple):
    """The lines, the headings of the columns by their fields, and what somebody should know before taking them."""

    lines: tuple[Line, ...]
    headings: Mapping[str, str]
    remarks: tuple[Refused, ...]


def read_register(content: bytes, wishes: RegisterWishes = NO_WISHES) -> Listed:
    """Raises `Unreadable` with everything that is wrong."""
    table = table_of(content)
    layout = layout_of(table, wishes.columns, OF_ORGANISATIONS)
    if layout is None:
        raise unreadable(NOT_A_REGISTER())
    reading = _Reading(layout, wishes)
    lines = reading.lines()
    if reading.wrong:
        raise Unreadable(*sorted(reading.wrong, key=attrgetter("row")))
    return Listed(lines, layout.headings, (*table.remarks, *reading.remarks(lines)))


class _Reading:
    def __init__(self, layout: Layout, wishes: RegisterWishes) -> None:
        self._layout, self._wishes = layout, wishes
        self.wrong: list[Wrong] = []
        self._passed_over: list[int] = []
        self._from_above: list[int] = []
        self._two_contacts: list[int] = []
        self._leftmost = min(layout.columns, key=layout.columns.__getitem__)
        self._above, self._kind = "", ""
        days = [self._cells(row).get("since") for row in layout.rows]
        self._readers = readers(years_in(cell for cell in days if not isinstance(cell, Refused)))

    def lines(self) -> tuple[Line, ...]:
        lines = [line for row in self._layout.rows if (line := self._line(row))]
        if not lines and not self.wrong:
            self.wrong.append(Wrong(0, "", NO_LINES(row=self._layout.header)))
        self.wrong += self._contradictions(lines)
        return tuple(lines)

    def _cells(self, row: Row) -> dict[str, Cell]:
        columns = self._layout.columns.items()
        return {name: row.cells[at] for name, at in columns if at < len(row.cells) and row.cells[at] is not None}

    def _line(self, row: Row) -> Line | None:
        """The row as a line of the register; nothing where it is none."""
        cells = self._cells(row)
        texts = {name: shown(cell) for name, cell in cells.items()}
        if not cells or self._is_no_line(texts):
            self._passed_over += [row.number] if cells else []
            return None
        if heading := self._group_named(texts):
            self._begin(heading, row.number)
            return None
        return self._read(row.number, cells)

    def _is_no_line(self, texts: Mapping[str, str]) -> bool:
        needed = [name for name in OF_ORGANISATIONS.needed if name in self._layout.columns]
        is_header = all(heading_key(texts.get(n, "")) == heading_key(self._layout.headings[n]) for n in needed)
        are_columns = len(texts) > 1 and all(map(COLUMN_NUMBER.fullmatch, texts.values()))
        number = texts.get("code", "")
        is_number_alone = set(texts) == {"code"} and len(number) < 5 and not label_and_name(number)[0]
        is_example = bool(EXAMPLE.fullmatch(words(number)))
        total = texts.get("organisation") or texts.get("position") or number
        is_total = bool(_TOTAL.fullmatch(words(total))) and "person" not in texts
        return is_header or are_columns or is_number_alone or is_example or is_total

    def _group_named(self, texts: Mapping[str, str]) -> str:
        """The name of the rows that follow: of a kind of organisations, or of one where no column has them."""
        label, beside = texts.get("code", ""), {name: text for name, text in texts.items() if name != "code" and text}
        if not beside:
            return label_and_name(label)[1]
        name = next(iter(beside.values()))
        has_label = bool(_GROUP_LABEL.fullmatch(label.rstrip(".)")))
        if len(beside) > 1 or not (has_label or (not label and "organisation" not in self._layout.columns)):
            return ""
        return label_and_name(name)[1]

    def _begin(self, name: str, row: int) -> None:
        self._kind = kind_named(name) or ("" if "organisation" in self._layout.columns else self._kind)
        self._above = ""
        if "organisation" not in self._layout.columns and not kind_named(name):
            self._above = name
        elif not self._kind:
            self._passed_over.append(row)

    def _read(self, row: int, cells: Mapping[str, Cell]) -> Line:
        values: dict[str, Any] = {}
        for field, reader in self._readers.items():
            if field in self._layout.columns:
                try:
                    values[field] = self._value(row, field, cells.get(field), reader)
                except Refused as why:
                    self._note(row, field, why)
                    values[field] = None
        return self._completed(row, {name: value for name, value in values.items() if value is not None})

    def _completed(self, row: int, values: dict[str, Any]) -> Line:
        phone, email, other = (values.pop(name, "") for name in ("phone", "email", "contact"))
        if phone and email:
            self._two_contacts.append(row)
        if not values.get("organisation"):
            values["organisation"] = self._above
            if "organisation" in self._layout.columns:
                self._from_above.append(row)
        self._above = values["organisation"]
        if not self._above:
            self._note(row, "organisation" if "organisation" in self._layout.columns else "position", NO_OFFICE())
        if values.get("person") and not values.get("position"):
            self._note(row, "position", NO_POSITION_SAID())
        return Line(**{"kind": self._kind, **values}, row=row, contact=email or phone or other)

    def _value(self, row: int, field: str, cell: Cell, reader: Reader) -> Any:
        value = written(cell)
        if value is None:
            return None
        meaning, unclear = reader.read(value)
        if unclear and not (self._wishes.accepts_all or str(value) in self._wishes.accepted):
            self.wrong.append(Wrong(row, self._heading(field), unclear, str(value)))
        return meaning

    def _contradictions(self, lines: Sequence[Line]) -> Iterator[Wrong]:
        kinds: dict[str, Line] = {}
        holders: dict[tuple[str, str], Line] = {}
        for line in lines:
            office = same(line.organisation)
            first = kinds.setdefault(office, line) if line.kind else line
            if first.kind != line.kind:
                yield Wrong(
                    line.row, self._heading("kind"), TWO_KINDS(organisation=quoted(line.organisation), row=first.row)
                )
            held = holders.setdefault((office, same(line.position)), line) if line.person else line
            if same(held.person) != same(line.person):
                position = quoted(line.position)
                yield Wrong(line.row, self._heading("position"), TWO_HOLDERS(position=position, row=held.row))

    def remarks(self, lines: Sequence[Line]) -> Iterator[Refused]:
        offices = {same(line.organisation) for line in lines}
        positions = {(same(line.organisation), same(line.position)) for line in lines if line.position}
        yield READ_AS(organisations=len(offices), positions=len(positions), row=self._layout.header)
        if self._layout.not_taken:
            headings = ", ".join(f"«{quoted(heading)}»" for heading in self._layout.not_taken)
            yield NOT_TAKEN_OVER(headings=headings)
        if self._layout.unnamed:
            yield UNNAMED(columns=", ".join(map(get_column_letter, self._layout.unnamed)))
        for rows, say in self._said_of_rows():
            if rows:
                yield say(rows=in_ranges(rows))

    def _said_of_rows(self) -> Iterator[tuple[Sequence[int], Callable[..., Refused]]]:
        yield self._passed_over, PASSED_OVER
        yield self._from_above, FROM_ABOVE
        yield self._two_contacts, E_MAIL_TAKEN

    def _note(self, row: int, field: str, why: Refused) -> None:
        self.wrong.append(Wrong(row, self._heading(field), why))

    def _heading(self, field: str) -> str:
        return quoted(self._layout.headings.get(field, ""))
