"""How far the streams of a congress go: as JetStream says, or for who may not look, as services and tracker do."""

import asyncio
import time

from daihoi.ops.session import Session
from shared.domain.decider import Refusal
from shared.eventstore.jetstream_api import services_with_streams
from shared.eventstore.names import service_stream
from shared.eventstore.wholeness import state_of
from shared.platform.errors import PlatformError
from shared.values.units import TRACKER

ASK_EVERY_S = 0.1
LENGTHS_NOT_TOLD = Refusal(
    "lengths_not_told",
    "Within {seconds} s no tracker that is at work has said how far the streams are; `daihoi doctor` says what it "
    "lacks.",
)


async def stream_lengths(session: Session, patience_s: float) -> dict[str, int]:
    """The last sequence of the stream of each service that has one. Raises `PlatformError`, `Unavailable`."""
    if not session.looks_at_streams:
        return await _as_the_tracker_says(session, patience_s)
    connection, congress = session.connection, session.settings.congress
    names = await services_with_streams(connection, congress)
    states = await asyncio.gather(*(state_of(connection, service_stream(congress, name)) for name in names))
    return {name: int(state["last_seq"]) for name, state in zip(names, states, strict=True)}


async def ledger_end(session: Session, service: str) -> int | None:
    """The last sequence of the ledger; `None` where neither `service` nor the tracker says. Raises `Unavailable`."""
    if session.looks_at_streams:
        return await session.ledger.last_sequence()
    for name in (service, TRACKER):
        end = (await session.commands.health(name)).detail.get("ledger_sequence")
        if isinstance(end, int):
            return end
    return None


async def _as_the_tracker_says(session: Session, patience_s: float) -> dict[str, int]:
    """How long the streams are, as the tracker says that projects; one that stands by does not look."""
    deadline = time.monotonic() + patience_s
    while True:
        lengths = (await session.commands.health(TRACKER)).detail.get("streams")
        if isinstance(lengths, dict):
            return {str(service): int(length) for service, length in lengths.items()}
        if time.monotonic() > deadline:
            raise PlatformError(LENGTHS_NOT_TOLD(seconds=f"{patience_s:g}"))
        await asyncio.sleep(ASK_EVERY_S)
