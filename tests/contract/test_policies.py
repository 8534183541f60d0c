"""A policy on the ledger: nothing that a message can hold gets it stuck, and nothing is lost."""

import asyncio
from contextlib import asynccontextmanager
from datetime import datetime
from uuid import uuid4

import pytest

from shared.domain import review
from shared.domain.decider import Actor
from shared.events.directive import DirectiveIssued
from shared.eventstore.envelope import Cause, as_bytes, decode, encode
from shared.eventstore.errors import NoStream
from shared.eventstore.jetstream_api import js_api, js_call
from shared.eventstore.ledger import Ledger
from shared.eventstore.names import event_subject, ledger_stream
from shared.eventstore.store import EventStore
from shared.unit import following, health
from shared.unit.commands import CommandHandler
from shared.unit.consumer import consumer_name, make_consumer
from shared.unit.following import POLICY_TRIES, Follower
from shared.unit.health import unit_health
from shared.unit.policies import Policy
from shared.unit.problems import CONFLICT, UNAVAILABLE
from shared.unit.refusals import REFUSALS, cause_of_unreadable
from shared.unit.unseen import Unseen
from shared.values.units import SUBCOMMITTEE
from tests.congress import settled
from tests.contract.units import LOGISTICS
from tests.waiting import until

HAPPENED = datetime.fromisoformat("2020-09-10T14:00:00+07:00")
UNIT = "logistics"
CONSUMER = consumer_name(UNIT)


def ordered(directive_id):
    ours = uuid4()
    cause = Cause(
        command_id=ours,
        actor=Actor("subcommittee.office", SUBCOMMITTEE),
        happened=HAPPENED,
        correlation_id=ours,
        causation_id=ours,
    )
    issued = DirectiveIssued(kind="review", text={"vi": "Rà soát"}, units=(UNIT,))
    return encode(issued, cause, SUBCOMMITTEE, "directive", directive_id, 0)


def opens_review(event, envelope):
    return (review.OpenReview(review_id=envelope.subject, directive_id=envelope.subject),)


class Unit:
    """One running copy of the unit with one policy, and what came of it."""

    def __init__(self, connection, congress, settings):
        self.connection, self.congress = connection, congress
        self.store = EventStore(connection, congress, UNIT)
        self.handler = CommandHandler(self.store, [*LOGISTICS.aggregates, REFUSALS])
        self._settings = settings
        self.follower = None

    async def put(self, envelope, body=None, headers=None):
        subject = event_subject(self.congress, SUBCOMMITTEE, "directive", envelope.subject)
        await self.connection.jetstream().publish(subject, body or as_bytes(envelope), headers=headers)

    @asynccontextmanager
    async def following(self, react=opens_review):
        policy = Policy("open-reviews", SUBCOMMITTEE, (DirectiveIssued,), react)
        self.follower = Follower(self.connection, self.congress, UNIT, [policy], self.handler)
        task = asyncio.create_task(self.follower.run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def is_done_with(self, sequence):
        consumer = f"CONSUMER.INFO.{ledger_stream(self.congress)}.{CONSUMER}"

        async def done():
            return (await js_api(self.connection, consumer, {})).get("ack_floor", {}).get("stream_seq") == sequence

        await until(done)

    async def on_record(self):
        found = [await self.store.load("policy", each) for each in await self.store.ids("policy")]
        return {(data := decode(one.body).data)["sequence"]: data["code"] for all_ in found for one in all_}

    async def health(self):
        unseen = Unseen(self.connection, self.congress, UNIT)
        health = await unit_health(self.connection, self._settings, self.store, self.follower, unseen)
        return {finding.code: finding.detail for finding in health.findings}


@pytest.fixture
def unit(connection, congress, settings, monkeypatch):
    monkeypatch.setattr(following, "POLICY_RETRY_DELAY_S", 0.02)
    return Unit(connection, congress, settings)


HOSTILE = [
    {"headers": {"Status": "503"}},
    {"headers": {"Status": "404", "Description": "No Messages"}},
    {"headers": {"Status": "100"}},
    {"headers": {"Status": "409", "Description": "Consumer Deleted"}},
    {"headers": {"Nats-Time-Stamp": "x"}},
    {"body": b"garbage"},
    {"body": b"\xff" * 10, "headers": {"content-type": "application/json", "correlation_id": "x"}},
]


async def test_whatever_is_stored_the_policy_gets_past_it_and_loses_nothing(unit):
    for number, changes in enumerate(HOSTILE):
        await unit.put(ordered(f"d{number}"), **changes)
    await unit.put(ordered("đ"))
    await unit.put(ordered("last"))
    async with unit.following():
        await unit.is_done_with(len(HOSTILE) + 2)
    assert await unit.store.ids("review") == ["d0", "d1", "d2", "d3", "d4", "last"]
    assert await unit.on_record() == {6: "unreadable_event", 7: "unreadable_event", 8: "unreadable_event"}


@pytest.mark.parametrize("passing", [UNAVAILABLE, CONFLICT], ids=["unavailable", "conflict"])
async def test_what_passes_is_tried_until_it_has_passed_and_health_says_what_waits(unit, passing):
    tries = 0

    def late(event, envelope):
        nonlocal tries
        tries += 1
        if tries < 2 * POLICY_TRIES:
            raise passing()
        return opens_review(event, envelope)

    await unit.put(ordered("d1"))
    async with unit.following(late):

        async def held():
            return unit.follower.held

        await until(held)
        assert "ledger event 1" in (await unit.health())["policy_held_up"]
        await unit.is_done_with(1)
        assert await unit.health() == {}
    assert (await unit.store.ids("review"), await unit.on_record()) == (["d1"], {})


async def test_what_fails_is_given_up_by_the_number_of_failures_and_not_of_deliveries(unit, connection, congress):
    await unit.put(ordered("d1"))
    await unit.put(ordered("d2"))
    policy = Policy("open-reviews", SUBCOMMITTEE, (DirectiveIssued,), opens_review)
    stream = ledger_stream(congress)

    async def arrived():
        return (await js_api(connection, f"STREAM.INFO.{stream}", {}))["state"]["last_seq"] == 2

    await until(arrived)
    await make_consumer(connection, congress, UNIT, [policy])
    restarted = await connection.jetstream().pull_subscribe_bind(CONSUMER, stream)
    for _ in range(2 * POLICY_TRIES):
        (message,) = await restarted.fetch(1)
        await message.nak()
    failures = {"d1": POLICY_TRIES - 1, "d2": POLICY_TRIES}

    def clumsy(event, envelope):
        failures[envelope.subject] -= 1
        if failures[envelope.subject] >= 0:
            raise ValueError("not yet")
        return opens_review(event, envelope)

    async with unit.following(clumsy):
        await unit.is_done_with(2)
    assert await unit.store.ids("review") == ["d1"]
    assert await unit.on_record() == {2: "internal"}
    assert "1" in (await unit.health())["policy_refusals"]


async def test_a_policy_whose_consumer_is_deleted_says_so_and_makes_it_anew(unit, connection, congress, monkeypatch):
    async with unit.following():
        await unit.put(ordered("d1"))
        await unit.is_done_with(1)
        await settled(Ledger(connection, congress), 2)  # 2 is the review of d1
        monkeypatch.setattr(health, "UNSERVED_AFTER_S", 0)
        may_be_made, make = asyncio.Event(), unit.follower._make

        async def make_when_it_may_be():
            await may_be_made.wait()
            await make()

        monkeypatch.setattr(unit.follower, "_make", make_when_it_may_be)
        name = f"{ledger_stream(congress)}.{CONSUMER}"
        await js_api(connection, f"CONSUMER.DELETE.{name}", {})

        async def told():
            return "does not deliver" in (await unit.health()).get("policy_unserved", "")

        await until(told)
        may_be_made.set()
        await unit.put(ordered("d2"))
        await unit.is_done_with(3)
        assert await unit.health() == {}
    assert await unit.store.ids("review") == ["d1", "d2"]
    assert len(await unit.store.load("review", "d1")) == 1


async def test_health_says_that_the_consumer_of_a_unit_is_paused_until_it_is_resumed(unit, connection, congress):
    pause = f"CONSUMER.PAUSE.{ledger_stream(congress)}.{CONSUMER}"
    async with unit.following():
        await unit.put(ordered("d1"))
        await unit.is_done_with(1)
        await js_call(connection, pause, {"pause_until": "2099-01-01T00:00:00Z"})
        told = await unit.health()
        assert (told.keys(), "2099-01-01" in told["policy_paused"]) == ({"policy_paused"}, True)
        await js_call(connection, pause, {})
        assert await unit.health() == {}


async def test_the_id_of_what_can_not_be_read_is_its_place_in_the_ledger(unit):
    await unit.put(ordered("d1"), body=b"garbage")
    async with unit.following():
        await unit.is_done_with(1)
    assert await unit.store.ids("policy") == [str(cause_of_unreadable(1))]


async def test_what_somebody_puts_into_the_inbox_of_a_policy_is_no_event(unit, connection, congress):
    inboxes = asyncio.Queue()

    async def overhear(message):
        await inboxes.put(message.reply)

    await connection.subscribe(f"$JS.API.CONSUMER.MSG.NEXT.{ledger_stream(congress)}.*", cb=overhear)
    async with unit.following():
        inbox = await inboxes.get()
        ack = f"$JS.ACK.{ledger_stream(congress)}.{CONSUMER}.1.99.1.1.0"
        await connection.publish(inbox, as_bytes(ordered("forged")), reply=ack)
        await inboxes.get()
        await unit.put(ordered("d1"))
        await unit.is_done_with(1)
    assert await unit.store.ids("review") == ["d1"]


async def test_a_unit_that_waits_for_its_stream_says_why_once_and_then_that_it_goes_on(unit, caplog, monkeypatch):
    caplog.set_level("INFO", "shared.unit.following")
    tries, make = [], following.make_consumer

    async def not_there_yet(*which):
        tries.append(1)
        if len(tries) < 6:
            raise NoStream("there is no such stream")
        await make(*which)

    monkeypatch.setattr(following, "make_consumer", not_there_yet)
    async with unit.following():
        await unit.put(ordered("d1"))
        await unit.is_done_with(1)
    said = [record.getMessage() for record in caplog.records]
    waits = f"the policies of {UNIT} wait: there is no such stream"
    assert [line for line in said if line.startswith("the policies of")] == [waits, f"the policies of {UNIT} go on"]
