"""Which views a command looks at, and showing what it finds there: settings, language, instant, JSON or drawn."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable
from contextlib import asynccontextmanager
from datetime import date
from functools import wraps
from inspect import signature
from typing import Annotated, Any, NamedTuple

import typer
from pydantic import BaseModel

from daihoi.cli import console
from daihoi.cli.console import Format, FormatOption, LangOption, TodayOption
from daihoi.cli.language import is_asked_for, speak
from daihoi.ops.names import take_names_over
from daihoi.ops.session import Session, open_session
from daihoi.terminal.labels import as_it_was
from services.tracker.history.as_of import By, ChosenInstant, PastViews, Views, chosen_instant, day_of, views_as_of
from services.tracker.history.snapshots import Snapshots
from services.tracker.projection.errors import as_written
from services.tracker.queries import views_at_once
from shared.domain.decider import Refusal
from shared.entering.moments import moment_in_words, parse_day
from shared.i18n import Language, translate
from shared.platform.settings import Settings
from shared.reports.congress import particulars_of
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

CompareOption = Annotated[
    str | None,
    typer.Option(
        "--compare",
        help="Shows what moved since this ledger sequence or time (a day means its end), or since the issued report "
        "of this symbol.",
    ),
]
NO_SUCH_VIEW = Refusal("no_such_view", "There is no view {view}; there are {views}.")


class SelectedViews(NamedTuple):
    """`today` is the day to report for: the calendar's, or that of the instant."""

    session: Session
    views: Views
    today: date


class Selection(NamedTuple):
    """The options of every command that shows views."""

    at: AtOption = None
    by: ByOption = By.RECORDED
    compare: CompareOption = None
    today: TodayOption = None
    format: FormatOption = Format.TEXT
    lang: LangOption = None


def selecting(command: Callable[..., None], *, also: Collection[str] = ()) -> Callable[..., None]:
    """A command with the options of `Selection` after its own parameters, in place of the first one, `selection`.
    `compare` and `today` have to be named in `also`; what the command has itself is left to it."""
    of_command = signature(command)
    names = {"at", "by", "format", "lang", *also} - set(of_command.parameters)
    options = [option for option in signature(Selection).parameters.values() if option.name in names]

    @wraps(command)
    def with_options(**values: Any) -> None:
        selection = Selection(**{option.name: values.pop(option.name) for option in options})
        command(selection, **values)

    own = list(of_command.parameters.values())[1:]
    vars(with_options)["__signature__"] = of_command.replace(parameters=[*own, *options])
    return with_options


def show_report[Report](
    selection: Selection,
    question: Callable[[SelectedViews], Awaitable[Report]],
    draw: Callable[[Report, Language], Any],
) -> None:
    """Asks the selected views, and shows the report: as JSON with the instant, or as `draw` draws it."""
    settings, lang = console.begin(selection.lang)
    instant, today = instant_option(selection.at, selection.by), day_option(selection.today)

    async def answer() -> tuple[Report, Language]:
        async with open_views(settings, instant, lang, head=selection.format) as selected:
            report = await question(selected._replace(today=today or selected.today))
            return report, await language_of_reports(selected.views, lang)

    report, language = console.run(answer())
    speak(language)
    console.show(selection.format, _as_json(report, instant), lambda: draw(report, language))


async def language_of_reports(views: Views, spoken: Language) -> Language:
    """The language asked for; otherwise that of the congress, where it is on record."""
    if is_asked_for():
        return spoken
    documents = await views.documents("congress")
    with as_written():
        particulars = particulars_of(documents)
    return "en" if particulars and particulars.language == "en" else spoken


def of_views[Report](
    names: Iterable[str], report: Callable[[dict[str, list[Document]], date], Report]
) -> Callable[[SelectedViews], Awaitable[Report]]:
    """The question that a report answers by itself from these views, all at one and the same checkpoint."""

    async def question(selected: SelectedViews) -> Report:
        _, views, _ = await views_at_once(selected.views, names)
        with as_written():
            return report(views, selected.today)

    return question


def _as_json(report: Any, instant: ChosenInstant | None) -> Any:
    """The report with its instant, where it is no list and not about now."""
    if isinstance(report, BaseModel):
        return report.model_dump(mode="json") | (instant.for_programs if instant else {})
    return [part.model_dump(mode="json") if isinstance(part, BaseModel) else part for part in report]


def check_view(name: str, names: Collection[str]) -> None:
    """Ends the program as wrong use where none of them has this name."""
    if name not in names:
        console.refuse(NO_SUCH_VIEW(view=name, views=", ".join(names)))


def instant_option(at: str | None, by: By) -> ChosenInstant | None:
    """What `--at` and `--by` say. Ends the program on what is no instant."""
    with console.refusals_are_wrong_use():
        return chosen_instant(at, by)


def day_option(today: str | None) -> date | None:
    """What `--today` says. Ends the program on what is no day."""
    with console.refusals_are_wrong_use():
        return None if today is None else parse_day(today)


@asynccontextmanager
async def open_views(
    settings: Settings, instant: ChosenInstant | None, lang: Language, head: Format | None = None
) -> AsyncIterator[SelectedViews]:
    """Opens the views. With `head` it says first which instant is meant: above what people read, and on stderr beside
    JSON. From then on everything is called as the congress called it at that instant."""
    async with open_session(settings) as session:
        if instant is None:
            await session.check_views()
            await take_names_over(session.views)
            yield SelectedViews(session, session.views, settings.today or day_of(session.views))
            return
        views = await views_of(session, instant, lang)
        if head:
            heading = as_it_was(instant.by, moment_in_words(instant.at, lang), views.folded.left_out, lang)
            (console.out if head is Format.TEXT else console.err).print(heading, soft_wrap=True)
        await take_names_over(views)
        yield SelectedViews(session, views, day_of(views))


async def views_of(session: Session, instant: ChosenInstant, lang: Language) -> PastViews:
    """Folds the views as of the instant, with a bar. Ends the program where nothing can be said of that instant."""
    with console.refusals_are_wrong_use(), console.progress_bar(translate("Folding", lang)) as on_progress:
        return await views_as_of(instant, session.ledger, Snapshots(session.views.database), on_progress)
