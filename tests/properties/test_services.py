"""All services, all policies and two trackers at once, with deliveries that come twice, late, or to a process that
dies between the append and the ack: when everything has come to rest, every effect is there once."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Iterator, Sequence
from fnmatch import fnmatchcase
from itertools import accumulate, cycle
from typing import ClassVar
from uuid import UUID, uuid5

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test
from nats.aio.client import Client

from services.subcommittee.code_list import AddEntry
from services.tracker.history.verify import verify
from services.tracker.projection.committing import Projection
from services.tracker.projection.errors import FenceLost
from services.tracker.projection.store import AUDIT_TRAIL, ViewStore
from shared.domain.decider import Actor, Aggregate, Command, Key, Refused
from shared.domain.evidence import RecordEvidence
from shared.events.base import Event
from shared.events.catalogue_item import ItemAssigned
from shared.events.clearance import ClearanceRequested
from shared.events.directive import DirectiveIssued, DirectiveKind
from shared.events.policy import PolicyRefused
from shared.events.review import ReviewOpened
from shared.events.task import (
    ScenarioFollowed,
    TaskAssigned,
    TaskDeadlineSet,
    TaskDescribed,
    TaskFunded,
    TaskOpened,
)
from shared.eventstore.direct import Stored
from shared.eventstore.envelope import as_bytes, decode, decode_data, encode
from shared.eventstore.jetstream_api import js_api
from shared.eventstore.ledger import Ledger
from shared.eventstore.streams import provision
from shared.history.decoding import VIEWS_OF, Recorded, decode_event
from shared.platform.mongo import Database, mongo_database
from shared.unit.policies import ANY_SERVICE, ForEvery, Policy, apply
from shared.values.code_lists import CodeList
from tests.congress import every_stream
from tests.contract.units import LOGISTICS, PROPAGANDA, SECURITY, SUBCOMMITTEE
from tests.properties.broker import Died, Mishap
from tests.properties.effort import effort, short_and_long
from tests.properties.history import History, Wanted, id_of
from tests.properties.service import (
    HERE,
    SOMEWHERE,
    THERE,
    UNANSWERED,
    Service,
    Wish,
    cause_of,
    standing_still,
)
from tests.properties.wishes import actors_of, commands_of, wishes
from tests.servers import drop_database

FEWER, EXAMPLES, STEPS = 3, 15, 50
SERVICES = (SUBCOMMITTEE, PROPAGANDA, LOGISTICS, SECURITY)
POLICIES = [(service.name, policy) for service in SERVICES for policy in service.policies]
TRIES = 4
UNITS = [PROPAGANDA.name, LOGISTICS.name, SECURITY.name]
NAMES = sorted({policy.name for _, policy in POLICIES})
PAGE = 3


def asked(aggregate: Aggregate) -> bool:
    """Whether it answers callers."""
    return bool(aggregate.commands) and not aggregate.internal


IN_THE_BATCH = (ScenarioFollowed, TaskDescribed, TaskAssigned, TaskDeadlineSet, TaskFunded)
"""What a policy has happen to a task together with its opening."""


class Deliveries:
    """One policy of one service, and how far its consumer has acknowledged the ledger."""

    def __init__(self, service: Service, policy: Policy, congress: str) -> None:
        self.service = service
        self.policy = policy
        self.acknowledged = 0
        self._subjects = f"evt.{congress}.{policy.service}.{policy.entity}.*"

    def __repr__(self) -> str:
        return f"policy {self.policy.name} of {self.service.name}"

    def of(self, ledger: list[Stored]) -> list[Stored]:
        return [stored for stored in ledger if fnmatchcase(stored.subject, self._subjects)]

    def commands(self, body: bytes) -> Sequence[Command | ForEvery]:
        """What the policy makes of an event."""
        envelope = decode(body)
        model = self.policy.reads(envelope.type)
        return self.policy.react(decode_data(envelope, model), envelope) if model else []

    def would_react(self, source: Service, wish: Wish) -> bool:
        return any(
            self.commands(as_bytes(encode(wanted.event, cause_of(wish), source.name, *wanted.key, 0)))
            for wanted in source.expected(wish).to_come
        )

    def reaction(self, stored: Stored) -> list[list[Wanted]]:
        """What the policy has still to bring about."""
        policy, envelope, history = self.policy, decode(stored.body), self.service.history
        actor, groups = Actor(f"policy.{policy.name}", self.service.name), []
        for position, wish in enumerate(self.commands(stored.body)):
            for place, command in spelled_out(wish, str(position), history):
                command_id = uuid5(UUID(envelope.id), f"{self.service.name}/{policy.name}/{place}")
                expected = history.expected(command, command_id, actor)
                to_come = expected.groups
                if expected.refused:
                    code, detail = expected.refused.code, str(expected.refused)
                    told = PolicyRefused(
                        policy=policy.name,
                        command=command.NAME,
                        code=code,
                        detail=detail,
                        sequence=stored.sequence,
                    )
                    key = ("policy", envelope.id)
                    recorded = Wanted(id_of(command_id, key, 0), key, told)
                    to_come = [*to_come, *([] if recorded.id in history.by_id else [[recorded]])]
                history = history.after(wanted for group in to_come for wanted in group)
                groups += to_come
        return groups

    async def deliver(self, stored: Stored, where: int, mishap: Mishap | None) -> bool:
        """Whether it was acknowledged; what came of it is as much as had to, or where it was cut, the beginning."""
        instance = self.service.instances[where]
        wanted = self.reaction(stored)
        acknowledged = False
        if mishap is not None:
            instance.connection.meet(mishap)
        try:
            await apply(self.policy, stored, instance.handler, self.service.name)
            acknowledged = True
        except Died:
            instance.start()
        except Refused as refused:
            acknowledged = False if refused.code == UNANSWERED else pytest.fail(f"raised {refused}")
        instance.connection.heal()
        new = await self.service.read()
        cause = decode(stored.body)
        for told in new:
            assert told.envelope.actor == f"policy.{self.policy.name}"
            assert (told.envelope.causationid, told.envelope.correlationid) == (cause.id, cause.correlationid)
            assert told.envelope.time == cause.time
        came = [told.wanted for told in new]
        whole = list(accumulate(wanted, initial=[]))
        assert came == whole[-1] if acknowledged else came in whole
        return acknowledged


def spelled_out(wish: Command | ForEvery, place: str, history: History) -> Iterator[tuple[str, Command]]:
    if isinstance(wish, Command):
        yield place, wish
    else:
        for entity_id in sorted(entity_id for entity, entity_id in history.states if entity == wish.entity):
            yield f"{place}/{entity_id}", wish.command(entity_id)


class Tracker:
    """One process that keeps the views; `upto` is how far it has folded."""

    def __init__(self, database: Database, ledger: Ledger) -> None:
        self._store = ViewStore(database)
        self._ledger = ledger
        self._projection: Projection | None = None
        self.upto = 0

    async def start(self) -> None:
        """Goes on at the checkpoint, with nothing in memory."""
        await self.stop()
        await self._store.prepare()
        self._projection = Projection(self._store, await self._store.checkpoint())
        self.upto = self._projection.checkpoint.sequence

    async def stop(self) -> None:
        """After the commit under way; what a kill in the middle of one does, tests/faults tells."""
        if self._projection is not None:
            await self.settle()

    async def fold(self, events: int, end: int) -> None:
        """A page of so many events, as far as there are any; its commit is still under way afterwards."""
        try:
            async for page in self._ledger.read(self.upto, min(self.upto + events, end)):
                await self._projection.add(page)
                self.upto = page[-1].sequence
        except FenceLost:
            await self.start()

    async def settle(self) -> bool:
        """Whether the last page came to be committed."""
        try:
            await self._projection.settle()
        except FenceLost:
            return False
        return True


class Machine(RuleBasedStateMachine):
    """A congress that is new."""

    congress: ClassVar[str]
    connection: ClassVar[Client]
    mongo_url: ClassVar[str]
    loop: ClassVar[asyncio.AbstractEventLoop]
    met: ClassVar[Counter[Mishap]]
    effective: ClassVar[Counter[str]]
    examples: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        type(self).examples += 1
        congress = self.name = f"{self.congress}-{self.examples}"
        self.run(provision(self.connection, congress))
        self.services = {each.name: Service(self.connection, congress, each.name, self.met) for each in SERVICES}
        self.deliveries = [Deliveries(self.services[name], policy, congress) for name, policy in POLICIES]
        self.reader = Ledger(self.connection, congress)
        self.ledger: list[Stored] = []
        self.sent: list[tuple[Service, Wish]] = []
        self._opening = mongo_database(self.mongo_url, f"daihoi_{congress}")
        self.database = self.run(self._opening.__aenter__())
        self.trackers = [Tracker(self.database, self.reader) for _ in (HERE, THERE)]
        for tracker in self.trackers:
            self.run(tracker.start())

    def teardown(self) -> None:
        try:
            if self.sound:
                self.run(self.come_to_rest())
        finally:
            self.run(self.clear_away())

    # --- what may happen ---
    @initialize(data=st.data())
    def there_is_work_for_policies(self, data: st.DataObject) -> None:
        self.every_unit_knows_a_third_case()
        for policy in NAMES * 2:
            self.a_command_that_feeds_a_policy(policy=policy, data=data, where=HERE)
            if self.waiting():
                self.a_command_in_the_way(data=data, where=HERE)

    def every_unit_knows_a_third_case(self) -> None:
        lead = Actor(f"{SUBCOMMITTEE.name}.lead", SUBCOMMITTEE.name)
        storm = AddEntry(code_list=CodeList.CASES, entry_id="storm", name={"vi": "Có bão"})
        self.run(self.send(self.services[SUBCOMMITTEE.name], Wish(UUID(int=1), storm, lead), HERE, None))
        for deliveries in self.waiting():
            (stored,) = deliveries.of(self.ledger)
            assert self.run(self.deliver(deliveries, stored, HERE, None))
            deliveries.acknowledged += 1

    @rule(data=st.data(), where=SOMEWHERE, mishap=st.none() | st.sampled_from(Mishap))
    def a_command(self, data: st.DataObject, where: int, mishap: Mishap | None) -> None:
        service = self.services[data.draw(st.sampled_from(sorted(self.services)), label="service")]
        aggregate = data.draw(st.sampled_from([each for each in service.aggregates if asked(each)]))
        actors = actors_of(service.name)
        command, actor = data.draw(wishes([aggregate], service.history, actors), label="wish")
        self.run(self.send(service, Wish(UUID(int=len(self.sent) + 1), command, actor), where, mishap))

    @rule(policy=st.sampled_from(NAMES), data=st.data(), where=SOMEWHERE)
    def a_command_that_feeds_a_policy(self, policy: str, data: st.DataObject, where: int) -> None:
        """Or one that leads there."""
        among = [each for each in self.deliveries if each.policy.name == policy]
        deliveries = data.draw(st.sampled_from(among), label="of")
        read = deliveries.policy.service
        source = self.services[data.draw(st.sampled_from(UNITS)) if read == ANY_SERVICE else read]
        aggregates = [each for each in source.aggregates if each.entity == deliveries.policy.entity]
        actors = actors_of(source.name)
        for _ in range(TRIES):
            command, actor = data.draw(wishes(aggregates, source.history, actors, ["something"]), label="wish")
            wish = Wish(UUID(int=len(self.sent) + 1), command, actor)
            if deliveries.would_react(source, wish):
                break
        self.run(self.send(source, wish, where, None))

    @precondition(lambda self: self.waiting())
    @rule(data=st.data(), where=SOMEWHERE)
    def a_command_in_the_way(self, data: st.DataObject, where: int) -> None:
        """Somebody does by hand, and perhaps otherwise, what a policy is about to do."""
        deliveries = data.draw(st.sampled_from(self.waiting()), label="of")
        for stored in deliveries.of(self.ledger)[deliveries.acknowledged :][:1]:
            for command in deliveries.commands(stored.body)[:1]:
                if not isinstance(command, Command) or not deliveries.service.instances[where].answers(command):
                    continue
                named = next((name for name, value in command if value == command.entity_id), None)
                if named is None:
                    continue
                drawn = data.draw(commands_of(type(command)), label="in the way")
                otherwise = drawn.model_copy(update={named: command.entity_id})
                actor = data.draw(actors_of(deliveries.service.name))
                wish = Wish(UUID(int=len(self.sent) + 1), otherwise, actor)
                self.run(self.send(deliveries.service, wish, where, None))

    @rule(data=st.data(), unit=st.sampled_from(UNITS), where=SOMEWHERE, mishap=st.none() | st.sampled_from(Mishap))
    def a_file_is_kept(self, data: st.DataObject, unit: str, where: int, mishap: Mishap | None) -> None:
        """Only the service records it, once it has the whole file; from then on a submission may refer to it."""
        command, actor = data.draw(commands_of(RecordEvidence), label="file"), data.draw(actors_of(unit))
        self.run(self.send(self.services[unit], Wish(UUID(int=len(self.sent) + 1), command, actor), where, mishap))

    @precondition(lambda self: self.sent)
    @rule(data=st.data(), where=SOMEWHERE)
    def a_command_again(self, data: st.DataObject, where: int) -> None:
        service, wish = data.draw(st.sampled_from(self.sent[-4:]) | st.sampled_from(self.sent), label="again")
        self.run(self.send(service, wish, where, None, again=True))

    @precondition(lambda self: self.waiting())
    @rule(
        data=st.data(),
        where=SOMEWHERE,
        mishap=st.none() | st.sampled_from(Mishap),
        ack_is_lost=st.booleans(),
        count=st.integers(1, 4),
    )
    def a_delivery(
        self, data: st.DataObject, where: int, mishap: Mishap | None, ack_is_lost: bool, count: int
    ) -> None:
        """The next events for a policy, in order; the first may meet a mishap, and the ack of the last may be lost:
        then they come again."""
        deliveries = data.draw(st.sampled_from(self.waiting()), label="to")
        waiting = deliveries.of(self.ledger)[deliveries.acknowledged :][:count]
        for position, stored in enumerate(waiting):
            acknowledged = self.run(self.deliver(deliveries, stored, where, None if position else mishap))
            if not acknowledged or (ack_is_lost and stored is waiting[-1]):
                break
            deliveries.acknowledged += 1

    @rule(policy=st.sampled_from(range(len(POLICIES))), where=SOMEWHERE, data=st.data())
    def a_late_delivery(self, policy: int, where: int, data: st.DataObject) -> None:
        """Of what was acknowledged before later events were."""
        deliveries = self.deliveries[policy]
        if deliveries.acknowledged:
            stored = data.draw(st.sampled_from(range(deliveries.acknowledged)), label="late")
            assert self.run(self.deliver(deliveries, deliveries.of(self.ledger)[stored], where, None))

    @rule(service=st.sampled_from([each.name for each in SERVICES]), where=SOMEWHERE)
    def a_restart(self, service: str, where: int) -> None:
        self.services[service].instances[where].start()

    @rule(which=SOMEWHERE, cuts=st.lists(st.integers(1, 5), min_size=1, max_size=4))
    def some_pages(self, which: int, cuts: list[int]) -> None:
        """Whichever of the trackers is behind loses the fence and goes on where the other is."""
        for events in cuts:
            self.run(self.trackers[which].fold(events, len(self.ledger)))

    @rule(which=SOMEWHERE)
    def a_tracker_restarts(self, which: int) -> None:
        self.run(self.trackers[which].start())

    # --- how it is done ---
    def waiting(self) -> list[Deliveries]:
        return [each for each in self.deliveries if each.acknowledged < len(each.of(self.ledger))]

    def run[T](self, doing: Awaitable[T]) -> T:
        self.sound = False
        result = self.loop.run_until_complete(doing)
        self.sound = True
        return result

    async def send(
        self, service: Service, wish: Wish, where: int, mishap: Mishap | None, again: bool = False
    ) -> None:
        if not again:
            self.sent.append((service, wish))
        if mishap is None:
            await service.send(where, wish)
        else:
            await service.send_into(mishap, False, where, wish)
        await self.catch_up()

    async def deliver(self, deliveries: Deliveries, stored: Stored, where: int, mishap: Mishap | None) -> bool:
        before = len(deliveries.service.history.told)
        acknowledged = await deliveries.deliver(stored, where, mishap)
        for told in deliveries.service.history.told[before:]:
            refused = isinstance(told.event, PolicyRefused)
            self.effective["a refusal" if refused else deliveries.policy.name] += 1
        await self.catch_up()
        return acknowledged

    async def catch_up(self) -> None:
        """Until the ledger holds what the services have written."""
        end = sum(len(service.history.told) for service in self.services.values())
        async with asyncio.timeout(30):
            while len(self.ledger) < end:
                async for page in self.reader.read(len(self.ledger)):
                    self.ledger += page

    async def clear_away(self) -> None:
        for tracker in self.trackers:
            await tracker.stop()
        await drop_database(self.mongo_url, self.database.name)
        await self._opening.__aexit__(None, None, None)
        for name in every_stream(self.name):
            await js_api(self.connection, f"STREAM.DELETE.{name}", {})

    # --- what has to be so when nothing is under way any more ---
    async def come_to_rest(self) -> None:
        mishaps = cycle(Mishap)
        while waiting := self.waiting():
            for deliveries in waiting:
                stored = deliveries.of(self.ledger)[deliveries.acknowledged]
                if not await self.deliver(deliveries, stored, HERE, next(mishaps)):
                    assert await self.deliver(deliveries, stored, THERE, None)
                deliveries.acknowledged += 1
        self.every_effect_is_there_once()
        await self.the_views_say_what_the_ledger_says()

    def every_effect_is_there_once(self) -> None:
        """And none is there that nothing called for."""
        effects = list(self.effects())
        for unit, key, kind, _ in effects:
            assert [type(told.event) for told in self.services[unit].history.of(key)].count(kind) == 1
        known = {by for _, _, _, by in effects}
        for service in self.services.values():
            for told in service.history.told:
                by = told.envelope.actor
                if by in known and isinstance(told.event, IN_THE_BATCH):
                    batch = [one for one in service.history.of(told.key) if isinstance(one.event, IN_THE_BATCH)]
                    opened = service.history.of(told.key)[0]
                    together = (opened.envelope.actor, opened.envelope.causationid)
                    assert (by, told.envelope.causationid) == together
                    assert 0 < told.sequence - opened.sequence <= len(batch)
                elif by in known and not isinstance(told.event, PolicyRefused):
                    assert (service.name, told.key, type(told.event), by) in effects

    def effects(self) -> Iterator[tuple[str, Key, type[Event], str]]:
        """Per unit: an aggregate that has to be there, the event that began it, and the policy that sees to it."""
        for told in self.services[SUBCOMMITTEE.name].history.told:
            match told.event:
                case ItemAssigned(unit=unit):
                    yield unit, ("task", told.key[1]), TaskOpened, "policy.open-assigned-items"
                case DirectiveIssued(kind=DirectiveKind.REVIEW, units=units):
                    for unit in units:
                        yield unit, ("review", told.key[1]), ReviewOpened, "policy.open-ordered-reviews"
        for told in self.services[LOGISTICS.name].history.told:
            if getattr(told.event, "resource_kind", None) in ("hall", "lodging"):
                asked = f"clearance-{told.key[1]}-{told.event.reservation_id}"
                yield SECURITY.name, ("clearance", asked), ClearanceRequested, "policy.clearance-for-reserved-venues"

    async def the_views_say_what_the_ledger_says(self) -> None:
        views = ViewStore(self.database)
        end = len(self.ledger)
        for tracker in self.trackers:
            while not (tracker.upto == end and await tracker.settle()):
                await tracker.fold(PAGE, end) if tracker.upto < end else await tracker.start()
        verdict = await verify(self.reader, views, lambda *_: None)
        assert (verdict.nothing_wrong, verdict.difference, verdict.sequence) == (True, None, end)
        assert [row["_id"] for row in await views.documents(AUDIT_TRAIL)] == list(range(1, end + 1))
        for stored in self.ledger:
            event = decode_event(stored)
            assert isinstance(event, Recorded)
            for view in VIEWS_OF[event.envelope.type]:
                for key in view.route(event):
                    assert await views.documents(view.name, _id=key)


@short_and_long(FEWER, EXAMPLES)
def test_whatever_is_delivered_twice_or_late_every_effect_is_there_once_and_the_views_say_so(
    endpoints, congress, examples
):
    met: Counter[Mishap] = Counter()
    effective: Counter[str] = Counter()
    with standing_still(endpoints) as (loop, connection):
        told = {"congress": congress, "mongo_url": endpoints.mongo_url, "met": met, "effective": effective}
        machine = type("Machine", (Machine,), {**told, "loop": loop, "connection": connection})
        run_state_machine_as_test(machine, settings=effort(examples, STEPS))
    assert effective.keys() > {"a refusal", "open-assigned-items", "open-ordered-reviews"}
    assert met.keys() == set(Mishap)
