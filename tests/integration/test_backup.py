"""A congress is backed up while it is written, put back onto another server, and is the same congress there."""

import asyncio
import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from daihoi.ops.backup import restoring, taking
from daihoi.ops.backup.file import Backup, BackupWriter
from daihoi.ops.backup.restoring import restore
from daihoi.ops.backup.taking import take
from daihoi.ops.charters import service_named
from daihoi.ops.supervisor import Supervisor
from services.tracker.history.folded import Folded
from services.tracker.history.verify import verify
from services.tracker.projection.digest import total_digest, view_digest
from services.tracker.projection.rebuild import rebuild
from services.tracker.projection.store import VIEW_NAMES
from shared.domain.decider import Refused
from shared.events.catalogue_item import Item, ItemAssigned
from shared.eventstore.jetstream_api import js_api, stream_info
from shared.eventstore.ledger import Ledger
from shared.eventstore.names import ledger_stream, service_stream
from shared.eventstore.objects import EvidenceStore, Whole
from shared.eventstore.rights import STORE
from shared.eventstore.rows import read_rows
from shared.eventstore.store import EventStore, NewEvent
from shared.eventstore.streams import provision
from shared.eventstore.wholeness import losses
from shared.platform.files import new_file
from shared.platform.nats import nats_connection
from shared.unit.client import CommandClient
from shared.unit.consumer import make_consumer
from shared.unit.health import health_of
from shared.unit.signed_out import SignedOut
from shared.values.code_lists import EVERY_CASE
from shared.values.types import Group, Phase, Text
from shared.web.sign_in.accounts import Account, Accounts
from tests import recorded
from tests.congress import Writer, envelope_of, settled
from tests.program import Shell
from tests.servers import operator_of
from tests.waiting import until

EARLIER = recorded.recorded()
OF_EARLIER = EARLIER.report["congress"]


def silent(*_):
    pass


async def back_up(connection, congress, path):
    with new_file(path) as file, BackupWriter(file) as writer:
        await take(connection, congress, writer, silent)
    backup = Backup(path)
    backup.check(silent)
    return backup


async def rows_of(connection, stream, last=None):
    end = (await stream_info(connection, stream))["state"]["last_seq"]
    return [row async for row in read_rows(connection, stream, end if last is None else last)]


async def digest_of(ledger, upto):
    folded = Folded()
    async for page in ledger.read(0, upto):
        folded.take(page)
    return total_digest({name: view_digest(folded.views[name].values()) for name in VIEW_NAMES})


async def code_of(refused):
    with pytest.raises(Refused) as error:
        await refused
    return error.value.code


async def test_what_is_written_while_it_is_backed_up_is_in_it_up_to_one_event(
    connection, congress, ledger, views, make_broker, tmp_path
):
    writers = [Writer(EventStore(connection, congress, unit)) for unit in ("logistics", "security")]
    before = sum([await writer.write(range(20)) for writer in writers])
    await settled(ledger, before)
    done = asyncio.Event()

    async def go_on(writer):
        number = 20
        while not done.is_set() or number == 20:
            await writer.write([number])
            number += 1

    writing = [asyncio.create_task(go_on(writer)) for writer in writers]
    backup = await back_up(connection, congress, tmp_path / "backup.zip")
    done.set()
    await asyncio.gather(*writing)
    end = backup.manifest.ledger.last
    await settled(ledger, end + 1)
    assert end >= before

    other, within, *_ = await make_broker("other")
    await restore(within, congress, backup, 1, silent)
    assert await rows_of(other, ledger_stream(congress)) == await rows_of(connection, ledger_stream(congress), end)
    for kept in backup.manifest.streams[1:]:
        assert await rows_of(other, kept.name) == await rows_of(connection, kept.name, kept.last)
    restored = Ledger(other, congress)
    assert await losses(restored) == []
    rebuilt = await rebuild(restored, views, silent)
    assert rebuilt.after == await digest_of(ledger, end)
    assert (await verify(restored, views, silent)).nothing_wrong

    written = await Writer(EventStore(other, congress, "logistics")).write([1000])
    await settled(restored, end + written)
    assert await restored.last_sequence() == end + written, "the ledger took something in twice"
    await provision(other, congress)
    assert await losses(restored) == []


ORDERED = ItemAssigned(
    unit="logistics",
    item=Item(
        code="9.99",
        title=Text(vi="Việc giao sau cùng"),
        group=Group(number=1, name=Text(vi="Nhóm 1")),
        unit="logistics",
        phase=Phase.BEFORE,
        scenario=EVERY_CASE,
        due_offset_days=-7,
        budget_vnd=0,
    ),
)


@pytest.mark.parametrize("done", [EARLIER.audit_rows, pytest.param(0, marks=pytest.mark.long)])
async def test_a_congress_of_then_has_its_digest_and_its_policies_do_what_is_left_and_nothing_again(
    make_broker, settings, endpoints, tmp_path, done
):
    congress, unit = OF_EARLIER, "logistics"
    first, within, *_ = await make_broker("first")
    await recorded.restore(within, EARLIER)
    await provision(first, congress)
    await make_consumer(first, congress, unit, service_named(unit).policies)
    assigned = envelope_of(ORDERED, "subcommittee", "catalogue-item", "9-99", 0)
    store = EventStore(first, congress, "subcommittee")
    await store.append([NewEvent("catalogue-item", "9-99", assigned)], {("catalogue-item", "9-99"): 0})
    backup = await back_up(first, congress, tmp_path / "backup.zip")
    assert backup.manifest.ledger.last == EARLIER.audit_rows + 1
    [consumer] = [one for one in backup.manifest.consumers if one.name == f"policies-{unit}"]
    stands = consumer.model_copy(update={"done": done, "config": consumer.config | {"opt_start_seq": 1}})
    backup.manifest = backup.manifest.model_copy(update={"consumers": (stands,)})
    other, within, url, keys = await make_broker("other")
    await restore(within, congress, backup, 1, silent)
    ledger, stream = Ledger(other, congress), service_stream(congress, unit)
    assert await digest_of(ledger, EARLIER.audit_rows) == total_digest(EARLIER.digests)

    info = await js_api(other, f"CONSUMER.INFO.{ledger_stream(congress)}.{consumer.name}", {})
    assert info["config"]["opt_start_seq"] == done + 1
    before = await rows_of(other, stream)
    there = {"nats_url": url, "nats_credentials": keys}
    service = settings.model_copy(update={**there, "nats_credentials": Path(keys), "congress": congress})
    supervisor = Supervisor(service, endpoints._replace(**there))
    try:
        supervisor.start(unit)
        await supervisor.wait_until_ready(CommandClient(other, congress))

        async def through():
            info = await js_api(other, f"CONSUMER.INFO.{ledger_stream(congress)}.{consumer.name}", {})
            return not info["num_pending"] and not info["num_ack_pending"]

        await until(through)
    finally:
        supervisor.stop()
    after = await rows_of(other, stream)
    assert after[: len(before)] == before
    opened, *more = [row.subject.decode() for row in after[len(before) :]]
    assert opened == f"evt.{congress}.{unit}.task.9-99"
    assert all(".review." in subject for subject in more), "what the new task calls for"


async def test_what_is_there_already_is_left_and_what_is_there_in_part_is_made_whole(
    connection, congress, ledger, make_broker, tmp_path
):
    await settled(ledger, await Writer(EventStore(connection, congress, "logistics")).write(range(5)))
    backup = await back_up(connection, congress, tmp_path / "backup.zip")
    stream = service_stream(congress, "logistics")
    other, within, *_ = await make_broker("other")
    assert (await restore(within, congress, backup, 1, silent)).there_already == []
    assert (await restore(within, congress, backup, 1, silent)).put_back == []
    config = (await stream_info(other, stream))["config"]
    await js_api(other, f"STREAM.UPDATE.{stream}", config | {"max_msgs": 2})
    await js_api(other, f"STREAM.UPDATE.{stream}", config)
    assert (await restore(within, congress, backup, 1, silent)).put_back == [stream]
    restored = Ledger(other, congress)
    assert await losses(restored) == []
    written = await Writer(EventStore(other, congress, "logistics")).write([1000])
    await settled(restored, backup.manifest.ledger.last + written)
    assert await rows_of(other, ledger_stream(congress), backup.manifest.ledger.last) == await rows_of(
        connection, ledger_stream(congress)
    )
    assert await restored.last_sequence() == backup.manifest.ledger.last + written
    assert await code_of(restore(within, congress, backup, 1, silent)) == "longer_history"


async def test_nothing_is_changed_where_another_history_is(connection, congress, ledger, make_broker, tmp_path):
    await settled(ledger, await Writer(EventStore(connection, congress, "logistics")).write(range(3)))
    backup = await back_up(connection, congress, tmp_path / "backup.zip")
    other, within, *_ = await make_broker("other")
    await provision(other, congress)
    assert (await restore(within, congress, backup, 1, silent)).there_already == [
        stream.name for stream in backup.manifest.streams if not stream.last
    ]
    third, within, *_ = await make_broker("third")
    await provision(third, congress)
    await settled(Ledger(third, congress), await Writer(EventStore(third, congress, "security")).write([1]))
    before = await rows_of(third, ledger_stream(congress))
    assert await code_of(restore(within, congress, backup, 1, silent)) == "other_history"
    assert await code_of(restore(within, "another", backup, 1, silent)) == "backup_of_another_congress"
    assert await rows_of(third, ledger_stream(congress)) == before


async def test_a_stream_that_the_backup_does_not_have_is_a_longer_history(
    connection, congress, ledger, make_broker, tmp_path
):
    await settled(ledger, await Writer(EventStore(connection, congress, "logistics")).write([1]))
    backup = await back_up(connection, congress, tmp_path / "backup.zip")
    other, within, *_ = await make_broker("other")
    name = service_stream(congress, "y-te")
    config = {"name": name, "subjects": [f"evt.{congress}.y-te.>"]}
    await js_api(other, f"STREAM.CREATE.{name}", config)
    await other.jetstream().publish(f"evt.{congress}.y-te.task.1", b"{}", stream=name)
    assert await code_of(restore(within, congress, backup, 1, silent)) == "longer_history"


@pytest.fixture
async def object_stores(endpoints):
    """They are to be reached in the account of the streams alone."""
    async with nats_connection(endpoints.nats_url, "tests", operator_of(endpoints, STORE)) as within:
        yield within.jetstream()


async def test_the_objects_of_the_congress_are_kept_and_come_back(
    connection, object_stores, congress, ledger, make_broker, tmp_path
):
    await settled(ledger, await Writer(EventStore(connection, congress, "logistics")).write([1]))
    store = await object_stores.create_object_store(f"evidence_{congress}")
    await object_stores.create_object_store(f"evidence_of-another-{congress}")
    content = {"minutes.pdf": b"%PDF" * 100_000, "photo.jpg": b"\xff\xd8" * 10}
    for name, data in content.items():
        await store.put(name, data)
    await store.put("withdrawn.pdf", b"gone")
    await store.delete("withdrawn.pdf")
    backup = await back_up(connection, congress, tmp_path / "backup.zip")
    assert backup.manifest.streams[-1].name == f"OBJ_evidence_{congress}"
    _, within, *_ = await make_broker("other")
    await restore(within, congress, backup, 1, silent)
    restored = await within.jetstream().object_store(f"evidence_{congress}")
    for name, data in content.items():
        assert (await restored.get(name)).data == data
    assert sorted(entry.name for entry in await restored.list(ignore_deletes=True)) == sorted(content)
    assert (await restore(within, congress, backup, 1, silent)).put_back == []
    await restored.put("later.pdf", b"later")
    assert await code_of(restore(within, congress, backup, 1, silent)) == "longer_history"
    for name in (f"evidence_{congress}", f"evidence_of-another-{congress}"):
        await object_stores.delete_object_store(name)


async def test_files_that_units_keep_are_in_the_backup_and_as_they_were_after_it_was_put_back(
    connection, congress, ledger, make_broker, tmp_path
):
    await settled(ledger, await Writer(EventStore(connection, congress, "logistics")).write([1]))
    content, upload = [b"%PDF-" * 20_000, b"end"], "0a" * 16
    sha256, kept = hashlib.sha256(b"".join(content)).hexdigest(), EvidenceStore(connection, congress, "logistics")
    after = await kept.add(upload, content[0], 0)
    await kept.add(upload, content[1], after)
    await kept.name(sha256, Whole(upload, 100_003, 2, "application/pdf"))
    backup = await back_up(connection, congress, tmp_path / "backup.zip")
    other, within, *_ = await make_broker("other")
    await restore(within, congress, backup, 1, silent)
    restored = EvidenceStore(other, congress, "logistics")
    assert await restored.whole(sha256) == Whole(upload, 100_003, 2, "application/pdf")
    assert [part async for part in restored.parts(upload)] == content
    await provision(other, congress)
    assert (await restore(within, congress, backup, 1, silent)).put_back == []


async def test_a_congress_that_lost_events_is_not_backed_up(connection, congress, ledger, tmp_path):
    stream = service_stream(congress, "logistics")
    await settled(ledger, await Writer(EventStore(connection, congress, "logistics")).write(range(3)))
    config = (await stream_info(connection, stream))["config"]
    await js_api(connection, f"STREAM.UPDATE.{stream}", config | {"max_msgs": 2})
    await js_api(connection, f"STREAM.UPDATE.{stream}", config)
    path = tmp_path / "backup.zip"
    assert await code_of(back_up(connection, congress, path)) == "ledger_and_streams_at_odds"
    assert list(tmp_path.iterdir()) == []


async def test_what_the_ledger_does_not_have_in_time_is_told(connection, congress, ledger, tmp_path, monkeypatch):
    name = ledger_stream(congress)
    config = (await stream_info(connection, name))["config"]
    await js_api(connection, f"STREAM.UPDATE.{name}", config | {"sources": []})
    await Writer(EventStore(connection, congress, "logistics")).write([1])
    monkeypatch.setattr(taking, "CATCH_UP_S", 0.0)
    assert await code_of(back_up(connection, congress, tmp_path / "backup.zip")) == "ledger_behind"


async def test_a_server_that_can_not_take_a_backup_back_is_told_before_anything_is_written(
    connection, congress, ledger, make_broker, tmp_path, monkeypatch
):
    await settled(ledger, await Writer(EventStore(connection, congress, "logistics")).write([1]))
    backup = await back_up(connection, congress, tmp_path / "backup.zip")
    other, within, *_ = await make_broker("other")
    monkeypatch.setattr(restoring, "FIRST_SERVER", (99, 0, 0))
    assert await code_of(restore(within, congress, backup, 1, silent)) == "broker_too_old"
    assert (await js_api(other, "STREAM.NAMES", {}))["total"] == 0


# --- as an operator does it ---
async def test_backup_verify_and_restore_say_what_they_do(
    connection, congress, ledger, endpoints, make_broker, tmp_path
):
    written = await Writer(EventStore(connection, congress, "logistics")).write(range(10))
    await settled(ledger, written)
    folder, out = tmp_path / "shell", tmp_path / "backups"
    folder.mkdir(), out.mkdir()
    here = Shell(folder, endpoints, congress)
    taken = here.run("backup", str(out))
    assert taken.returncode == 0, taken.stderr
    [path] = out.iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    assert f"{path}: the congress {congress} up to ledger event {written}, in 9 streams." in taken.stdout
    assert "100%" in taken.stderr
    assert f"{2 * written}" not in taken.stderr, "every event is in the ledger and in its service's stream"
    checked = Shell(folder, endpoints._replace(nats_url="nats://127.0.0.1:1"), congress).run(
        "backup", "verify", str(path)
    )
    assert checked.stdout == f"{taken.stdout}The backup is whole.\n"
    assert here.run("backup", "take", str(path)).returncode == 2, "it exists already"
    assert here.run("backup", f"{tmp_path / 'a folder' / 'of backups'}/").returncode == 0
    assert [one.suffix for one in (tmp_path / "a folder" / "of backups").iterdir()] == [".zip"]

    other, _, url, keys = await make_broker("other")
    there = Shell(folder, endpoints._replace(nats_url=url, nats_credentials=keys), congress)
    listening = await other.subscribe(f"health.{congress}.logistics", cb=answer_as_ready)
    refused = await asyncio.to_thread(there.run, "restore", str(out))
    assert (refused.returncode, "services_still_run" in refused.stderr) == (1, True)
    assert "error" in await js_api(other, f"STREAM.INFO.{ledger_stream(congress)}", {})
    await listening.unsubscribe()
    restored = there.run("restore", str(out))
    assert restored.returncode == 0, restored.stderr
    assert "streams put back: 9, there already: 0." in restored.stdout
    digest = await digest_of(ledger, written)
    assert f"Rebuilt at ledger event {written}: {digest}" in restored.stdout
    assert there.run("audit", "verify").returncode == 0
    assert there.json("audit", "verify")["live"] == digest


async def test_after_a_second_restoration_the_views_are_said_to_be_where_they_are(
    connection, congress, ledger, endpoints, make_broker, tmp_path
):
    ends, paths = [], []
    for number in (1, 2):
        end = await Writer(EventStore(connection, congress, "logistics")).write([number])
        ends.append(end + sum(ends))
        await settled(ledger, ends[-1])
        paths.append(tmp_path / f"{number}.zip")
        await back_up(connection, congress, paths[-1])
    _, _, url, keys = await make_broker("other")
    there = Shell(tmp_path, endpoints._replace(nats_url=url, nats_credentials=keys), congress)
    digests = [await digest_of(ledger, end) for end in ends]
    assert f"Rebuilt at ledger event {ends[0]}: {digests[0]}" in there.run("restore", str(paths[0])).stdout
    printed = there.run("restore", str(paths[1])).stdout
    assert f"Rebuilt up to ledger event {ends[1]}.\n" in printed
    assert f"At ledger event {ends[0]}, where the old views stood: {digests[0]}\n" in printed
    assert there.json("audit", "verify")["live"] == digests[1]


async def test_a_damaged_backup_is_refused_by_name_before_anything_is_written(
    connection, congress, ledger, endpoints, make_broker, tmp_path
):
    await settled(ledger, await Writer(EventStore(connection, congress, "logistics")).write([1]))
    path = tmp_path / "backup.zip"
    await back_up(connection, congress, path)
    path.write_bytes(path.read_bytes()[:-100])
    other, _, url, keys = await make_broker("other")
    there = Shell(tmp_path, endpoints._replace(nats_url=url, nats_credentials=keys), congress)
    ended = there.run("restore", str(path))
    assert (ended.returncode, "backup_damaged" in ended.stderr) == (1, True)
    assert (await js_api(other, "STREAM.NAMES", {}))["total"] == 0


def test_one_file_of_credentials_is_not_enough_to_restore(endpoints, congress, tmp_path):
    path = tmp_path / "operator.creds"
    path.touch()
    shell = Shell(tmp_path, endpoints._replace(nats_credentials=str(path)), congress)
    ended = shell.run("restore", str(tmp_path))
    assert (ended.returncode, "Restoring takes two identities" in ended.stderr) == (2, True)


async def answer_as_ready(message):
    await message.respond(health_of([], {}).model_dump_json().encode())


async def test_accounts_come_back_and_ended_sessions_do_not(connection, congress, ledger, make_broker, tmp_path):
    await provision(connection, congress)
    accounts = Accounts(connection, congress)
    for name in ("lan", "minh"):
        account = Account(id=name, name=name, password="$argon2id$…", changed_at=datetime.now(UTC))
        await accounts.add(account)
    for changed in range(5):
        await accounts.change(await accounts.get("lan"), name=f"Lan {changed}")
    await SignedOut(connection, congress).end("0" * 32)
    before = await accounts.all()
    backup = await back_up(connection, congress, tmp_path / "backup")
    assert [stream.name for stream in backup.manifest.streams if stream.name.startswith("KV_")] == [
        f"KV_accounts_{congress}"
    ]
    broker = await make_broker("another")
    await provision(broker.connection, congress)
    await restore(broker.within, congress, backup, 1, silent)
    await provision(broker.connection, congress)
    there = Accounts(broker.connection, congress)
    assert await there.all() == before
    assert (await there.get("lan")).account.password == "$argon2id$…"
    await there.change(await there.get("lan"), active=False)
    with pytest.raises(Refused) as told:
        await restore(broker.within, congress, backup, 1, silent)
    assert told.value.code == "other_history"
