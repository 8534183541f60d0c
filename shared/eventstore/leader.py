"""Reading what a stream's leader holds. On a cluster a direct get may be answered by a replica that is behind."""

import base64
import re
from datetime import datetime
from typing import Any

from nats.aio.client import Client

from shared.eventstore.direct import Stored, read_subject
from shared.eventstore.jetstream_api import js_call
from shared.platform.nats_parser import text_of

_NO_MESSAGE = 10037
_SOURCE = re.compile(rb"Nats-Stream-Source: ([^\r]*)\r\n\r\n\Z")
"""The last header of a sourced message: the server adds it to whatever the message had."""


async def read_one(connection: Client, stream: str, **which: Any) -> Stored | None:
    """One message as the leader has it: `seq=7`, `last_by_subj=…`, `next_by_subj=…` from `seq` on, or the first since
    `start_time`. `None` where there is none. Raises `NoStream`, `Unavailable`."""
    answer = await js_call(connection, f"STREAM.MSG.GET.{stream}", which, absent=_NO_MESSAGE)
    if not answer:
        return None
    message = answer["message"]
    recorded = datetime.fromisoformat(message["time"])
    body, headers = (base64.b64decode(message.get(part, "")) for part in ("data", "hdrs"))
    return Stored(message["seq"], message["subject"], recorded, body, _source(headers))


async def read_subject_now(connection: Client, stream: str, subject: str, after: int = 0) -> list[Stored]:
    """Every message of one subject with a sequence above `after` that the leader holds, in order: what the replica
    that answered has, and what it lacks from the leader itself. Raises `Unavailable`."""
    messages = [stored async for stored in read_subject(connection, stream, subject, after)]
    while later := await read_one(
        connection, stream, next_by_subj=subject, seq=(messages[-1].sequence if messages else after) + 1
    ):
        messages.append(later)
    return messages


def _source(headers: bytes) -> str:
    header = _SOURCE.search(headers, max(0, headers.rfind(b"Nats-Stream-Source: ")))
    return text_of(header[1]) if header else ""
