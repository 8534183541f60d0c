"""The commands that follow orders and papers: `trace`, `duties` and `documents`."""

from collections.abc import Iterable
from typing import Annotated

import typer

from daihoi.cli.console import (
    FOUND_WRONG,
    Format,
    FormatOption,
    LangOption,
    TodayOption,
    as_json,
    err,
    language_of,
    out,
    read_settings,
    run,
    told_in_words,
    write,
    wrong_use,
)
from daihoi.cli.view_selection import AtOption, ByOption, asked_of, day_of, instant_fields, looking_at
from daihoi.terminal.documents_table import documents_table, next_number_line
from daihoi.terminal.duties_table import duties_table
from daihoi.terminal.report import WIDE
from daihoi.terminal.trace_tree import TreePrinter
from services.tracker.history.as_of import Asked, By
from services.tracker.projection.errors import as_written
from services.tracker.queries import duties as duties_in
from services.tracker.queries import views_at_once
from services.tracker.reports.consolidated import sources
from services.tracker.reports.document_register import filed, next_number
from services.tracker.reports.duties import Duties
from services.tracker.reports.trace import trace
from shared.i18n import Language, translate
from shared.platform.settings import Settings
from shared.views.view import Document

TRACED = ("meetings", "directives", "catalogue", "tasks", "reviews", "clearances")
"""The views that a trace goes through."""
documents = typer.Typer(help="The documents on file, with what looks odd; next-number.")


def read_views(
    settings: Settings,
    asked: Asked | None,
    lang: Language,
    format: Format,  # noqa: A002
    names: Iterable[str],
) -> dict[str, list[Document]]:
    async def read() -> dict[str, list[Document]]:
        async with looking_at(settings, asked, lang, head=format) as looked:
            _, views, _ = await views_at_once(looked.views, names)
            return views

    return run(read())


def trace_order(
    what: Annotated[str, typer.Argument(help="2020-08-13#1, a meeting, a directive, logistics/1-03 or 1-03")],
    at: AtOption = None,
    by: ByOption = By.RECORDED,
    format: FormatOption = Format.TEXT,  # noqa: A002
    lang: LangOption = None,
) -> None:
    """From a point of a conclusion to all that was done for it; from a task back to the sentence that ordered it."""
    settings = read_settings()
    language = language_of(settings, lang)
    views = read_views(settings, asked_of(at, by, language), language, format, TRACED)
    with told_in_words(), as_written():
        found = trace(what, views)
    if not found:
        err.print(translate("Nothing on record is called {what}.", language, what=what), soft_wrap=True)
        raise typer.Exit(FOUND_WRONG)
    if format is Format.JSON:
        write(as_json([node.model_dump(mode="json") for node in found]))
    else:
        for node in found:
            out.print(TreePrinter(language).tree(node))
        for note in sources(views["catalogue"]):
            out.print(note.get(language) or note["vi"], style="dim")


def duties(
    locality: Annotated[str, typer.Option(help="Only this locality, by its id on the register.")] = "",
    at: AtOption = None,
    by: ByOption = By.RECORDED,
    today: TodayOption = None,
    format: FormatOption = Format.TEXT,  # noqa: A002
    lang: LangOption = None,
) -> None:
    """The continuing duties: locality by duty by phase, who is behind first."""
    settings = read_settings()
    language = language_of(settings, lang)
    asked, reported_for = asked_of(at, by, language), day_of(today, language)

    async def look() -> Duties:
        async with looking_at(settings, asked, language, head=format) as looked:
            day = reported_for or looked.today
            return await duties_in(looked.views, day, locality)

    found = run(look())
    if locality and not found.localities:
        err.print(translate("There is no locality {locality}.", language, locality=locality), soft_wrap=True)
        raise typer.Exit(FOUND_WRONG)
    if format is Format.JSON:
        write(as_json(found.model_dump(mode="json") | instant_fields(asked)))
    else:
        out.print(duties_table(found, language, is_wide=out.width >= WIDE))


@documents.callback(invoke_without_command=True)
def list_documents(
    context: typer.Context,
    at: AtOption = None,
    by: ByOption = By.RECORDED,
    format: FormatOption = Format.TEXT,  # noqa: A002
    lang: LangOption = None,
) -> None:
    """The documents on file: basis, lineage, urgency, and what looks odd about a symbol."""
    if context.invoked_subcommand:
        return
    settings = read_settings()
    language = language_of(settings, lang)
    views = read_views(settings, asked_of(at, by, language), language, format, ("documents",))
    with told_in_words(), as_written():
        found = filed(views["documents"])
    if format is Format.JSON:
        write(as_json([document.model_dump(mode="json") for document in found]))
    else:
        out.print(documents_table(found, language))


@documents.command("next-number")
def documents_next_number(
    issuer: Annotated[str, typer.Option(help="The issuer's name, or its code in symbols.")],
    kind: Annotated[str, typer.Option(help="The kind's code, such as KH, or its name.")],
    term: Annotated[str | None, typer.Option(help="The term, such as 2020-2025.")] = None,
    at: AtOption = None,
    by: ByOption = By.RECORDED,
    format: FormatOption = Format.TEXT,  # noqa: A002
    lang: LangOption = None,
) -> None:
    """The next free number of an issuer for a kind of document, in both spellings."""
    if not issuer.strip() or not kind.strip():
        wrong_use("--issuer and --kind can't be empty")
    settings = read_settings()
    language = language_of(settings, lang)
    asked = asked_of(at, by, language)
    views = read_views(settings, asked, language, format, ("documents",))
    with told_in_words(), as_written():
        found = next_number(views["documents"], issuer, kind, term)
    if format is Format.JSON:
        write(as_json(found.model_dump(mode="json") | instant_fields(asked)))
    else:
        out.print(next_number_line(found, language), soft_wrap=True)
