"""A congress as an earlier version left it: `tests/data/earlier_congress.zip`, see `tests/data/README.md`."""

import json
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import ZipFile

from nats.aio.client import Client

from shared.eventstore.jetstream_api import js_api

EARLIER = Path(__file__).parent / "data" / "earlier_congress.zip"
CHUNK_BYTES = 64 * 1024
RESTORE_TIMEOUT_S = 10


class Recorded(NamedTuple):
    """The broker's own backups of the streams, and what the version that wrote them made of them."""

    streams: list[tuple[dict[str, Any], bytes]]
    views: dict[str, list[dict[str, Any]]]
    report: dict[str, Any]
    digests: dict[str, str]
    audit_rows: int
    event_ids: str
    """SHA-256 over the ids of the audit rows' events, a line each, in the order of the ledger."""


def recorded(path: Path = EARLIER) -> Recorded:
    with ZipFile(path) as archive:
        streams = json.loads(archive.read("streams.json"))
        backups = [(stream, archive.read(f"{stream['config']['name']}.snapshot")) for stream in streams]
        views, report = (json.loads(archive.read(name)) for name in ("views.json", "report.json"))
        expected = json.loads(archive.read("expected.json"))
    return Recorded(backups, views, report, expected["digests"], expected["audit_rows"], expected["event_ids"])


async def restore(connection: Client, earlier: Recorded) -> None:
    """Every stream with its sequences, headers, times and consumers. nats-server 2.15 takes the sources of a restored
    ledger in again from their first events on, unless it is told where to begin."""
    stand_at = {stream["config"]["name"]: stream["state"]["last_seq"] for stream, _ in earlier.streams}
    for stream, backup in earlier.streams:
        for source in stream["config"].get("sources", ()):
            source["opt_start_seq"] = stand_at[source["name"]] + 1
        answer = await js_api(connection, f"STREAM.RESTORE.{stream['config']['name']}", stream)
        assert "error" not in answer, answer
        to = answer["deliver_subject"]
        for first in range(0, len(backup), CHUNK_BYTES):
            chunk = backup[first : first + CHUNK_BYTES]
            await connection.request(to, chunk, timeout=RESTORE_TIMEOUT_S)
        ended = json.loads((await connection.request(to, b"", timeout=RESTORE_TIMEOUT_S)).data)
        assert "error" not in ended, ended
