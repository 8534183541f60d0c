"""Who carries how much, on a terminal."""

from collections.abc import Iterable

from rich.table import Table
from rich.text import Text

from services.tracker.reports.workload import Load, Workload
from shared.i18n import Language, format_number, translate


def workload_tables(found: Workload, lang: Language) -> Iterable[Table]:
    """One table of collectives, one of individuals, the heaviest load first."""
    headings = ("Tasks", "Completed", "Not completed", "Overdue", "Coordinating")
    for title, loads in (("By collective", found.by_collective), ("By individual", found.by_individual)):
        table = Table(title=translate(title, lang), title_justify="left")
        table.add_column("")
        for heading in headings:
            table.add_column(translate(heading, lang), justify="right")
        table.add_column(translate("Register", lang), overflow="fold")
        for load in loads:
            cells = load.cells
            counts = (cells.tasks, cells.completed, cells.open_tasks, cells.open_overdue, load.coordinating)
            known = "" if load.on_the_register else translate("not on the register", lang)
            table.add_row(_spelled(load, lang), *(format_number(number, lang) for number in counts), known)
        table.add_section()
        nobody = found.nobody
        without = (nobody.tasks, nobody.completed, nobody.open_tasks, nobody.open_overdue)
        table.add_row(translate("Nobody yet", lang), *(format_number(number, lang) for number in without))
        yield table


def _spelled(load: Load, lang: Language) -> Text:
    """The name, and beneath it how tasks spell it otherwise."""
    if not load.spellings:
        return Text(load.name)
    return Text(f"{load.name}\n({translate('also written', lang)}: {'; '.join(load.spellings)})")
