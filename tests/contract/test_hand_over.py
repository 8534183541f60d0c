"""Pages of a stream are read as bytes, and nothing overtakes anything."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.eventstore.direct import DirectReader
from shared.eventstore.errors import Unavailable
from shared.eventstore.ledger import Ledger
from shared.eventstore.names import ledger_stream
from shared.eventstore.store import EventStore
from shared.platform.nats_parser import HandOverParser
from tests.contract.test_event_store import T1, arrived, progress, several

PAGES, OTHER = "_INBOX.pages", "_INBOX.other"


class Heard:
    """Stands in for the client: notes what nats-py's parser tells it."""

    def __init__(self):
        self.told = []

    async def _process_msg(self, sid, subject, reply, data, headers):
        self.told.append((bytes(subject).decode(), sid, bytes(data), headers and bytes(headers)))

    async def _process_ping(self):
        self.told.append("ping")

    async def _process_pong(self):
        self.told.append("pong")


bodies = st.binary(max_size=60) | st.sampled_from([b"", b"\r\n", b"HMSG _INBOX.pages 1 12 12\r\n", b"PING\r\n"])
blocks = st.sampled_from([b"NATS/1.0\r\n\r\n", b"NATS/1.0 204 EOB\r\n\r\n", b"NATS/1.0\r\nNats-Sequence: 7\r\n\r\n"])
said = st.one_of(
    st.tuples(st.just("page"), blocks, bodies),
    st.tuples(st.just("with headers"), blocks, bodies),
    st.tuples(st.just("plain"), st.none(), bodies),
    st.sampled_from([("PING", None, None), ("PONG", None, None), ("+OK", None, None)]),
)


def on_the_wire(kind, headers, body):
    sizes = f"{len(headers or b'')} {len(headers or b'') + len(body or b'')}"
    match kind:
        case "page":
            return f"HMSG {PAGES} 1 {sizes}\r\n".encode() + headers + body + b"\r\n"
        case "with headers":
            return f"HMSG {OTHER} 2 {sizes}\r\n".encode() + headers + body + b"\r\n"
        case "plain":
            return f"MSG {OTHER} 2 {len(body)}\r\n".encode() + body + b"\r\n"
        case _:
            return f"{kind}\r\n".encode()


def as_heard(kind, headers, body):
    return kind.lower() if body is None else (OTHER, 2, body, headers)


@given(st.lists(said), st.data())
def test_wherever_the_stream_is_cut_every_message_arrives_whole_and_in_order(messages, data):
    stream = b"".join(on_the_wire(*each) for each in messages)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(stream)), max_size=12)))
    client, pages = Heard(), []
    parser = HandOverParser(client)
    parser.receivers[PAGES.encode()] = lambda headers, body: pages.append((headers, body))

    async def parse():
        for first, last in zip([0, *cuts], [*cuts, len(stream)], strict=True):
            await parser.parse(stream[first:last])

    asyncio.run(parse())
    assert pages == [(headers, body) for kind, headers, body in messages if kind == "page"]
    assert client.told == [as_heard(*each) for each in messages if each[0] not in ("page", "+OK")]


def test_a_new_connection_begins_with_nothing_of_the_old_one():
    pages = []
    parser = HandOverParser(Heard())
    parser.receivers[PAGES.encode()] = lambda *message: pages.append(message)
    whole = on_the_wire("page", b"NATS/1.0\r\n\r\n", b"body")
    asyncio.run(parser.parse(whole[:20]))
    parser.reset()
    asyncio.run(parser.parse(whole))
    assert pages == [(b"NATS/1.0\r\n\r\n", b"body")]


@pytest.fixture
def store(connection, congress) -> EventStore:
    return EventStore(connection, congress, "logistics")


async def test_pages_are_what_the_leader_says_of_each_event(connection, congress, store):
    first, second = (progress(note=word * 40_000) for word in ("Đã thống nhất ", "Đã hoàn thành "))
    last = 0
    for batch in [several(999), [first], several(600), [second], several(700)]:
        last = await store.append(batch, {T1: last})
    ledger = Ledger(connection, congress)
    read = await arrived(ledger, last)
    assert [each.sequence for each in read] == list(range(1, last + 1))
    assert [await ledger.event(number) for number in (1, 1000, 1601, last)] == [
        read[number - 1] for number in (1, 1000, 1601, last)
    ]


async def test_what_is_not_there_or_asked_wrongly_is_told(connection, congress, store):
    await arrived(Ledger(connection, congress), await store.append([progress()], {T1: 0}))
    async with DirectReader(connection, ledger_stream(congress)) as reader:
        await reader.ask(seq=7)
        assert (await reader.answer()).messages == []
        await reader.ask(seq=1, start_time="2026-11-23T00:00:00Z")
        with pytest.raises(Unavailable, match="408"):
            await reader.answer()
    async with DirectReader(connection, "NO_SUCH_STREAM") as reader:
        await reader.ask(seq=1)
        with pytest.raises(Unavailable, match="503"):
            await reader.answer()


async def test_other_messages_go_on_while_a_page_is_read(connection, congress, store):
    """Questions and answers on the same connection, in the middle of reading."""
    last = await store.append(several(1000), {T1: 0})
    ledger = Ledger(connection, congress)
    await arrived(ledger, last)

    async def read():
        return sum([len(page) async for page in ledger.read()])

    found = await asyncio.gather(*(read() for _ in range(5)), *(ledger.last_sequence() for _ in range(20)))
    assert found == [last] * 25


async def test_a_flush_overtakes_nothing_that_was_said_before(connection, monkeypatch):
    sent = []
    for way in ("write", "writelines"):
        monkeypatch.setattr(connection._transport, way, noting(sent, getattr(connection._transport, way)))
    await connection._send_command(b"PUB a 0\r\n\r\n")
    await connection.flush()
    assert b"".join(sent) == b"PUB a 0\r\n\r\nPING\r\n"


def noting(sent, send):
    def also(data):
        sent.append(data if isinstance(data, bytes) else b"".join(data))
        send(data)

    return also
