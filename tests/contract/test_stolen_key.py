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


def answers_of(congress):
    """Whatever a unit may ask that is answered, by its name: what is sent, and with which headers."""
    own, ledger, consumer = service_stream(congress, UNIT), ledger_stream(congress), consumer_name(UNIT)
    planted = f"evt.{congress}.{UNIT}.task.planted"
    batch = {"Nats-Batch-Id": uuid4().hex, "Nats-Batch-Sequence": "1"}
    return {
        "stream info": (f"$JS.API.STREAM.INFO.{own}", b"", None),
        "stream names": ("$JS.API.STREAM.NAMES", b"", None),
        "one message": (f"$JS.API.STREAM.MSG.GET.{own}", as_json({"last_by_subj": planted}), None),
        "a message as it is": (f"$JS.API.DIRECT.GET.{own}", as_json({"last_by_subj": planted}), None),
        "a page": (f"$JS.API.DIRECT.GET.{own}", as_json({"next_by_subj": planted, "seq": 1, "batch": 9}), None),
        "consumer info": (f"$JS.API.CONSUMER.INFO.{ledger}.{consumer}", b"", None),
        "the next message": (f"$JS.API.CONSUMER.MSG.NEXT.{ledger}.{consumer}", b"1000", None),
        "an acknowledgement": (f"evt.{congress}.{UNIT}.task.x", b"x", None),
        "an empty acknowledgement": (f"evt.{congress}.{UNIT}.task.x", b"x", batch),
    }


def places_for_an_answer(congress):
    """Where it would do harm: what is planted may be an event, the new settings of a stream, or nothing at all."""
    theirs, ledger = service_stream(congress, OTHER), ledger_stream(congress)
    return [
        f"evt.{congress}.{OTHER}.task.forged",
        f"$JS.API.STREAM.DELETE.{theirs}",
        f"$JS.API.STREAM.PURGE.{theirs}",
        f"$JS.API.STREAM.UPDATE.{theirs}",
        f"$JS.API.STREAM.DELETE.{ledger}",
        f"$JS.API.CONSUMER.DELETE.{ledger}.{consumer_name(OTHER)}",
        f"$JS.API.CONSUMER.DURABLE.CREATE.{ledger}.smuggled",
        f"ledger.{congress}.forged",
        f"_INBOX.{congress}.auditor.forged",
    ]


async def planted_bodies(connection, congress):
    """What a thief would have JetStream say for them."""
    config = (await stream_info(connection, service_stream(congress, OTHER)))["config"]
    consumer = {"durable_name": "smuggled", "deliver_subject": f"evt.{congress}.{OTHER}.task.smuggled"}
    return [
        event(OTHER, "task", "forged", "started.v1", {}),
        as_json(config | {"max_msgs": 1, "deny_delete": False}),
        as_json({"stream_name": ledger_stream(congress), "config": consumer | {"ack_policy": "none"}}),
        b"",
    ]


@pytest.mark.parametrize("answer", answers_of("x"))
async def test_no_answer_of_jetstream_does_what_the_thief_may_not(answer, thief, connection, congress, stored):
    """A confused deputy: the thief asks for something harmless and names a place where the answer does harm."""
    before = await all_but_what_the_unit_appended(connection, congress)
    heard = await connection.subscribe(f"ledger.{congress}.forged")
    for body in await planted_bodies(connection, congress):
        await thief.publish(f"evt.{congress}.{UNIT}.task.planted", body)
        subject, asked, headers = answers_of(congress)[answer]
        for place in places_for_an_answer(congress):
            await thief.publish(subject, asked, reply=place, headers=headers)
        await thief.flush()
        await js_api(connection, "INFO", {})
    await everything_is_worked_on(thief, connection, congress)
    assert await all_but_what_the_unit_appended(connection, congress) == before
    assert heard.pending_msgs == 0
