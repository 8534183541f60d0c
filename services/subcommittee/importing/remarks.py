"""What somebody should know of an annex before taking it: what is passed over, what no column says, what does not add
up."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from openpyxl.utils import get_column_letter

from services.subcommittee.importing.layout import Layout
from services.subcommittee.importing.lines import Lines
from services.subcommittee.importing.vocabulary import in_words
from shared.domain.decider import Refusal, Refused
from shared.entering.cells import written
from shared.entering.money import amount_of, measure_of, measure_said_in
from shared.entering.tables import quoted
from shared.events.catalogue_item import Item
from shared.values.message import Message

READ_AS = Refusal("read_as", "{tasks} tasks in {groups} groups, below the headings in row {row}.")
NOT_TAKEN_OVER = Refusal("columns_not_taken_over", "These columns are not taken over: {headings}.")
UNNAMED = Refusal(
    "columns_without_heading", "These columns have values and no heading; they are not read: {columns}."
)
PASSED_OVER = Refusal("rows_passed_over", "These rows are no tasks and are passed over: {rows}.")
EMPTY_GROUPS = Refusal("groups_without_tasks", "These rows were taken for groups and have no tasks: {rows}.")
NAMES_ALONE = Refusal(
    "names_taken_for_groups", "These rows have a name without a number, and are taken for groups: {rows}."
)
UNITS_BY_GROUP = Refusal("units_by_group", "The groups are named as units; each unit has the tasks of its group.")
SAME_PHASE = Refusal("same_for_all_phase", "No column says the phase; all tasks are «{value}».")
SAME_CASE = Refusal("same_for_all_case", "No column says the case; all tasks are for «{value}».")
COUNTED_IN = Refusal("money_counted_in", "Money is counted in {measure_vnd} đồng, as stands above the table.")
TOTAL_DIFFERS = Refusal(
    "total_differs", "Row {row} says {total_vnd} đồng in all, but the rows come to {sum_vnd} đồng."
)
HALF_ASSIGNED = Refusal(
    "half_assigned", "Row {rows}: who is in charge and which person are not both there, so the task opens unassigned."
)
HALF_FUNDED = Refusal(
    "half_funded",
    "Row {rows}: how much is guaranteed and from where are not both there, so the task opens without funding.",
)
NO_SUM = Refusal(
    "no_sum_written",
    "Row {rows}: no sum is written, so these tasks count as needing no funding, and no review misses it. Where money "
    "is needed, write how much before taking the file over; 0 says that none is.",
)
NO_SUMS = Refusal(
    "no_sums_written",
    "No column says what the work costs, so all tasks count as needing no funding, and no review misses it.",
)
TAKEN_AS_PROPOSED = Refusal("taken_as_proposed", "Row {rows}: «{found}» is taken for {meaning}, as accepted.")
NO_DEADLINE = Message("no_deadline_at_all", "no deadline")
_MOST_NAMED = 20


def of(
    layout: Layout, lines: Lines, items: Sequence[Item], rows: Sequence[int], assumed: Mapping[str, str]
) -> Iterator[Refused]:
    """`rows` are those of `items`, in the same order."""
    groups = {item.group.number for item in items}
    yield READ_AS(tasks=len(items), groups=len(groups), row=layout.header)
    if layout.not_taken:
        yield NOT_TAKEN_OVER(headings=", ".join(f"«{quoted(heading)}»" for heading in layout.not_taken))
    if layout.unnamed:
        yield UNNAMED(columns=", ".join(map(get_column_letter, layout.unnamed)))
    if passed_over := sorted([*lines.passed_over, *(line.row for line in lines.totals)]):
        yield PASSED_OVER(rows=in_ranges(passed_over))
    if empty := [group.row for group in lines.groups if group.number not in groups]:
        yield EMPTY_GROUPS(rows=in_ranges(empty))
    if alone := [group.row for group in lines.groups if not group.label and "group_vi" not in layout.columns]:
        yield NAMES_ALONE(rows=in_ranges(alone))
    if "unit" in assumed:
        yield UNITS_BY_GROUP()
    for field, refusal in (("phase", SAME_PHASE), ("scenario", SAME_CASE)):
        if field in assumed:
            yield refusal(value=in_words(assumed[field]))
    yield from _of_money(layout, lines, items)
    yield from _without_sums(layout, lines, items, rows)
    if half := [row for item, row in zip(items, rows, strict=True) if bool(item.collective) != bool(item.individual)]:
        yield HALF_ASSIGNED(rows=in_ranges(half))
    if half := [row for item, row in zip(items, rows, strict=True) if _is_half_funded(item)]:
        yield HALF_FUNDED(rows=in_ranges(half))


def _is_half_funded(item: Item) -> bool:
    return (item.secured_vnd is None) != (item.funding_source is None)


def _without_sums(layout: Layout, lines: Lines, items: Sequence[Item], rows: Sequence[int]) -> Iterator[Refused]:
    """An empty cell is no nought. What is guaranteed already is known to cost something."""
    if not layout.columns.keys() & {"budget_vnd", "secured_vnd"}:
        yield NO_SUMS()
        return
    written_in = {line.row for line in lines.tasks if written(line.cells.get("budget_vnd")) is not None}
    without = [
        row for item, row in zip(items, rows, strict=True) if row not in written_in and item.secured_vnd is None
    ]
    if without:
        yield NO_SUM(rows=in_ranges(without))


def _of_money(layout: Layout, lines: Lines, items: Sequence[Item]) -> Iterator[Refused]:
    above = measure_said_above(layout)
    if above > 1:
        yield COUNTED_IN(measure_vnd=above)
    measure = measure_of(layout.headings.get("budget_vnd", "")) or above
    total = sum(item.budget_vnd for item in items)
    for line in lines.totals:
        value = line.cells.get("budget_vnd")
        if line.is_of_all and isinstance(value, str | int | float):
            try:
                stated = amount_of(value, measure)
            except Refused:
                continue
            if stated != total:
                yield TOTAL_DIFFERS(row=line.row, total_vnd=stated, sum_vnd=total)


def of_proposals(proposals: Mapping[tuple[str, Any], Sequence[int]]) -> Iterator[Refused]:
    """The rows of each text and what it is taken for."""
    for (text, meaning), rows in proposals.items():
        yield TAKEN_AS_PROPOSED(rows=in_ranges(rows), found=quoted(text), meaning=meaning or NO_DEADLINE)


def measure_said_above(layout: Layout) -> int:
    measures = (measure_said_in(cell) for row in layout.above for cell in row.cells if isinstance(cell, str))
    return next(filter(None, measures), 0)


def in_ranges(rows: Sequence[int]) -> str:
    """`5–8, 11`: ascending numbers, few of very many."""
    ranges: list[list[int]] = []
    for row in rows:
        if ranges and ranges[-1][1] >= row - 1:
            ranges[-1][1] = row
        else:
            ranges.append([row, row])
    shown = [str(first) if first == last else f"{first}–{last}" for first, last in ranges[:_MOST_NAMED]]
    return ", ".join(shown) + (" …" if len(ranges) > _MOST_NAMED else "")
