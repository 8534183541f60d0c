"""`daihoi report issue`, `daihoi report show` and `daihoi reports`: handing a report up, and having it again."""

from typing import Annotated, Any
from uuid import uuid4

import typer

from daihoi.cli import console
from daihoi.cli.console import (
    ActorOption,
    AnswerFormatOption,
    CommandIdOption,
    Format,
    FormatOption,
    LangOption,
    TodayOption,
    WaitForServiceOption,
)
from daihoi.cli.groups import CommandGroup
from daihoi.cli.report_options import AnnexOption, ComingOption, print_report, wanted_of
from daihoi.cli.view_selection import (
    AtOption,
    Selection,
    day_option,
    instant_option,
    of_views,
    open_views,
    selecting,
    show_report,
    views_of,
)
from services.subcommittee.issued_report import IssueReport
from services.tracker.handed_up import HandedUp, handed_up, shown_by
from services.tracker.history.as_of import By, ChosenInstant
from services.tracker.queries import consolidated_report
from shared.domain.decider import Refusal
from shared.entering.moments import parse_day
from shared.events.issued_report import Capacity
from shared.i18n import Language, render
from shared.platform.settings import Settings
from shared.reports.issued_reports import issued_reports
from shared.reports.schedule import COMING_DAYS
from shared.reports.sections import Wanted
from shared.unit.patience import WAIT_FOR_SERVICE_S
from shared.values.units import SUBCOMMITTEE

OPTIONS_MISSING = Refusal("options_missing", "A report is issued with these options, which are missing: {options}.")
reports = CommandGroup("The reports that were handed up: list, show.")
DayOption = Annotated[str | None, typer.Option("--date", metavar="YYYY-MM-DD", help="Of issue; otherwise its day.")]


def issue_report(
    number: Annotated[
        str, typer.Option(metavar="SYMBOL", help="Number and symbol, such as 12-BC/TB; always needed.")
    ] = "",
    signer: Annotated[str, typer.Option(metavar="POSITION", help="The position that signs; always needed.")] = "",
    period_from: Annotated[
        str, typer.Option("--from", metavar="YYYY-MM-DD", help="The first day of its period; always needed.")
    ] = "",
    period_to: Annotated[
        str | None, typer.Option("--to", metavar="YYYY-MM-DD", help="The last day of its period; otherwise its day.")
    ] = None,
    actor: ActorOption = "",
    capacity: Annotated[Capacity | None, typer.Option(help="Where it is signed in somebody's place.")] = None,
    date: DayOption = None,
    coming: ComingOption = COMING_DAYS,
    at: AtOption = None,
    today: TodayOption = None,
    command_id: CommandIdOption = None,
    wait: Annotated[bool, typer.Option(help="Until the report is in the views; exit 1 if it is not.")] = True,
    wait_for_service: WaitForServiceOption = WAIT_FOR_SERVICE_S,
    format: AnswerFormatOption = Format.TEXT,  # noqa: A002
    lang: LangOption = None,
) -> None:
    """Make the consolidated report and put on record that it is handed up, so that it can be had again."""
    from daihoi.cli.sending import send_and_print
    from daihoi.ops.session import PATIENCE_S

    settings, language = console.begin(lang)
    _check_given({"--number": number, "--signer": signer, "--from": period_from})
    with console.refusals_are_wrong_use():
        days = {"issued_on": date, "period_from": period_from, "period_to": period_to}
        days = {name: parse_day(day).isoformat() for name, day in days.items() if day is not None}
    instant = instant_option(at, By.RECORDED)
    shown = console.run(_shown(settings, instant, today, Wanted(coming), language))
    days_of_it = {"issued_on": shown["today"], "period_to": shown["today"]}
    send_and_print(
        settings,
        SUBCOMMITTEE,
        IssueReport.NAME,
        {"symbol": number, "signer": signer, "signing": capacity, **days_of_it, **shown, **days},
        actor=actor,
        command_id=command_id or uuid4(),
        patience_s=PATIENCE_S if wait else None,
        wait_for_service_s=wait_for_service,
        in_words=format is Format.TEXT,
    )


def _check_given(options: dict[str, str]) -> None:
    """Ends the program as wrong use, with all that is missing."""
    if missing := [option for option, value in options.items() if not value.strip()]:
        console.refuse(OPTIONS_MISSING(options=", ".join(missing)))


async def _shown(
    settings: Settings, instant: ChosenInstant | None, today: str | None, wanted: Wanted, lang: Language
) -> dict[str, Any]:
    """What the report shows that is made now, or as of `instant`."""
    day = day_option(today)
    async with open_views(settings, instant, lang) as selected:
        ledger = selected.session.ledger
        report = await consolidated_report(settings.congress, selected.views, ledger, day or selected.today, wanted)
        return shown_by(report)


def show_issued_report(
    symbol: Annotated[str, typer.Argument(help="Its number and symbol, such as 12-BC/TB.")],
    annex: AnnexOption = None,
    format: FormatOption = Format.TEXT,  # noqa: A002
    lang: LangOption = None,
) -> None:
    """A report as it was handed up, made again of the history; exit 1 where it does not say the same any more."""
    settings, language = console.begin(lang)

    async def make_again() -> HandedUp:
        async with open_views(settings, None, language) as selected:
            session = selected.session
            wanted = wanted_of(COMING_DAYS, annex)
            return await handed_up(
                settings.congress,
                selected.views,
                session.ledger,
                symbol,
                lambda past: views_of(session, past, language),
                wanted,
            )

    again = console.run(make_again())
    if format is Format.JSON:
        about = again.issued.model_dump(mode="json") | {"says_the_same": again.says_the_same}
        console.write_json({"issued": about, **again.report.model_dump(mode="json")})
    else:
        print_report(again.report, annex, language, again.issued)
    if again.remark:
        console.say(render(again.remark, language))
    if not again.says_the_same:
        raise typer.Exit(console.FOUND_WRONG)


@reports.command("list")
@selecting
def list_issued_reports(selection: Selection) -> None:
    """The reports that were handed up: symbol, date, signer, period, and the event that they show."""
    from daihoi.terminal.issued_reports import issued_table

    question = of_views(("issued_reports",), lambda views, _: issued_reports(views["issued_reports"]))
    show_report(selection, question, issued_table)


reports.command("show")(show_issued_report)
