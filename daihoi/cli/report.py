"""`daihoi report`: the consolidated report."""

from typing import Annotated

import typer

from daihoi.cli.console import (
    Format,
    FormatOption,
    Lang,
    LangOption,
    TodayOption,
    as_json,
    language_of,
    out,
    read_settings,
    run,
    told_in_words,
    write,
)
from daihoi.cli.groups import CommandGroup
from daihoi.cli.view_selection import (
    AtOption,
    ByOption,
    InstantOption,
    day_asked,
    instant_asked,
    looking_at,
    views_of,
)
from daihoi.ops.session import Session
from services.tracker.history.as_of import Asked, By
from services.tracker.projection.errors import as_written
from services.tracker.queries import consolidated_report
from services.tracker.reports.consolidated import Report, movements
from shared.i18n import Language

CompareOption = Annotated[
    str | None,
    typer.Option("--compare", help="Shows what moved since this ledger sequence or time; a day means its end."),
]
report = CommandGroup("The consolidated report, as things stand or as of an instant.", no_args_is_help=False)


@report.callback(invoke_without_command=True)
def report_now(
    context: typer.Context,
    at: AtOption = None,
    by: ByOption = By.RECORDED,
    compare: CompareOption = None,
    today: TodayOption = None,
    format: FormatOption = Format.TEXT,  # noqa: A002
    lang: LangOption = None,
) -> None:
    """The consolidated report, as things stand or as of an instant."""
    if not context.invoked_subcommand:
        _report(at, by, compare, today, format, lang)


@report.command("as-of")
def report_as_of(
    at: InstantOption,
    by: ByOption = By.RECORDED,
    compare: CompareOption = None,
    today: TodayOption = None,
    format: FormatOption = Format.TEXT,  # noqa: A002
    lang: LangOption = None,
) -> None:
    """The consolidated report as it would have been at an instant."""
    _report(at, by, compare, today, format, lang)


def _report(
    at: str | None,
    by: By,
    compare: str | None,
    today: str | None,
    format: Format,  # noqa: A002
    lang: Lang | None,
) -> None:
    settings = read_settings()
    language = language_of(lang)
    asked = instant_asked(at, by)
    earlier = instant_asked(compare, by if compare is not None else By.RECORDED)
    reported_for = day_asked(today)

    async def consolidate() -> Report:
        async with looking_at(settings, asked, language) as looked:
            day = reported_for or looked.today
            report = await consolidated_report(settings.congress, looked.views, looked.session.ledger, day)
            if earlier:
                before = await _report_before(looked.session, earlier, language)
                report = report.model_copy(update={"movements": movements(before, report)})
            return report

    report = run(consolidate())
    if format is Format.JSON:
        write(as_json(report.model_dump(mode="json")))
    else:
        print_report(report, language)


async def _report_before(session: Session, earlier: Asked, lang: Language) -> Report:
    views = await views_of(session, earlier, lang)
    return await consolidated_report(session.settings.congress, views, session.ledger, views.today)


def print_report(report: Report, lang: Language) -> None:
    """All of it or nothing."""
    from daihoi.terminal.report import Printer

    with told_in_words(), as_written(), out.capture() as drawn:
        Printer(report, lang).print_on(out)
    out.file.write(drawn.get())
