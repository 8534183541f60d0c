"""A switch of the scenario inside one unit: every task follows, once, whatever else happens at the same time."""

import asyncio
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from shared.domain import review, task
from shared.domain.decider import Actor, Refused
from shared.events.code_list import EntryAdded
from shared.events.scenario import ScenarioSwitched
from shared.eventstore.envelope import Cause, as_bytes, decode, decode_data, encode
from shared.eventstore.jetstream_api import js_api
from shared.eventstore.names import event_subject, ledger_stream
from shared.eventstore.store import EventStore
from shared.unit import consumer, deliveries
from shared.unit.commands import CommandHandler, CommandRequest
from shared.unit.following import Follower
from shared.unit.policies import apply
from shared.unit.refusals import REFUSALS
from shared.values.units import SUBCOMMITTEE
from tests.contract.units import LOGISTICS, TASK, in_ledger
from tests.waiting import until

HAPPENED = datetime.fromisoformat("2020-09-10T14:00:00+07:00")
UNIT = "logistics"
ACK_WAIT_S = 0.5
POLICIES = {policy.name: policy for policy in LOGISTICS.policies}


class Instance:
    """One running copy of the unit, with a memory of its own."""

    def __init__(self, store):
        self.store = store
        self.handler = CommandHandler(store, [*LOGISTICS.aggregates, REFUSALS])

    async def send(self, command, data, command_id=None, happened=HAPPENED):
        request = CommandRequest(command_id=command_id or uuid4(), data=data, happened=happened)
        return await self.handler.handle(command, request, Actor(f"{UNIT}.lead", UNIT))

    async def opens(self, task_id, scenario="both", happened=HAPPENED, **changes):
        data = TASK | {"task_id": task_id, "scenario": scenario} | changes
        return await self.send("open-task", data, happened=happened)

    async def hears(self, policy, envelope):
        """The policy reads an event of the ledger."""
        await apply(POLICIES[policy], in_ledger(envelope), self.handler, UNIT)

    async def history(self, task_id):
        models = {event.TYPE: event for event in task.AGGREGATE.events}
        envelopes = [decode(stored.body) for stored in await self.store.load("task", task_id)]
        return [decode_data(envelope, models[envelope.type]) for envelope in envelopes]

    async def suspended(self):
        folded = {each: task.AGGREGATE.fold(await self.history(each)) for each in await self.store.ids("task")}
        return {task_id for task_id, state in folded.items() if state.suspended}

    async def written(self):
        return sum([len(await self.store.load("task", each)) for each in await self.store.ids("task")])


class Interrupted(EventStore):
    """The real store; before its first append something else happens."""

    first = None

    async def append(self, events, expected):
        if self.first is not None:
            happens, self.first = self.first, None
            await happens()
        return await super().append(events, expected)


@pytest.fixture
def start(connection, congress):
    return lambda kind=EventStore: Instance(kind(connection, congress, UNIT))


def switch(number, to):
    return told(ScenarioSwitched(number=number, scenario=to, reason="Diễn tập"), "scenario", "current")


def told(event, entity, entity_id, service=SUBCOMMITTEE):
    ours = uuid4()
    actor = Actor(f"{service}.lead", service)
    cause = Cause(command_id=ours, actor=actor, happened=HAPPENED, correlation_id=ours, causation_id=ours)
    return encode(event, cause, service, entity, entity_id, 0)


async def test_a_switch_suspends_what_does_not_apply_and_the_next_one_resumes_it(start):
    here, there = start(), start()
    for task_id, case in (("1-01", "both"), ("1-02", "none"), ("1-03", "outbreak"), ("1-04", "none")):
        await here.opens(task_id, case)
    await here.send(
        "adjust-variant", {"variant": "outbreak", "task_id": "1-04", "applies": True, "reason": "Vẫn làm"}
    )
    await there.hears("follow-switches", switch(1, "outbreak"))
    assert await here.suspended() == {"1-02"}
    await here.hears("follow-switches", switch(2, "none"))
    assert await there.suspended() == {"1-03"}
    assert [event.TYPE for event in await here.history("1-01")] == ["vn.daihoi.task.opened.v1"]


async def test_of_three_cases_each_suspends_what_is_not_for_it_and_its_own_variant_holds(start):
    here, there = start(), start()
    with pytest.raises(Refused, match="storm is not on the list"):
        await here.opens("1-04", "storm")
    await here.hears("note-lists", storm_is_listed())
    for task_id, case in (("1-01", "both"), ("1-02", "none"), ("1-03", "outbreak"), ("1-04", "storm")):
        await here.opens(task_id, case)
    for case, task_id, change in (
        ("storm", "1-02", {"applies": True}),
        ("storm", "1-01", {"planned_vnd": 3}),
        ("outbreak", "1-01", {"planned_vnd": 5}),
    ):
        await here.send("adjust-variant", {"variant": case, "task_id": task_id, "reason": "Vì thế", **change})
    suspended = {"none": {"1-03", "1-04"}, "storm": {"1-03"}, "outbreak": {"1-02", "1-04"}}
    for number, case in enumerate(("none", "storm", "outbreak", "none"), start=1):
        await there.hears("follow-switches", switch(number, case))
        assert await here.suspended() == suspended[case]
    costs = [event.planned_vnd for event in await here.history("1-01") if hasattr(event, "switch")]
    assert costs == [3, 5, TASK["planned_vnd"]]
    assert await here.store.ids("policy") == []


def storm_is_listed():
    storm = {"id": "storm", "name": {"vi": "Có bão"}}
    return told(EntryAdded(entry=storm), "code-list", "cases")


async def test_the_variant_of_another_case_than_the_one_in_force_holds_nothing_up(start, connection, congress):
    here = start()
    await here.opens("1-02", "none")
    await connection.jetstream().publish(event_subject(congress, UNIT, "variant", "storm"), b"garbage")
    await here.hears("follow-switches", switch(1, "outbreak"))
    assert await here.suspended() == {"1-02"}


async def test_a_switch_told_again_changes_nothing_even_after_the_next_one(start):
    here = start()
    await here.opens("1-02", "none")
    first, second = switch(1, "outbreak"), switch(2, "none")
    for envelope in (first, first, second):
        await here.hears("follow-switches", envelope)
    written = await here.written()
    for envelope in (second, first, second):
        await start().hears("follow-switches", envelope)
    assert await here.written() == written == 3
    assert len(await here.store.load("unit-scenario", "current")) == 4
    assert await here.store.ids("policy") == []


async def test_what_was_reached_before_a_death_is_not_done_again_and_the_rest_is(start):
    here, dying = start(), start(Interrupted)
    for number in range(1, 6):
        await here.opens(f"1-0{number}", "none")
    appends = 0

    class Killed(BaseException):
        pass

    async def dies():
        nonlocal appends
        appends += 1
        dying.store.first = dies
        if appends == 4:  # the record, two tasks, and no more
            raise Killed

    dying.store.first = dies
    envelope = switch(1, "outbreak")
    with pytest.raises(Killed):
        await dying.hears("follow-switches", envelope)
    assert await here.suspended() == {"1-01", "1-02"}
    await start().hears("follow-switches", envelope)
    assert await here.suspended() == {f"1-0{number}" for number in range(1, 6)}
    assert await here.written() == 5 + 5


async def test_a_decision_that_was_overtaken_by_a_switch_is_put_right(start):
    """The slow one saw an outbreak, and the next switch found the task as it should be and was silent."""
    here, slow = start(), start(Interrupted)
    slow.store.first = lambda: here.hears("follow-switches", switch(1, "outbreak"))
    await slow.opens("1-02", "none")

    async def overtaken():
        await here.hears("follow-switches", switch(2, "none"))

    slow.store.first = overtaken
    answer = await slow.send("follow-scenario", {"task_id": "1-02"}, command_id := uuid4())
    assert await here.suspended() == set()
    assert [event.switch for event in (await here.history("1-02"))[1:]] == [1, 2]
    assert await start().send("follow-scenario", {"task_id": "1-02"}, command_id) == answer
    assert await here.written() == 3


async def test_a_task_follows_in_the_batch_that_opens_or_reopens_it_and_again_gives_the_same_answer(start):
    here = start()
    await here.hears("follow-switches", switch(1, "outbreak"))
    opened = await here.send("open-task", TASK | {"scenario": "none"}, opening := uuid4())
    named = {"task_id": TASK["task_id"], "reason": "Cần lại"}
    await here.send("cancel-task", named)
    await here.hears("follow-switches", switch(2, "none"))
    reopened = await here.send("reopen-task", named, reopening := uuid4())
    for answer, begins in ((opened, "opened"), (reopened, "reopened")):
        types = [f"vn.daihoi.task.{what}.v1" for what in (begins, "scenario-followed")]
        assert [event.type for event in answer.events] == types
        assert [event.sequence for event in answer.events] == [answer.sequence - 1, answer.sequence]
    assert await start().send("open-task", TASK | {"scenario": "none"}, opening) == opened
    assert await start().send("reopen-task", named, reopening) == reopened
    assert await here.written() == 5
    assert await here.suspended() == set()


async def test_a_task_opened_with_an_earlier_date_follows_no_earlier_than_the_switch(start):
    here, earlier = start(), HAPPENED - timedelta(days=3)
    await here.hears("follow-switches", switch(1, "outbreak"))
    await here.opens("1-02", "none", happened=earlier)
    dated = [decode(stored.body).time for stored in await here.store.load("task", "1-02")]
    assert dated == [earlier, HAPPENED]


async def test_a_task_whose_opening_was_overtaken_by_a_switch_follows_when_the_ledger_tells_of_it(start):
    here, slow = start(), start(Interrupted)
    slow.store.first = lambda: here.hears("follow-switches", switch(1, "outbreak"))
    await slow.opens("1-02", "none")
    assert await here.suspended() == set()
    (stored,) = await here.store.load("task", "1-02")
    for _ in range(2):
        await here.hears("enter-open-reviews", decode(stored.body))
    assert await here.suspended() == {"1-02"}
    assert await here.written() == 2


async def test_a_task_is_opened_though_what_it_is_to_follow_can_not_be_read(start, connection, congress):
    here = start()
    await here.hears("follow-switches", switch(1, "outbreak"))
    await connection.jetstream().publish(event_subject(congress, UNIT, "variant", "outbreak"), b"garbage")
    await here.opens("1-02", "none")
    (stored,) = await here.store.load("task", "1-02")
    await here.hears("enter-open-reviews", decode(stored.body))
    (refused,) = await here.store.load("policy", decode(stored.body).id)
    assert decode(refused.body).data["code"] == "unreadable_history"


async def test_tasks_opened_at_about_the_same_time_as_switches_end_up_right(start):
    here, there, opening = start(), start(), start()
    envelopes = [switch(number, ("none", "outbreak")[number % 2]) for number in range(1, 6)]

    async def switches():
        for envelope in envelopes:
            await here.hears("follow-switches", envelope)

    async def opens():
        for number in range(30):
            await opening.opens(f"t-{number:02}", ("both", "none", "outbreak")[number % 3])
            stored = await opening.store.load("task", f"t-{number:02}")
            await there.hears("enter-open-reviews", decode(stored[0].body))

    await asyncio.gather(switches(), opens())
    assert await here.suspended() == {f"t-{number:02}" for number in range(1, 30, 3)}


async def test_a_variant_adjusted_while_it_is_in_force_changes_the_task_at_once_and_back(start):
    here = start()
    await here.opens("1-03", "both")
    await here.hears("follow-switches", switch(1, "outbreak"))
    adjustment = {
        "variant": "outbreak",
        "task_id": "1-03",
        "planned_vnd": 1,
        "deadline": "2020-09-15",
        "reason": "Gọn",
    }
    for command, data, policy in (
        ("adjust-variant", adjustment, "follow-when-adjusted"),
        ("withdraw-adjustment", {"variant": "outbreak", "task_id": "1-03"}, "follow-when-adjusted"),
    ):
        answer = await here.send(command, data)
        stored = (await here.store.load("variant", "outbreak", answer.sequence - 1))[0]
        for _ in range(2):
            await here.hears(policy, decode(stored.body))
    _, adjusted, back = await here.history("1-03")
    assert (adjusted.planned_vnd, str(adjusted.deadline), adjusted.suspended) == (1, "2020-09-15", False)
    assert (back.planned_vnd, back.deadline) == (TASK["planned_vnd"], None)


async def test_a_task_cancelled_while_suspended_is_live_again_once_it_is_reopened(start):
    here = start()
    await here.opens("1-02", "none")
    await here.hears("follow-switches", switch(1, "outbreak"))
    await here.send("cancel-task", {"task_id": "1-02", "reason": "Trùng việc"})
    await here.hears("follow-switches", switch(2, "none"))
    answer = await here.send("reopen-task", {"task_id": "1-02", "reason": "Cần lại"})
    stored = (await here.store.load("task", "1-02", answer.sequence - 1))[0]
    await here.hears("enter-open-reviews", decode(stored.body))
    assert await here.suspended() == set()


async def test_a_task_taken_up_or_resumed_while_a_review_is_open_enters_it(start):
    here = start()
    await here.opens("1-01", "outbreak")
    await here.hears("follow-switches", switch(1, "none"))
    await here.send("open-review", {"review_id": "d1", "directive_id": "d1"})
    await here.opens("1-02")
    await here.hears("follow-switches", switch(2, "outbreak"))
    for task_id in ("1-01", "1-02"):
        for stored in await here.store.load("task", task_id):
            for _ in range(2):
                await here.hears("enter-open-reviews", decode(stored.body))
    types = {event.TYPE: event for event in review.AGGREGATE.events}
    envelopes = [decode(stored.body) for stored in await here.store.load("review", "d1")]
    opened, *entered = [decode_data(envelope, types[envelope.type]) for envelope in envelopes]
    assert opened.findings == ()
    assert [(event.TYPE, event.finding.task_id) for event in entered] == [
        ("vn.daihoi.review.task-entered.v1", task_id) for task_id in ("1-01", "1-02")
    ]


# --- a policy that takes long ---
class Slow(EventStore):
    """The real store, at an append that takes longer than the broker waits for an answer."""

    async def append(self, events, expected):
        await asyncio.sleep(4 * ACK_WAIT_S)
        return await super().append(events, expected)


async def test_a_policy_at_work_for_longer_than_the_broker_waits_is_not_told_again(connection, congress, monkeypatch):
    monkeypatch.setattr(consumer, "ACK_WAIT_S", ACK_WAIT_S)
    monkeypatch.setattr(deliveries, "SIGN_OF_LIFE_S", ACK_WAIT_S / 4)
    slow, policy = Instance(Slow(connection, congress, UNIT)), POLICIES["follow-switches"]
    envelopes = [switch(number, ("none", "outbreak")[number % 2]) for number in (1, 2)]
    for envelope in envelopes:
        subject = event_subject(congress, SUBCOMMITTEE, "scenario", "current")
        await connection.jetstream().publish(subject, as_bytes(envelope))
    follower = Follower(connection, congress, UNIT, [policy], slow.handler)
    of_consumer = f"CONSUMER.INFO.{ledger_stream(congress)}.{consumer.consumer_name(UNIT)}"

    async def done():
        told = await js_api(connection, of_consumer, {})
        return told.get("ack_floor", {}).get("stream_seq") == len(envelopes)

    task = asyncio.create_task(follower.run())
    await until(done)
    told = await js_api(connection, of_consumer, {})
    task.cancel()
    assert told["delivered"]["consumer_seq"] == len(envelopes), "each was delivered once"
    assert len(await slow.store.load("unit-scenario", "current")) == 2 * len(envelopes)


async def test_an_effect_is_not_dated_before_the_switch_that_it_follows(start):
    here, earlier = start(), HAPPENED - timedelta(days=3)
    await here.opens("1-03", "none", happened=earlier)
    await here.hears("follow-switches", switch(1, "outbreak"))
    adjusted = {"variant": "outbreak", "task_id": "1-03", "applies": True, "reason": "Vẫn làm"}
    await here.send("adjust-variant", adjusted, happened=earlier)
    (envelope,) = [decode(stored.body) for stored in await here.store.load("variant", "outbreak")]
    await here.hears("follow-when-adjusted", envelope)
    dated = [decode(stored.body).time for stored in await here.store.load("task", "1-03")]
    assert (envelope.time, dated) == (earlier, [earlier, HAPPENED, HAPPENED])
