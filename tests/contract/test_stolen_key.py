"""Somebody has stolen a unit's NATS credentials. What they can do is append to that unit's stream, and nothing else.

Whatever has an answer is tried with every subject that means something as the place for the answer: JetStream sends
answers by its own rights, so it must not be led to where the thief may not publish.
"""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from uuid import uuid4

import pytest
from nats.errors import Error, NoRespondersError

from shared.eventstore.credentials import credentials_for
from shared.eventstore.jetstream_api import js_api, js_call, js_names, stream_info
from shared.eventstore.names import consumer_name, ledger_stream, service_stream
from shared.eventstore.store import EventStore
from shared.platform.nats import nats_connection
from tests.congress import Writer, settled
from tests.intruder import Blow
from tests.waiting import until

UNIT, OTHER = "logistics", "security"
EXPLICIT = {"ack_policy": "explicit", "deliver_policy": "all", "ack_wait": 10**9}


@pytest.fixture
async def thief(endpoints, congress):
    """A connection with the unit's credentials."""
    credentials = credentials_for(endpoints.nats_credentials, congress, UNIT)
    async with nats_connection(endpoints.nats_url, "thief", credentials) as connected:
        yield connected


@pytest.fixture
async def stored(connection, congress, ledger):
    """What there is to harm: events of two units, and their consumers."""
    for service in (UNIT, OTHER):
        events = await Writer(EventStore(connection, congress, service)).write(range(3))
        await settled(ledger, events)
        name, ledger_name = consumer_name(service), ledger_stream(congress)
        config = {"durable_name": name, "filter_subjects": [f"evt.{congress}.>"], "max_waiting": 1, **EXPLICIT}
        await js_call(
            connection, f"CONSUMER.DURABLE.CREATE.{ledger_name}.{name}", {"stream_name": ledger_name, "config": config}
        )


async def all_but_what_the_unit_appended(connection, congress):
    """Every stream as it is, but of the unit's own and the ledger no more than how they are made and began."""
    there = {}
    for name in await js_names(connection, "STREAM.NAMES"):
        if not name.endswith(f"_{congress}"):
            continue
        info = await stream_info(connection, name)
        state = info["state"]
        grows = name in (service_stream(congress, UNIT), ledger_stream(congress))
        kept = state["first_seq"] if grows else (state["first_seq"], state["last_seq"], state["messages"])
        there[name] = (info["config"], info["created"], kept)
    theirs = consumer_name(OTHER)
    consumer = await js_call(connection, f"CONSUMER.INFO.{ledger_stream(congress)}.{theirs}", {})
    return there | {theirs: (consumer["config"], consumer["delivered"], consumer["ack_floor"])}
