"""An error of JetStream is told as what it is: only after one that passes can the same command be sent again."""

from uuid import UUID

import pytest

from services.subcommittee import organisation
from shared.domain.decider import Actor, Refused
from shared.eventstore.envelope import Cause
from shared.eventstore.errors import Conflict, Duplicate, Rejected, TooManyEvents, Unavailable
from shared.eventstore.jetstream_api import js_api
from shared.eventstore.jetstream_errors import KINDS, typed
from shared.eventstore.names import service_stream
from shared.eventstore.store import MAX_BATCH_EVENTS, EventStore
from shared.unit.commands import CommandHandler
from shared.unit.health import jetstream_health
from tests.congress import BEGINNING
from tests.contract.test_event_store import T1, progress, several
from tests.contract.units import LOCALITY

BY_CODE = {
    "the subject has moved on": (10071, 400, Conflict),
    "a write is in flight": (10164, 400, Conflict),
    "another last message": (10070, 400, Conflict),
    "stored already": (10201, 400, Duplicate),
    "being stored": (10158, 409, Unavailable),
    "no room": (10077, 503, Unavailable),
    "the account's limits": (10002, 400, Unavailable),
    "no such stream": (10059, 404, Unavailable),
    "a batch that was forgotten": (10176, 400, Unavailable),
    "too many batches at once": (10210, 429, Unavailable),
    "no leader": (10008, 503, Unavailable),
    "too large": (10054, 400, Rejected),
    "another stream": (10060, 400, Rejected),
    "too many messages": (10199, 400, Rejected),
    "a request of tomorrow's that is wrong": (19999, 400, Rejected),
    "a trouble of tomorrow's in the server": (19999, 500, Unavailable),
    "too many requests of tomorrow's": (19999, 429, Unavailable),
}


@pytest.mark.parametrize(("err_code", "code", "kind"), BY_CODE.values(), ids=BY_CODE.keys())
def test_every_refusal_of_the_broker_is_of_one_kind(err_code, code, kind):
    told = typed({"err_code": err_code, "code": code, "description": "why"})
    assert (type(told), str(told)) == (kind, f"why ({err_code})")


def test_an_error_without_a_code_passes():
    assert type(typed({})) is Unavailable


def test_what_is_in_the_table_is_what_its_code_would_not_say_or_what_appends_meet():
    assert {10071, 10164, 10201, 10199, 10054, 10060, 10058, 10077} <= KINDS.keys()


async def test_a_batch_that_is_too_large_is_not_sent(connection, congress):
    store = EventStore(connection, congress, "logistics")
    with pytest.raises(TooManyEvents, match=r"1001 .* 1000"):
        await store.append(several(MAX_BATCH_EVENTS + 1), {T1: 0})
    assert await store.load(*T1) == []
    assert await store.append(several(MAX_BATCH_EVENTS), {T1: 0}) == MAX_BATCH_EVENTS


async def test_what_the_broker_takes_for_good_amiss_leaves_the_service_ready(connection, congress, settings):
    store = EventStore(connection, congress, "logistics")
    name = service_stream(congress, "logistics")
    config = (await js_api(connection, f"STREAM.INFO.{name}", {}))["config"]
    await js_api(connection, f"STREAM.UPDATE.{name}", config | {"allow_atomic": False})
    with pytest.raises(Rejected, match="10174"):
        await store.append(several(2), {T1: 0})
    assert (await jetstream_health(connection, settings, store)).ready
    await store.append([progress()], {T1: 0})


async def test_a_command_that_makes_too_many_events_is_refused_with_their_number(connection, congress):
    handler = CommandHandler(EventStore(connection, congress, "subcommittee"), [organisation.AGGREGATE])
    positions = [f"Chức vụ {number}" for number in range(6)]
    entries = [LOCALITY | {"organisation_id": f"o{number}", "positions": positions} for number in range(200)]
    too_many = organisation.RegisterOrganisations.model_validate({"entries": entries})
    office = Actor("subcommittee.office", "subcommittee")
    ours = UUID("f0a6ae1e-12a4-4a5b-a9c7-0a0a0a0a0a0a")
    cause = Cause(command_id=ours, actor=office, happened=BEGINNING, correlation_id=ours, causation_id=ours)
    with pytest.raises(Refused) as refused:
        await handler.execute(too_many, cause)
    assert (refused.value.code, refused.value.params) == ("too_many_events", {"count": 1400, "most": 1000})
