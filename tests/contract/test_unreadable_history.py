"""A service's own stream may hold what is no event of its own: the service names it, decides nothing on it, and
goes on when the sub-committee has discarded it."""

import json
from datetime import datetime
from uuid import uuid4

import pytest

from services.subcommittee import parked_event
from shared.domain.decider import Actor, Refused
from shared.events.scenario import ScenarioSwitched
from shared.eventstore.envelope import Cause, decode, encode
from shared.eventstore.ledger import Ledger
from shared.eventstore.names import event_subject
from shared.eventstore.store import EventStore
from shared.unit.commands import CommandHandler
from shared.unit.discards import Discards
from shared.unit.policies import apply
from shared.unit.refusals import REFUSALS
from shared.unit.requests import CommandRequest
from shared.unit.support_unit import FOLLOW_SWITCHES
from shared.values.units import SUBCOMMITTEE
from tests.contract.units import LOGISTICS, TASK, in_ledger
from tests.waiting import until

HAPPENED = datetime.fromisoformat("2020-09-10T14:00:00+07:00")
UNIT = "logistics"
PLACE = {"service": UNIT, "entity_id": "1-03"}


class Bus:
    """The unit and the sub-committee, and a plain connection that anybody may have."""

    def __init__(self, connection, congress):
        self.connection, self.congress = connection, congress
        self.ledger = Ledger(connection, congress)
        discards = Discards(connection, congress)
        self._handlers = {
            UNIT: CommandHandler(
                EventStore(connection, congress, UNIT), [*LOGISTICS.aggregates, REFUSALS], discards=discards
            ),
            SUBCOMMITTEE: CommandHandler(EventStore(connection, congress, SUBCOMMITTEE), [parked_event.AGGREGATE]),
        }

    async def send(self, command, data, service=UNIT, by="lead"):
        request = CommandRequest(command_id=uuid4(), data=data, happened=HAPPENED)
        return await self._handlers[service].handle(command, request, Actor(f"{service}.{by}", service))

    async def outcome(self, command, data):
        try:
            answer = await self.send(command, data)
        except Refused as refused:
            return refused.code
        return answer.events[-1].type.split(".")[-2] if answer.events else "silence"

    async def put(self, body, entity_id="1-03", headers=None):
        """Its sequence in the unit's stream."""
        subject = event_subject(self.congress, UNIT, "task", entity_id)
        return (await self.connection.jetstream().publish(subject, body, headers=headers)).seq

    async def discard(self, origin_sequence, entity_id="1-03", at=3, parked_as=None):
        """Once the ledger holds everything that was written, and until it holds the discard."""
        await self._ledger_has(at)
        data = {"sequence": at, "stored_under": event_subject(self.congress, UNIT, "task", entity_id)}
        await self.send(
            "discard-parked-event",
            data | {"origin_sequence": origin_sequence, "reason": "Không phải sự kiện", "parked_as": parked_as},
            SUBCOMMITTEE,
            by="office",
        )
        await self._ledger_has(at + 1)

    async def _ledger_has(self, count):
        async def there():
            return await self.ledger.last_sequence() >= count

        await until(there)


@pytest.fixture
def bus(connection, congress):
    return Bus(connection, congress)


def forged(**changes):
    event = {
        "specversion": "1.0",
        "id": str(uuid4()),
        "source": UNIT,
        "type": "vn.daihoi.task.started.v1",
        "subject": "1-03",
        "time": HAPPENED.isoformat(),
        "actor": "logistics.lead",
        "correlationid": str(uuid4()),
        "causationid": str(uuid4()),
        "data": {},
    }
    return json.dumps(event | changes).encode()


FORGERIES = {
    "garbage": b"garbage",
    "an answer of a service": b'{"code":"missing_token"}',
    "an event of tomorrow": forged(type="vn.daihoi.task.started.v2"),
    "an event that says it is another unit's": forged(source="security"),
    "an event about another task": forged(subject="1-04"),
    "an event about another kind of thing": forged(type="vn.daihoi.incident.resolved.v1"),
    "a number beyond 64 bits": forged(type="vn.daihoi.task.progressed.v1", data={"percent": 5, "more": 2**64}),
    "an id that is none": forged(id="x" * 36),
}


@pytest.mark.parametrize("body", FORGERIES.values(), ids=FORGERIES.keys())
async def test_what_is_no_event_of_the_task_is_named_and_a_discard_heals_it(bus, body):
    await bus.send("open-task", TASK)
    await bus.send("set-deadline", {"task_id": "1-03", "deadline": "2020-09-20"})
    sequence = await bus.put(body)
    for _ in range(2):
        with pytest.raises(Refused) as refused:
            await bus.send("cancel-task", {"task_id": "1-03", "reason": "Trùng việc"})
        assert (refused.value.code, refused.value.params) == ("unreadable_history", PLACE | {"sequence": sequence})
    await bus.discard(sequence)
    assert await bus.outcome("cancel-task", {"task_id": "1-03", "reason": "Trùng việc"}) == "cancelled"


async def test_an_event_before_its_beginning_is_named_and_a_discard_heals_it(bus):
    sequence = await bus.put(forged())
    assert await bus.outcome("open-task", TASK) == "unreadable_history"
    await bus.discard(sequence, at=1)
    assert await bus.outcome("open-task", TASK) == "opened"


async def test_what_can_be_read_is_not_struck_out_by_a_discard(bus):
    await bus.send("open-task", TASK)
    await bus.discard(1, at=1)
    garbage = await bus.put(b"garbage")
    assert await bus.outcome("open-task", TASK) == "unreadable_history"
    await bus.discard(garbage, at=3)
    assert await bus.outcome("open-task", TASK) == "silence", "the task is still open"


async def test_what_was_parked_is_struck_out_though_it_can_be_read_and_whoever_remembers_it_forgets_it(bus):
    await bus.send("open-task", TASK)
    sequence = await bus.put(forged(type="vn.daihoi.task.completed.v1", data={}))
    cancel = {"task_id": "1-03", "reason": "Trùng việc"}
    assert await bus.outcome("cancel-task", cancel) == "task_closed"
    await bus.discard(sequence, at=2, parked_as="not_storable")

    async def it_is_struck_out():
        return await bus.outcome("cancel-task", cancel) == "cancelled"

    await until(it_is_struck_out)


@pytest.mark.parametrize("entity_id", ["1-05", "đ", "1-03"], ids=["nobody's", "no id", "a task's"])
async def test_a_review_is_opened_whatever_stands_among_the_tasks(bus, entity_id):
    await bus.send("open-task", TASK)
    await bus.put(b"garbage", entity_id)
    review = {"review_id": "d1"}
    answer = await bus.send("open-review", review | {"directive_id": "d1"})
    (stored,) = await bus._handlers[UNIT]._store.load("review", "d1")
    assert [finding["task_id"] for finding in json.loads(stored.body)["data"]["findings"]] == ["1-03"]
    assert answer.events


async def test_a_switch_reaches_every_task_that_can_be_read(bus, congress):
    for task_id in ("1-03", "1-04"):
        await bus.send("open-task", TASK | {"task_id": task_id, "scenario": "none"})
    await bus.put(b"garbage", "1-05")
    await bus.put(b"garbage", "đ")
    await bus.put(b"garbage", "1-03")
    ours = uuid4()
    cause = Cause(command_id=ours, actor=Actor("x", "y"), happened=HAPPENED, correlation_id=ours, causation_id=ours)
    switched = ScenarioSwitched(number=1, scenario="outbreak", reason="Diễn tập")
    envelope = encode(switched, cause, SUBCOMMITTEE, "scenario", "current", 0)
    handler = bus._handlers[UNIT]
    await apply(FOLLOW_SWITCHES, in_ledger(envelope, congress=congress), handler, UNIT)
    (_, suspended) = await handler._store.load("task", "1-04")
    assert decode(suspended.body).type == "vn.daihoi.task.scenario-followed.v1"
    refused = [decode(each.body).data for each in await handler._store.load("policy", envelope.id)]
    assert [each["code"] for each in refused] == ["unreadable_history"] * 2
