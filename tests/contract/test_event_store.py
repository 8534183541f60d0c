"""What everything else relies on: appended once or not at all, and read back as it was."""

import asyncio
import json
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID, uuid4

import msgspec
import pytest

from shared.domain.decider import Actor
from shared.events.task import TaskProgressed, TaskStarted
from shared.eventstore import direct
from shared.eventstore import store as storing
from shared.eventstore.envelope import Cause, as_bytes, check_ids, decode, decode_data, encode, event_id
from shared.eventstore.errors import (
    Conflict,
    Duplicate,
    LedgerBroken,
    StreamLost,
    StreamMismatch,
    TooLarge,
    Unavailable,
    Undecodable,
)
from shared.eventstore.jetstream_api import js_api
from shared.eventstore.ledger import Origin, origin_of
from shared.eventstore.names import service_stream
from shared.eventstore.store import EventStore, NewEvent
from shared.eventstore.streams import provision, stream_configs
from shared.platform.nats import nats_connection
from shared.unit.client import HEALTH_TIMEOUT_S
from shared.unit.health import jetstream_health
from shared.values.units import services
from tests.contract.wire import APPEND, COMMIT, GOES_DEAF, MISHAPS, wire_to
from tests.servers import operator_of
from tests.waiting import until

COMMAND, CAUSE = UUID("0b0f1f0e-2f5e-4b7e-9a53-6a3a4b1f7c11"), UUID("5a8d9c54-6d0a-4f53-8f5c-0e1b7f0d2a33")
HAPPENED = datetime.fromisoformat("2020-09-10T09:00:00+07:00")
T1, T2 = ("task", "t1"), ("task", "t2")
NEW = {T1: 0, T2: 0}
ARRIVAL_TIMEOUT_S = 60


def progress(task_id="t1", position=0, command=None, note="", service="logistics", person="") -> NewEvent:
    command = command or uuid4()
    officer = Actor(f"{service}.officer", service, person)
    cause = Cause(command_id=command, actor=officer, happened=HAPPENED, correlation_id=command, causation_id=CAUSE)
    told = TaskProgressed(percent=position % 101, note=note)
    return NewEvent("task", task_id, encode(told, cause, service, "task", task_id, position))


def several(count, task_id="t1", service="logistics") -> list[NewEvent]:
    command = uuid4()
    return [progress(task_id, position, command, service=service) for position in range(count)]


async def stored(store, task_id="t1", after=0):
    """(sequence, envelope) of every event of a task."""
    return [(found.sequence, decode(found.body)) for found in await store.load("task", task_id, after)]


def numbered(first, events):
    return list(enumerate((event.envelope for event in events), start=first))


async def arrived(ledger, count):
    """Everything in the ledger, once `count` events are there."""
    async with asyncio.timeout(ARRIVAL_TIMEOUT_S):
        while await ledger.last_sequence() < count:
            await asyncio.sleep(0.01)
    return [found async for page in ledger.read() for found in page]


@pytest.fixture
def store(connection, congress) -> EventStore:
    return EventStore(connection, congress, "logistics")


@pytest.fixture
async def wired(endpoints, store, congress):
    """The wire, and a store at its end that is sure of nothing."""
    async with (
        wire_to(endpoints.nats_url) as (wire, url),
        nats_connection(url, "wired", operator_of(endpoints)) as connected,
    ):
        connected.options["reconnect_time_wait"] = 0.1
        await js_api(connected, "INFO", {})  # from now on the client listens for answers
        yield wire, EventStore(connected, congress, "logistics", ack_timeout_s=0.3)


@contextmanager
def nobody_answers(wire):
    """Nor does anybody wait for long that it will change."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(direct, "READ_TIMEOUT_S", 0.3)
        patch.setattr(storing, "LOOK_TIMEOUT_S", 0.3)
        wire.deaf = True
        yield
    wire.deaf = False


# --- append and load ---
async def test_events_are_loaded_as_they_were_appended(store):
    first, second = progress(note="Đã thống nhất địa điểm"), progress()
    assert await store.append([first], {T1: 0}) == 1
    assert await store.append([second], {T1: 1}) == 2
    assert await stored(store) == numbered(1, [first, second])
    assert await stored(store, after=1) == numbered(2, [second])
    assert await stored(store, after=2) == await stored(store, "t") == []


async def test_an_aggregate_of_more_events_than_a_page_holds_is_loaded_whole(store):
    batches = [several(1000), several(1000), several(1)]
    last = 0
    for batch in batches:
        last = await store.append(batch, {T1: last})
    assert await stored(store) == numbered(1, [event for batch in batches for event in batch])
    assert [sequence for sequence, _ in await stored(store, after=999)] == list(range(1000, 2002))


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("expected", [0, 1, 3])
async def test_a_stale_or_invented_expectation_is_a_conflict_and_stores_nothing(store, count, expected):
    history = several(2)
    await store.append(history, {T1: 0})
    with pytest.raises(Conflict):
        await store.append(several(count), {T1: expected})
    assert await stored(store) == numbered(1, history)


@pytest.mark.parametrize("count", [1, 3])
async def test_a_new_aggregate_is_expected_at_0(store, count):
    with pytest.raises(Conflict):
        await store.append(several(count), {T1: 7})
    assert await stored(store) == []
    assert await store.append(several(count), {T1: 0}) == count


async def test_several_aggregates_are_appended_as_one_with_contiguous_sequences(store):
    await store.append([progress("t2")], {T2: 0})
    events = [progress("t1"), progress("t2"), progress("t1"), progress("t2")]
    assert await store.append(events, {T1: 0, T2: 1}) == 5
    assert await stored(store, "t1") == [(2, events[0].envelope), (4, events[2].envelope)]
    assert await stored(store, "t2", after=1) == [(3, events[1].envelope), (5, events[3].envelope)]


@pytest.mark.parametrize("stale", [T1, T2])
async def test_a_batch_is_stored_all_or_none(store, stale):
    await store.append([progress("t1"), progress("t2")], NEW)
    with pytest.raises(Conflict):
        await store.append([progress("t1"), progress("t2")], {T1: 1, T2: 2} | {stale: 0})
    assert [len(await stored(store, task_id)) for task_id in ("t1", "t2")] == [1, 1]


@pytest.mark.parametrize("events", [several(1), several(3)], ids=["single", "batch"])
async def test_the_same_event_ids_are_a_duplicate_whatever_is_expected(store, events):
    last = await store.append(events, {T1: 0})
    for expected in (0, last):
        with pytest.raises((Duplicate, Conflict) if expected == 0 else Duplicate):
            await store.append(events, {T1: expected})
    assert await stored(store) == numbered(1, events)


def test_an_event_id_follows_from_the_command_the_aggregate_and_the_position():
    ids = {
        event_id(command, entity, entity_id, position)
        for command in (COMMAND, UUID(int=0))
        for entity, entity_id in (T1, T2, ("document", "t1"))
        for position in (0, 1)
    }
    assert len(ids) == 12
    assert event_id(COMMAND, *T1, 0) == UUID("850949f3-4aeb-5bd2-a9a0-1644de6ab442")


async def test_of_many_appends_with_one_expectation_exactly_one_wins(store):
    contenders = [several(1 + number % 3) for number in range(20)]
    outcomes = await asyncio.gather(*(store.append(events, {T1: 0}) for events in contenders), return_exceptions=True)
    (winner,) = (number for number, outcome in enumerate(outcomes) if isinstance(outcome, int))
    assert all(isinstance(outcome, Conflict) for number, outcome in enumerate(outcomes) if number != winner)
    assert await stored(store) == numbered(1, contenders[winner])


@pytest.mark.parametrize("others", [0, 2])
async def test_an_event_over_the_brokers_limit_is_too_large_and_stores_nothing(connection, store, others):
    with pytest.raises(TooLarge):
        await store.append([*several(others), progress(note="x" * connection.max_payload)], {T1: 0})
    assert await stored(store) == []
    assert await store.append([progress()], {T1: 0}) == 1


@pytest.mark.parametrize("others", [0, 2])
async def test_headers_count_towards_the_brokers_limit_and_the_connection_survives(connection, store, others):
    room = connection.max_payload - len(as_bytes(progress().envelope))
    with pytest.raises(TooLarge):
        await store.append([*several(others), progress(note="x" * (room - 100))], {T1: 0})
    assert await store.append([progress()], {T1: 0}) == 1


async def test_a_ledger_of_very_large_events_is_read_whole(store, ledger):
    last, large = 0, "x" * 200_000
    for _ in range(30):
        last = await store.append([progress(note=large) for _ in range(10)], {T1: last})
    assert [found.sequence for found in await arrived(ledger, last)] == list(range(1, 301))
    assert len(await store.load("task", "t1")) == 300


# --- when acknowledgements and requests get lost ---
async def has_lost(wire, count):
    async with asyncio.timeout(ARRIVAL_TIMEOUT_S):
        while wire.lost < count:
            await asyncio.sleep(0.001)


@pytest.mark.parametrize("then", MISHAPS)
@pytest.mark.parametrize(("count", "marker"), [(1, APPEND), (3, APPEND), (3, COMMIT)])
async def test_a_lost_ack_is_resolved_by_reading_back(monkeypatch, wired, store, count, marker, then):
    wire, behind = wired
    await store.append([progress("t2")], {T2: 0})
    if then == GOES_DEAF:  # the first reading back is lost, too
        monkeypatch.setattr(direct, "READ_TIMEOUT_S", 0.3)
    events = several(count)
    wire.lose_answer(marker, then)
    appending = asyncio.create_task(behind.append(events, {T1: 0}))
    await has_lost(wire, 2 if then == GOES_DEAF else 1)
    wire.deaf = False
    assert await appending == 1 + count
    assert await stored(store) == numbered(2, events)


@pytest.mark.parametrize(("count", "marker"), [(1, APPEND), (3, APPEND), (3, COMMIT)])
async def test_an_append_that_never_arrived_is_sent_again_and_stored_once(wired, store, count, marker):
    wire, behind = wired
    events = several(count)
    wire.swallow(marker)
    assert await behind.append(events, {T1: 0}) == count
    assert await stored(store) == numbered(1, events)
    assert wire.lost == 1


@pytest.mark.parametrize(("count", "marker"), [(1, APPEND), (3, COMMIT)])
async def test_an_append_that_never_arrived_conflicts_with_what_was_stored_meanwhile(wired, store, count, marker):
    wire, behind = wired
    faster = progress()
    wire.swallow(marker)
    slower = asyncio.create_task(behind.append(several(count), {T1: 0}))
    await has_lost(wire, 1)
    await store.append([faster], {T1: 0})
    with pytest.raises(Conflict):
        await slower
    assert await stored(store) == numbered(1, [faster])


@pytest.mark.parametrize("count", [1, 3])
async def test_an_append_that_nobody_answers_is_unavailable_and_safe_to_repeat(wired, store, count):
    wire, behind = wired
    events = several(count)
    with nobody_answers(wire):
        with pytest.raises(Unavailable):
            await behind.append(events, {T1: 0})
        with pytest.raises(Unavailable):
            await behind.load(*T1)
    try:
        await behind.append(events, {T1: 0})
    except (Duplicate, Conflict):
        assert count == 1, "the first message of a batch alone stores nothing"
    assert await stored(store) == numbered(1, events)


async def test_health_is_told_before_whoever_asks_for_it_gives_up_also_where_jetstream_is_silent(wired, settings):
    wire, behind = wired
    wire.deaf = True
    async with asyncio.timeout(HEALTH_TIMEOUT_S):
        health = await jetstream_health(behind._connection, settings, behind)
    assert [each.code for each in health.findings] == ["jetstream_silent"]


@pytest.mark.parametrize("then", ["another is acknowledged", "another server may be answering"])
async def test_an_append_that_was_given_up_is_told_until(wired, settings, then):
    wire, behind = wired

    async def told():
        health = await jetstream_health(behind._connection, settings, behind)
        return health.ready, [(each.code, each.about) for each in health.findings]

    assert await told() == (True, [])
    with nobody_answers(wire), pytest.raises(Unavailable):
        await behind.append([progress()], {T1: 0})
    assert await told() == (False, [("append_unacknowledged", "logistics")])
    if then == "another is acknowledged":
        await behind.append([progress("t2")], {T2: 0})
    else:
        wire.close()

    async def all_is_well():
        return await told() == (True, [])

    await until(all_is_well)


async def test_a_loss_is_noticed_while_nobody_asks_and_nothing_is_read_on_top_of_it(
    monkeypatch, connection, congress, store
):
    monkeypatch.setattr("shared.eventstore.wholeness.LOOK_EVERY_S", 0.01)
    await store.append(several(3), {T1: 0})
    watching = asyncio.create_task(store.watch.keep_looking())
    name = service_stream(congress, "logistics")
    config = (await js_api(connection, f"STREAM.INFO.{name}", {}))["config"]
    for limit in (1, -1):
        await js_api(connection, f"STREAM.UPDATE.{name}", config | {"max_msgs": limit})

    async def noticed():
        return store.watch.loss

    await until(noticed)
    watching.cancel()
    with pytest.raises(StreamLost, match="the last good one is 0 of 3"):
        await store.load(*T1)
    with pytest.raises(StreamLost):
        await store.append([progress()], {T1: 3})


# --- the ledger ---
async def test_the_ledger_holds_every_event_of_every_service_in_one_order(connection, congress, ledger):
    told = {service: several(12, service=service) for service in services()}

    async def write(service):
        store = EventStore(connection, congress, service)
        for number, event in enumerate(told[service][:10]):
            await store.append([event], {T1: number})
        await store.append(told[service][10:], {T1: 10})

    await asyncio.gather(*(write(service) for service in services()))
    found = await arrived(ledger, 48)
    assert [each.sequence for each in found] == list(range(1, 49))
    for service, events in told.items():
        mine = [each for each in found if decode(each.body).source == service]
        assert [decode(each.body) for each in mine] == [event.envelope for event in events]
        assert [origin_of(each) for each in mine] == [
            Origin(service_stream(congress, service), n) for n in range(1, 13)
        ]
        assert {each.subject for each in mine} == {f"evt.{congress}.{service}.task.t1"}


async def test_the_ledger_is_read_from_anywhere_up_to_anywhere(connection, congress, ledger):
    for service in ("logistics", "security", "propaganda"):
        await EventStore(connection, congress, service).append(several(900, service=service), {T1: 0})
    await arrived(ledger, 2700)

    async def read(**bounds):
        return [found.sequence async for page in ledger.read(**bounds) for found in page]

    assert await read() == list(range(1, 2701))
    assert await read(after=1000) == list(range(1001, 2701))
    assert await read(after=5, upto=2006) == list(range(6, 2007))
    assert await read(after=2699) == [2700]
    assert await read(after=7, upto=7) == await read(after=2700) == []
    with pytest.raises(LedgerBroken):
        await read(after=2600, upto=2701)


async def test_an_empty_ledger_reads_as_nothing(ledger):
    assert await ledger.last_sequence() == 0
    assert [page async for page in ledger.read()] == []


async def test_a_follower_gets_what_is_appended_later_and_an_empty_page_when_idle(store, ledger, monkeypatch):
    monkeypatch.setattr("shared.eventstore.ledger.IDLE_CHECK_S", 0.1)
    await store.append(several(3), {T1: 0})
    await arrived(ledger, 3)
    following = ledger.follow(after=1)

    async def until_idle():
        async with asyncio.timeout(ARRIVAL_TIMEOUT_S):
            pages = []
            while page := await anext(following):
                pages += page
        return [found.sequence for found in pages]

    assert await until_idle() == [2, 3]
    assert await until_idle() == []
    for last in (3, 4):
        await store.append([progress()], {T1: last})
    await arrived(ledger, 5)
    assert await until_idle() == [4, 5]
    await following.aclose()


async def test_a_follower_that_waits_is_told_of_an_event_before_it_would_look_by_itself(store, ledger, monkeypatch):
    monkeypatch.setattr("shared.eventstore.ledger.IDLE_CHECK_S", 60)
    following = ledger.follow(after=0)
    waiting = asyncio.create_task(anext(following))
    await store.append([progress()], {T1: 0})
    assert [found.sequence for found in await asyncio.wait_for(waiting, ARRIVAL_TIMEOUT_S)] == [1]
    await following.aclose()


async def test_a_ledger_that_ends_before_the_followers_checkpoint_is_broken(store, ledger):
    await store.append([progress()], {T1: 0})
    await arrived(ledger, 1)
    with pytest.raises(LedgerBroken):
        await anext(ledger.follow(after=2))


# --- the envelope ---
async def test_a_stored_event_is_a_cloudevent(store, congress):
    await store.append([progress(command=COMMAND, note="Họp lần 2")], {T1: 0})
    (found,) = await store.load(*T1)
    assert found.subject == f"evt.{congress}.logistics.task.t1"
    assert json.loads(found.body) == {
        "specversion": "1.0",
        "id": str(event_id(COMMAND, *T1, 0)),
        "source": "logistics",
        "type": "vn.daihoi.task.progressed.v1",
        "subject": "t1",
        "time": "2020-09-10T09:00:00+07:00",
        "datacontenttype": "application/json",
        "actor": "logistics.officer",
        "correlationid": str(COMMAND),
        "causationid": str(CAUSE),
        "data": {"percent": 0, "note": "Họp lần 2"},
    }


def test_an_envelope_names_the_person_who_acted_where_one_is_known_and_else_lacks_the_attribute():
    def written(person):
        return json.loads(as_bytes(progress(command=COMMAND, person=person).envelope))

    assert "person" not in written("")
    assert written("nguyen-van-a") == written("") | {"person": "nguyen-van-a"}


@pytest.mark.parametrize("person", ["nguyen van a", "nguyen-van-a\n", "-a", "\u202e"])
def test_a_person_who_is_no_id_is_refused_with_the_other_ids(person):
    with pytest.raises(Undecodable, match="person"):
        check_ids(decode(json.dumps(GOOD | {"person": person}).encode()))


GOOD = json.loads(as_bytes(progress().envelope))
NO_ENVELOPES = {
    "nothing": b"",
    "no JSON": b"{",
    "no object": b"[]",
    "no UTF-8": b"\xff\xfe",
    "a time without a zone": json.dumps(GOOD | {"time": "2020-09-10T09:00:00"}).encode(),
    "another specversion": json.dumps(GOOD | {"specversion": "0.3"}).encode(),
    "another content": json.dumps(GOOD | {"datacontenttype": "text/plain"}).encode(),
    "data that is no object": json.dumps(GOOD | {"data": "x"}).encode(),
    "an id that is none": json.dumps(GOOD | {"id": "1"}).encode(),
    "a person without a name": json.dumps(GOOD | {"person": ""}).encode(),
    "a person without end": json.dumps(GOOD | {"person": "x" * 81}).encode(),
    "a person that is no text": json.dumps(GOOD | {"person": None}).encode(),
}
REQUIRED = ["specversion", "id", "source", "type", "subject", "time", "actor", "correlationid", "causationid", "data"]


@pytest.mark.parametrize("body", NO_ENVELOPES.values(), ids=NO_ENVELOPES.keys())
def test_what_is_no_envelope_is_undecodable(body):
    with pytest.raises(Undecodable):
        decode(body)


@pytest.mark.parametrize("missing", REQUIRED)
def test_an_envelope_without_an_attribute_is_undecodable_and_says_which(missing):
    with pytest.raises(Undecodable, match=missing):
        decode(json.dumps({name: value for name, value in GOOD.items() if name != missing}).encode())


def test_an_envelope_decodes_to_its_typed_event_or_says_why_not():
    envelope = decode(json.dumps(GOOD | {"comment": "from a later version"}).encode())
    assert decode_data(envelope, TaskProgressed) == TaskProgressed(percent=0)
    assert decode_data(envelope, TaskStarted) == TaskStarted()
    with pytest.raises(Undecodable, match="percent"):
        decode_data(msgspec.structs.replace(envelope, data={"percent": "half"}), TaskProgressed)


# --- the streams ---
async def test_provisioning_again_or_at_once_changes_nothing(connection, congress, store, ledger):
    await store.append([progress()], {T1: 0})
    await asyncio.gather(*(provision(connection, congress) for _ in range(5)))
    assert len(await arrived(ledger, 1)) == 1


@pytest.mark.parametrize("change", [{"storage": "memory"}, {"deny_delete": False}, {"max_msgs": 10}], ids=str)
async def test_a_stream_with_other_settings_is_refused(connection, congress, change):
    config = stream_configs(congress)[0]
    await js_api(connection, f"STREAM.DELETE.{config['name']}", {})
    assert "error" not in await js_api(connection, f"STREAM.CREATE.{config['name']}", config | change)
    with pytest.raises(StreamMismatch, match=config["name"]):
        await provision(connection, congress)


async def test_no_stream_lets_anything_be_deleted_or_fall_out(connection, congress, store, ledger):
    await store.append([progress()], {T1: 0})
    await arrived(ledger, 1)
    for wanted in stream_configs(congress):
        name = wanted["name"]
        config = (await js_api(connection, f"STREAM.INFO.{name}", {}))["config"]
        assert (config["storage"], config["retention"], config["allow_direct"]) == ("file", "limits", True)
        assert (config["max_msgs"], config["max_bytes"], config["max_age"]) == (-1, -1, 0)
        assert config["max_msgs_per_subject"] == -1
        assert (await js_api(connection, f"STREAM.PURGE.{name}", {}))["error"]
        assert (await js_api(connection, f"STREAM.MSG.DELETE.{name}", {"seq": 1}))["error"]
        undone = config | {"deny_delete": False, "deny_purge": False}
        assert (await js_api(connection, f"STREAM.UPDATE.{name}", undone))["error"]
    assert len(await arrived(ledger, 1)) == len(await stored(store)) == 1
