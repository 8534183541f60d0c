"""What every unit service promises about commands, whichever aggregates it is made of."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import msgspec
import pytest
from pydantic import ValidationError

from shared.domain import task
from shared.domain.decider import Actor, Refused
from shared.events.directive import DirectiveIssued
from shared.eventstore.envelope import Cause, decode, encode, event_id
from shared.eventstore.jetstream_api import js_api
from shared.eventstore.names import service_stream
from shared.eventstore.store import EventStore
from shared.i18n import format_minute
from shared.unit.commands import Answer, CommandHandler, CommandRequest
from shared.unit.policies import Policy, apply
from shared.unit.problems import invalid_input
from shared.unit.refusals import REFUSALS, cause_of_unreadable
from tests.contract.units import (
    HALL,
    LOCALITY,
    NEEDS,
    OPENED_BY,
    SERVICE_AGGREGATES,
    SHOWN,
    TASK,
    in_ledger,
    item,
    opening,
    published,
)

HAPPENED = datetime.fromisoformat("2020-08-17T09:00:00+07:00")
EVERY_AGGREGATE = [
    pytest.param(service, aggregate.entity, id=f"{service} {aggregate.entity}")
    for service, aggregates in SERVICE_AGGREGATES.items()
    for aggregate in aggregates
    if not aggregate.internal
]
of_every_aggregate = pytest.mark.parametrize(("service", "entity"), EVERY_AGGREGATE)


def actor_id(service, by):
    return by if by.startswith("policy.") else f"{service}.{by}"


class Instance:
    """One running copy of a service, with a memory of its own."""

    def __init__(self, connection, congress, service):
        self.service = service
        self._connection = connection
        self._stream = service_stream(congress, service)
        self._store = EventStore(connection, congress, service)
        self._handler = CommandHandler(self._store, SERVICE_AGGREGATES[service])

    async def send(self, command, data, command_id=None, by="officer", happened=HAPPENED) -> Answer:
        request = CommandRequest(command_id=command_id or uuid4(), data=data, happened=happened)
        return await self._handler.handle(command, request, Actor(actor_id(self.service, by), self.service))

    async def begin(self, entity, command_id=None) -> Answer:
        """The opening of the entity's story, by who may."""
        command, data, _ = opening("Một")[entity]
        return await self.send(command, data, command_id, by=OPENED_BY.get(entity, "officer"))

    async def outcome(self, command, data, **how) -> str:
        """The type of the event it led to, or the code of the refusal."""
        try:
            answer = await self.send(command, data, **how)
        except Refused as refused:
            return refused.code
        return answer.events[-1].type.split(".")[-2] if answer.events else "silence"

    async def load(self, reference):
        stored = await self._store.load(reference.entity, reference.entity_id, reference.sequence - 1)
        return stored[0], decode(stored[0].body)

    async def written(self) -> int:
        return (await js_api(self._connection, f"STREAM.INFO.{self._stream}", {}))["state"]["last_seq"]

    async def prepare(self, entity) -> int:
        """Does what has to come before an `entity` can begin: how many events that are."""
        if entity in NEEDS:
            await self.send(*NEEDS[entity])
        return await self.written()


@pytest.fixture
def start(connection, congress):
    return lambda service="logistics": Instance(connection, congress, service)


# --- one command ---
@of_every_aggregate
async def test_a_command_stores_who_did_what_and_when_it_happened(start, service, entity):
    unit, command_id, began = start(service), uuid4(), datetime.now(UTC)
    before = await unit.prepare(entity)
    answer = await unit.begin(entity, command_id)
    assert [each.sequence for each in answer.events] == list(range(before + 1, await unit.written() + 1))
    assert answer.sequence == answer.events[-1].sequence
    for reference in answer.events:
        stored, envelope = await unit.load(reference)
        assert stored.sequence == reference.sequence
        assert (envelope.source, envelope.actor) == (service, actor_id(service, OPENED_BY.get(entity, "officer")))
        assert (UUID(envelope.id), envelope.type, envelope.subject) == (
            reference.id,
            reference.type,
            reference.entity_id,
        )
        assert UUID(envelope.id) == event_id(command_id, entity, reference.entity_id, 0)
        assert envelope.correlationid == envelope.causationid == str(command_id)
        assert envelope.time == HAPPENED
        assert abs(stored.recorded - began) < timedelta(minutes=1)


@of_every_aggregate
async def test_the_same_command_id_gets_the_same_answer_and_stores_nothing_twice(start, service, entity):
    unit, other, command_id = start(service), start(service), uuid4()
    before = await unit.prepare(entity)
    first = await unit.begin(entity, command_id)
    assert await unit.begin(entity, command_id) == first
    assert await other.begin(entity, command_id) == first
    assert await unit.written() == before + len(first.events)


@of_every_aggregate
async def test_the_same_command_id_at_two_instances_at_once_is_stored_once(start, service, entity):
    command_id = uuid4()
    units = [start(service) for _ in range(4)]
    before = await units[0].prepare(entity)
    answers = await asyncio.gather(*(unit.begin(entity, command_id) for unit in units for _ in range(2)))
    assert all(answer == answers[0] for answer in answers)
    assert await units[0].written() == before + len(answers[0].events)


@of_every_aggregate
async def test_what_is_so_already_writes_nothing_and_what_a_rule_forbids_neither(start, service, entity):
    unit = start(service)
    before = await unit.prepare(entity)
    code = opening("Một")[entity][2]
    first = await unit.begin(entity)
    for instance in (unit, start(service)):
        assert await instance.begin(entity) == Answer(events=(), sequence=first.sequence)
        assert await instance.outcome(*opening("Hai")[entity][:2]) == code
    assert await unit.written() == before + len(first.events)


@pytest.mark.parametrize("service", SERVICE_AGGREGATES)
async def test_a_command_from_the_future_or_from_nowhere_is_refused(start, service):
    unit = start(service)
    command, data, _ = opening("Một")["document"]
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    assert await unit.outcome(command, data, happened=tomorrow) == "happened_in_future"
    assert await unit.outcome("burn-document", data) == "unknown_command"
    assert await unit.written() == 0
    assert await unit.outcome(command, data, happened=None) == "issued"


async def test_nothing_happens_before_the_beginning_of_what_it_happens_to(start):
    here, there = start(), start()
    await here.send("open-task", TASK)
    deadline = {"task_id": "1-03", "deadline": "2020-09-20"}
    for instance in (here, there, start()):
        with pytest.raises(Refused) as refused:
            await instance.send("set-deadline", deadline, happened=HAPPENED - timedelta(seconds=1))
        assert refused.value.code == "happened_before_beginning"
        before = format_minute(HAPPENED - timedelta(seconds=1))
        assert refused.value.params == {"entity_id": "1-03", "began": format_minute(HAPPENED), "happened": before}
    assert await there.outcome("set-deadline", deadline) == "deadline-set"
    assert (
        await here.outcome("open-task", TASK | {"task_id": "1-04"}, happened=HAPPENED - timedelta(days=1)) == "opened"
    )


async def test_what_a_policy_does_is_dated_no_earlier_than_what_it_does_it_to(policies_of_logistics):
    store, handler = policies_of_logistics
    later = HAPPENED + timedelta(days=1)
    request = CommandRequest(command_id=uuid4(), data=TASK, happened=later)
    await handler.handle("open-task", request, Actor("logistics.officer", "logistics"))

    def cancels(*_):
        return [task.CancelTask(task_id="1-03", reason="Trùng việc")]

    await apply(a_policy(cancels), in_ledger(a_directive()), handler, "logistics")
    _, cancelled = await store.load("task", "1-03")
    assert decode(cancelled.body).time == later


async def test_invalid_data_names_every_wrong_field_and_writes_nothing(start):
    unit = start()
    wrong = {
        "task_id": "1.03",
        "title": {"vi": "", "fr": "x"},
        "group": {"number": 0, "name": {"vi": "x"}},
        "phase": "never",
        "planned_vnd": "5",
        "colour": "red",
    }
    with pytest.raises(ValidationError) as raised:
        await unit.send("open-task", wrong)
    named = {error.field for error in invalid_input(raised.value).errors}
    expected = {"task_id", "title.vi", "title.fr", "group.number", "phase", "scenario", "planned_vnd", "colour"}
    assert named == expected
    assert await unit.written() == 0


# --- two instances, one of which remembers what is no longer so ---
THE_TASK = {"task_id": "1-03"}
IN_CHARGE = THE_TASK | {"collective": "Sở Y tế", "individual": "Giám đốc"}


async def in_progress(unit, task_id="1-03"):
    named = {"task_id": task_id}
    for command, data in (("open-task", TASK), ("assign-task", IN_CHARGE), ("start-task", THE_TASK)):
        await unit.send(command, data | named)
    await unit.send("report-progress", named | {"percent": 50})


async def test_a_refusal_from_a_stale_memory_is_decided_afresh(start):
    here, there = start(), start()
    await in_progress(here)
    await here.send("submit-task", THE_TASK | SHOWN)
    await there.send("return-task", THE_TASK | {"reason": "Thiếu phụ lục"}, by="lead")
    assert await here.outcome("report-progress", THE_TASK | {"percent": 80}) == "progressed"


async def test_silence_from_a_stale_memory_is_decided_afresh(start):
    here, there = start(), start()
    await in_progress(here)
    await there.send("report-progress", THE_TASK | {"percent": 60})
    assert await here.outcome("report-progress", THE_TASK | {"percent": 50}) == "progressed"
    assert await here.written() == 6


async def test_silence_about_one_of_many_aggregates_from_a_stale_memory_is_decided_afresh(start):
    here, there = start("subcommittee"), start("subcommittee")

    def entry(organisation_id):
        return {"organisation_id": organisation_id, "kind": "agency", "name": {"vi": "Sở"}, "positions": ["Giám đốc"]}

    await here.send("register-organisations", {"entries": [entry("so-a")]})
    await there.send("remove-position", {"organisation_id": "so-a", "position": "Giám đốc"})
    answer = await here.send("register-organisations", {"entries": [entry("so-a"), entry("so-b")]})
    assert [(each.entity_id, each.type.split(".")[-2]) for each in answer.events] == [
        ("so-a", "position-added"),
        ("so-b", "registered"),
        ("so-b", "position-added"),
    ]


async def test_consent_from_a_stale_memory_is_decided_afresh(start):
    here, there = start(), start()
    await in_progress(here)
    await there.send("submit-task", THE_TASK | SHOWN)
    await there.send("complete-task", THE_TASK, by="lead")
    assert await here.outcome("report-progress", THE_TASK | {"percent": 80}) == "task_closed"
    assert await here.outcome("complete-task", THE_TASK) == "silence"
    assert await here.written() == 6


async def test_a_command_another_instance_has_done_is_answered_despite_a_stale_memory(start):
    here, there, command_id = start(), start(), uuid4()
    await in_progress(here)
    done = await there.send("submit-task", THE_TASK | SHOWN, command_id)
    await there.send("complete-task", THE_TASK, by="lead")
    assert await here.send("submit-task", THE_TASK | SHOWN, command_id) == done
    assert await here.written() == 6


async def test_a_command_another_instance_has_done_to_many_aggregates_is_answered_whole(start):
    here, there, command_id = start("subcommittee"), start("subcommittee"), uuid4()
    await here.send("publish-catalogue", published(item("1.01")))
    await there.send("publish-catalogue", published(item("1.02")))
    assigned = {"unit": "logistics", "item_ids": ["1-01", "1-02"]}
    done = await there.send("assign-items", assigned, command_id)
    assert await here.send("assign-items", assigned, command_id) == done
    assert await here.written() == 4


# --- at once ---
async def test_of_two_contradicting_commands_one_wins_and_the_other_is_refused_by_the_rule(start):
    here, there = start(), start()
    for number in range(5):
        task = {"task_id": f"t{number}"}
        await in_progress(here, task["task_id"])
        await there.send("submit-task", task | SHOWN)
        both = await asyncio.gather(
            here.outcome("complete-task", task, by="lead"),
            there.outcome("return-task", task | {"reason": "Thiếu phụ lục"}, by="deputy"),
        )
        assert both in (["completed", "task_closed"], ["task_not_submitted", "returned"])
    assert await here.written() == 5 * 6


async def test_two_commands_at_once_that_both_can_be_both_are(start):
    here, there = start(), start()
    await in_progress(here)
    funding = THE_TASK | {"secured_vnd": 1, "funding_source": "Ngân sách"}
    deadline = THE_TASK | {"deadline": "2020-09-20"}
    both = await asyncio.gather(here.outcome("fund-task", funding), there.outcome("set-deadline", deadline))
    assert both == ["funded", "deadline-set"]
    assert await here.written() == 6


async def test_of_many_reservations_at_once_exactly_those_that_do_not_overlap_succeed(start):
    units = [start() for _ in range(3)]
    await units[0].send("register-resource", HALL)

    def reservation(number):
        morning = HAPPENED + timedelta(hours=4 * (number % 5), minutes=number)
        hours = {"starts": morning.isoformat(), "ends": (morning + timedelta(hours=3)).isoformat()}
        return {"resource_id": "hall-1", "reservation_id": f"r{number}", **hours, "purpose": "Phiên họp"}

    outcomes = await asyncio.gather(
        *(units[number % 3].outcome("reserve-resource", reservation(number)) for number in range(30))
    )
    won = [number for number, outcome in enumerate(outcomes) if outcome == "reserved"]
    assert sorted(number % 5 for number in won) == [0, 1, 2, 3, 4]
    assert set(outcomes) == {"reserved", "resource_already_reserved"}
    assert await units[0].written() == 1 + 5


@pytest.mark.parametrize("instances", [1, 3])
async def test_reservations_that_do_not_overlap_all_succeed_however_many_come_at_once(start, instances):
    units = [start() for _ in range(instances)]
    await units[0].send("register-resource", HALL)

    def reservation(number):
        morning = HAPPENED + timedelta(hours=4 * number)
        hours = {"starts": morning.isoformat(), "ends": (morning + timedelta(hours=3)).isoformat()}
        return {"resource_id": "hall-1", "reservation_id": f"r{number}", **hours, "purpose": "Phiên họp"}

    outcomes = await asyncio.gather(
        *(units[number % instances].outcome("reserve-resource", reservation(number)) for number in range(60))
    )
    assert set(outcomes) == {"reserved"}
    assert await units[0].written() == 1 + 60


# --- many aggregates, one command ---
async def test_a_catalogue_with_one_item_published_otherwise_is_not_published_at_all(start):
    unit = start("subcommittee")
    await unit.send("publish-catalogue", published(item("1.02")))
    otherwise = published(item("1.01"), item("1.02", budget_vnd=1), item("1.03"))
    for instance in (unit, start("subcommittee")):
        assert await instance.outcome("publish-catalogue", otherwise) == "catalogue_item_already_published"
    assert await unit.written() == 1
    answer = await unit.send("publish-catalogue", published(item("1.01"), item("1.02"), item("1.03")))
    assert [each.entity_id for each in answer.events] == ["1-01", "1-03"]


async def test_an_import_with_one_change_that_is_forbidden_changes_nothing_at_all(start):
    unit = start("subcommittee")
    await unit.send("publish-catalogue", published(item("1.01"), item("1.02"), item("1.03")))
    await unit.send("assign-items", {"unit": "logistics", "item_ids": ["1-03"]})
    source = {"catalogue": "xx", "note": {"vi": "Danh mục"}}
    change = {"publish": [item("1.04")], "revise": [item("1.01", budget_vnd=1)], "withdraw": ["1-02"]}
    forbidden = source | change | {"withdraw": ["1-02", "1-03"]}
    for instance in (unit, start("subcommittee")):
        assert await instance.outcome("import-catalogue", forbidden) == "catalogue_item_assigned"
    assert await unit.written() == 4
    answer = await unit.send("import-catalogue", source | change)
    assert [(each.entity_id, each.type.split(".")[-2]) for each in answer.events] == [
        ("1-04", "published"),
        ("1-01", "revised"),
        ("1-02", "withdrawn"),
    ]
    for instance in (unit, start("subcommittee")):
        assert await instance.outcome("import-catalogue", source | change) == "silence"
    assert await unit.written() == 4 + 3


async def test_items_are_assigned_all_or_none(start):
    here, there = start("subcommittee"), start("subcommittee")
    await here.send("publish-catalogue", published(item("1.01"), item("1.02")))

    async def assign(unit, *item_ids, to="logistics"):
        return await unit.outcome("assign-items", {"unit": to, "item_ids": item_ids})

    assert await assign(here, "1-01", "1-99") == "catalogue_item_not_found"
    assert await here.written() == 2
    assert await assign(there, "1-02", to="security") == "assigned"
    assert await assign(here, "1-01", "1-02") == "catalogue_item_already_assigned"
    assert await here.written() == 3


async def test_two_bulk_commands_at_once_never_mix(start):
    here, there = start("subcommittee"), start("subcommittee")
    codes = [f"2.{number:02}" for number in range(20)]
    outcomes = await asyncio.gather(
        *(
            unit.outcome("publish-catalogue", published(*(item(code, budget_vnd=budget) for code in order)))
            for unit, budget, order in ((here, 1, codes), (there, 2, codes[::-1]))
        )
    )
    assert sorted(outcomes) == ["catalogue_item_already_published", "published"]
    assert await here.written() == 20


LOCALITIES = [f"xa-{number:03}" for number in range(100)]


def a_register(**changes):
    return {"entries": [LOCALITY | {"organisation_id": locality} | changes for locality in LOCALITIES]}


def sanitation(*localities, **changes):
    phases = [{"phase": phase, "deadline": "2020-09-20"} for phase in ("before", "during", "after")]
    return {"unit": "logistics", "duty": "sanitation", "phases": phases, "localities": localities} | changes


async def test_a_duty_goes_to_a_hundred_localities_in_three_phases_in_one_batch(start):
    here, there, command_id = start("subcommittee"), start("subcommittee"), uuid4()
    await here.send("register-organisations", a_register())
    before = await here.written()
    answer = await here.send("hand-out-duty", sanitation(*LOCALITIES), command_id)
    assert [each.sequence for each in answer.events] == list(range(before + 1, before + 301))
    assert {each.entity_id for each in answer.events} == {
        f"{locality}-sanitation-{phase}" for locality in LOCALITIES for phase in ("before", "during", "after")
    }
    _, envelope = await there.load(answer.events[0])
    assert envelope.data["responsible"] == LOCALITY["positions"][0]
    assert await there.send("hand-out-duty", sanitation(*LOCALITIES), command_id) == answer
    for instance in (here, start("subcommittee")):
        assert await instance.outcome("hand-out-duty", sanitation(*LOCALITIES)) == "silence"
    assert await here.written() == before + 300


async def test_a_duty_is_handed_out_to_all_or_none(start):
    here, there = start("subcommittee"), start("subcommittee")
    agency = LOCALITY | {"organisation_id": "so-y-te", "kind": "agency"}
    nobody = LOCALITY | {"organisation_id": "bare", "positions": []}
    await here.send("register-organisations", {"entries": [LOCALITY, agency, nobody]})
    before = await here.written()
    for wrong, code in (
        ("nowhere", "organisation_not_found"),
        ("so-y-te", "organisation_not_a_locality"),
        ("bare", "locality_without_position"),
    ):
        for instance in (here, there):
            assert await instance.outcome("hand-out-duty", sanitation("giao-thuy", wrong)) == code
    assert await here.written() == before
    await there.send("add-position", {"organisation_id": "bare", "position": "Chủ tịch UBND xã"})
    assert await here.outcome("hand-out-duty", sanitation("giao-thuy", "bare")) == "handed-out"
    assert await here.outcome("hand-out-duty", sanitation("giao-thuy", unit="security")) == "duty_already_handed_out"


async def test_of_two_that_hand_out_the_same_duty_at_once_one_does_and_the_other_finds_it_done_or_is_refused(start):
    here, there = start("subcommittee"), start("subcommittee")
    await here.send("register-organisations", a_register())
    before = await here.written()
    some, others = LOCALITIES[:20], LOCALITIES[19:0:-1]
    at_odds = await asyncio.gather(
        here.outcome("hand-out-duty", sanitation(*some)),
        there.outcome("hand-out-duty", sanitation(*others, unit="security")),
    )
    assert sorted(at_odds) == ["duty_already_handed_out", "handed-out"]
    won = (some, others)[at_odds.index("handed-out")]
    assert await here.written() == before + 3 * len(won)
    agreed = await asyncio.gather(
        *(unit.outcome("hand-out-duty", sanitation(*LOCALITIES[20:40])) for unit in (here, there))
    )
    assert sorted(agreed) == ["handed-out", "silence"]
    assert await here.written() == before + 3 * (len(won) + 20)


# --- policies that fail ---
def clumsy(*_):
    raise ValueError("built a command that is none")


def to_nobody(*_):
    return [task.StartTask(task_id="nobody-opened-it")]


@pytest.fixture
def policies_of_logistics(connection, congress):
    store = EventStore(connection, congress, "logistics")
    return store, CommandHandler(store, [task.AGGREGATE, REFUSALS])


def a_directive(**changes):
    """One of the sub-committee's, as a policy may meet it."""
    ours = uuid4()
    cause = Cause(command_id=ours, actor=Actor("x", "y"), happened=HAPPENED, correlation_id=ours, causation_id=ours)
    issued = DirectiveIssued(kind="review", text={"vi": "Rà soát"}, units=("logistics",))
    return msgspec.structs.replace(encode(issued, cause, "subcommittee", "directive", "d1", 0), **changes)


def a_policy(react):
    return Policy("clumsy", "subcommittee", (DirectiveIssued,), react)


@pytest.mark.parametrize(("react", "code"), [(clumsy, "internal"), (to_nobody, "task_not_found")])
async def test_what_a_policy_can_not_do_is_put_on_record_once(policies_of_logistics, react, code):
    store, handler = policies_of_logistics
    envelope = a_directive()
    for _ in range(2):
        await apply(a_policy(react), in_ledger(envelope, 7), handler, "logistics", last_try=True)
    (stored,) = await store.load("policy", envelope.id)
    data = decode(stored.body).data
    assert (data["code"], data["sequence"]) == (code, 7)


def misplaced(stored):
    return msgspec.structs.replace(stored, subject="evt.xx.subcommittee.directive.d2")


def from_elsewhere(stored):
    return msgspec.structs.replace(stored, source="EVENTS_LOGISTICS_xx 7 > > -")


def of_no_origin(stored):
    return msgspec.structs.replace(stored, source="")


def garbage(stored):
    return msgspec.structs.replace(stored, body=b"{")


UNREADABLE = {
    "an id that is none": in_ledger(a_directive(id="x" * 36), 7),
    "a correlation that is none": in_ledger(a_directive(correlationid="x" * 36), 7),
    "a cause that is none": in_ledger(a_directive(causationid="x" * 36), 7),
    "an event of tomorrow": in_ledger(a_directive(type="vn.daihoi.directive.issued.v2"), 7),
    "a type that does not fit": in_ledger(a_directive(data={"kind": "never"}), 7),
    "a number beyond 64 bits": in_ledger(a_directive(data=a_directive().data | {"more": 2**70}), 7),
    "another id": misplaced(in_ledger(a_directive(), 7)),
    "another stream": from_elsewhere(in_ledger(a_directive(), 7)),
    "no stream": of_no_origin(in_ledger(a_directive(), 7)),
    "garbage": garbage(in_ledger(a_directive(), 7)),
}


@pytest.mark.parametrize("stored", UNREADABLE.values(), ids=UNREADABLE.keys())
async def test_an_event_that_a_policy_can_not_read_is_put_on_record_by_its_place(policies_of_logistics, stored):
    store, handler = policies_of_logistics
    for _ in range(2):
        await apply(a_policy(to_nobody), stored, handler, "logistics")
    (recorded,) = await store.load("policy", str(cause_of_unreadable(7)))
    data = decode(recorded.body).data
    assert (data["policy"], data["code"], data["sequence"]) == ("clumsy", "unreadable_event", 7)


async def test_an_event_of_another_type_is_no_business_of_the_policy(policies_of_logistics):
    store, handler = policies_of_logistics
    await apply(a_policy(clumsy), in_ledger(a_directive(type="vn.daihoi.directive.closed.v1")), handler, "logistics")
    assert await store.ids("policy") == []


async def test_a_policy_that_fails_is_tried_again_before_it_is_given_up(policies_of_logistics):
    store, handler = policies_of_logistics
    envelope = a_directive()
    with pytest.raises(ValueError, match="none"):
        await apply(a_policy(clumsy), in_ledger(envelope), handler, "logistics")
    assert await store.load("policy", envelope.id) == []


# --- decisions that look at other aggregates of the service ---
async def test_a_review_lists_the_live_tasks_and_closes_when_every_gap_is_fixed_or_explained(start):
    here, there = start(), start()
    for number in (1, 2, 3):
        await here.send("open-task", TASK | {"task_id": f"1-0{number}"})
    await here.send("cancel-task", {"task_id": "1-03", "reason": "Không còn cần"}, by="lead")
    review = {"review_id": "d1"}
    assert await here.outcome("open-review", review | {"directive_id": "d1"}) == "opened"
    assert await there.outcome("close-review", review, by="lead") == "gaps_left"

    for task_id in ("1-01", "1-02"):
        await here.send("assign-task", {"task_id": task_id, "collective": "Sở Y tế", "individual": "Phó Giám đốc"})
        await here.send("set-deadline", {"task_id": task_id, "deadline": "2020-09-20"})
    await here.send("fund-task", {"task_id": "1-01", "secured_vnd": 5_000_000, "funding_source": "Ngân sách tỉnh"})
    assert await there.outcome("confirm-review-item", review | {"task_id": "1-03"}) == "task_not_reviewed"
    assert await there.outcome("confirm-review-item", review | {"task_id": "1-01"}) == "item-confirmed"
    assert await there.outcome("close-review", review, by="lead") == "gaps_left"

    explained = review | {"task_id": "1-02", "essential": "funding", "reason": "Chờ dự toán bổ sung"}
    assert await here.outcome("explain-gap", explained) == "gap-explained"
    assert await there.outcome("close-review", review) == "not_the_lead"
    assert await there.outcome("close-review", review, by="lead") == "closed"
    assert await here.outcome("explain-gap", explained | {"reason": "Khác"}) == "review_closed"


async def test_a_deadline_that_is_over_when_it_is_given_is_accepted_only_with_a_reason(start):
    here, late = start(), HAPPENED + timedelta(days=60)
    await here.send("open-task", TASK)
    told = {"task_id": "1-03", "deadline": "2020-09-20"}
    assert await here.outcome("set-deadline", told, happened=late) == "deadline_in_the_past"
    assert await here.outcome("set-deadline", told, happened=None) == "deadline_in_the_past"
    answer = await here.send("set-deadline", told | {"past_because": "Ghi bổ sung"}, happened=late)
    _, envelope = await here.load(answer.events[0])
    assert envelope.data == {"deadline": "2020-09-20", "past_because": "Ghi bổ sung"}


async def test_a_decision_sees_what_another_instance_has_just_written(start):
    here, there = start(), start()
    await here.send("open-task", TASK)
    await here.send("open-review", {"review_id": "d1", "directive_id": "d1"})
    await there.send("confirm-review-item", {"review_id": "d1", "task_id": "1-03"})
    await here.send("assign-task", {"task_id": "1-03", "collective": "Sở Y tế", "individual": "Phó Giám đốc"})
    answer = await there.send("confirm-review-item", {"review_id": "d1", "task_id": "1-03"})
    _, envelope = await there.load(answer.events[0])
    assert envelope.data["finding"]["missing"] == ["deadline", "funding"]
