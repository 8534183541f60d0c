"""What only one unit has, as commands: propaganda's coverage, logistics' expenses, security's incidents."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from rich.console import RenderableType

from daihoi.cli.console import (
    Format,
    FormatOption,
    LangOption,
    TokenOption,
    as_json,
    language_of,
    out,
    read_settings,
    run,
    write,
)
from daihoi.cli.view_selection import AtOption, ByOption, asked_of, instant_fields, looking_at
from daihoi.terminal.unit_tables import (
    clearances_table,
    coverage_table,
    expenses_tables,
    incidents_table,
)
from services.tracker import queries
from services.tracker.access import may_read_restricted
from services.tracker.history.as_of import Asked, By, Views
from shared.i18n import Language
from shared.platform.settings import Settings


def coverage(
    at: AtOption = None,
    by: ByOption = By.RECORDED,
    format: FormatOption = Format.TEXT,  # noqa: A002
    lang: LangOption = None,
) -> None:
    """Publications released, by channel and day, and how many still wait."""
    settings = read_settings()
    language = language_of(settings, lang)
    asked = asked_of(at, by, language)
    found = run(_ask(settings, asked, language, format, queries.coverage))
    _show(format, found.model_dump(mode="json") | instant_fields(asked), coverage_table(found, language))


def expenses(
    at: AtOption = None,
    by: ByOption = By.RECORDED,
    format: FormatOption = Format.TEXT,  # noqa: A002
    lang: LangOption = None,
) -> None:
    """Money by task: estimated, guaranteed, advanced, spent, left, and what to look at."""
    settings = read_settings()
    language = language_of(settings, lang)
    found = run(_ask(settings, asked_of(at, by, language), language, format, queries.accounts))
    told = [account.model_dump(mode="json") for account in found]
    _show(format, told, expenses_tables(found, language))


def clearances(
    at: AtOption = None,
    by: ByOption = By.RECORDED,
    format: FormatOption = Format.TEXT,  # noqa: A002
    lang: LangOption = None,
) -> None:
    """Clearances: how security decided, which tasks need them, and which units have heard."""
    settings = read_settings()
    language = language_of(settings, lang)
    found = run(_ask(settings, asked_of(at, by, language), language, format, queries.clearances))
    _show(format, [line.model_dump(mode="json") for line in found], clearances_table(found, language))


def incidents(
    token: TokenOption = "",
    at: AtOption = None,
    by: ByOption = By.RECORDED,
    format: FormatOption = Format.TEXT,  # noqa: A002
    lang: LangOption = None,
) -> None:
    """Incidents; their details are shown to security and the auditor only."""
    settings = read_settings()

    language = language_of(settings, lang)
    asked = asked_of(at, by, language)

    async def look() -> list[dict[str, Any]]:
        unmasked = may_read_restricted(settings, token)
        shown = partial(queries.incidents, unmasked=unmasked)
        return await _ask(settings, asked, language, format, shown)

    found = run(look())
    _show(format, found, incidents_table(found, language))


async def _ask[Found](
    settings: Settings,
    asked: Asked | None,
    lang: Language,
    format: Format,  # noqa: A002
    question: Callable[[Views], Awaitable[Found]],
) -> Found:
    async with looking_at(settings, asked, lang, head=format) as looked:
        return await question(looked.views)


def _show(format: Format, told: Any, table: RenderableType) -> None:  # noqa: A002
    if format is Format.JSON:
        write(as_json(told))
    else:
        out.print(table)
