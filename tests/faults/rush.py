"""One process of a rush on a hall: `python -m tests.faults.rush NATS_URL CONGRESS FIRST COUNT`."""

import asyncio
import json
import os
import sys
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from services.logistics import resources
from shared.domain.decider import Actor, Refused
from shared.eventstore.credentials import credentials_for
from shared.eventstore.store import EventStore
from shared.platform.nats import nats_connection
from shared.unit.commands import CommandHandler, CommandRequest

SLOTS = 25
"""So many reservations of the rush do not overlap."""


def reservation(number: int) -> dict[str, object]:
    starts = datetime(2020, 9, 1, tzinfo=UTC) + timedelta(hours=4 * (number % SLOTS), minutes=number // SLOTS)
    hours = {"starts": starts.isoformat(), "ends": (starts + timedelta(hours=3)).isoformat()}
    return {"resource_id": "hall", "reservation_id": f"r{number}", "purpose": "Phiên họp", **hours}


async def outcome(handler: CommandHandler, number: int) -> str:
    request = CommandRequest(command_id=uuid4(), data=reservation(number))
    try:
        await handler.handle("reserve-resource", request, Actor("logistics.member", "logistics"))
    except Refused as refused:
        return refused.code
    return "reserved"


async def rush(url: str, congress: str, numbers: range) -> dict[int, str]:
    async with nats_connection(
        url, "rush", credentials_for(os.environ.get("DAIHOI_NATS_CREDENTIALS", ""), congress, "logistics")
    ) as connection:
        handler = CommandHandler(EventStore(connection, congress, "logistics"), [resources.AGGREGATE])
        outcomes = await asyncio.gather(*(outcome(handler, number) for number in numbers))
    return dict(zip(numbers, outcomes, strict=True))


if __name__ == "__main__":
    url, congress, first, count = sys.argv[1:]
    numbers = range(int(first), int(first) + int(count))
    print(json.dumps(asyncio.run(rush(url, congress, numbers))))  # noqa: T201 - the answer
