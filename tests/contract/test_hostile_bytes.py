"""What a peer can put into a message: nobody goes deaf at it, and nothing stored is read as something else."""

import asyncio
from uuid import uuid4

import pytest

from shared.eventstore.direct import read_subject
from shared.eventstore.ledger import Ledger, Origin, origin_of
from shared.eventstore.names import service_stream
from shared.platform.nats_parser import BROKEN_HEADERS as MARK
from shared.unit.client import CommandClient
from tests.conftest import token_for
from tests.congress import settled
from tests.contract.peer import BROKEN_HEADERS, ODD_NAMES, a_peer
from tests.contract.test_faces import serving  # noqa: F401 - a fixture
from tests.contract.units import TASK
from tests.waiting import until

NOTICED_WITHIN_S = 2
FORGED_HEADERS = (
    b"NATS/1.0 404\r\n\r\n",
    b"NATS/1.0 204 EOB\r\nNats-Num-Pending: 0\r\n\r\n",
    b"NATS/1.0\r\nStatus: 404\r\n\r\n",
    b"NATS/1.0\r\nNats-Num-Pending: 7\r\nNats-Sequence: 99\r\nNats-Subject: evt\r\nNats-Time-Stamp: never\r\n\r\n",
    b"NATS/1.0\r\nNats-Stream: X\r\nNats-Subject: evt\r\nNats-Sequence: 99\r\nNats-Time-Stamp: 2020-01-01T00:00:00Z"
    b"\r\nNats-Num-Pending: 0\r\nNats-Last-Sequence: 3\r\n\r\n",
    b"NATS/1.0\r\nNats-Stream-Source : EVENTS_SECURITY_x 7 > > e\r\n\r\n",
)
A_SOURCE = b"NATS/1.0\r\nNats-Stream-Source: EVENTS_SECURITY_x 7 > > e\r\n\r\n"


async def hostile(peer, place: bytes, reply: bytes = b""):
    for headers in (*BROKEN_HEADERS, *FORGED_HEADERS, A_SOURCE):
        await peer.publish(place + b".x", headers, reply=reply)
    for name in ODD_NAMES:
        await peer.publish(place + b"." + name, reply=reply)
        await peer.publish(place + b".x", reply=b"_INBOX." + name)


async def test_a_service_answers_whatever_was_sent_to_it(serving, endpoints, connection, congress, settings):  # noqa: F811
    client, token = CommandClient(connection, congress), token_for(settings, "logistics.lead")
    async with serving("logistics"), a_peer(endpoints) as peer:
        for place in (f"cmd.{congress}.logistics", f"health.{congress}.logistics", f"health.{congress}"):
            await hostile(peer, place.encode())
        for headers in BROKEN_HEADERS:
            await peer.publish(f"health.{congress}.logistics".encode(), headers, reply=b"_INBOX.nobody")
        async with asyncio.timeout(NOTICED_WITHIN_S):
            assert (await client.health("logistics")).ready
            done = await client.send("logistics", "open-task", TASK, token=token, command_id=uuid4())
        assert done.sequence == 1


async def test_a_reader_of_the_ledger_follows_whatever_was_announced_to_it(endpoints, connection, congress):
    following = Ledger(connection, congress).follow(0)
    assert await anext(following) == []
    async with a_peer(endpoints) as peer:
        await hostile(peer, f"ledger.{congress}".encode())
        await peer.publish(f"evt.{congress}.logistics.task.1".encode(), b"\r\n\r\n")
    async with asyncio.timeout(NOTICED_WITHIN_S):
        while not (page := await anext(following)):
            pass
    assert [each.sequence for each in page] == [1]
    assert connection.stats["reconnects"] == 0
    await following.aclose()


@pytest.mark.parametrize("headers", BROKEN_HEADERS[:5])
async def test_a_message_with_headers_that_cannot_be_read_comes_with_a_mark(endpoints, connection, congress, headers):
    heard = await connection.subscribe(f"any.{congress}")
    await connection.flush()
    async with a_peer(endpoints) as peer:
        await peer.publish(f"any.{congress}".encode(), headers, b"body")
    message = await heard.next_msg(NOTICED_WITHIN_S)
    assert message.data == b"body"
    assert message.headers in (None, {MARK: "1"})


async def test_a_connection_that_cannot_be_read_any_more_is_made_anew_at_once(connection, congress, monkeypatch):
    heard = await connection.subscribe(f"any.{congress}")
    await connection.flush()
    parse = connection._ps.parse

    async def once(data):
        monkeypatch.setattr(connection._ps, "parse", parse)
        raise KeyError("something that nobody has thought of")

    monkeypatch.setattr(connection._ps, "parse", once)
    await connection.publish(f"any.{congress}", b"makes it fail")

    async def noticed():
        return connection.is_reconnecting or connection.stats["reconnects"] == 1

    async def anew():
        return connection.stats["reconnects"] == 1 and connection.is_connected

    await until(noticed, NOTICED_WITHIN_S)
    await until(anew)  # nats-py waits two seconds between two connections
    await connection.publish(f"any.{congress}", b"heard")
    assert (await heard.next_msg(NOTICED_WITHIN_S)).data == b"heard"


async def test_what_is_stored_with_broken_or_forged_headers_is_read_as_what_it_is(endpoints, connection, congress):
    ledger, place = Ledger(connection, congress), f"evt.{congress}.logistics.task".encode()
    headers = (*BROKEN_HEADERS, *FORGED_HEADERS)
    bodies = [b"body %d" % number for number in range(len(headers) + len(ODD_NAMES))]
    async with a_peer(endpoints) as peer:
        for body, block in zip(bodies, headers, strict=False):
            await peer.publish(place + b".x", block, body)
        for body, name in zip(bodies[len(headers) :], ODD_NAMES, strict=True):
            await peer.publish(place + b"." + name, body=body)
        await peer.publish(place + b".x", A_SOURCE, b"the server refuses this")
    await settled(ledger, len(bodies))
    [page] = [page async for page in ledger.read()]
    numbers = list(range(1, len(bodies) + 1))
    assert [each.sequence for each in page] == numbers
    for stored, block, body in zip(page, BROKEN_HEADERS, bodies, strict=False):
        # On the way into the account of the streams the server takes what are no headers for a part of the body.
        assert stored.body.endswith(body)
        assert (block + body).endswith(stored.body)
    assert [stored.body for stored in page[len(BROKEN_HEADERS) :]] == bodies[len(BROKEN_HEADERS) :]
    stream = service_stream(congress, "logistics")
    assert [origin_of(each) for each in page] == [Origin(stream, number) for number in numbers]
    assert [await ledger.event(number) for number in numbers] == page
    own = [each async for each in read_subject(connection, stream, f"{place.decode()}.x")]
    assert [(each.sequence, each.body) for each in own] == [(each.sequence, each.body) for each in page][
        : len(headers)
    ]
