"""`daihoi scenario`: which scenario is in force, how the units' variants differ, and switching."""

from datetime import date
from functools import partial
from typing import Annotated
from uuid import uuid4

import typer
from nats.aio.client import Client

from daihoi.cli import console
from daihoi.cli.console import (
    ActorOption,
    AnswerFormatOption,
    CommandIdOption,
    Format,
    LangOption,
    WaitForServiceOption,
)
from daihoi.cli.groups import CommandGroup
from daihoi.cli.language import spoken
from daihoi.cli.listed import check_service
from daihoi.cli.sending import PatienceOption, send_and_print
from daihoi.cli.view_selection import Selection, of_views, selecting, show_report
from daihoi.ops.following import units_behind
from daihoi.ops.names import take_names_of_the_ledger
from daihoi.ops.session import PATIENCE_S, Session, connected
from daihoi.terminal.scenario_tables import comparison_tables, following_line, standing_tables, unprepared_line
from daihoi.terminal.screen import Screen
from services.subcommittee.scenario import SwitchScenario
from shared.domain.decider import Refused
from shared.domain.known_list import check_on_list
from shared.eventstore.credentials import NO_CREDENTIALS
from shared.eventstore.errors import EventStoreError
from shared.eventstore.jetstream_api import congresses
from shared.eventstore.ledger import Ledger
from shared.history.decoding import decode_event
from shared.platform.errors import PlatformError
from shared.platform.settings import Settings
from shared.reports.cases import cases_of, check_cases
from shared.reports.lists_in_use import lists_in_use
from shared.reports.scenarios import Comparison, compare, standing, unprepared_units
from shared.unit.patience import WAIT_FOR_SERVICE_S
from shared.values.code_lists import DEFAULTS, CodeList
from shared.values.units import SUBCOMMITTEE, support_unit_ids
from shared.views.view import Document, Recorded

scenario = CommandGroup("Scenarios: show, compare, switch.")


@scenario.command("show")
@selecting
def show(selection: Selection) -> None:
    """Which scenario is in force, how far each unit has followed, and what it has prepared."""
    question = of_views(
        ("tasks", "scenarios", "code_lists"),
        lambda views, _: standing(views["tasks"], views["scenarios"], lists_in_use(views)),
    )
    show_report(selection, question, standing_tables)


@scenario.command("compare")
@selecting
def compare_variants(
    selection: Selection,
    unit: Annotated[str | None, typer.Option(help="Only this unit.")] = None,
    case: Annotated[
        list[str] | None, typer.Option("--case", help="Only «none» and this case, by its id; may be given again.")
    ] = None,
) -> None:
    """The variants of all cases side by side: tasks and money, and every task that differs. Changes nothing."""
    console.read_settings()
    if unit is not None:
        check_service(unit, support_unit_ids())
    cases = case or []

    def report(views: dict[str, list[Document]], _: date) -> Comparison:
        tasks, scenarios, lists = views["tasks"], views["scenarios"], lists_in_use(views)
        with console.refusals_are_wrong_use():
            check_cases(cases, cases_of(lists[CodeList.CASES], tasks, scenarios))
        return compare(tasks, scenarios, unit, views["catalogue"], lists, cases)

    question = of_views(("tasks", "scenarios", "catalogue", "code_lists"), report)
    show_report(selection, question, comparison_tables)


@scenario.command("switch")
def switch(
    case: Annotated[str, typer.Argument(help="The case to put in force, by its id on the list of cases.")],
    reason: Annotated[str, typer.Option(help="Why; kept with the switch.")],
    actor: ActorOption = "",
    command_id: CommandIdOption = None,
    wait: Annotated[bool, typer.Option(help="Until the switch is in the views; exit 1 if it is not.")] = True,
    patience: PatienceOption = PATIENCE_S,
    wait_for_service: WaitForServiceOption = WAIT_FOR_SERVICE_S,
    format: AnswerFormatOption = Format.TEXT,  # noqa: A002
    lang: LangOption = None,
) -> None:
    """Put a scenario in force; every unit suspends and resumes its tasks by itself. Units that have not prepared it
    are named, and follow all the same."""
    settings, language = console.begin(lang)
    data = {"scenario": case, "reason": reason}
    with console.refusals_are_wrong_use():
        unprepared = console.run(_unprepared(settings, case))
    if unprepared:
        console.say(f"⚠ {unprepared_line(unprepared, language)}")
    send_and_print(
        settings,
        SUBCOMMITTEE,
        SwitchScenario.NAME,
        data,
        actor=actor,
        command_id=command_id or uuid4(),
        patience_s=patience if wait else None,
        wait_for_service_s=wait_for_service,
        in_words=format is Format.TEXT,
        then=partial(
            _tell_who_follows, patience if wait else 0, console.out if format is Format.TEXT else console.err
        ),
    )


async def _tell_who_follows(patience_s: float, screen: Screen, session: Session) -> None:
    screen.print(following_line(await units_behind(session, patience_s), spoken()), soft_wrap=True)


async def _unprepared(settings: Settings, case: str) -> list[str]:
    """The units that have not prepared this case, as the ledger says it; the tracker need not run. None where the
    ledger can't be read, or not by whoever switches; what is wrong is told then. Raises `Refused` where the congress
    has no such case; one that is not there has those by default."""
    if not settings.nats_url and not (settings.data_dir / "nats").is_dir():  # nothing was ever kept here
        check_on_list(CodeList.CASES, case, DEFAULTS[CodeList.CASES])
    try:
        async with connected(settings, begins=True) as connection:
            return await _on_record(connection, settings.congress, case)
    except EventStoreError:
        return []
    except PlatformError as error:
        if isinstance(error.why, Refused) and error.why.code == NO_CREDENTIALS.code:
            return []
        raise


async def _on_record(connection: Client, congress: str, case: str) -> list[str]:
    is_there, ledger = congress in await congresses(connection), Ledger(connection, congress)
    lists = await take_names_of_the_ledger(ledger) if is_there else {}
    check_on_list(CodeList.CASES, case, lists.get(CodeList.CASES, DEFAULTS[CodeList.CASES]))
    history = await ledger.about(case) if is_there else []
    recorded = [event for stored in history if isinstance(event := decode_event(stored), Recorded)]
    return unprepared_units(recorded, lists.get(CodeList.UNITS)) if is_there else []
