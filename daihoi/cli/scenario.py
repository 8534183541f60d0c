"""`daihoi scenario`: which scenario is in force, how the units' variants differ, and switching."""

from typing import Annotated
from uuid import UUID, uuid4

import typer

from daihoi.cli.console import (
    Format,
    FormatOption,
    LangOption,
    as_json,
    err,
    language_of,
    out,
    read_settings,
    run,
    told_in_words,
    write,
)
from daihoi.cli.orders import read_views
from daihoi.cli.sending import PatienceOption, send_and_print
from daihoi.cli.view_selection import AtOption, ByOption, asked_of, instant_fields
from daihoi.ops.waiting import PATIENCE_S
from daihoi.terminal.report import unprepared_line
from daihoi.terminal.scenario_tables import comparison_tables, standing_tables
from services.subcommittee.scenario import SwitchScenario
from services.tracker.history.as_of import By
from services.tracker.projection.decoding import read_event
from services.tracker.projection.errors import as_written
from services.tracker.reports.scenarios import compare, standing, unprepared_units
from shared.eventstore.errors import EventStoreError
from shared.eventstore.ledger import Ledger
from shared.platform.embedded import endpoints
from shared.platform.nats import nats_connection
from shared.platform.settings import Settings
from shared.values.types import SUBCOMMITTEE, Case, Unit
from shared.views.view import Recorded

scenario = typer.Typer(no_args_is_help=True, help="Scenarios: show, compare, switch.")


@scenario.command("show")
def show(
    at: AtOption = None,
    by: ByOption = By.RECORDED,
    format: FormatOption = Format.TEXT,  # noqa: A002
    lang: LangOption = None,
) -> None:
    """Which scenario is in force, how far each unit has followed, and what it has prepared."""
    settings = read_settings()
    language = language_of(settings, lang)
    asked = asked_of(at, by, language)
    views = read_views(settings, asked, language, format, ("tasks", "scenarios"))
    with told_in_words(), as_written():
        found = standing(views["tasks"], views["scenarios"])
    if format is Format.JSON:
        write(as_json(found.model_dump(mode="json") | instant_fields(asked)))
    else:
        for part in standing_tables(found, language):
            out.print(part)


@scenario.command("compare")
def compare_variants(
    unit: Annotated[Unit | None, typer.Option(help="Only this unit.")] = None,
    at: AtOption = None,
    by: ByOption = By.RECORDED,
    format: FormatOption = Format.TEXT,  # noqa: A002
    lang: LangOption = None,
) -> None:
    """Both variants side by side: tasks and money, and every task that differs. Changes nothing."""
    settings = read_settings()
    language = language_of(settings, lang)
    asked = asked_of(at, by, language)
    views = read_views(settings, asked, language, format, ("tasks", "scenarios", "catalogue"))
    with told_in_words(), as_written():
        found = compare(views["tasks"], views["scenarios"], unit.value if unit else None, views["catalogue"])
    if format is Format.JSON:
        write(as_json(found.model_dump(mode="json") | instant_fields(asked)))
    else:
        for table in comparison_tables(found, language):
            out.print(table)


@scenario.command("switch")
def switch(
    case: Annotated[Case, typer.Argument(help="The scenario to put in force.")],
    reason: Annotated[str, typer.Option(help="Why; kept with the switch.")],
    actor: Annotated[str, typer.Option("--as", help="subcommittee.lead or a deputy")],
    command_id: Annotated[UUID | None, typer.Option("--id", help="The command's id; a new one otherwise.")] = None,
    wait: Annotated[bool, typer.Option(help="Until the switch is in the views; exit 1 if it is not.")] = True,
    patience: PatienceOption = PATIENCE_S,
    lang: LangOption = None,
) -> None:
    """Put a scenario in force; every unit suspends and resumes its tasks by itself. Units that have not prepared it
    are named, and follow all the same."""
    settings = read_settings()
    language = language_of(settings, lang)
    data = {"scenario": case.value, "reason": reason}
    if unprepared := run(_unprepared(settings, case)):
        err.print(f"⚠ {unprepared_line(unprepared, language)}", soft_wrap=True)
    send_and_print(
        settings,
        language,
        SUBCOMMITTEE,
        SwitchScenario.NAME,
        data,
        actor=actor,
        command_id=command_id or uuid4(),
        patience_s=patience if wait else None,
    )


async def _unprepared(settings: Settings, case: Case) -> list[str]:
    """The units that have not prepared this case, as the ledger says it; the tracker need not run. None where the
    ledger can't be read: what is wrong is told by whoever switches."""
    with endpoints(settings, with_mongo=False) as servers:
        async with nats_connection(servers.nats_url, "daihoi scenario") as connection:
            try:
                stored = await Ledger(connection, settings.congress).about(case.value)
            except EventStoreError:
                return []
    return unprepared_units(event for each in stored if isinstance(event := read_event(each), Recorded))
