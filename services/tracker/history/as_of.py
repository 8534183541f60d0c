"""Every view as it was at an instant: by what was recorded until then, or by what had happened until then.

The two are never mixed. *Recorded* asks what anybody could have known at that time; *happened* asks what was the case
then, as far as it has been put on record since. Both fold the ledger with today's code.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import NamedTuple

from services.tracker.history.folded import Folded
from services.tracker.history.snapshots import EVERY, Snapshots
from services.tracker.projection.fold import Checkpoint, OnProgress
from services.tracker.projection.store import PARKED, ViewStore
from shared.domain.decider import Refusal
from shared.entering.moments import Moment, moment_as_text, parse_moment
from shared.eventstore.ledger import Ledger
from shared.i18n import format_minute
from shared.values.local_time import LOCAL_TIME
from shared.views.view import Document

RECORDED_ONLY = Refusal(
    "recorded_only", "A ledger sequence says when something was recorded; name a time to ask what had happened."
)
BEYOND_THE_END = Refusal("beyond_the_end", "The ledger ends at {end}, before {sequence}.")
NOT_YET = Refusal("not_yet", "{at} has not come yet.")
WRONG_ORDER = Refusal("wrong_order", "The first instant has to come before the second.")
BY_NEEDS_STRETCH = Refusal("by_needs_stretch", "--by happened needs --from or --to.")
ENDS_BEFORE = Refusal("ends_before_it_begins", "--to has to come after --from.")
BY_NEEDS_AT = Refusal("by_needs_at", "--by happened needs --at.")


class By(StrEnum):
    """Which of an event's two times counts."""

    RECORDED = "recorded"
    HAPPENED = "happened"


class ChosenInstant(NamedTuple):
    """An instant, and the time that counts. A ledger sequence is about recording only."""

    at: Moment
    by: By = By.RECORDED

    @property
    def for_programs(self) -> dict[str, str]:
        """The instant as JSON has it: a sequence's digits, or a time with its offset; and which time counts."""
        return {"at": moment_as_text(self.at), "by": self.by.value}


def chosen_instant(at: str | None, by: By) -> ChosenInstant | None:
    """What a reader names, if anything; today by itself is now. Raises `Refused` on what is no instant."""
    if at is None:
        if by is By.HAPPENED:
            raise BY_NEEDS_AT()
        return None
    return ChosenInstant(parse_moment(at, now=datetime.now(LOCAL_TIME)), by)


def stretch_of(first: str | None, last: str | None, by: By) -> tuple[Moment | None, Moment | None]:
    """The two instants of a stretch. Raises `Refused` on what is no instant, and where the end comes first."""
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


class PastViews:
    """The views as of `instant`; `today` is the day to report for."""

    def __init__(self, instant: ChosenInstant, folded: Folded, today: date) -> None:
        self.instant = instant
        self.folded = folded
        self.today = today

    async def checkpoint(self) -> Checkpoint:
        return self.folded.checkpoint

    async def documents(self, name: str) -> list[Document]:
        return list(self.folded.parked.values() if name == PARKED else self.folded.views[name].values())

    async def count_parked(self) -> int:
        return len(self.folded.parked)

    async def at_once[Answer](self, question: Callable[["PastViews"], Awaitable[Answer]]) -> Answer:
        return await question(self)


type Views = ViewStore | PastViews


def day_of(views: Views) -> date:
    """The day to report for: the calendar's, or that of the instant."""
    return views.today if isinstance(views, PastViews) else datetime.now(LOCAL_TIME).date()


async def views_as_of(
    instant: ChosenInstant, ledger: Ledger, snapshots: Snapshots, on_progress: OnProgress
) -> PastViews:
    """Raises `Refused` where nothing can be said of that instant, `Unavailable`, `LedgerBroken`."""
    upto = await last_event(instant, ledger)
    happened_upto = instant.at if instant.by is By.HAPPENED and isinstance(instant.at, datetime) else None
    folded = await snapshots.latest(upto, happened_upto)
    await fold_on(folded, upto, ledger, snapshots, on_progress)
    return PastViews(instant, folded, await _day_of(instant, upto, ledger))


async def fold_on(folded: Folded, upto: int, ledger: Ledger, snapshots: Snapshots, on_progress: OnProgress) -> None:
    """Folds to `upto`, leaving snapshots on the way where nothing was left out."""
    async for page in ledger.read(folded.checkpoint.sequence, upto):
        before = folded.checkpoint.sequence
        folded.take(page, audited=False)
        if folded.happened_upto is None and folded.checkpoint.sequence // EVERY > before // EVERY:
            await snapshots.save(folded)
        on_progress(folded.checkpoint.sequence, upto)


async def last_event(instant: ChosenInstant, ledger: Ledger) -> int:
    end = await ledger.last_sequence()
    if isinstance(instant.at, int):
        if instant.by is By.HAPPENED:
            raise RECORDED_ONLY()
        if instant.at > end:
            raise BEYOND_THE_END(end=end, sequence=instant.at)
        return instant.at
    if instant.at > datetime.now(UTC):
        raise NOT_YET(at=format_minute(instant.at))
    return end if instant.by is By.HAPPENED else await ledger.sequence_at(instant.at)


async def _day_of(instant: ChosenInstant, upto: int, ledger: Ledger) -> date:
    if isinstance(instant.at, datetime):
        return instant.at.astimezone(LOCAL_TIME).date()
    async for page in ledger.read(max(upto - 1, 0), upto):
        return page[0].recorded.astimezone(LOCAL_TIME).date()
    return datetime.now(LOCAL_TIME).date()
