"""A stream as nats-server takes it back: its own archive (`NATSARC1`, since 2.15) in frames of S2, made of rows, so
that sequences, times and headers are what they were. What the server writes itself is not read here.

The frames are not compressed: S2 (a Snappy stream) allows that, and asks for a CRC-32C of each."""

import struct
from collections.abc import Iterable, Iterator
from functools import cache

from shared.eventstore.canonical import compact
from shared.eventstore.rows import Row

FIRST_SERVER = (2, 15, 0)
"""Earlier ones know another archive."""
_MAGIC = b"NATSARC1"
_STREAM_BEGINS = b"\xff\x06\x00\x00S2sTwO"
_NOT_COMPRESSED = 1
_FRAME_BYTES = 64 * 1024
_END = bytes(5)
"""An entry without anything."""


def frames(rows: Iterable[Row], first: int, last: int) -> Iterator[bytes]:
    """The archive of a stream that holds these rows and has given the sequences from `first` to `last`."""
    yield _STREAM_BEGINS
    waiting = bytearray(_MAGIC + _entry(b"state.json", 0, 0, b"", _state(first, last)))
    for row in rows:
        waiting += _entry(row.subject, row.recorded_ns, row.sequence, row.headers, row.body)
        while len(waiting) >= _FRAME_BYTES:
            yield _frame(bytes(waiting[:_FRAME_BYTES]))
            del waiting[:_FRAME_BYTES]
    yield _frame(bytes(waiting + _END))


def _state(first: int, last: int) -> bytes:
    return compact({"messages": 0, "bytes": 0, "first_seq": first, "last_seq": last, "consumer_count": 0})


def _entry(name: bytes, time_ns: int, sequence: int, headers: bytes, body: bytes) -> bytes:
    numbers = (len(name), time_ns << 1 if time_ns >= 0 else ~(time_ns << 1), sequence, len(headers), len(body))
    return b"".join(map(_variable, numbers)) + name + headers + body


def _variable(number: int) -> bytes:
    """Seven bits a byte, the lowest first."""
    written = bytearray()
    while number > 0x7F:
        written.append(number & 0x7F | 0x80)
        number >>= 7
    written.append(number)
    return bytes(written)


def _frame(content: bytes) -> bytes:
    head = _NOT_COMPRESSED | len(content) + 4 << 8
    return struct.pack("<II", head, masked_crc32c(content)) + content


def masked_crc32c(content: bytes) -> int:
    """The checksum as the framing format of Snappy has it. Two bytes at a time, which takes half as long."""
    crc, pairs = 0xFFFFFFFF, len(content) // 2
    table = _of_two_bytes()
    for pair in struct.unpack_from(f"<{pairs}H", content):
        crc = crc >> 16 ^ table[(crc ^ pair) & 0xFFFF]
    for byte in content[2 * pairs :]:
        crc = _after_a_byte(crc ^ byte)
    crc ^= 0xFFFFFFFF
    return (crc >> 15 | crc << 17 & 0xFFFFFFFF) + 0xA282EAD8 & 0xFFFFFFFF


@cache
def _of_two_bytes() -> tuple[int, ...]:
    return tuple(_after_a_byte(_after_a_byte(pair)) for pair in range(0x10000))


def _after_a_byte(crc: int) -> int:
    return crc >> 8 ^ _OF_A_BYTE[crc & 0xFF]


def _bit_by_bit(crc: int) -> int:
    for _ in range(8):
        crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc


_OF_A_BYTE = tuple(map(_bit_by_bit, range(0x100)))
