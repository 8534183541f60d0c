"""What every command that shows the consolidated report takes, and showing it: all of it or its annex."""

from typing import Annotated

import typer

from daihoi.cli import console
from services.tracker.projection.errors import as_written
from shared.i18n import Language
from shared.reports.all_names import names_in
from shared.reports.arrangement import AnnexBy
from shared.reports.consolidated import Report
from shared.reports.issued_reports import IssuedReport
from shared.reports.schedule import MOST_COMING_DAYS
from shared.reports.sections import Wanted
from shared.values.code_lists import CodeList
from shared.values.names_in_use import use_names

AnnexOption = Annotated[
    AnnexBy | None,
    typer.Option(
        "--annex",
        help="Prints the annex of every item instead, arranged by task group, unit, agency in charge or phase.",
    ),
]
ComingOption = Annotated[
    int,
    typer.Option("--coming", min=1, max=MOST_COMING_DAYS, metavar="DAYS", help="How long the coming period is."),
]


def wanted_of(coming: int, annex: AnnexBy | None) -> Wanted:
    return Wanted(coming, annex or AnnexBy.GROUP)


def print_report(report: Report, annex: AnnexBy | None, lang: Language, issued: IssuedReport | None = None) -> None:
    """All of it or nothing, everything called as the congress called it when the report was so."""
    from daihoi.terminal.report import Printer

    lists = {CodeList(name): tuple(entries) for name, entries in report.lists.items()}
    use_names(names_in(lists, report.particulars))
    with as_written(), console.out.capture() as drawn:
        printer = Printer(report, lang, issued)
        if annex:
            printer.print_annex_on(console.out)
        else:
            printer.print_on(console.out)
    console.out.file.write(drawn.get())
