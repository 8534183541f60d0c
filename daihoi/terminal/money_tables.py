"""The money of the consolidated report: what is planned and guaranteed, and what was advanced, spent and settled.
Both tables have the same lines, and come to the same total."""

from collections.abc import Iterator

from rich.table import Table

from daihoi.terminal import labels
from shared.i18n import Language, format_number, translate
from shared.reports.consolidated import Report
from shared.reports.money import NO_TASK, Disbursed
from shared.values.units import title_of

ELSEWHERE_NAMES = {
    "duties": "Continuing duties",
    "cancelled": "Cancelled tasks",
    "suspended": "Suspended tasks",
    NO_TASK: "Of no single task",
}
GUARANTEES = {
    "Planned": "planned_vnd",
    "Guaranteed": "secured_vnd",
    "Still to be secured": "unsecured_vnd",
    "Left over": "surplus_vnd",
}
EXPENSES = {"Guaranteed": "secured_vnd", "Advanced": "advanced_vnd", "Spent": "spent_vnd", "Settled": "settled_vnd"}
AMOUNTS = frozenset((*GUARANTEES.values(), *EXPENSES.values()))


def guarantees_table(report: Report, lang: Language) -> Table:
    table = _money_table("Money, VND", GUARANTEES, lang)
    for name, line in _lines(report, lang):
        table.add_row(name, *_amounts(line, GUARANTEES, lang))
    table.add_section()
    table.add_row(translate("Total", lang), *_amounts(report.money.totals, GUARANTEES, lang))
    return table


def disbursement_table(report: Report, lang: Language, *, is_wide: bool) -> Table:
    """A table of what was spent of what is guaranteed; its two parts stand in the same line."""
    table = _money_table("Money advanced, spent and settled, VND", EXPENSES, lang)
    labels.add_columns(table, lang, "Spent of guaranteed", justify="right", overflow="fold")
    for name, line in _lines(report, lang):
        table.add_row(name, *_amounts(line, EXPENSES, lang), _rate(line, lang, is_wide=is_wide))
    totals = report.money.totals
    table.add_section()
    table.add_row(translate("Total", lang), *_amounts(totals, EXPENSES, lang), _rate(totals, lang, is_wide=is_wide))
    if report.money.elsewhere[NO_TASK].spent_vnd:
        table.caption = translate("Spent of guaranteed in total: without what is of no single task", lang)
        table.caption_justify = "left"
    return table


def _rate(line: Disbursed, lang: Language, *, is_wide: bool) -> str:
    if not line.rate.whole and not line.rate.part:
        return "–"
    in_words = labels.share_in_words if is_wide or not line.rate.whole else labels.percent_in_words
    return in_words(line.rate, lang)


def _money_table(title: str, columns: dict[str, str], lang: Language) -> Table:
    table = labels.table_of(translate(title, lang), lang, "")
    labels.add_columns(table, lang, *columns, justify="right", overflow="fold")
    return table


def _lines(report: Report, lang: Language) -> Iterator[tuple[str, Disbursed]]:
    """Every unit that takes part, and what else has money."""
    money = report.money
    for unit, line in money.by_unit.items():
        yield title_of(unit, lang), line
    for place, line in money.elsewhere.items():
        if any(getattr(line, name) for name in AMOUNTS):
            yield translate(ELSEWHERE_NAMES[place], lang), line


def _amounts(line: Disbursed, columns: dict[str, str], lang: Language) -> Iterator[str]:
    for name in columns.values():
        yield format_number(getattr(line, name), lang)
