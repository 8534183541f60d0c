"""Making a stream again from the rows of a backup, and seeing how what a broker holds compares with them."""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any

import nats.errors
from nats.aio.client import Client

from shared.eventstore.broker_archive import frames
from shared.eventstore.errors import NoStream, Unavailable
from shared.eventstore.jetstream_api import js_call, stream_info
from shared.eventstore.rows import Row, read_rows
from shared.eventstore.wire import read_json

CHUNK_BYTES = 256 * 1024
CHUNK_TIMEOUT_S = 60.0


class Standing(StrEnum):
    """What a broker has of a stream that a backup holds too."""

    NOTHING = "nothing"
    PART = "part"
    """Some of the rows of the backup, the same byte for byte, and nothing else."""
    WHOLE = "whole"
    LONGER = "longer"
    """All of the backup's rows, and later messages."""
    OTHER = "other"


async def standing_of(connection: Client, stream: str, lines: Iterable[bytes], last: int) -> Standing:
    """Compares message by message with the lines of a backup that ends at sequence `last`. Raises `Unavailable`."""
    try:
        info = await stream_info(connection, stream)
    except NoStream:
        return Standing.NOTHING
    end, direct = int(info["state"]["last_seq"]), bool(info["config"].get("allow_direct"))
    kept, missing = iter(lines), end < last
    async for row in read_rows(connection, stream, min(end, last), direct=direct):
        line, passed_over = _line_of(kept, row.sequence)
        missing = missing or passed_over
        if line != row.line:
            return Standing.OTHER
    missing = missing or next(kept, None) is not None
    if end > last:
        return Standing.OTHER if missing else Standing.LONGER
    return Standing.PART if missing else Standing.WHOLE


def _line_of(kept: Iterator[bytes], sequence: int) -> tuple[bytes, bool]:
    """The line with this sequence, or the first that can't be before it; and whether others came before."""
    passed_over = False
    for line in kept:
        if Row.of_line(line).sequence >= sequence:
            return line, passed_over
        passed_over = True
    return b"", passed_over


async def put_back(connection: Client, config: Mapping[str, Any], rows: Iterable[Row], first: int, last: int) -> None:
    """Makes the stream, which must not be there, with these rows. Raises `Unavailable`; then it may be there in part:
    nats-server 2.15 keeps of a broken restoration what it had got by then."""
    state = {"messages": 0, "bytes": 0, "first_seq": first, "last_seq": last, "consumer_count": 0}
    if not last:
        await js_call(connection, f"STREAM.CREATE.{config['name']}", dict(config))
        return
    call = f"STREAM.RESTORE.{config['name']}"
    to = (await js_call(connection, call, {"config": config, "state": state}))["deliver_subject"]
    for chunk in _chunks(frames(rows, first, last)):
        await _hand_over(connection, to, chunk)
    await _hand_over(connection, to, b"")


def _chunks(parts: Iterable[bytes]) -> Iterator[bytes]:
    waiting: list[bytes] = []
    for part in parts:
        waiting.append(part)
        if sum(map(len, waiting)) >= CHUNK_BYTES:
            yield b"".join(waiting)
            waiting.clear()
    if waiting:
        yield b"".join(waiting)


async def _hand_over(connection: Client, to: str, chunk: bytes) -> None:
    """The empty chunk is the last. Raises `Unavailable`."""
    try:
        answer = (await connection.request(to, chunk, timeout=CHUNK_TIMEOUT_S)).data
    except (nats.errors.Error, TimeoutError) as error:
        raise Unavailable(f"the broker did not take a part of a stream: {error!r}") from error
    if answer and (trouble := read_json(answer).get("error")):
        raise Unavailable(f"the broker refuses a stream: {trouble['description']}")
