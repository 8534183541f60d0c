"""Two hundred attempts on one hall from four processes: exactly those that do not overlap succeed."""

import asyncio
import json
import os
import sys
from itertools import pairwise
from uuid import uuid4

from services.logistics import resources
from shared.domain.decider import Actor
from shared.eventstore.envelope import decode, decode_data
from shared.eventstore.store import EventStore
from shared.unit.commands import CommandHandler, CommandRequest
from tests.faults.rush import SLOTS, reservation

PROCESSES = 4
ATTEMPTS_EACH = 50


async def attempts(url: str, congress: str, process: int) -> dict[str, str]:
    arguments = (url, congress, str(process * ATTEMPTS_EACH), str(ATTEMPTS_EACH))
    running = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.faults.rush", *arguments),
        stdout=asyncio.subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    told, _ = await running.communicate()
    assert running.returncode == 0
    return json.loads(told)


async def test_of_two_hundred_attempts_from_four_processes_exactly_those_that_do_not_overlap_succeed(
    endpoints, connection, congress
):
    store = EventStore(connection, congress, "logistics")
    handler = CommandHandler(store, [resources.AGGREGATE])
    hall = {"resource_id": "hall", "kind": "hall", "name": {"vi": "Hội trường"}, "capacity": 700}
    request = CommandRequest(command_id=uuid4(), data=hall)
    await handler.handle("register-resource", request, Actor("logistics.lead", "logistics"))

    told = await asyncio.gather(*(attempts(endpoints.nats_url, congress, process) for process in range(PROCESSES)))
    outcomes = {number: outcome for each in told for number, outcome in each.items()}
    assert len(outcomes) == PROCESSES * ATTEMPTS_EACH
    assert set(outcomes.values()) == {"reserved", "resource_already_reserved"}
    won = {number for number, outcome in outcomes.items() if outcome == "reserved"}
    assert sorted(int(number) % SLOTS for number in won) == list(range(SLOTS))

    envelopes = [decode(stored.body) for stored in await store.load("resource", "hall")]
    models = {event.TYPE: event for event in resources.AGGREGATE.events}
    kept = resources.AGGREGATE.fold(
        decode_data(envelope, models[envelope.type]) for envelope in envelopes
    ).reservations
    assert {held.reservation_id for held in kept} == {reservation(int(number))["reservation_id"] for number in won}
    in_order = sorted(kept, key=lambda held: held.starts)
    assert all(one.ends <= other.starts for one, other in pairwise(in_order))
