"""Reading what a stream's leader holds. On a cluster a direct get may be answered by a replica that is behind."""

import base64
from datetime import datetime
from typing import Any

from nats.aio.client import Client

from shared.eventstore.direct import Stored, read_subject
from shared.eventstore.errors import Unavailable
from shared.eventstore.streams import js_api

_NO_MESSAGE = 10037
_SOURCE = b"Nats-Stream-Source:"


async def read_one(connection: Client, stream: str, **which: Any) -> Stored | None:
    """One message as the leader has it: `seq=7`, `last_by_subj=…`, `next_by_subj=…` from `seq` on, or the first since
    `start_time`. `None` where there is none. Raises `Unavailable`."""
    answer = await js_api(connection, f"STREAM.MSG.GET.{stream}", which)
    if error := answer.get("error"):
        if error.get("err_code") == _NO_MESSAGE:
            return None
        raise Unavailable(f"can't read {stream}: {error['description']}")
    message = answer["message"]
    return Stored(
        sequence=message["seq"],
        subject=message["subject"],
        recorded=datetime.fromisoformat(message["time"]),
        body=base64.b64decode(message.get("data", "")),
        source=_source(base64.b64decode(message.get("hdrs", ""))),
    )


async def read_subject_now(connection: Client, stream: str, subject: str, after: int = 0) -> list[Stored]:
    """Every message of one subject with a sequence above `after` that the leader holds, in order: what the replica
    that answered has, and what it lacks from the leader itself. Raises `Unavailable`."""
    found = [stored async for stored in read_subject(connection, stream, subject, after)]
    while later := await read_one(
        connection, stream, next_by_subj=subject, seq=(found[-1].sequence if found else after) + 1
    ):
        found.append(later)
    return found


def _source(headers: bytes) -> str:
    for line in headers.split(b"\r\n"):
        if line.startswith(_SOURCE):
            return line.removeprefix(_SOURCE).strip().decode()
    return ""
