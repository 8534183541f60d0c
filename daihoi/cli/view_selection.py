"""Which views a command looks at, and showing what it finds there: settings, language, instant, JSON or drawn."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import date
from typing import Annotated, Any, NamedTuple

import typer
from pydantic import BaseModel

from daihoi.cli.console import (
    Format,
    Lang,
    err,
    language_of,
    out,
    progress_bar,
    read_settings,
    refusals_are_wrong_use,
    run,
    show,
)
from daihoi.ops.session import Session, open_session
from daihoi.terminal.labels import as_it_was
from services.tracker.history.as_of import Asked, By, PastViews, Views, asked_of, day_of, views_as_of
from services.tracker.history.moments import moment_in_words, parse_day
from services.tracker.history.snapshots import Snapshots
from services.tracker.projection.errors import as_written
from services.tracker.queries import views_at_once
from shared.i18n import Language, translate
from shared.platform.settings import Settings
from shared.views.view import Document

AtOption = Annotated[
    str | None,
    typer.Option(
        "--at",
        help="As of this ledger sequence or time (Vietnamese where it names no zone; a day means its end); "
        "otherwise now.",
    ),
]
InstantOption = Annotated[
    str,
    typer.Option("--at", help="A ledger sequence or a time, Vietnamese where it names no zone; a day is its end."),
]
ByOption = Annotated[
    By, typer.Option("--by", help="Whether --at means what was recorded by then, or what had happened by then.")
]


class Looked(NamedTuple):
    """`today` is the day to report for: the calendar's, or that of the instant."""

    session: Session
    views: Views
    today: date


class Selection(NamedTuple):
    """What every command that shows views is given."""

    at: str | None
    by: By
    format: Format
    lang: Lang | None
    today: str | None = None


def show_report[Report](
    selection: Selection,
    question: Callable[[Looked], Awaitable[Report]],
    draw: Callable[[Report, Language], Any],
) -> None:
    """Asks the selected views, and shows the report: as JSON with the instant, or as `draw` draws it."""
    settings = read_settings()
    lang = language_of(selection.lang)
    asked, today = instant_asked(selection.at, selection.by), day_asked(selection.today)

    async def look() -> Report:
        async with looking_at(settings, asked, lang, head=selection.format) as looked:
            return await question(looked._replace(today=today or looked.today))

    report = run(look())
    show(selection.format, _for_programs(report, asked), lambda: draw(report, lang))


def of_views[Report](
    names: Iterable[str], report: Callable[[dict[str, list[Document]], date], Report]
) -> Callable[[Looked], Awaitable[Report]]:
    """The question that a report answers by itself from these views, all at one and the same checkpoint."""

    async def question(looked: Looked) -> Report:
        _, views, _ = await views_at_once(looked.views, names)
        with as_written():
            return report(views, looked.today)

    return question


def _for_programs(report: Any, asked: Asked | None) -> Any:
    if isinstance(report, BaseModel):
        return report.model_dump(mode="json") | instant_fields(asked)
    return [each.model_dump(mode="json") if isinstance(each, BaseModel) else each for each in report]


def instant_asked(at: str | None, by: By) -> Asked | None:
    """What `--at` and `--by` say. Ends the program on what is no instant."""
    with refusals_are_wrong_use():
        return asked_of(at, by)


def day_asked(today: str | None) -> date | None:
    """What `--today` says. Ends the program on what is no day."""
    with refusals_are_wrong_use():
        return None if today is None else parse_day(today)


@asynccontextmanager
async def looking_at(
    settings: Settings, asked: Asked | None, lang: Language, head: Format | None = None
) -> AsyncIterator[Looked]:
    """With `head` it says first which instant is meant: above what people read, and on stderr beside JSON."""
    async with open_session(settings) as session:
        if asked is None:
            await session.check_views()
            yield Looked(session, session.views, day_of(session.views))
            return
        views = await views_of(session, asked, lang)
        if head:
            (out if head is Format.TEXT else err).print(headline(views, lang), soft_wrap=True)
        yield Looked(session, views, day_of(views))


async def views_of(session: Session, asked: Asked, lang: Language) -> PastViews:
    """With a bar. Ends the program where nothing can be said of that instant."""
    with refusals_are_wrong_use(), progress_bar(translate("Folding", lang)) as on_progress:
        return await views_as_of(asked, session.ledger, Snapshots(session.views.database), on_progress)


def instant_fields(asked: Asked | None) -> dict[str, str]:
    """What an answer in JSON says of the instant it is about; nothing where it is about now."""
    return asked.for_programs if asked else {}


def headline(views: PastViews, lang: Language) -> str:
    """Which instant the views are of."""
    return as_it_was(views.instant.by, moment_in_words(views.instant.at, lang), views.folded.left_out, lang)
