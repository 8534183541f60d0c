"""A catalogue from a file: bytes in, items or a list of everything that is wrong out. Pure: knows no disk, no network
and not what is published already.

A table of the program's own has the columns of `data/namdinh-xx/catalogue.csv`, under these names or their Vietnamese
headings, and is read to the letter. Whatever else there is, is read as an annex that an office typed."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from operator import attrgetter
from typing import Any, NamedTuple

from services.subcommittee.importing.annex import NO_WISHES, Wishes, read_annex
from services.subcommittee.importing.opening import table_of
from services.subcommittee.importing.vocabulary import case_of
from shared.domain.decider import Refusal, Refused
from shared.entering import cells, tables
from shared.entering.cells import Value
from shared.entering.days import clear_day
from shared.entering.tables import Cell, Row, Table, Unreadable, Wrong
from shared.events.catalogue_item import DETAILS, Item
from shared.values.text import Unclean, clean
from shared.values.types import Phase
from shared.values.units import support_unit_ids

_MOST_OF_THEM = 8
"""So many headings of the program's own make a table its own."""

EMPTY = Refusal("empty_file", "There is no row below the header.")
NO_CATALOGUE = Refusal(
    "no_catalogue", "The first row has none of the catalogue's columns: {columns}. Is this the right file?"
)
UNKNOWN_COLUMN = Refusal("unknown_column", "There is no column «{name}»; the columns are {known}.")
MISSING_COLUMN = Refusal("missing_column", "The column {name} is missing ({heading}).")
DUPLICATE_COLUMN = Refusal("duplicate_column", "The column {name} is there more than once.")
NO_HEADING = Refusal("no_heading", "There is a value in column {number}, which has no heading.")
DUPLICATE_CODE = Refusal("duplicate_code", "The code {code} is already in row {row}.")


class Reading(NamedTuple):
    """The items in the order of the file, and what somebody should know of it before taking them."""

    items: tuple[Item, ...]
    remarks: tuple[Refused, ...]


def read_file(content: bytes, wishes: Wishes = NO_WISHES) -> Reading:
    """Raises `Unreadable` with everything that is wrong. `wishes` is what somebody says of an annex beside it."""
    table = table_of(content)
    header = table.rows[0] if table.rows else Row(1, [])
    own = sum(column.name in COLUMNS for column in _columns(header)[0].values())
    if any(header.cells) and own < _MOST_OF_THEM and (annex := read_annex(table, wishes)):
        return Reading(*annex)
    return _read_own(table, header, table.rows[1:])


def _read_own(table: Table, header: Row, rows: Sequence[Row]) -> Reading:
    columns, errors = _columns(header)
    merged = [Wrong(_row_of(range_), "", tables.MERGED(cells=range_)) for range_ in table.merged]
    if not columns and any(header.cells):
        raise Unreadable(Wrong(header.number, "", NO_CATALOGUE(columns=", ".join(COLUMNS))), *merged)
    wrong = [*merged, *errors]
    if not rows:
        wrong.append(Wrong(0, "", EMPTY()))
    items = list(_items(header, columns, rows, wrong))
    if wrong:
        raise Unreadable(*sorted(wrong, key=attrgetter("row")))
    return Reading(tuple(items), tuple(table.remarks))


def _row_of(range_: str) -> int:
    """`C4:D4` → 4."""
    first = re.search(r"\d{1,7}", range_)
    return int(first.group()) if first else 0


# --- the header ---
def _columns(header: Row) -> tuple[dict[int, "Column"], list[Wrong]]:
    """Where each column stands, and all that is wrong with the header."""
    columns: dict[int, Column] = {}
    wrong: list[Wrong] = []
    for position, cell in enumerate(header.cells):
        if isinstance(cell, Refused):
            wrong.append(Wrong(header.number, "", cell))
        elif cell is not None:
            column = BY_HEADING.get(_heading(cell))
            if column is None:
                why = UNKNOWN_COLUMN(name=tables.quoted(cell), known=", ".join(COLUMNS))
                wrong.append(Wrong(header.number, tables.quoted(cell), why))
            elif column in columns.values():
                wrong.append(Wrong(header.number, column.name, DUPLICATE_COLUMN(name=column.name)))
            else:
                columns[position] = column
    wrong += [
        Wrong(header.number, column.name, MISSING_COLUMN(name=column.name, heading=column.heading_vi))
        for column in COLUMNS.values()
        if column not in columns.values()
    ]
    return columns, wrong


def _heading(cell: Cell) -> str:
    with suppress(Unclean):
        cell = clean(str(cell))
    return re.sub(r"[\s_]+", " ", str(cell)).strip().casefold()


# --- the rows ---
def _items(header: Row, columns: dict[int, "Column"], rows: Sequence[Row], wrong: list[Wrong]) -> Iterator[Item]:
    """The items of the rows that are right; the others are added to `wrong`."""
    complete = set(COLUMNS) <= {column.name for column in columns.values()}
    rows_of_codes: dict[str, int] = {}
    for row in rows:
        values: dict[str, Any] = {}
        errors = [Wrong(row.number, "", NO_HEADING(number=number)) for number in _without_heading(header, row)]
        for position, column in columns.items():
            cell = row.cells[position] if position < len(row.cells) else None
            try:
                values[column.name] = _value(column, cell)
            except Refused as why:
                errors.append(Wrong(row.number, _heading_of(header, position), why))
        code = values.get("code")
        if code is not None and (first := rows_of_codes.setdefault(code, row.number)) != row.number:
            errors.append(Wrong(row.number, "code", DUPLICATE_CODE(code=code, row=first)))
        wrong += errors
        if complete and not errors:
            yield item_of(values)


def _heading_of(header: Row, position: int) -> str:
    return tables.quoted(header.cells[position])


def _without_heading(header: Row, row: Row) -> list[int]:
    """The columns that have a value here and no heading. An unknown heading is told with the header."""
    headings = [*header.cells, *[None] * (len(row.cells) - len(header.cells))]
    pairs = enumerate(zip(row.cells, headings, strict=False), start=1)
    return [number for number, (cell, heading) in pairs if heading is None and cell is not None]


def _value(column: "Column", cell: Cell) -> Any:
    value = cells.written(cell)
    if value is not None:
        return column.read(value)
    if column.may_be_empty:
        return ""
    raise cells.NO_VALUE()


# --- what the columns are, and how an item is spread over them ---
class Column(NamedTuple):
    name: str
    heading_vi: str
    read: Callable[[Value], Any]
    may_be_empty: bool = False


TEXT, BRIEF = cells.text_of(), cells.text_of(cells.BRIEF_LENGTH)
COLUMNS = {
    column.name: column
    for column in (
        Column("code", "Mã", cells.code),
        Column("group", "Nhóm", cells.whole_number(1, 99)),
        Column("group_vi", "Tên nhóm", TEXT),
        Column("group_en", "Tên nhóm (tiếng Anh)", TEXT, may_be_empty=True),
        Column("title_vi", "Nội dung", TEXT),
        Column("title_en", "Nội dung (tiếng Anh)", TEXT, may_be_empty=True),
        Column("unit", "Bộ phận", cells.choice(support_unit_ids)),
        Column("phase", "Giai đoạn", cells.choice(lambda: [*Phase])),
        Column("scenario", "Kịch bản", case_of),
        Column("due_offset_days", "Thời hạn (ngày)", cells.whole_number(-3650, 3650)),
        Column("budget_vnd", "Kinh phí (đồng)", cells.whole_number(0, 10**15)),
    )
}
MORE_COLUMNS = {
    column.name: column._replace(may_be_empty=True)
    for column in (
        Column("collective", "Tập thể chủ trì", BRIEF),
        Column("individual", "Cá nhân phụ trách", BRIEF),
        Column("coordinating", "Cơ quan phối hợp", cells.listed),
        Column("directing_leader", "Lãnh đạo chỉ đạo", cells.text_of(cells.NAME_LENGTH)),
        Column("deadline", "Ngày hoàn thành", clear_day),
        Column("product", "Sản phẩm", BRIEF),
        Column("secured_vnd", "Kinh phí bảo đảm (đồng)", cells.whole_number(0, 10**15)),
        Column("funding_source", "Nguồn kinh phí", BRIEF),
        Column("remark", "Ghi chú", TEXT),
    )
}
"""What a table of the program's own may have beside what it has to have."""
BY_HEADING = {
    _heading(name): column
    for column in (*COLUMNS.values(), *MORE_COLUMNS.values())
    for name in (column.name, column.heading_vi)
}


def item_of(values: dict[str, Any]) -> Item:
    """The item that stands in a row's values."""
    plain = {name: values[name] for name in ("code", "unit", "phase", "scenario", "due_offset_days", "budget_vnd")}
    more = {name: values[name] for name in DETAILS if values.get(name) not in (None, "")}
    title = {"vi": values["title_vi"], "en": values["title_en"]}
    group = {"number": values["group"], "name": {"vi": values["group_vi"], "en": values["group_en"]}}
    return Item.model_validate({**plain, **more, "title": title, "group": group})


def values_of(item: Item) -> dict[str, Any]:
    """What stands in a row for this item: what has to be there, and what more it says."""
    title, group = item.title, item.group
    values = item.model_dump(mode="json", exclude={"title", "group"})
    values |= {"title_vi": title.vi, "title_en": title.en}
    values |= {"group": group.number, "group_vi": group.name.vi, "group_en": group.name.en}
    return {name: values.get(name) for name in COLUMNS} | {name: values[name] for name in DETAILS if name in values}
