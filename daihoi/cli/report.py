"""`daihoi report`: the consolidated report."""

from functools import partial

import typer

from daihoi.cli import console
from daihoi.cli.console import Format
from daihoi.cli.groups import CommandGroup
from daihoi.cli.view_selection import (
    InstantOption,
    Selection,
    day_option,
    instant_option,
    language_of_reports,
    open_views,
    selecting,
    views_of,
)
from services.tracker.history.as_of import By
from services.tracker.projection.errors import as_written
from services.tracker.queries import consolidated_report
from services.tracker.reports.consolidated import Report, movements
from shared.i18n import Language

WITH_COMPARISON = partial(selecting, also=("compare", "today"))
report = CommandGroup("The consolidated report, as things stand or as of an instant.", no_args_is_help=False)


@report.callback(invoke_without_command=True)
@WITH_COMPARISON
def report_now(selection: Selection, context: typer.Context) -> None:
    """The consolidated report, as things stand or as of an instant."""
    if not context.invoked_subcommand:
        _report(selection)


@report.command("as-of")
@WITH_COMPARISON
def report_as_of(selection: Selection, at: InstantOption) -> None:
    """The consolidated report as it would have been at an instant."""
    _report(selection._replace(at=at))


def _report(selection: Selection) -> None:
    settings, language = console.begin(selection.lang)
    instant, day = instant_option(selection.at, selection.by), day_option(selection.today)
    earlier = instant_option(selection.compare, selection.by if selection.compare is not None else By.RECORDED)

    async def consolidate() -> tuple[Report, Language]:
        async with open_views(settings, instant, language) as selected:
            session = selected.session
            report = await consolidated_report(
                settings.congress, selected.views, session.ledger, day or selected.today
            )
            if earlier:
                views = await views_of(session, earlier, language)
                before = await consolidated_report(settings.congress, views, session.ledger, views.today)
                report = report.model_copy(update={"movements": movements(before, report)})
            return report, await language_of_reports(selected.views, language)

    report, language = console.run(consolidate())
    if selection.format is Format.JSON:
        console.write_json(report.model_dump(mode="json"))
    else:
        _print(report, language)


def _print(report: Report, lang: Language) -> None:
    """All of it or nothing."""
    from daihoi.terminal.report import Printer

    with as_written(), console.out.capture() as drawn:
        Printer(report, lang).print_on(console.out)
    console.out.file.write(drawn.get())
