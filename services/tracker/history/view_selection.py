"""Which views a reader looks at, the live ones or those of an instant, whatever the reader looks with."""

from collections.abc import Callable
from datetime import date, datetime

from services.tracker.history.as_of import RECORDED_ONLY, Asked, By, PastViews, Views, views_as_of
from services.tracker.history.moments import Moment, parse_moment
from services.tracker.history.snapshots import Snapshots
from services.tracker.projection.store import ViewStore
from shared.domain.decider import Refusal
from shared.eventstore.ledger import Ledger
from shared.values.local_time import LOCAL_TIME

BY_NEEDS_STRETCH = Refusal("by_needs_stretch", "--by happened needs --from or --to.")
ENDS_BEFORE = Refusal("ends_before_it_begins", "--to has to come after --from.")
BY_NEEDS_AT = Refusal("by_needs_at", "--by happened needs --at.")


def asked_of(at: str | None, by: By) -> Asked | None:
    """The instant that a reader names; `None` where none is named. Today by itself is now. Raises `Refused` on
    what is no instant."""
    if at is None:
        if by is By.HAPPENED:
            raise BY_NEEDS_AT()
        return None
    return Asked(parse_moment(at, now=datetime.now(LOCAL_TIME)), by)


def stretch_of(first: str | None, last: str | None, by: By) -> tuple[Moment | None, Moment | None]:
    """From when to when. Raises `Refused` on what is no instant, and where the end comes first."""
    begin = None if first is None else parse_moment(first, begins=True)
    end = None if last is None else parse_moment(last)
    if by is By.HAPPENED and begin is None and end is None:
        raise BY_NEEDS_STRETCH()
    if by is By.HAPPENED and (isinstance(begin, int) or isinstance(end, int)):
        raise RECORDED_ONLY()
    backwards = isinstance(begin, int) and isinstance(end, int) and end < begin
    if backwards or (isinstance(begin, datetime) and isinstance(end, datetime) and end < begin):
        raise ENDS_BEFORE()
    return begin, end


async def past_views(
    asked: Asked, live: ViewStore, ledger: Ledger, on_progress: Callable[[int, int], None]
) -> PastViews:
    """The views of an instant, folded from the nearest snapshot. Raises `NoSuchInstant`."""
    return await views_as_of(asked, ledger, Snapshots(live.database), on_progress)


def day_of(views: Views) -> date:
    """The day to report for: the calendar's, or that of the instant."""
    return views.today if isinstance(views, PastViews) else datetime.now(LOCAL_TIME).date()
