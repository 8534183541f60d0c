"""kill -9 of a backup and of a restoration in the middle: no half backup has a name, and what was begun completes."""

import asyncio
import signal
import subprocess
import sys
from contextlib import suppress

import pytest

from daihoi.ops.backup.file import Backup
from daihoi.ops.backup.restoring import restore
from shared.eventstore import putting_back
from shared.eventstore.errors import NoStream, StreamMismatch
from shared.eventstore.jetstream_api import js_api, stream_info
from shared.eventstore.ledger import Ledger
from shared.eventstore.names import ledger_stream, service_stream
from shared.eventstore.store import EventStore
from shared.eventstore.streams import provision
from shared.eventstore.wholeness import losses
from tests.congress import Writer, settled
from tests.integration.test_backup import back_up, rows_of, silent
from tests.program import Shell
from tests.waiting import until

pytestmark = pytest.mark.long


def begin(shell, *arguments):
    return subprocess.Popen(
        [sys.executable, "-m", "daihoi", *arguments],
        cwd=shell.folder,
        env=shell.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


async def kill(process):
    process.send_signal(signal.SIGKILL)
    await asyncio.to_thread(process.wait)


async def test_a_backup_that_was_killed_has_no_name_and_the_next_one_is_whole(
    connection, congress, ledger, endpoints, tmp_path
):
    await settled(ledger, await Writer(EventStore(connection, congress, "logistics")).write(range(3)))
    name = ledger_stream(congress)
    config = (await stream_info(connection, name))["config"]
    await js_api(connection, f"STREAM.UPDATE.{name}", config | {"sources": []})
    await Writer(EventStore(connection, congress, "logistics")).write([3])
    shell, out = Shell(tmp_path, endpoints, congress), tmp_path / "backups"
    out.mkdir()
    process = begin(shell, "backup", str(out))

    async def is_at_work():
        return process.poll() is not None or list(out.iterdir())

    await until(is_at_work)
    await kill(process)
    [draft] = out.iterdir()
    assert draft.name.startswith(".")
    assert shell.run("restore", str(out)).returncode == 2, "there is none"
    held = (await ledger.last_sequence()) + 1
    sources = [
        source | {"opt_start_seq": held} if "LOGISTICS" in source["name"] else source for source in config["sources"]
    ]
    await js_api(connection, f"STREAM.UPDATE.{name}", config | {"sources": sources})
    assert shell.run("backup", str(out)).returncode == 0
    assert shell.run("backup", "verify", str(out)).returncode == 0


async def test_a_restoration_that_was_killed_is_completed_by_the_next_one(
    connection, congress, ledger, endpoints, make_broker, tmp_path
):
    await settled(ledger, await Writer(EventStore(connection, congress, "logistics")).write(range(40)))
    await back_up(connection, congress, tmp_path / "backup.zip")
    other, _, url, keys = await make_broker("other")
    shell = Shell(tmp_path, endpoints._replace(nats_url=url, nats_credentials=keys), congress)
    for stream in (ledger_stream(congress), service_stream(congress, "logistics")):
        process = begin(shell, "restore", str(tmp_path / "backup.zip"))

        async def is_at_work(stream=stream, process=process):
            with suppress(NoStream):
                return process.poll() is not None or await stream_info(other, stream)

        await until(is_at_work)
        await kill(process)
    ended = shell.run("restore", str(tmp_path / "backup.zip"))
    assert ended.returncode == 0, ended.stderr
    restored = Ledger(other, congress)
    assert await losses(restored) == []
    assert await rows_of(other, ledger_stream(congress)) == await rows_of(connection, ledger_stream(congress))
    await provision(other, congress)


async def test_no_service_starts_on_what_was_put_back_in_part_and_it_is_completed(
    connection, congress, ledger, make_broker, tmp_path, monkeypatch
):
    await settled(ledger, await Writer(EventStore(connection, congress, "logistics")).write(range(40)))
    backup, stream = (
        await back_up(connection, congress, tmp_path / "backup.zip"),
        service_stream(congress, "logistics"),
    )
    monkeypatch.setattr(putting_back, "CHUNK_BYTES", 1024)
    rows = backup.rows

    def until_the_plug_is_pulled(kept):
        for row in rows(kept):
            if kept.name == stream and row.sequence > kept.messages - 10:
                raise KeyboardInterrupt
            yield row

    other, within, *_ = await make_broker("other")
    monkeypatch.setattr(backup, "rows", until_the_plug_is_pulled)
    with pytest.raises(KeyboardInterrupt):
        await restore(within, congress, backup, 1, silent)
    with pytest.raises(StreamMismatch):
        await provision(other, congress)
    done = await restore(within, congress, Backup(tmp_path / "backup.zip"), 1, silent)
    assert stream in done.put_back
    assert await rows_of(other, stream) == await rows_of(connection, stream)
    await provision(other, congress)
