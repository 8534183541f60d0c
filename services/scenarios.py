"""`daihoi scenario`: which scenario is in force, how the units' variants differ, and switching."""

from typing import Annotated
from uuid import UUID, uuid4

import typer

from services.console import Format, FormatOption, LangOption, as_json, language_of, out, read_settings, run, write
from services.sending import PatienceOption, send_and_print
from services.tracker.looking import AtOption, ByOption, asked_of, instant_fields, looking_at
from services.tracker.past.as_of import Asked, By
from services.tracker.projections.view import Document
from services.tracker.queries import views_at_once
from services.tracker.reports.scenario_tables import comparison_tables, standing_tables
from services.tracker.reports.scenarios import compare, standing
from services.waiting import PATIENCE_S
from shared.domain.scenario import SwitchScenario
from shared.domain.values import SUBCOMMITTEE, Case, Unit
from shared.i18n import Language
from shared.platform.settings import Settings

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
    found = standing(*_tasks_and_scenarios(settings, asked, language, format))
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
    found = compare(*_tasks_and_scenarios(settings, asked, language, format), unit.value if unit else None)
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
    """Put a scenario in force; every unit suspends and resumes its tasks by itself."""
    settings = read_settings()
    data = {"scenario": case.value, "reason": reason}
    send_and_print(
        settings,
        language_of(settings, lang),
        SUBCOMMITTEE,
        SwitchScenario.NAME,
        data,
        actor=actor,
        command_id=command_id or uuid4(),
        patience_s=patience if wait else None,
    )


def _tasks_and_scenarios(
    settings: Settings,
    asked: Asked | None,
    lang: Language,
    format: Format,  # noqa: A002
) -> tuple[list[Document], list[Document]]:
    async def read() -> tuple[list[Document], list[Document]]:
        async with looking_at(settings, asked, lang, head=format) as looked:
            _, views, _ = await views_at_once(looked.views)
            return views["tasks"], views["scenarios"]

    return run(read())
