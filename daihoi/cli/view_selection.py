"""Which views a command looks at: the live ones, or those of an instant, and how that instant is told."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Annotated, NamedTuple

import typer

from daihoi.cli.console import Format, err, out, progress_bar, refuse
from daihoi.ops.session import Session, open_session
from daihoi.terminal.report import as_it_was
from services.tracker.history.as_of import RECORDED_ONLY, Asked, By, NoSuchInstant, PastViews, Views, views_as_of
from services.tracker.history.moments import Moment, moment_in_words, parse_day, parse_moment
from services.tracker.history.snapshots import Snapshots
from shared.domain.decider import Refusal, Refused
from shared.i18n import Language, translate
from shared.platform.settings import Settings
from shared.values.local_time import LOCAL_TIME

AtOption = Annotated[
    str | None,
    typer.Option(
        "--at",
        help="As of this ledger sequence or time (Vietnamese where it names no zone; a day means its end); "
        "otherwise now.",
    ),
]
ByOption = Annotated[
    By, typer.Option("--by", help="Whether --at means what was recorded by then, or what had happened by then.")
]
BY_NEEDS_STRETCH = Refusal("by_needs_stretch", "--by happened needs --from or --to.")
ENDS_BEFORE = Refusal("ends_before_it_begins", "--to has to come after --from.")
BY_NEEDS_AT = Refusal("by_needs_at", "--by happened needs --at.")


class Looked(NamedTuple):
    """`today` is the day to report for: the calendar's, or that of the instant."""

    session: Session
    views: Views
    today: date


def asked_of(at: str | None, by: By, lang: Language) -> Asked | None:
    """What `--at` and `--by` say; nothing where there is no `--at`. Today by itself is now. Ends the program on what
    is no instant."""
    if at is None:
        if by is By.HAPPENED:
            refuse(BY_NEEDS_AT(), lang)
        return None
    try:
        return Asked(parse_moment(at, now=datetime.now(LOCAL_TIME)), by)
    except Refused as refused:
        refuse(refused, lang)


def day_of(today: str | None, lang: Language) -> date | None:
    """What `--today` says. Ends the program on what is no day."""
    try:
        return None if today is None else parse_day(today)
    except Refused as refused:
        refuse(refused, lang)


def stretch_of(first: str | None, last: str | None, by: By, lang: Language) -> tuple[Moment | None, Moment | None]:
    """What `--from` and `--to` say. Ends the program on what is no instant, and where the end comes first."""
    try:
        begin = None if first is None else parse_moment(first, begins=True)
        end = None if last is None else parse_moment(last)
    except Refused as refused:
        refuse(refused, lang)
    if by is By.HAPPENED and begin is None and end is None:
        refuse(BY_NEEDS_STRETCH(), lang)
    if by is By.HAPPENED and (isinstance(begin, int) or isinstance(end, int)):
        refuse(RECORDED_ONLY(), lang)
    backwards = isinstance(begin, int) and isinstance(end, int) and end < begin
    if backwards or (isinstance(begin, datetime) and isinstance(end, datetime) and end < begin):
        refuse(ENDS_BEFORE(), lang)
    return begin, end


@asynccontextmanager
async def looking_at(
    settings: Settings, asked: Asked | None, lang: Language, head: Format | None = None
) -> AsyncIterator[Looked]:
    """With `head` it says first which instant is meant: above what people read, and on stderr beside JSON."""
    async with open_session(settings) as session:
        if asked is None:
            await session.check_views()
            yield Looked(session, session.views, datetime.now(LOCAL_TIME).date())
            return
        try:
            with progress_bar(translate("Folding", lang)) as on_progress:
                snapshots = Snapshots(session.views.database)
                views = await views_as_of(asked, session.ledger, snapshots, on_progress)
        except NoSuchInstant as error:
            refuse(error, lang)
        if head:
            (out if head is Format.TEXT else err).print(headline(views, lang), soft_wrap=True)
        yield Looked(session, views, views.today)


def instant_fields(asked: Asked | None) -> dict[str, str]:
    """What an answer in JSON says of the instant it is about; nothing where it is about now."""
    return asked.for_programs if asked else {}


def headline(views: PastViews, lang: Language) -> str:
    """Which instant the views are of."""
    return as_it_was(views.asked.by, moment_in_words(views.asked.at, lang), views.folded.left_out, lang)
