"""How the tracker is: what it can't do now, what somebody has to look at, and what to do about it."""

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from pymongo.errors import OperationFailure, PyMongoError

from services.tracker.history.shadow import Check, last_check
from services.tracker.projection.errors import CommitRefused, FenceLost, ViewsBroken
from services.tracker.projection.fold import Checkpoint
from services.tracker.projection.lease import LAPSES_AFTER_S
from services.tracker.projection.projector import Projector
from services.tracker.projection.store import ViewStore
from shared.eventstore.errors import EventStoreError, LedgerGone, LedgerOther, LedgerShort
from shared.eventstore.ledger import Ledger
from shared.eventstore.wholeness import extent, losses
from shared.platform.mongo import in_words
from shared.reports.parked import why
from shared.unit.findings import Finding, Notice, Severity
from shared.unit.health import LEDGER_GONE, Health, briefly, health_of, loss_finding, unserved_finding
from shared.values.message import Message
from shared.values.units import TRACKER

STALLED_AFTER_S = 30
BEHIND_AFTER_S = 10
MONGO_PATIENCE_S = 1.0
RETRYABLE = "RetryableWriteError"
"""The driver's label of what a server says that is just ending, or is the primary no longer."""

STANDS_BY = Notice("standby", Severity.INFO, "Stands by for {holder}, and takes over when it ends.")
REFOLDING = Notice(
    "refolded",
    Severity.INFO,
    "The views were empty and are folded from the first event: {sequence} of {end}.",
    "Nothing, if MongoDB was meant to be empty; views can always be made again from the events.",
)
RENEWING = Notice(
    "renewing",
    Severity.INFO,
    "The views were made by another version and are made again: {sequence} of {end}. The old ones serve meanwhile.",
)
MONGO_SILENT = Notice(
    "mongo_silent",
    Severity.ERROR,
    "MongoDB has not answered for {seconds} s.",
    "Check that MongoDB runs, can be reached and has room on its disk; the projection goes on by itself when it is "
    "back. Where its disk was full, it is back only when it is started again.",
)
LEDGER_SHORT = Notice(
    "ledger_short",
    Severity.ERROR,
    "The ledger ends at {end}, before the checkpoint {checkpoint}: the broker has lost events, or is another one.",
    "Restore the broker's data, and the projection goes on. What can't be restored is given up by `daihoi rebuild`.",
)
LEDGER_OTHER = Notice(
    "ledger_other",
    Severity.ERROR,
    "Ledger event {sequence} is not the one that was applied: this is another ledger.",
    "Bring the right broker back, and the projection goes on. To follow this one instead, run `daihoi rebuild`.",
)
MONGO_REFUSES = Notice(
    "mongo_refuses",
    Severity.ERROR,
    "MongoDB answers, and does not do what the tracker wants: {reason}.",
    "It is tried again by itself. Check MongoDB's log, its disk and the rights of the tracker's user.",
)
VIEWS_BROKEN = Notice(
    "views_broken",
    Severity.ERROR,
    "The database holds what no tracker wrote, and nothing more is put into the views: {reason}.",
    "Find out who writes to the database, then run `daihoi rebuild`.",
)
PROJECTION_WAITS = Notice(
    "projection_waits",
    Severity.ERROR,
    "The projection waits: {reason}.",
    "It tries again by itself. If the reason stays, the tracker's log and `daihoi audit verify` say more.",
)
FENCE_LOST = Notice(
    "fence_lost",
    Severity.WARNING,
    "Somebody else has moved the checkpoint; it is read again.",
    "Nothing during a rebuild or after MongoDB was killed. Otherwise find out who else writes to this database.",
)
STALLED = Notice(
    "stalled",
    Severity.ERROR,
    "Events wait in the ledger, but none was applied for {seconds} s.",
    "Restart the tracker and keep its log: it is to say why it waits.",
)
BEHIND = Notice("behind", Severity.INFO, "The views are {events} events and {seconds} s behind the ledger.")
FAR_BEHIND = Notice(
    "far_behind",
    Severity.WARNING,
    "The views are {events} events and {seconds} s behind the ledger.",
    "Wait, if the number falls. If it doesn't, see that a tracker runs and what it says.",
)
ORIGIN_GAP = Notice(
    "origin_gap",
    Severity.WARNING,
    "Events are missing from {stream} at {sequence}; its later events are parked.",
    "Find out why, restore the broker's data, then run `daihoi rebuild`.",
)
DRIFT = Notice(
    "drift",
    Severity.WARNING,
    "The live views differ from a fresh fold in {where}.",
    "Run `daihoi audit verify` to see how, find out who writes to the database, then run `daihoi rebuild`.",
)
PARKED = Notice(
    "parked",
    Severity.WARNING,
    "{count} events are parked. {reasons}",
    "`daihoi parked list` and `daihoi parked show` say why, and what to do about each.",
)

SO_MANY = Message("so_many", "{count}: {reason}")


class Lag(NamedTuple):
    """How far the views are behind the ledger; `seconds` is the age of the first event that is not in them."""

    events: int
    seconds: int


async def lag_of(ledger: Ledger, checkpoint: Checkpoint, end: int) -> Lag:
    """Raises `Unavailable`."""
    if end <= checkpoint.sequence:
        return Lag(0, 0)
    waiting = await ledger.event(checkpoint.sequence + 1)
    seconds = (datetime.now(UTC) - waiting.recorded).total_seconds() if waiting else 0
    return Lag(end - checkpoint.sequence, max(0, round(seconds)))


async def loss_findings(ledger: Ledger, checkpoint: Checkpoint) -> list[Finding]:
    """Streams that no longer hold all that the ledger or the views have of them. Raises `Unavailable`."""
    return [loss_finding(loss.service or TRACKER, loss) for loss in await losses(ledger, _projected(checkpoint))]


def _projected(checkpoint: Checkpoint) -> dict[str, int]:
    return {stream: at.sequence for stream, at in checkpoint.origins.items()}


def lag_findings(lag: Lag) -> Iterator[Finding]:
    if lag.events:
        notice = FAR_BEHIND if lag.seconds > BEHIND_AFTER_S else BEHIND
        yield notice(TRACKER, events=lag.events, seconds=lag.seconds)


def kept_findings(checkpoint: Checkpoint, parked: Mapping[str, int]) -> Iterator[Finding]:
    """What stands in the views and waits for a person. `parked` is how many events are, by the reason."""
    for stream, sequence in checkpoint.gaps.items():
        yield ORIGIN_GAP(TRACKER, stream=stream, sequence=sequence)
    if parked:
        reasons = tuple(SO_MANY.filled(count=parked[reason], reason=why(reason)) for reason in sorted(parked))
        yield PARKED(TRACKER, count=sum(parked.values()), reasons=reasons)


def trouble_finding(trouble: Exception, mongo_silent_s: int) -> Finding:
    match trouble:
        case LedgerShort():
            return LEDGER_SHORT(TRACKER, end=trouble.end, checkpoint=trouble.checkpoint)
        case LedgerOther():
            return LEDGER_OTHER(TRACKER, sequence=trouble.sequence)
        case LedgerGone():
            return LEDGER_GONE(TRACKER, stream=trouble.stream)
        case FenceLost():
            return FENCE_LOST(TRACKER)
        case ViewsBroken():
            return VIEWS_BROKEN(TRACKER, reason=trouble.what)
        case CommitRefused():
            return MONGO_REFUSES(TRACKER, reason=trouble.reason)
        case OperationFailure() if not trouble.has_error_label(RETRYABLE):
            return MONGO_REFUSES(TRACKER, reason=in_words(trouble))
        case PyMongoError():
            return MONGO_SILENT(TRACKER, seconds=mongo_silent_s)
        case _:
            return PROJECTION_WAITS(TRACKER, reason=in_words(trouble))


class TrackerHealth:
    """Looks at one running tracker. It never waits longer than whoever asks, and never asks MongoDB twice at once."""

    def __init__(
        self,
        projector: Projector,
        store: ViewStore,
        ledger: Ledger,
        may_read: Callable[[str], bool] = lambda _: True,
    ) -> None:
        """`may_read`: of which streams its credentials let it read events. They name the units that were known when
        they were made."""
        self._projector = projector
        self._store = store
        self._ledger = ledger
        self._may_read = may_read
        self._counting: asyncio.Task[dict[str, int]] | None = None
        self._shadow: Check | None = None

    async def look(self) -> Health:
        progress, lease = self._projector.progress, self._projector.lease
        findings: list[Finding] = []
        detail: dict[str, object] = {"role": "active" if lease.is_held else "standby", "term": lease.term}
        silent_s = round(time.monotonic() - lease.answered_at)
        if silent_s > LAPSES_AFTER_S:
            findings.append(MONGO_SILENT(TRACKER, seconds=silent_s))
        if lease.is_held:
            detail |= {"holder": lease.holder, "checkpoint": progress.checkpoint.sequence, "tries": progress.tries}
            findings += await self._projection(detail)
        elif lease.waits_for:
            detail["waits_for"] = lease.waits_for
            findings.append(STANDS_BY(TRACKER, holder=lease.waits_for))
        return health_of(dict.fromkeys(findings), detail)

    async def _projection(self, detail: dict[str, object]) -> list[Finding]:
        progress = self._projector.progress
        findings: list[Finding] = []
        if progress.trouble is not None:
            silent_s = round(time.monotonic() - self._projector.lease.answered_at)
            findings.append(trouble_finding(progress.trouble, silent_s))
        try:
            async with briefly():
                end = await self._ledger.last_sequence()
                lag = await lag_of(self._ledger, progress.checkpoint, end)
                streams = await extent(self._ledger, _projected(progress.checkpoint), self._may_read)
        except LedgerGone as gone:
            return [*findings, LEDGER_GONE(TRACKER, stream=gone.stream)]
        except EventStoreError as error:
            return [*findings, unserved_finding(TRACKER, error)]
        findings += [loss_finding(loss.service or TRACKER, loss) for loss in streams.losses]
        waits_s = round(time.monotonic() - progress.moved_at) if lag.events else 0
        detail |= {
            "ledger_sequence": end,
            "lag_events": lag.events,
            "lag_seconds": lag.seconds,
            "waits_seconds": waits_s,
            "streams": streams.lengths,
        }
        findings += lag_findings(lag)
        if waits_s > STALLED_AFTER_S and progress.trouble is None:
            findings.append(STALLED(TRACKER, seconds=waits_s))
        if progress.renewed:
            findings.append(RENEWING(TRACKER, sequence=progress.renewed[0], end=progress.renewed[1]))
        if progress.refolding_to:
            reached = min(progress.checkpoint.sequence, progress.refolding_to)
            findings.append(REFOLDING(TRACKER, sequence=reached, end=progress.refolding_to))
        parked = await self._count_parked()
        detail["parked"] = None if parked is None else sum(parked.values())
        if check := self._shadow:
            detail["shadow"] = check._asdict()
            findings += [DRIFT(TRACKER, where=", ".join(check.drift))] if check.drift else []
        return [*findings, *kept_findings(progress.checkpoint, parked or {})]

    async def _count_parked(self) -> dict[str, int] | None:
        """`None` where MongoDB takes too long to say."""
        if self._counting is None or self._counting.done():
            self._counting = asyncio.create_task(self._ask_mongo())
        await asyncio.wait({self._counting}, timeout=MONGO_PATIENCE_S)
        try:
            return self._counting.result() if self._counting.done() else None
        except (PyMongoError, ViewsBroken):
            return None

    async def _ask_mongo(self) -> dict[str, int]:
        self._shadow = await last_check(self._store)
        return await self._store.parked_by_reason()
