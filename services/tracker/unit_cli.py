"""What only one unit has, as commands: propaganda's coverage, logistics' expenses, security's incidents."""

from collections.abc import Awaitable, Callable
from typing import Any

from rich.table import Table

from services.console import (
    Format,
    FormatOption,
    LangOption,
    as_json,
    language_of,
    out,
    read_settings,
    run,
    write,
)
from services.session import open_session
from services.tracker import queries
from services.tracker.readers import TokenOption, may_read_restricted
from services.tracker.reports.unit_tables import (
    clearances_table,
    coverage_table,
    expenses_table,
    incidents_table,
)
from services.tracker.store import ViewStore
from shared.platform.settings import Settings


def coverage(format: FormatOption = Format.TEXT, lang: LangOption = None) -> None:  # noqa: A002
    """Publications released, by channel and day, and how many still wait."""
    settings = read_settings()
    found = run(_ask(settings, queries.coverage))
    _show(format, found.model_dump(mode="json"), coverage_table(found, language_of(settings, lang)))


def expenses(format: FormatOption = Format.TEXT, lang: LangOption = None) -> None:  # noqa: A002
    """Money by task: estimated, guaranteed, advanced, spent, left, and what to look at."""
    settings = read_settings()
    found = run(_ask(settings, queries.accounts))
    told = [account.model_dump(mode="json") for account in found]
    _show(format, told, expenses_table(found, language_of(settings, lang)))


def clearances(format: FormatOption = Format.TEXT, lang: LangOption = None) -> None:  # noqa: A002
    """Clearances: how security decided, which tasks need them, and which units have heard."""
    settings = read_settings()
    found = run(_ask(settings, queries.clearances))
    told = [line.model_dump(mode="json") for line in found]
    _show(format, told, clearances_table(found, language_of(settings, lang)))


def incidents(token: TokenOption = "", format: FormatOption = Format.TEXT, lang: LangOption = None) -> None:  # noqa: A002
    """Incidents; their details are shown to security and the auditor only."""
    settings = read_settings()

    async def look() -> list[dict[str, Any]]:
        unmasked = may_read_restricted(settings, token)
        return await _ask(settings, lambda views: queries.incidents(views, unmasked=unmasked))

    found = run(look())
    _show(format, found, incidents_table(found, language_of(settings, lang)))


async def _ask[Found](settings: Settings, question: Callable[[ViewStore], Awaitable[Found]]) -> Found:
    async with open_session(settings) as session:
        await session.views.prepare()
        return await question(session.views)


def _show(format: Format, told: Any, table: Table) -> None:  # noqa: A002
    if format is Format.JSON:
        write(as_json(told))
    else:
        out.print(table)
