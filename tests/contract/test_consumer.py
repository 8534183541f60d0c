"""The one consumer of a unit: every event once and in order, whoever serves it and whatever was there before."""

import asyncio
import json
import time
from contextlib import asynccontextmanager
from datetime import datetime
from uuid import uuid4

import pytest

from services.subcommittee import directive
from shared.domain.decider import Actor
from shared.events.scenario import ScenarioSwitched
from shared.events.task import TaskOpened
from shared.events.unit_scenario import SwitchRecorded
from shared.eventstore.envelope import Cause, as_bytes, encode
from shared.eventstore.jetstream_api import js_api
from shared.eventstore.ledger import Ledger
from shared.eventstore.names import event_subject, ledger_stream
from shared.eventstore.store import EventStore
from shared.platform.nats import nats_connection
from shared.unit import consumer, deliveries, following
from shared.unit.commands import CommandHandler
from shared.unit.consumer import consumer_name, filters, make_consumer
from shared.unit.following import Follower
from shared.unit.policies import ANY_SERVICE, Policy
from shared.unit.problems import UNAVAILABLE
from shared.unit.refusals import REFUSALS
from shared.values.units import SUBCOMMITTEE
from tests.congress import settled
from tests.contract.units import LOGISTICS, SECURITY, TASK
from tests.servers import operator_of
from tests.waiting import until

HAPPENED = datetime.fromisoformat("2020-09-10T14:00:00+07:00")
UNIT = "logistics"
NAME = consumer_name(UNIT)


def ordered(number):
    return directive.DirectiveIssued(kind="review", text={"vi": f"Rà soát {number}"}, units=(UNIT,))


class Place:
    """A congress's ledger, what is written to it, and its consumers."""

    def __init__(self, connection, congress):
        self.connection, self.congress = connection, congress
        self.store = EventStore(connection, congress, UNIT)
        self.handler = CommandHandler(self.store, [*LOGISTICS.aggregates, REFUSALS])
        self.stream = ledger_stream(congress)
        self._written = 0

    async def write(self, event, entity, entity_id, service=SUBCOMMITTEE):
        ours = uuid4()
        cause = Cause(
            command_id=ours,
            actor=Actor(f"{service}.lead", service),
            happened=HAPPENED,
            correlation_id=ours,
            causation_id=ours,
        )
        envelope = encode(event, cause, service, entity, entity_id, 0)
        subject = event_subject(self.congress, service, entity, entity_id)
        await self.connection.jetstream().publish(subject, as_bytes(envelope))
        self._written += 1
        await settled(Ledger(self.connection, self.congress), self._written)

    async def order(self, *numbers):
        for number in numbers:
            await self.write(ordered(number), "directive", f"d{number}")

    async def info(self, name=NAME):
        return await js_api(self.connection, f"CONSUMER.INFO.{self.stream}.{name}", {})

    async def consumers(self):
        return (await js_api(self.connection, f"CONSUMER.NAMES.{self.stream}", {}))["consumers"]

    async def all_done(self):
        info = await self.info()
        if "error" in info or not info["delivered"]["consumer_seq"]:
            return False  # a consumer that was only just made says that nothing is pending
        return info["num_pending"] == info["num_ack_pending"] == 0

    async def serve_as_before(self, policy, subject, done):
        """As an earlier version left it: a consumer for each policy, which has acknowledged so many events."""
        name = f"policy-{UNIT}-{policy}"
        config = {
            "durable_name": name,
            "filter_subject": subject,
            "deliver_policy": "all",
            "ack_policy": "explicit",
            "max_ack_pending": 1,
        }
        wanted = {"stream_name": self.stream, "config": config}
        assert "error" not in await js_api(self.connection, f"CONSUMER.DURABLE.CREATE.{self.stream}.{name}", wanted)
        pulling = await self.connection.jetstream().pull_subscribe_bind(name, self.stream)
        for _ in range(done):
            (message,) = await pulling.fetch(1)
            await message.ack_sync()

    @asynccontextmanager
    async def following(self, policies, connection=None):
        follower = Follower(connection or self.connection, self.congress, UNIT, policies, self.handler)
        await follower.start()
        try:
            yield follower
        finally:
            await follower.stop()


@pytest.fixture
def place(connection, congress, monkeypatch):
    monkeypatch.setattr(following, "POLICY_RETRY_DELAY_S", 0.02)
    return Place(connection, congress)


def noting(heard, name="note", service=SUBCOMMITTEE, events=(directive.DirectiveIssued,), fails=lambda _: False):
    """A policy that notes what it reads, unless it `fails` for now."""

    def react(_, envelope):
        if fails(envelope.subject):
            raise UNAVAILABLE()
        heard.append((name, envelope.subject))
        return ()

    return Policy(name, service, events, react)


async def test_each_event_is_delivered_once_and_read_by_every_policy_in_the_units_order(place):
    heard, tries = [], iter((True, True, True, False))
    first = noting(heard, "first", fails=lambda subject: subject == "d2" and next(tries))
    await place.order(1, 2, 3)
    async with place.following([first, noting(heard, "second")]):
        await until(place.all_done)
    assert heard == [(name, f"d{number}") for number in (1, 2, 3) for name in ("first", "second")]
    assert (await place.info())["delivered"]["consumer_seq"] == 3
    assert await place.consumers() == [NAME]


async def test_one_instance_is_served_at_a_time_and_the_next_goes_on_where_it_was(place, endpoints):
    here, there, events = [], [], [f"d{number}" for number in range(1, 131)]
    await place.order(*range(1, 131))
    async with (
        nats_connection(endpoints.nats_url, "there", operator_of(endpoints)) as another,
        place.following([noting(here, fails=lambda subject: subject == "d60")]) as first,
    ):

        async def held():
            return first.held

        await until(held)
        async with place.following([noting(there)], another):
            assert there == []
            await first.stop()
            await until(place.all_done)
    assert [subject for _, subject in [*here, *there]] == events


@pytest.mark.parametrize("comes_back", [True, False])
async def test_nothing_is_done_while_somebody_else_has_earlier_events_in_hand(place, monkeypatch, comes_back):
    monkeypatch.setattr(consumer, "ACK_WAIT_S", 30 if comes_back else 0.5)
    heard = []
    policies = [noting(heard)]
    await make_consumer(place.connection, place.congress, UNIT, policies)
    await place.order(1, 2)
    other = await place.connection.jetstream().pull_subscribe_bind(NAME, place.stream)
    messages = await other.fetch(2)
    await place.order(3, 4)
    async with place.following(policies):

        async def all_in_hand():
            return (await place.info())["num_ack_pending"] == 4

        await until(all_in_hand)
        if comes_back:
            assert heard == []
            for message in messages:
                await message.ack()
        await until(place.all_done)
    numbers = (3, 4) if comes_back else (1, 2, 3, 4)
    subjects = [subject for _, subject in heard]
    assert list(dict.fromkeys(subjects)) == [f"d{number}" for number in numbers], "what is heard twice is done once"


async def test_a_consumer_that_was_given_other_filters_begins_anew_for_it_may_have_passed_something_over(place):
    heard = []
    policies = [noting(heard)]
    await make_consumer(place.connection, place.congress, UNIT, policies)
    config = (await place.info())["config"] | {"filter_subjects": [f"evt.{place.congress}.nobody.nothing.*"]}
    body = {"stream_name": place.stream, "config": config}
    await js_api(place.connection, f"CONSUMER.DURABLE.CREATE.{place.stream}.{NAME}", body)
    await place.order(1)
    async with place.following(policies):
        await until(place.all_done)
    assert [subject for _, subject in heard] == ["d1"]


async def test_who_was_away_for_longer_than_the_broker_waits_begins_anew(place, monkeypatch):
    monkeypatch.setattr(deliveries, "ACK_WAIT_S", 0.2)
    monkeypatch.setattr(deliveries, "SIGN_OF_LIFE_S", 0.05)
    heard, naps = [], iter((0.3,))

    def stand_still(_):
        time.sleep(next(naps, 0))  # as a process does that is stopped
        return False

    await place.order(1, 2, 3)
    async with place.following([noting(heard, fails=stand_still)]):
        await until(place.all_done)
    assert [subject for _, subject in heard] == ["d1", "d2", "d3"]
    assert (await place.info())["delivered"]["consumer_seq"] > 3, "what was in hand was given back"


async def test_after_an_upgrade_it_begins_where_the_first_of_the_old_consumers_stood_and_they_go(place):
    await place.order(1, 2, 3, 4)
    for policy in LOGISTICS.policies:
        subject = f"evt.{place.congress}.{policy.service}.{policy.entity}.*"
        await place.serve_as_before(policy.name, subject, 2 if policy.name == "open-ordered-reviews" else 0)
    others = await place.connection.jetstream().pull_subscribe(
        f"evt.{place.congress}.>", durable="policy-security-open-assigned-items", stream=place.stream
    )
    async with place.following(LOGISTICS.policies):
        await until(place.all_done)
        assert sorted(await place.consumers()) == ["policies-logistics", "policy-security-open-assigned-items"]
    await others.unsubscribe()
    assert await place.store.ids("review") == ["d3", "d4"]
    assert (await place.info())["config"]["opt_start_seq"] == 3


async def test_a_task_that_an_earlier_version_opened_and_did_not_bring_in_line_follows_after_the_upgrade(place):
    switch = {"number": 1, "scenario": "outbreak", "reason": "Dịch"}
    await place.write(ScenarioSwitched(**switch), "scenario", "current")
    await place.write(SwitchRecorded(**switch), "unit-scenario", "current", UNIT)
    opened = TASK | {"scenario": "none"}
    await place.write(TaskOpened(**{k: v for k, v in opened.items() if k != "task_id"}), "task", "1-03", UNIT)
    own_tasks = f"evt.{place.congress}.{UNIT}.task.*"
    await place.serve_as_before("follow-when-taken-up", own_tasks, 0)
    for policy in LOGISTICS.policies:
        subject = f"evt.{place.congress}.{policy.service}.{policy.entity}.*"
        await place.serve_as_before(policy.name, subject, 1 if policy.entity in ("scenario", "task") else 0)
    async with place.following(LOGISTICS.policies):
        await until(place.all_done)
    _, followed = await place.store.load("task", "1-03")
    assert json.loads(followed.body)["data"]["suspended"] is True


async def test_a_new_policy_hears_of_everything_and_one_that_reads_more_of_what_comes_from_now_on(place):
    heard, more = [], (directive.DirectiveIssued,)
    await place.order(1)
    async with place.following([noting(heard, "old")]):
        await until(place.all_done)
    made = (await place.info())["created"]
    async with place.following([noting(heard, "old", ANY_SERVICE, more)]):
        await until(place.all_done)
        await place.order(2)
        await until(place.all_done)
    assert (await place.info())["created"] == made
    assert (await place.info())["config"]["filter_subjects"] == [f"evt.{place.congress}.*.directive.*"]
    assert heard == [("old", "d1"), ("old", "d2")]
    heard.clear()
    async with place.following([noting(heard, "old", ANY_SERVICE, more), noting(heard, "new")]):

        async def all_heard():
            return len(heard) == 4

        await until(all_heard)
    assert heard == [(name, f"d{number}") for number in (1, 2) for name in ("old", "new")]


def test_the_filters_of_a_unit_hold_none_that_another_one_covers():
    assert filters("xx", SECURITY.policies) == [
        f"evt.xx.{read}.*"
        for read in (
            "*.task",
            "logistics.resource",
            "security.clearance",
            "security.variant",
            "subcommittee.catalogue-item",
            "subcommittee.code-list",
            "subcommittee.congress",
            "subcommittee.directive",
            "subcommittee.duty",
            "subcommittee.instruction",
            "subcommittee.scenario",
        )
    ]


async def test_events_given_back_by_a_service_that_stops_are_at_once_the_next_ones(place):
    heard = []
    await place.order(1, 2, 3)
    async with place.following([noting(heard, fails=lambda subject: subject == "d2")]) as follower:

        async def held():
            return follower.held

        await until(held)
    info = await place.info()
    assert (info["ack_floor"]["stream_seq"], info["num_ack_pending"]) == (1, 2)
    pulling = await place.connection.jetstream().pull_subscribe_bind(NAME, place.stream)
    async with asyncio.timeout(consumer.ACK_WAIT_S / 2):
        messages = []
        while len(messages) < 2:
            messages += await pulling.fetch(2, timeout=2)
    assert sorted(message.metadata.sequence.stream for message in messages) == [2, 3]
