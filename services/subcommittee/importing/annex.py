"""An annex of tasks as offices type it, as items: groups as rows, sums in words, totals; whatever can't be read, or
could be read in more than one way, is named by row and heading and never guessed."""

from collections.abc import Mapping
from operator import attrgetter
from typing import Any, NamedTuple

from services.subcommittee.importing import remarks
from services.subcommittee.importing.fields import DETAIL_FIELDS, FromTheOpening, Reader, readers_for
from services.subcommittee.importing.layout import Layout, layout_of
from services.subcommittee.importing.lines import Line, lines_of
from services.subcommittee.importing.numbering import Numbering
from services.subcommittee.importing.vocabulary import case_of, phase_of, unit_of
from shared.domain.decider import Refusal, Refused
from shared.entering.cells import NO_VALUE, Value, written
from shared.entering.days import years_in
from shared.entering.tables import Table, Unreadable, Wrong, quoted
from shared.events.catalogue_item import Item
from shared.values.code_lists import EVERY_CASE, units_to_choose
from shared.values.message import Message
from shared.values.types import Phase

NO_TASKS = Refusal("no_tasks", "There is no task below the headings in row {row}.")
NO_UNIT = Refusal(
    "no_unit_said",
    "Nothing says which unit the tasks are for: add a column «Bộ phận», or name one for all with --unit: {units}.",
)
TWO_OFFSETS = Refusal("two_offsets", "The deadline is {here} here and {other} in the column of days; leave one.")
OFFSET = Message("offset", "{due_offset_days}")
SAME_NUMBER = Refusal("same_number", "The number {code} is already in row {row}.")


class Wishes(NamedTuple):
    """What somebody says beside the file: which field a heading is (by `heading_key`); the unit, phase and case of
    all rows where there is no column; and which unclear texts are taken as proposed."""

    columns: Mapping[str, str] = {}
    unit: str = ""
    phase: str = ""
    scenario: str = ""
    accepts_all: bool = False
    accepted: frozenset[str] = frozenset()


NO_WISHES = Wishes()


def read_annex(table: Table, wishes: Wishes) -> tuple[tuple[Item, ...], tuple[Refused, ...]] | None:
    """The items and what somebody should know before taking them; nothing where there are no headings. Raises
    `Unreadable` with everything that is wrong."""
    layout = layout_of(table, wishes.columns)
    if layout is None:
        return None
    reading = _Reading(layout, wishes)
    items = reading.items()
    if reading.wrong:
        raise Unreadable(*sorted(reading.wrong, key=attrgetter("row")))
    return tuple(items), (
        *table.remarks,
        *remarks.of(layout, reading.lines, items, reading.rows, reading.assumed),
        *remarks.of_proposals(reading.proposals),
    )


class _Reading:
    """One annex on its way to items; `rows` are those of the items, `assumed` what no column says."""

    def __init__(self, layout: Layout, wishes: Wishes) -> None:
        self._layout, self._wishes = layout, wishes
        self.lines = lines_of(layout)
        self.wrong: list[Wrong] = []
        self.assumed: dict[str, str] = {}
        self.rows: list[int] = []
        self.proposals: dict[tuple[str, Any], list[int]] = {}
        """The rows of each unclear text that is taken as proposed."""
        self._of_all = self._values_of_all()
        tasks = self.lines.tasks
        deadlines = [cell for line in tasks if not isinstance(cell := line.cells.get("deadline"), Refused)]
        self._readers = readers_for(layout, years_in(deadlines), remarks.measure_said_above(layout))

    def items(self) -> list[Item]:
        if not self.lines.tasks:
            self.wrong.append(Wrong(0, "", NO_TASKS(row=self._layout.header)))
        numbering = Numbering(self.lines.tasks)
        first_rows: dict[str, int] = {}
        items = []
        for line in self.lines.tasks:
            values = self._of_all | self._values_of(line)
            if "unit" in self.assumed:
                values["unit"] = unit_of(line.group.name)
            code = self._code(line, numbering)
            if code and (first := first_rows.setdefault(code, line.row)) != line.row:
                self._note(line, "code", SAME_NUMBER(code=code, row=first))
            if not self.wrong:
                items.append(_item(code, line, values))
                self.rows.append(line.row)
        return items

    def _values_of_all(self) -> dict[str, Any]:
        """What is the same for all rows, as there is no column for it."""
        wishes, values = self._wishes, dict[str, Any]()
        for field, wish, otherwise, read in (
            ("unit", wishes.unit, "", unit_of),
            ("phase", wishes.phase, Phase.BEFORE.value, phase_of),
            ("scenario", wishes.scenario, EVERY_CASE, case_of),
        ):
            if field in self._layout.columns:
                continue
            if field == "unit" and not wish and self._groups_are_units():
                self.assumed[field] = "group"
                continue
            if not wish and not otherwise:
                units = ", ".join(f"{unit.id} ({unit.name.vi})" for unit in units_to_choose())
                self.wrong.append(Wrong(self._layout.header, "", NO_UNIT(units=units)))
                continue
            try:
                values[field] = read(wish or otherwise)
            except Refused as why:
                self.wrong.append(Wrong(0, "", why))
            if not wish:
                self.assumed[field] = otherwise
        return values

    def _groups_are_units(self) -> bool:
        """Whether every group is named as a unit, as in annexes that are cut by units."""
        try:
            return bool([unit_of(group.name) for group in {line.group for line in self.lines.tasks}])
        except Refused:
            return False

    def _values_of(self, line: Line) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for field in self._layout.columns:
            if field != "code" and (reader := self._readers.get(field)):
                try:
                    values[field] = self._value(line, field, reader)
                except Refused as why:
                    self._note(line, field, why)
        if isinstance(deadline := values.get("deadline"), FromTheOpening):
            self._count(line, deadline.days, values)
        return values

    def _count(self, line: Line, days: int, values: dict[str, Any]) -> None:
        """A deadline that counts from the opening is told as days, like those in a column of their own."""
        if values.get("due_offset_days") not in (None, days):
            self._note(
                line,
                "deadline",
                TWO_OFFSETS(
                    here=OFFSET.filled(due_offset_days=days),
                    other=OFFSET.filled(due_offset_days=values["due_offset_days"]),
                ),
            )
        values |= {"deadline": None, "due_offset_days": days}

    def _value(self, line: Line, field: str, reader: Reader) -> Any:
        value = written(line.cells.get(field))
        if value is None:
            if reader.is_needed:
                raise NO_VALUE()
            return reader.empty
        meaning, unclear = reader.read(value)
        if unclear and self._accepts(value):
            self.proposals.setdefault((str(value), meaning), []).append(line.row)
        elif unclear:
            self.wrong.append(Wrong(line.row, self._heading(field), unclear, str(value)))
        return meaning

    def _accepts(self, value: Value) -> bool:
        return self._wishes.accepts_all or str(value) in self._wishes.accepted

    def _code(self, line: Line, numbering: Numbering) -> str:
        try:
            return numbering.code(line)
        except Refused as why:
            self._note(line, "code", why)
            return ""

    def _note(self, line: Line, field: str, why: Refused) -> None:
        self.wrong.append(Wrong(line.row, self._heading(field), why))

    def _heading(self, field: str) -> str:
        return quoted(self._layout.headings.get(field, ""))


def _item(code: str, line: Line, values: Mapping[str, Any]) -> Item:
    plain = {"code": code, "budget_vnd": values.get("budget_vnd", 0)}
    plain |= {name: values[name] for name in ("unit", "phase", "scenario")}
    details = {name: values[name] for name in DETAIL_FIELDS if values.get(name) not in (None, "", ())}
    title = {"vi": values["title_vi"], "en": values.get("title_en", "")}
    group = {"number": line.group.number, "name": {"vi": line.group.name}}
    return Item.model_validate({"title": title, "group": group, **plain, **details})
