"""Reading where a replica that is behind answers: what was acknowledged is seen all the same.

The replica is a copy of the stream that has stopped following it; a wire asks it in place of the stream whatever any
replica may answer (`DIRECT.GET`). What only the leader answers goes to the stream itself.
"""

from datetime import timedelta
from uuid import uuid4

import pytest

from shared.domain import task
from shared.domain.decider import Actor, Refused
from shared.eventstore import jetstream_api
from shared.eventstore.errors import Conflict, NoStream, Unavailable
from shared.eventstore.jetstream_api import js_api, stream_info
from shared.eventstore.ledger import Ledger, fingerprint
from shared.eventstore.names import ledger_stream, service_stream
from shared.eventstore.store import EventStore
from shared.platform.nats import nats_connection
from shared.unit.commands import CommandHandler, CommandRequest
from tests.congress import settled
from tests.contract.test_commands import TASK
from tests.contract.test_event_store import T1, numbered, progress, several, stored
from tests.contract.wire import APPEND, GOES_ON, wire_to
from tests.servers import operator_of
from tests.waiting import until

LEAD = Actor("logistics.lead", "logistics")


class Behind:
    """A client that a replica answers. `stop` has the replica stop where the stream ends now."""

    def __init__(self, wire, connection, origin):
        self.wire, self.connection, self._origin = wire, connection, origin

    async def stop(self, stream):
        copy = f"{stream[:-1]}_"
        config = {"name": copy, "storage": "file", "allow_direct": True}
        assert "error" not in await js_api(
            self._origin, f"STREAM.CREATE.{copy}", config | {"mirror": {"name": stream}}
        )
        end = (await stream_info(self._origin, stream))["state"]["last_seq"]

        async def level():
            return (await stream_info(self._origin, copy))["state"]["last_seq"] == end

        await until(level)
        assert "error" not in await js_api(self._origin, f"STREAM.UPDATE.{copy}", config | {"subjects": [copy]})
        self.wire.instead[f"DIRECT.GET.{stream}".encode()] = f"DIRECT.GET.{copy}".encode()
        self._copies = [*getattr(self, "_copies", []), copy]

    async def remove(self):
        for copy in getattr(self, "_copies", []):
            await js_api(self._origin, f"STREAM.DELETE.{copy}", {})


@pytest.fixture
async def behind(endpoints, connection, congress):
    url = endpoints.nats_url
    async with wire_to(url) as (wire, wired), nats_connection(wired, "behind", operator_of(endpoints)) as connected:
        found = Behind(wire, connected, connection)
        yield found
        await found.remove()


@pytest.fixture
def there(connection, congress) -> EventStore:
    """Another instance, which writes."""
    return EventStore(connection, congress, "logistics")


@pytest.fixture
def here(behind, congress) -> EventStore:
    return EventStore(behind.connection, congress, "logistics", ack_timeout_s=0.3, replicas=3)


@pytest.mark.parametrize("known", [0, 2])
async def test_an_aggregate_is_loaded_with_what_the_replica_lacks(behind, here, there, congress, known):
    first, later = several(known), several(3)
    if known:
        await there.append(first, {T1: 0})
    await behind.stop(service_stream(congress, "logistics"))
    await there.append([progress("t2")], {("task", "t2"): 0})
    await there.append(later, {T1: known})
    assert await stored(here) == numbered(1, first) + numbered(known + 2, later)
    assert await stored(here, after=known + 3) == numbered(known + 4, later[2:])
    assert await stored(here, "t3") == []


async def test_nothing_is_refused_because_of_what_the_replica_lacks(behind, here, there, congress):
    await behind.stop(service_stream(congress, "logistics"))
    instances = [CommandHandler(store, [task.AGGREGATE]) for store in (there, here)]
    other = TASK | {"title": {"vi": "Việc khác"}}
    opened, again = (CommandRequest(command_id=uuid4(), data=data) for data in (TASK, other))
    answer = await instances[0].handle("open-task", opened, LEAD)
    assert await instances[1].handle("open-task", opened, LEAD) == answer
    with pytest.raises(Refused, match="already"):
        await instances[1].handle("open-task", again, LEAD)
    in_charge = {"task_id": TASK["task_id"], "collective": "Sở Y tế", "individual": "Giám đốc"}
    request = CommandRequest(command_id=uuid4(), data=in_charge)
    assert (await instances[1].handle("assign-task", request, LEAD)).sequence == answer.sequence + 1


async def test_an_append_whose_answer_is_lost_is_found_where_the_replica_lacks_it(behind, here, congress):
    await behind.stop(service_stream(congress, "logistics"))
    event = progress()
    behind.wire.lose_answer(APPEND, GOES_ON)
    assert await here.append([event], {T1: 0}) == 1
    assert behind.wire.lost == 1
    assert await stored(here) == numbered(1, [event])
    with pytest.raises(Conflict):
        await here.append([progress()], {T1: 0})


async def test_the_ledger_is_read_to_its_leaders_end(behind, there, ledger, congress):
    await there.append(several(3), {T1: 0})
    await settled(ledger, 3)
    await behind.stop(ledger_stream(congress))
    await there.append(several(4), {T1: 3})
    await settled(ledger, 7)
    slow = Ledger(behind.connection, congress)
    expected = [each async for page in ledger.read() for each in page]
    assert [each.sequence for each in expected] == [1, 2, 3, 4, 5, 6, 7]
    assert [each async for page in slow.read() for each in page] == expected
    assert [each async for page in slow.read(4, 6) for each in page] == expected[4:6]
    assert await slow.about("t1") == expected
    assert await slow.event(7) == await slow.last_of("logistics") == expected[-1]
    assert await slow.sequence_at(expected[4].recorded) == 5
    assert await slow.sequence_at(expected[0].recorded - timedelta(days=1)) == 0
    assert await slow.sequence_at(expected[6].recorded + timedelta(days=1)) == 7


async def test_a_follower_knows_its_ledger_again_where_the_replica_lacks_the_event(behind, there, ledger, congress):
    await there.append(several(3), {T1: 0})
    await settled(ledger, 3)
    await behind.stop(ledger_stream(congress))
    await there.append(several(4), {T1: 3})
    await settled(ledger, 7)
    known_by = fingerprint(await ledger.event(6))
    slow = Ledger(behind.connection, congress)
    assert await slow.check(6, known_by) == 7
    following = slow.follow(6, known_by)
    assert [each.sequence for each in await anext(following)] == [7]
    await following.aclose()


# --- who answers for a stream ---
OTHERS = [{"name": "two", "current": True}, {"name": "three", "current": True}]
FROM_THE_LEADER = {"state": {"last_seq": 9}, "cluster": {"name": "c", "leader": "one", "replicas": OTHERS}}
FROM_ANOTHER = {"state": {"last_seq": 7}, "cluster": {"name": "c", "leader": "two", "replicas": OTHERS}}
WITHOUT_A_LEADER = {"state": {"last_seq": 7}, "cluster": {"name": "c", "replicas": OTHERS}}
ONE_NODE = {"state": {"last_seq": 9}, "cluster": {"leader": "daihoi"}}


@pytest.fixture
def answers(monkeypatch):
    """What a cluster answers to one question after the other, the last one for ever."""
    told = []

    async def answer(*_):
        return told.pop(0) if len(told) > 1 else told[0]

    monkeypatch.setattr(jetstream_api, "js_api", answer)
    monkeypatch.setattr(jetstream_api, "LEADER_AGAIN_AFTER_S", 0.001)
    return told


@pytest.mark.parametrize("first", [[], [FROM_ANOTHER], [WITHOUT_A_LEADER, FROM_ANOTHER]], ids=len)
@pytest.mark.parametrize("last", [FROM_THE_LEADER, ONE_NODE], ids=["of three", "of one"])
async def test_only_the_leaders_word_on_a_stream_counts(answers, first, last):
    answers += [*first, last]
    assert (await stream_info(None, "S"))["state"]["last_seq"] == 9


@pytest.mark.parametrize("for_ever", [FROM_ANOTHER, WITHOUT_A_LEADER])
async def test_a_stream_whose_leader_does_not_answer_is_unavailable(answers, for_ever):
    answers.append(for_ever)
    with pytest.raises(Unavailable, match="does not answer"):
        await stream_info(None, "S")


async def test_a_cluster_that_is_not_available_has_lost_nothing(answers):
    answers.append(
        {"error": {"code": 503, "err_code": 10008, "description": "JetStream system temporarily unavailable"}}
    )
    with pytest.raises(Unavailable) as raised:
        await stream_info(None, "S")
    assert not isinstance(raised.value, NoStream)
