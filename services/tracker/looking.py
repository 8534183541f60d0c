"""Which views a command looks at: the live ones, or those of an instant."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Annotated, NamedTuple

import typer

from services.console import progress_bar, wrong_use
from services.session import Session, open_session
from services.tracker.audit.replay import BadMoment, parse_moment
from services.tracker.past.as_of import Asked, By, NoSuchInstant, Views, views_as_of
from services.tracker.past.snapshots import Snapshots
from shared.i18n import LOCAL_TIME, Language, translate
from shared.platform.settings import Settings

AtOption = Annotated[
    str, typer.Option("--at", help="As of this ledger sequence or ISO 8601 time (UTC without a zone); otherwise now.")
]
ByOption = Annotated[
    By, typer.Option("--by", help="Whether --at means what was recorded by then, or what had happened by then.")
]


class Looked(NamedTuple):
    """`today` is the day to report for: the calendar's, or that of the instant."""

    session: Session
    views: Views
    today: date


def asked_of(at: str, by: By) -> Asked | None:
    """What `--at` and `--by` say; nothing where there is no `--at`. Ends the program on what is no instant."""
    if not at:
        if by is By.HAPPENED:
            wrong_use("--by happened needs --at")
        return None
    try:
        return Asked(parse_moment(at), by)
    except BadMoment as error:
        wrong_use(str(error))


@asynccontextmanager
async def looking_at(settings: Settings, asked: Asked | None, lang: Language) -> AsyncIterator[Looked]:
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
            wrong_use(str(error))
        yield Looked(session, views, views.today)
