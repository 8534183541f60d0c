"""Waiting until what a command wrote is in the views: until their checkpoint has got as far in the writer's own
stream, for others move the end of the ledger. What is parked is taken in too, and is said to be parked."""

import asyncio
import time
from typing import NamedTuple

from pymongo.errors import PyMongoError

from daihoi.ops.extents import ledger_end, stream_lengths
from daihoi.ops.session import PATIENCE_S, Session
from services.tracker.projection.fold import OriginPosition
from services.tracker.projection.store import PARKED, ViewStore
from shared.domain.decider import Refusal, Refused
from shared.eventstore.names import service_of, service_stream
from shared.platform.errors import PlatformError
from shared.unit.commands import Answer
from shared.unit.health import SERVICE_SILENT
from shared.values.units import TRACKER

LOOK_EVERY_S = 0.05
LAST_LOOK_S = 1.0
"""How long MongoDB may take to answer when the patience is over."""

NOT_IN_VIEWS = Refusal(
    "not_in_views",
    "The command was accepted, but after {seconds} s what it wrote is not in the views: they are at ledger event "
    "{checkpoint} of {end}. A tracker runs; look again in a while.",
)
NOT_IN_VIEWS_UNPROJECTED = Refusal(
    "not_in_views_unprojected",
    "The command was accepted, but after {seconds} s what it wrote is not in the views: they are at ledger event "
    "{checkpoint} of {end}, and no tracker answers. `daihoi service tracker` starts one.",
)
NOT_IN_LEDGER = Refusal(
    "not_in_ledger",
    "The command was accepted, but after {seconds} s the ledger, which ends at {end}, has not got what it wrote; "
    "`daihoi doctor` says how far it is behind.",
)
VIEWS_SILENT = Refusal(
    "views_silent",
    "The command was accepted; whether what it wrote is in the views is not known, for MongoDB has not answered "
    "within {seconds} s.",
)
WRITE_PARKED = Refusal(
    "write_parked",
    "The command was accepted, but what it wrote is parked (ledger events {sequences}); `daihoi parked list` says "
    "why.",
)
NOT_LEVEL = Refusal(
    "views_not_level",
    "After {seconds} s the views are at ledger event {checkpoint} of {end}; `daihoi doctor` says what holds them up.",
)
LEDGER_NOT_LEVEL = Refusal(
    "ledger_not_level",
    "After {seconds} s the ledger, which ends at {end}, has not got all that {service} has written; `daihoi doctor` "
    "says how far it is behind.",
)


class Write(NamedTuple):
    """What a command has written, or what had been written when it changed nothing: sequences in the service's own
    stream, the last one last."""

    stream: str
    sequences: tuple[int, ...]

    @classmethod
    def of(cls, congress: str, service: str, answer: Answer) -> "Write":
        sequences = sorted(event.sequence for event in answer.events) or [answer.sequence]
        return cls(service_stream(congress, service), tuple(sequences))

    def and_then(self, later: "Write") -> "Write":
        return Write(self.stream, (*self.sequences, *later.sequences))


class Progress(NamedTuple):
    """`parked`: which ledger events of the write are parked; `None` where it is not in the views. `checkpoint`: the
    last ledger event in the views; `None` where MongoDB does not say."""

    parked: list[int] | None
    checkpoint: int | None


async def until_in_views(views: ViewStore, write: Write, patience_s: float = PATIENCE_S) -> Progress:
    """Returns once the write is in the views or parked, or when the patience is over. MongoDB may be away between."""
    deadline = time.monotonic() + patience_s
    while True:
        left = deadline - time.monotonic()
        try:
            async with asyncio.timeout(max(left, LAST_LOOK_S)):
                progress = await _look(views, write)
        except (PyMongoError, TimeoutError):
            progress = Progress(None, None)
        if progress.parked is not None or left <= 0:
            return progress
        await asyncio.sleep(min(LOOK_EVERY_S, left))


async def shortfall(session: Session, write: Write, patience_s: float = PATIENCE_S) -> Refused | None:
    """Why the views don't show the write: it is parked, or the patience was over before they had it. The command was
    accepted all the same. `None` where they show it."""
    parked, checkpoint = await until_in_views(session.views, write, patience_s)
    if parked is None:
        return await _why_not(session, write, checkpoint, f"{patience_s:g}")
    return WRITE_PARKED(sequences=", ".join(map(str, parked))) if parked else None


async def until_all_in_views(session: Session, *services: str, patience_s: float = PATIENCE_S) -> None:
    """Until the views hold, or have parked, all that these services, or where none is named all of the congress, have
    written up to now: the ledger itself may not have it yet. Each has `patience_s`. Raises `PlatformError`."""
    congress, lengths = session.settings.congress, await stream_lengths(session, patience_s)
    for service in services or lengths:
        write = Write(service_stream(congress, service), (lengths.get(service, 0),))
        if (await until_in_views(session.views, write, patience_s)).parked is None:
            checkpoint, end = (await session.views.checkpoint()).sequence, await ledger_end(session, service)
            if end is None or checkpoint < end:
                raise PlatformError(NOT_LEVEL(seconds=f"{patience_s:g}", checkpoint=checkpoint, end=_or_unknown(end)))
            raise PlatformError(LEDGER_NOT_LEVEL(seconds=f"{patience_s:g}", end=end, service=service))


async def _look(views: ViewStore, write: Write) -> Progress:
    checkpoint = await views.checkpoint()
    applied = checkpoint.origins.get(write.stream, OriginPosition()).sequence
    to_come = {sequence for sequence in write.sequences if sequence > applied}
    if to_come and write.stream not in checkpoint.gaps:
        return Progress(None, checkpoint.sequence)
    parked = await _parked(views, write)
    if to_come - parked.keys():
        return Progress(None, checkpoint.sequence)
    return Progress(sorted(parked.values()), checkpoint.sequence)


async def _parked(views: ViewStore, write: Write) -> dict[int, int]:
    """What of the write is parked: sequences in its stream and in the ledger. Behind a gap all is."""
    near = {"$gte": write.sequences[0], "$lte": write.sequences[-1]}
    parked = await views.documents(PARKED, **{"origin.stream": write.stream, "origin.sequence": near})
    places = {document["origin"]["sequence"]: document["_id"] for document in parked}
    return {sequence: places[sequence] for sequence in write.sequences if sequence in places}


async def _why_not(session: Session, write: Write, checkpoint: int | None, seconds: str) -> Refused:
    if checkpoint is None:
        return VIEWS_SILENT(seconds=seconds)
    end = await ledger_end(session, service_of(session.settings.congress, write.stream))
    stands_at = {"seconds": seconds, "checkpoint": checkpoint, "end": _or_unknown(end)}
    tracker = await session.commands.health(TRACKER)
    if any(finding.code == SERVICE_SILENT.code for finding in tracker.findings):
        return NOT_IN_VIEWS_UNPROJECTED(**stands_at)
    if end is None or checkpoint < end:
        return NOT_IN_VIEWS(**stands_at)
    return NOT_IN_LEDGER(seconds=seconds, end=end)


def _or_unknown(end: int | None) -> int | str:
    return "?" if end is None else end
