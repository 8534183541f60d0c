"""Somebody has stolen a unit's NATS credentials. What they can do is append to that unit's stream, and nothing else.

Whatever is answered is asked with every place for the answer where it would do harm: JetStream sends answers by its
own rights, and must not be led to where the thief may not publish.
"""

from uuid import uuid4

import pytest

from shared.eventstore.credentials import credentials_for
from shared.eventstore.errors import NotPermitted
from shared.eventstore.jetstream_api import js_call, js_names, stream_info
from shared.eventstore.names import bucket_stream, consumer_name, evidence_bucket, ledger_stream, service_stream
from shared.eventstore.rights import member_of
from shared.eventstore.store import EventStore
from shared.eventstore.wire import as_json
from shared.platform.nats import nats_connection
from shared.unit import client as client_module
from shared.unit.client import CommandClient
from tests.conftest import token_for
from tests.congress import Writer, settled
from tests.contract.test_faces import serving  # noqa: F401 - a fixture
from tests.contract.test_locks import endpoints  # noqa: F401 - a fixture
from tests.contract.units import TASK
from tests.integration.forgeries import event
from tests.prober import Refusals, prober
from tests.waiting import TIMEOUT_S, until

UNIT, OTHER = "logistics", "security"
GIVEN = {"ack_policy": "explicit", "deliver_policy": "new"}


@pytest.fixture
async def thief(endpoints, congress):  # noqa: F811
    """A connection with the unit's credentials."""
    credentials = credentials_for(endpoints.nats_credentials, congress, UNIT)
    async with nats_connection(endpoints.nats_url, "thief", credentials) as connected:
        yield connected


@pytest.fixture
async def stored(connection, congress, ledger):
    """What there is to harm: events of two units, and their consumers."""
    written, stream = 0, ledger_stream(congress)
    for service in (UNIT, OTHER):
        written += await Writer(EventStore(connection, congress, service)).write(range(3))
        config = GIVEN | {"durable_name": consumer_name(service), "filter_subjects": [f"evt.{congress}.>"]}
        body = {"stream_name": stream, "config": config}
        await js_call(connection, f"CONSUMER.DURABLE.CREATE.{stream}.{consumer_name(service)}", body)
    await settled(ledger, written)


async def all_that_may_not_change(connection, congress):
    """Every stream and consumer; of the unit's own stream and the ledger how they are made and begin."""
    there = {}
    for name in await js_names(connection, "STREAM.NAMES", subject=f"evt.{congress}.>"):
        info = await stream_info(connection, name)
        grows = name in (service_stream(congress, UNIT), ledger_stream(congress))
        kept = ("first_seq",) if grows else ("first_seq", "last_seq", "messages")
        there[name] = (info["config"], info["created"], [info["state"][value] for value in kept])
    ledger = ledger_stream(congress)
    info = await stream_info(connection, ledger)
    there[ledger] = (info["config"], info["created"], info["state"]["first_seq"])
    files = await stream_info(connection, bucket_stream(evidence_bucket(congress, OTHER)))
    there["files"] = (files["config"], files["created"], files["state"]["last_seq"])
    there["consumers"] = sorted(await js_names(connection, f"CONSUMER.NAMES.{ledger}"))
    theirs = await js_call(connection, f"CONSUMER.INFO.{ledger}.{consumer_name(OTHER)}", {})
    return there | {"theirs": (theirs["config"], theirs["delivered"]["consumer_seq"], theirs["ack_floor"])}


async def everything_is_worked_on(thief, connection, congress, ledger):
    """What was asked before is done: an event that is appended after it is in the ledger, the API has answered."""
    await thief.flush()
    reply = await thief.request(f"evt.{congress}.{UNIT}.task.last", uuid4().bytes, timeout=30)
    assert b'"seq"' in reply.data
    for asking in (thief, connection):
        await stream_info(asking, service_stream(congress, UNIT))
    state = (await stream_info(connection, service_stream(congress, UNIT)))["state"]
    await settled(ledger, state["messages"])


def questions(congress):
    """Whatever a unit may ask that is answered, by its name: what is sent, and with which headers."""
    own, ledger, consumer = service_stream(congress, UNIT), ledger_stream(congress), consumer_name(UNIT)
    planted = f"evt.{congress}.{UNIT}.task.planted"
    batch = {"Nats-Batch-Id": uuid4().hex, "Nats-Batch-Sequence": "1"}
    return {
        "stream info": (f"$JS.API.STREAM.INFO.{own}", b"", None),
        "stream names": ("$JS.API.STREAM.NAMES", b"", None),
        "one message": (f"$JS.API.STREAM.MSG.GET.{own}", as_json({"last_by_subj": planted}), None),
        "a message as it is": (f"$JS.API.DIRECT.GET.{own}", as_json({"last_by_subj": planted}), None),
        "a page": (f"$JS.API.DIRECT.GET.{own}", as_json({"next_by_subj": planted, "seq": 1, "batch": 99}), None),
        "consumer info": (f"$JS.API.CONSUMER.INFO.{ledger}.{consumer}", b"", None),
        "the next message": (
            f"$JS.API.CONSUMER.MSG.NEXT.{ledger}.{consumer}", as_json({"batch": 1, "no_wait": True}), None
        ),
        "an acknowledgement": (f"evt.{congress}.{UNIT}.task.x", b"x", None),
        "an acknowledgement of a part of a file": (f"$O.{evidence_bucket(congress, UNIT)}.C.x", b"x", None),
        "a part of a file as it is": (
            f"$JS.API.DIRECT.GET.{bucket_stream(evidence_bucket(congress, UNIT))}",
            as_json({"last_by_subj": f"$O.{evidence_bucket(congress, UNIT)}.C.x"}),
            None,
        ),
        "an empty acknowledgement": (f"evt.{congress}.{UNIT}.task.x", b"x", batch),
    }  # fmt: skip


def places_that_do_harm(congress):
    theirs, ledger = service_stream(congress, OTHER), ledger_stream(congress)
    return [
        f"evt.{congress}.{OTHER}.task.forged",
        f"$O.{evidence_bucket(congress, OTHER)}.M.forged",
        f"$JS.API.STREAM.PURGE.{theirs}",
        f"$JS.API.STREAM.UPDATE.{theirs}",
        f"$JS.API.CONSUMER.DURABLE.CREATE.{ledger}.smuggled",
        f"$JS.API.CONSUMER.DELETE.{ledger}.{consumer_name(OTHER)}",
        f"$JS.API.CONSUMER.MSG.NEXT.{ledger}.{consumer_name(OTHER)}",
        f"$JS.API.STREAM.DELETE.{theirs}",
        f"$JS.API.STREAM.DELETE.{ledger}",
    ]


async def what_to_plant(connection, congress):
    """What a thief would have JetStream say for them: an event, settings, and nothing, which is what deletes."""
    config = (await stream_info(connection, service_stream(congress, OTHER)))["config"]
    pushing = {"durable_name": "smuggled", "deliver_subject": f"evt.{congress}.{OTHER}.task.smuggled"}
    return [
        event(OTHER, "task", "forged", "started.v1", {}),
        as_json(config | {"max_msgs": 1}),
        as_json({"stream_name": ledger_stream(congress), "config": pushing | {"ack_policy": "none"}}),
        b"",
    ]


@pytest.mark.parametrize("question", questions("x"))
async def test_no_answer_of_jetstream_does_what_the_thief_may_not(
    question, thief, connection, congress, ledger, stored
):
    """A confused deputy: what is asked is harmless, where the answer goes is not."""
    before, places = await all_that_may_not_change(connection, congress), places_that_do_harm(congress)
    for body in await what_to_plant(connection, congress):
        for _ in places:
            await thief.request(f"evt.{congress}.{UNIT}.task.planted", body, timeout=30)
        await thief.request(f"$O.{evidence_bucket(congress, UNIT)}.C.x", body, timeout=30)
        await everything_is_worked_on(thief, connection, congress, ledger)
        for place in places:
            subject, asked, headers = questions(congress)[question]
            await thief.publish(subject, asked, reply=place, headers=headers)
        await everything_is_worked_on(thief, connection, congress, ledger)
        assert await all_that_may_not_change(connection, congress) == before


async def test_no_acknowledgement_by_the_thief_does_either(thief, connection, congress, ledger, stored):
    inbox = thief.new_inbox()
    given = await thief.subscribe(inbox)
    places = places_that_do_harm(congress)
    for _ in places:
        await thief.request(f"evt.{congress}.{UNIT}.task.planted", b"", timeout=30)
    before = await all_that_may_not_change(connection, congress)
    asking = f"$JS.API.CONSUMER.MSG.NEXT.{ledger_stream(congress)}.{consumer_name(UNIT)}"
    await thief.publish(asking, as_json({"batch": len(places)}), reply=inbox)
    for place in places:
        message = await given.next_msg(timeout=30)
        await thief.publish(message.reply, b"+ACK", reply=place)
    await everything_is_worked_on(thief, connection, congress, ledger)
    assert await all_that_may_not_change(connection, congress) == before


async def test_a_trace_goes_nowhere_where_the_thief_may_not_publish(thief, connection, congress, ledger, stored):
    before = await all_that_may_not_change(connection, congress)
    for place in places_that_do_harm(congress):
        await thief.publish(f"evt.{congress}.{UNIT}.task.traced", b"x", headers={"Nats-Trace-Dest": place})
    await everything_is_worked_on(thief, connection, congress, ledger)
    assert await all_that_may_not_change(connection, congress) == before


async def test_a_command_that_jetstream_was_made_to_send_is_not_done(thief, connection, congress, serving, settings):  # noqa: F811
    """Not even with a token that was stolen as well: who may send commands to a unit is a matter of credentials."""
    token = token_for(settings, f"{OTHER}.lead")
    command = as_json({"command_id": str(uuid4()), "data": TASK | {"task_id": "smuggled"}})
    planted, read = f"evt.{congress}.{UNIT}.nothing.planted", f"$JS.API.DIRECT.GET.{service_stream(congress, UNIT)}"
    async with serving(OTHER):
        heard = await connection.subscribe(f"cmd.{congress}.{OTHER}.open-task")
        await connection.flush()
        await thief.request(planted, command, timeout=30, headers={"Authorization": f"Bearer {token}"})
        await thief.publish(read, as_json({"last_by_subj": planted}), reply=f"cmd.{congress}.{OTHER}.open-task")
        assert (await heard.next_msg(timeout=30)).data == command
        client = CommandClient(connection, congress)
        answer = await client.send(OTHER, "open-task", TASK, token=token, command_id=uuid4())
    assert answer.sequence == 1


FORMS = ("CREATE.{}", "CREATE.{}.{name}", "CREATE.{}.{name}.evt.>", "DURABLE.CREATE.{}.{name}", "DELETE.{}.{name}")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", [consumer_name(UNIT), "another"])
async def test_a_thief_makes_and_removes_no_consumer(thief, connection, congress, stored, form, name):
    """One could push what acknowledges another unit's events, or asks for them; a thousand would fill the server."""
    before, ledger_name = await all_that_may_not_change(connection, congress), ledger_stream(congress)
    aim = f"$JS.API.CONSUMER.MSG.NEXT.{ledger_name}.{consumer_name(OTHER)}"
    config = {"durable_name": name, "ack_policy": "explicit", "deliver_subject": aim}
    with pytest.raises(NotPermitted):
        await js_call(
            thief,
            f"CONSUMER.{form.format(ledger_name, name=name)}",
            {"stream_name": ledger_name, "config": config},
        )
    assert await all_that_may_not_change(connection, congress) == before


async def test_nobody_can_foresee_where_an_answer_is_awaited(connection):
    """Of two names, and what nats-py adds to each, would follow the third."""
    first, second, third = (int(connection.new_inbox().rpartition(".")[2], 36) for _ in range(3))
    assert third - second != second - first
    names = {connection.new_inbox().rpartition(".")[2][:12] for _ in range(100)}
    assert len(names) == 100


FLOODS = (
    "$JS.API.STREAM.NAMES",
    "cmd.{congress}.{unit}.open-task",
    "health.{congress}.{unit}",
    "asyncapi.{congress}.{unit}",
)
FLOOD = 3000


@pytest.mark.parametrize("subject", FLOODS)
async def test_a_flood_from_a_members_device_makes_others_wait_and_keeps_nobody_out(
    subject,
    endpoints,  # noqa: F811
    connection,
    congress,
    settings,
    serving,  # noqa: F811
    monkeypatch,
):
    monkeypatch.setattr(client_module, "COMMAND_TRIES", TIMEOUT_S)  # whoever waits asks again
    device = credentials_for(endpoints.nats_credentials, congress, member_of(UNIT))
    token, flooded = token_for(settings, f"{UNIT}.lead"), subject.format(congress=congress, unit=UNIT)
    async with serving(UNIT), prober(endpoints.nats_url, device) as flooding:
        assert await flooding.refusals([flooded] * FLOOD) == Refusals([], [])
        client = CommandClient(connection, congress)
        answer = await client.send(UNIT, "open-task", TASK, token=token, command_id=uuid4())
        assert answer.sequence == 1

        async def ready():
            return (await client.health(UNIT)).ready

        await until(ready)
