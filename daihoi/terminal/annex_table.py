"""The annex of every item, on a terminal of 120 columns or more."""

from collections.abc import Iterator

from rich.table import Table
from rich.text import Text

from daihoi.terminal import labels
from daihoi.terminal.section_tables import STATE_NAMES, in_charge
from shared.i18n import Language, format_number, offset_in_words, translate
from shared.reports.annex import Annex, AnnexRow, AnnexSection
from shared.reports.cells import Cells, Share
from shared.reports.money import Sums

TITLES = {
    "group": "Annex of all items by task group",
    "unit": "Annex of all items by unit",
    "agency": "Annex of all items by agency in charge",
    "phase": "Annex of all items by phase",
}
AMOUNTS = {
    "Planned": "planned_vnd",
    "Guaranteed": "secured_vnd",
    "Advanced": "advanced_vnd",
    "Spent": "spent_vnd",
}
COLUMNS = {
    "No.": 5,
    "Work item": 22,
    "In charge, coordinating": 18,
    "Deadline": 10,
    "Product": 13,
    "Money, VND": 14,
    "%": 3,
    "Status": 11,
    "Obstacles, remark": 14,
}
"""How wide each is at least."""
WIDTH = 120
"""How many columns they take with the rules between them."""
SPARE = {"Work item": 3, "In charge, coordinating": 2, "Product": 2, "Obstacles, remark": 3}
"""Who is given how many tenths of what a terminal has more."""
TO_THE_RIGHT = ("Money, VND", "%")


def annex_table(annex: Annex, lang: Language, width: int) -> Table:
    """Each section begins with its name and what it comes to; the total stands last. `width` is that of the terminal,
    which has `WIDTH` columns or more."""
    table = labels.table_of(translate(TITLES[annex.by], lang), lang)
    table.show_lines = True
    table.padding = (0, 0)
    spare = max(0, width - sum(COLUMNS.values()) - len(COLUMNS) - 1)
    for heading, least in COLUMNS.items():
        wide = least + spare * SPARE.get(heading, 0) // 10
        justify = "right" if heading in TO_THE_RIGHT else "left"
        labels.add_columns(table, lang, heading, overflow="fold", justify=justify, width=wide)
    for section in annex.sections:
        _add_subtotal(table, section, lang)
        for row in section.rows:
            table.add_row(*cells_of(row, lang))
    table.add_row("", Text(translate("Total", lang), "bold"), *subtotal_of(annex.cells, annex.sums, lang))
    return table


def _add_subtotal(table: Table, section: AnnexSection, lang: Language) -> None:
    name = labels.in_language(section.name_vi, section.name_en, lang)
    table.add_row(section.number, Text(name, "bold"), *subtotal_of(section.cells, section.sums, lang))


def subtotal_of(cells: Cells, sums: Sums, lang: Language) -> Iterator[Text | str]:
    """The cells from the third column on: how many items there are, their money, and how many are completed."""
    items = translate("{count} items", lang, count=format_number(cells.tasks + cells.cancelled, lang))
    completed = labels.fraction_in_words(Share.of(cells.completed, cells.tasks), lang)
    yield from (items, "", "", _amounts(sums, lang), "")
    yield translate("{share} completed", lang, share=completed)
    yield ""


def cells_of(row: AnnexRow, lang: Language) -> Iterator[Text | str]:
    title = labels.in_language(row.title_vi, row.title_en, lang)
    yield row.number
    yield Text(f"{row.id} {title}")
    yield _people(row, lang)
    yield Text(_deadline(row, lang))
    yield Text(row.product or "")
    yield _amounts(row.sums, lang)
    yield format_number(row.percent, lang)
    yield _status(row, lang)
    yield Text("\n".join([*(obstacle.what for obstacle in row.obstacles), *filter(None, [row.remark])]))


def _people(row: AnnexRow, lang: Language) -> Text:
    people = in_charge(row, lang)
    if row.coordinating:
        people.append(f"\n{translate('with {bodies}', lang, bodies='; '.join(row.coordinating))}")
    return people


def _deadline(row: AnnexRow, lang: Language) -> str:
    if row.due_offset_days is not None:
        return offset_in_words(row.due_offset_days, lang)
    return labels.moved_deadline(row.deadline, row.original_deadline, None, lang)


def _amounts(sums: Sums, lang: Language) -> str:
    """The sums that are not nothing, a line each with what it is."""
    amounts = {label: getattr(sums, field) for label, field in AMOUNTS.items()}
    return "\n".join(
        f"{translate(label, lang)}: {format_number(amount, lang)}" for label, amount in amounts.items() if amount
    )


def _status(row: AnnexRow, lang: Language) -> str:
    state = translate(STATE_NAMES[row.state], lang)
    if row.state == "completed":
        return translate(labels.CELLS[row.cell][0], lang) if row.cell in labels.CELLS else state
    if row.cell != "open_overdue":
        return state
    return f"{state}; {translate('{days} days overdue', lang, days=format_number(row.days_late, lang))}"
