"""The messages of a stream in the form in which a backup keeps them: one line of JSON each, byte for byte the same
wherever the message is the same. The form is described in docs/operate.md; it is a stored format."""

import base64
import re
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

from nats.aio.client import Client

from shared.eventstore.canonical import canonical, read_document
from shared.eventstore.direct import as_it_is_stored, nanoseconds, read_subject
from shared.eventstore.jetstream_api import js_call

_NO_MESSAGE = 10037
_SOURCE = re.compile(rb"Nats-Stream-Source: ([^: ]*)[^ \r]* (\d+)[^\r]*\r\n\r\n\Z")
"""The last header of a sourced message: the server adds it to whatever the message had."""


class Row(NamedTuple):
    """A message with everything that the stream holds of it."""

    sequence: int
    recorded_ns: int
    """Since 1970."""
    subject: bytes
    headers: bytes
    """As they were sent, empty for none."""
    body: bytes

    @property
    def line(self) -> bytes:
        kept = {
            "sequence": self.sequence,
            "recorded_ns": self.recorded_ns,
            "subject": self.subject.decode("latin-1"),
            "headers": base64.b64encode(self.headers).decode(),
            "body": base64.b64encode(self.body).decode(),
        }
        return canonical(kept)

    @classmethod
    def of_line(cls, line: bytes) -> "Row":
        """Raises `ValueError`."""
        try:
            kept = read_document(line)
            headers, body = (base64.b64decode(kept[name], validate=True) for name in ("headers", "body"))
            sequence, recorded_ns, subject = (kept[name] for name in ("sequence", "recorded_ns", "subject"))
            return cls(int(sequence), int(recorded_ns), subject.encode("latin-1"), headers, body)
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"no row of a backup: {error!r}") from error

    @property
    def origin(self) -> tuple[str, int]:
        """The stream and the sequence that a sourced message comes from; no stream for one that is not sourced."""
        source = _SOURCE.search(self.headers, max(0, self.headers.rfind(b"Nats-Stream-Source: ")))
        return (source[1].decode(), int(source[2])) if source else ("", 0)


async def read_rows(connection: Client, stream: str, last: int, *, direct: bool = True) -> AsyncIterator[Row]:
    """Every message with a sequence of at most `last`, in order. What the replica that answers lacks comes from the
    leader, and so does everything of a stream without direct reads. Raises `NoStream`, `Unavailable`."""
    after = 0
    if direct and last:
        async for stored in read_subject(connection, stream, ">", with_headers=True):
            if stored.sequence > last:
                return
            subject, headers, recorded_ns = as_it_is_stored(stored)
            yield Row(stored.sequence, recorded_ns, subject, headers, stored.body)
            after = stored.sequence
    while after < last and (row := await _next_of_the_leader(connection, stream, after)) and row.sequence <= last:
        yield row
        after = row.sequence


async def _next_of_the_leader(connection: Client, stream: str, after: int) -> Row | None:
    which = {"seq": after + 1, "next_by_subj": ">"}
    answer: dict[str, Any] = await js_call(connection, f"STREAM.MSG.GET.{stream}", which, absent=_NO_MESSAGE)
    if not answer:
        return None
    message = answer["message"]
    headers, body = (base64.b64decode(message.get(part, "")) for part in ("hdrs", "data"))
    return Row(message["seq"], nanoseconds(message["time"]), message["subject"].encode(), headers, body)
