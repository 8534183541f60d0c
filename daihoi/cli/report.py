"""`daihoi report`: the consolidated report."""

from functools import partial

import typer

from daihoi.cli import console
from daihoi.cli.console import Format
from daihoi.cli.groups import CommandGroup
from daihoi.cli.issued import issue_report, show_issued_report
from daihoi.cli.report_options import AnnexOption, ComingOption, print_report, wanted_of
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
from services.tracker.handed_up import report_with_movements
from services.tracker.history.as_of import By, ChosenInstant
from shared.i18n import Language
from shared.reports.arrangement import AnnexBy
from shared.reports.consolidated import Report
from shared.reports.schedule import COMING_DAYS
from shared.values.symbol import DocumentSymbol, SymbolForm

WITH_COMPARISON = partial(selecting, also=("compare", "today"))
report = CommandGroup("The consolidated report, as things stand or as of an instant.", no_args_is_help=False)
report.command("issue")(issue_report)
report.command("show")(show_issued_report)


@report.callback(invoke_without_command=True)
@WITH_COMPARISON
def report_now(
    selection: Selection, context: typer.Context, annex: AnnexOption = None, coming: ComingOption = COMING_DAYS
) -> None:
    """The consolidated report, as things stand or as of an instant."""
    if not context.invoked_subcommand:
        _report(selection, annex, coming)


@report.command("as-of")
@WITH_COMPARISON
def report_as_of(
    selection: Selection, at: InstantOption, annex: AnnexOption = None, coming: ComingOption = COMING_DAYS
) -> None:
    """The consolidated report as it would have been at an instant."""
    _report(selection._replace(at=at), annex, coming)


def _compared_with(selection: Selection) -> ChosenInstant | str | None:
    """An instant, or the symbol of a report that was issued. Ends the program on what can be neither."""
    text = selection.compare
    if text is not None and DocumentSymbol.parse(text.upper()).form is not SymbolForm.OTHER:
        return text
    return instant_option(text, selection.by if text is not None else By.RECORDED)


def _report(selection: Selection, annex: AnnexBy | None, coming: int) -> None:
    settings, language = console.begin(selection.lang)
    instant, day = instant_option(selection.at, selection.by), day_option(selection.today)
    earlier = _compared_with(selection)

    async def consolidate() -> tuple[Report, Language]:
        async with open_views(settings, instant, language) as selected:
            session = selected.session
            made = await report_with_movements(
                settings.congress,
                selected.views,
                session.ledger,
                day or selected.today,
                lambda past: views_of(session, past, language),
                wanted_of(coming, annex),
                earlier,
            )
            return made, await language_of_reports(selected.views, language)

    made, language = console.run(consolidate())
    if selection.format is Format.JSON:
        console.write_json(made.model_dump(mode="json"))
    else:
        print_report(made, annex, language)
