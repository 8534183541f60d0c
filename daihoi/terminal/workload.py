"""Who carries how much, on a terminal."""

from collections.abc import Iterable

from rich.table import Table
from rich.text import Text

from daihoi.terminal.labels import add_columns, table_of
from shared.i18n import Language, format_number, translate
from shared.reports.cells import Cells
from shared.reports.workload import Load, Workload


def workload_tables(report: Workload, lang: Language) -> Iterable[Table]:
    """One table of collectives, one of individuals, the heaviest load first."""
    headings = ("Tasks", "Completed", "Not completed", "Overdue", "Suspended", "Coordinating")
    for title, loads in (("By collective", report.by_collective), ("By individual", report.by_individual)):
        table = table_of(translate(title, lang), lang, "")
        add_columns(table, lang, *headings, justify="right")
        off_the_register = any(not load.on_the_register for load in loads)
        if off_the_register:
            add_columns(table, lang, "Register", overflow="fold")
        for load in loads:
            cells = load.cells
            numbers = [*_counts(cells), load.coordinating]
            remarks = ["" if load.on_the_register else translate("not on the register", lang)]
            counts = [format_number(number, lang) for number in numbers]
            table.add_row(_spelled(load, lang), *counts, *(remarks if off_the_register else ()))
        table.add_section()
        without = (format_number(number, lang) for number in _counts(report.nobody))
        table.add_row(translate("Nobody yet", lang), *without)
        yield table


def _counts(cells: Cells) -> tuple[int, ...]:
    """The first is the sum of completed, not completed and suspended ones."""
    return cells.tasks, cells.completed, cells.open_tasks, cells.open_overdue, cells.suspended


def _spelled(load: Load, lang: Language) -> Text:
    """The name, and beneath it how tasks spell it otherwise."""
    if not load.spellings:
        return Text(load.name)
    return Text(f"{load.name}\n({translate('also written', lang)}: {'; '.join(load.spellings)})")
