"""Where the table of an annex begins, and which column says what: below letterhead and title, under headings of one
row or two, with cells merged."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from services.subcommittee.importing.merged import Range, filled_across, filled_down, ranges_of
from services.subcommittee.importing.xlsx_parts import MAX_NOTED
from shared.domain.decider import Refusal
from shared.entering import tables
from shared.entering.headings import NOT_TAKEN, field_of, heading_key
from shared.entering.tables import Row, Table, Unreadable, Wrong

HEADER_WITHIN = 40
"""So many filled rows may stand above the table."""
LEAST_HEADINGS = 2
_LEAST_CELLS = 3

UNKNOWN_HEADINGS = Refusal(
    "unknown_headings",
    "These headings are not understood: {unknown}. These are: {understood}. Say with --columns what the others are, "
    "«-» for what is not to be read: {fields}.",
)
NO_TITLE = Refusal("no_title_column", "No heading says what is to be done, such as «Nội dung công việc».")
SAME_FIELD = Refusal("same_field_twice", "«{first}» and «{second}» are read as the same: {field}.")
UNKNOWN_FIELD = Refusal("unknown_field", "There is no field {field}; there are {fields}.")
TOO_MANY_MERGED = Refusal("too_many_merged", "More than {most} ranges of cells are merged; unmerge some of them.")

FIELDS = (
    *("code", "title_vi", "title_en", "group_vi", "unit", "phase", "scenario", "collective", "individual"),
    *("directing_leader", "coordinating", "deadline", "due_offset_days", "product", "budget_vnd", "secured_vnd"),
    *("funding_source", "remark", NOT_TAKEN),
)
"""What a column can be."""


class HeadingsUnknown(Unreadable):
    """Somebody has to say what some columns are: `unknown` headings as they are written, of all `headings`."""

    def __init__(self, unknown: Sequence[str], headings: Sequence[str], *errors: Wrong) -> None:
        super().__init__(*errors)
        self.unknown = tuple(unknown)
        self.headings = tuple(headings)


class Fields(NamedTuple):
    """What the columns of a kind of table can be, and how a heading says it. One of `needed` has to be there; where
    none is, `without` says so."""

    names: Sequence[str]
    field_of: Callable[[str], str | None]
    needed: Sequence[str]
    without: Refusal


OF_TASKS = Fields(FIELDS, field_of, ("title_vi",), NO_TITLE)


class Layout(NamedTuple):
    """`columns` has the position of each field, `headings` what is written over it; `unnamed` are the numbers of the
    columns that have values and no heading. `above` and `rows` are what stands before and below the headings."""

    header: int
    columns: Mapping[str, int]
    headings: Mapping[str, str]
    not_taken: Sequence[str]
    unnamed: Sequence[int]
    above: Sequence[Row]
    rows: Sequence[Row]


def layout_of(table: Table, columns: Mapping[str, str], known: Fields = OF_TASKS) -> Layout | None:
    """How the table is laid out; nothing where no row has anything like headings. `columns` says of headings, by
    `heading_key`, which field they are. Raises `Unreadable`."""
    if len(table.merged) >= MAX_NOTED:
        raise tables.unreadable(TOO_MANY_MERGED(most=MAX_NOTED))
    ranges = ranges_of(table.merged)
    rows = filled_down(table, ranges)
    place = _header_of(rows, columns, known)
    if place is None:
        return None
    first, last = _rows_of_header(rows, place, ranges)
    headings = _headings(filled_across(rows[first : last + 1], ranges))
    fields = _fields(headings, columns, rows[first].number, known)
    if too_long := [*tables.rows_too_long(rows[last + 1 :], rows[last], table.separator)]:
        raise Unreadable(*too_long)
    taken = {field: position for position, field in fields.items() if field != NOT_TAKEN}
    return Layout(
        header=rows[first].number,
        columns=taken,
        headings={field: headings[position] for field, position in taken.items()},
        not_taken=[headings[position] for position, field in fields.items() if field == NOT_TAKEN],
        unnamed=_unnamed(rows[last + 1 :], headings),
        above=rows[:first],
        rows=rows[last + 1 :],
    )


def _field(heading: str, columns: Mapping[str, str], known: Fields) -> str | None:
    return columns.get(heading_key(heading)) or known.field_of(heading)


def _header_of(rows: Sequence[Row], columns: Mapping[str, str], known: Fields) -> int | None:
    """The row with the most headings that are understood; else the first that looks like headings."""
    best, most = None, LEAST_HEADINGS - 1
    for place, row in enumerate(rows[:HEADER_WITHIN]):
        fields = {_field(cell, columns, known) for cell in _texts(row)}
        if len(fields - {None}) > most:
            best, most = place, len(fields - {None})
    if best is not None:
        return best
    likely = (place for place, row in enumerate(rows[:HEADER_WITHIN]) if len(set(_texts(row))) >= _LEAST_CELLS)
    return next(likely, None)


def _texts(row: Row) -> list[str]:
    return [cell for cell in row.cells if isinstance(cell, str)]


def _rows_of_header(rows: Sequence[Row], place: int, ranges: Sequence[Range]) -> tuple[int, int]:
    """The first and the last place: a heading merged downwards makes the rows beside it headings too."""
    number = rows[place].number
    top, bottom = number, number
    for _, first, _, last in ranges:
        if first <= number <= last:
            top, bottom = min(top, first), max(bottom, last)
    numbers = [row.number for row in rows]
    return bisect_left(numbers, top), bisect_right(numbers, bottom) - 1


def _headings(rows: Sequence[Row]) -> dict[int, str]:
    """The headings by position; where there are two rows, each with what stands over it."""
    headings: dict[int, str] = {}
    for position in range(max(len(row.cells) for row in rows)):
        parts = [row.cells[position] for row in rows if position < len(row.cells)]
        texts = dict.fromkeys(" ".join(str(part).split()) for part in parts if part is not None)
        if heading := " ".join(texts):
            headings[position] = heading
    return headings


def _unnamed(rows: Sequence[Row], headings: Mapping[int, str]) -> list[int]:
    filled = {position for row in rows for position, cell in enumerate(row.cells) if cell is not None}
    return [position + 1 for position in sorted(filled - headings.keys())]


def _fields(headings: Mapping[int, str], columns: Mapping[str, str], header: int, known: Fields) -> dict[int, str]:
    """Raises `Unreadable`, `HeadingsUnknown` where somebody can say what is missing."""
    for wish in columns.values():
        if wish not in known.names:
            raise tables.unreadable(UNKNOWN_FIELD(field=wish, fields=", ".join(known.names)))
    named = {position: _field(heading, columns, known) for position, heading in headings.items()}
    fields = {position: field for position, field in named.items() if field}
    unknown = [heading for position, heading in headings.items() if position not in fields]
    errors = [*_same_twice(fields, headings, header)]
    if unknown:
        shown = (
            ", ".join(f"«{tables.quoted(headings[position])}» = {field}" for position, field in fields.items()) or "–"
        )
        quoted = ", ".join(f"«{tables.quoted(heading)}»" for heading in unknown)
        why = UNKNOWN_HEADINGS(unknown=quoted, understood=shown, fields=", ".join(known.names))
        raise HeadingsUnknown(unknown, list(headings.values()), Wrong(header, "", why), *errors)
    if not set(known.needed) & set(fields.values()):
        errors.append(Wrong(header, "", known.without()))
    if errors:
        raise Unreadable(*errors)
    return fields


def _same_twice(fields: Mapping[int, str], headings: Mapping[int, str], header: int) -> Iterator[Wrong]:
    first: dict[str, str] = {}
    for position, field in fields.items():
        heading = headings[position]
        if field != NOT_TAKEN and field in first:
            yield Wrong(
                header,
                tables.quoted(heading),
                SAME_FIELD(first=first[field], second=tables.quoted(heading), field=field),
            )
        first.setdefault(field, tables.quoted(heading))
