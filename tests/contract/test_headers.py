"""Our client reads a message's headers as nats-py does."""

import pytest
from nats.aio.client import Client

from shared.platform.nats import HeaderClient

BLOCKS = {
    "of a stored event": b"Nats-Sequence: 7\r\nNats-Time-Stamp: 2026-11-22T10:00:00.5Z\r\n\r\n",
    "of its source": b"Nats-Stream-Source: EVENTS_A:LtF9qm8o 5125 > > evt.c.a.task.1\r\n\r\n",
    "without a blank": b"Name:value\r\n\r\n",
    "with a tab": b"Name:\tvalue \r\n\r\n",
    "with a colon in the value": b"Name: a: b\r\n\r\n",
    "without a value": b"Name:\r\n\r\n",
    "without a colon": b"Name\r\nOther: 1\r\n\r\n",
    "with a blank in the name": b"A name: 1\r\nOther: 2\r\n\r\n",
    "with Vietnamese in the value": "Name: Hậu cần\r\n\r\n".encode(),
    "with Vietnamese in the name": "Tên: 1\r\nOther: 2\r\n\r\n".encode(),
    "that are not UTF-8": b"Name: \xff\r\n\r\n",
    "that come twice": b"Name: 1\r\nName: 2\r\n\r\n",
    "that are none": b"\r\n",
}


@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS.keys())
def test_headers_are_read_as_nats_py_reads_them(block):
    assert HeaderClient._parse_header_lines(block) == Client._parse_header_lines(block)


async def test_headers_arrive_over_the_wire(connection):
    inbox = connection.new_inbox()
    subscription = await connection.subscribe(inbox)
    await connection.publish(inbox, b"", headers={"Name": "Hậu cần: 1", "Other": "2"})
    message = await subscription.next_msg(timeout=5)
    assert message.headers == {"Name": "Hậu cần: 1", "Other": "2"}
