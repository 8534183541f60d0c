"""Files that a unit keeps, sent to its service as it runs, and stored where nobody replaces them."""

# ruff: noqa: F811 - fixtures of other modules

import asyncio
import base64
import hashlib
import io
from uuid import uuid4

import pytest

from daihoi.ops.doctor import examine
from shared.domain.decider import Refused
from shared.eventstore.errors import Conflict, EventStoreError, NotPermitted, StreamMismatch
from shared.eventstore.jetstream_api import js_api, js_call, stream_info
from shared.eventstore.names import bucket_stream, evidence_bucket
from shared.eventstore.objects import PART_BYTES, EvidenceStore, Whole
from shared.eventstore.operating import connected_as
from shared.eventstore.rights import STORE, member_of
from shared.eventstore.store import EventStore
from shared.eventstore.streams import bucket_configs, provision
from shared.eventstore.wire import as_json, read_json
from shared.platform.nats import nats_connection
from shared.unit.client import CommandClient
from shared.unit.fetching_files import EvidenceFetcher
from shared.unit.handing_out import FetchEvidencePart
from shared.unit.keeping import KeepEvidence, KeepEvidencePart
from shared.unit.patience import Patience
from shared.unit.problems import ProblemError
from shared.unit.sending_files import EvidenceSender
from shared.values.types import Evidence
from tests.conftest import token_for
from tests.contract.test_faces import serving  # noqa: F401 - a fixture
from tests.contract.test_locks import endpoints  # noqa: F401 - a fixture
from tests.contract.units import TASK
from tests.servers import operator_of

UNIT = "logistics"
PDF = b"%PDF-1.7\n" + bytes(range(256)) * 1500
"""Three parts, and a bit of a fourth."""
SHA256 = hashlib.sha256(PDF).hexdigest()
MB = 1024**2


@pytest.fixture
def client(connection, congress):
    return CommandClient(connection, congress, Patience(0))


@pytest.fixture
def sender(client, settings):
    return EvidenceSender(client, UNIT, token_for(settings, f"{UNIT}.member"), 50 * MB)


@pytest.fixture
def fetcher(client, settings):
    return EvidenceFetcher(client, UNIT, token_for(settings, f"{UNIT}.member"))


@pytest.fixture
def kept(connection, congress):
    return EvidenceStore(connection, congress, UNIT)


@pytest.fixture
def give(client, settings):
    async def send(command, by="member", **data):
        token = token_for(settings, f"{UNIT}.{by}")
        return await client.send(UNIT, command, data, token=token, command_id=uuid4())

    return send


async def code_of(refused):
    with pytest.raises(ProblemError) as error:
        await refused
    assert error.value.problem.detail_vi not in ("", error.value.problem.detail)
    return error.value.problem.code


async def stored(connection, congress):
    return (await stream_info(connection, bucket_stream(evidence_bucket(congress, UNIT))))["state"]["messages"]


def part_of(upload, content, offset=0, after=0, size=None):
    part = base64.b64encode(content).decode()
    return {"upload": upload, "size_bytes": size or len(content), "offset": offset, "after": after, "part": part}


async def begin_work(give):
    await give("open-task", **TASK)
    await give("assign-task", task_id="1-03", collective="Sở Y tế", individual="Giám đốc")
    await give("start-task", task_id="1-03")


# --- a file that goes through ---
async def test_a_file_is_kept_whole_and_shown_for_a_task(sender, give, kept, serving, connection, congress):
    async with serving(UNIT):
        shown = await sender.send(Sipped(PDF), "Biên bản.pdf")
        assert shown == Evidence(
            title="Biên bản.pdf", sha256=SHA256, size_bytes=len(PDF), media_type="application/pdf", kept=True
        )
        await begin_work(give)
        submitted = await give("submit-task", task_id="1-03", evidence=[shown.model_dump(mode="json")])
    assert [event.type for event in submitted.events] == ["vn.daihoi.task.submitted.v1"]
    assert await kept.whole(SHA256) == Whole((await kept.whole(SHA256)).upload, len(PDF), 3, "application/pdf")
    (recorded,) = await EventStore(connection, congress, UNIT).load("evidence", SHA256)
    assert read_json(recorded.body)["data"] == {
        "file_name": "Biên bản.pdf", "size_bytes": len(PDF), "media_type": "application/pdf",
    }  # fmt: skip


async def test_natss_own_client_reads_what_is_kept(sender, serving, endpoints, congress):
    async with serving(UNIT):
        await sender.send(io.BytesIO(PDF), "bien-ban.pdf")
    async with nats_connection(endpoints.nats_url, "tests", operator_of(endpoints, STORE)) as within:
        bucket = await within.jetstream().object_store(evidence_bucket(congress, UNIT))
        found = await bucket.get(SHA256)
    assert (found.data, found.info.name, found.info.headers) == (PDF, SHA256, {"Content-Type": ["application/pdf"]})


async def test_the_same_content_is_stored_once_whoever_sends_it_and_however_often(
    sender,
    serving,
    connection,
    congress,
):
    events = EventStore(connection, congress, UNIT)
    async with serving(UNIT):
        at_once = await asyncio.gather(*(sender.send(io.BytesIO(PDF), f"{name}.pdf") for name in "ab"))
        there = await stored(connection, congress)
        again = await sender.send(io.BytesIO(PDF), "c.pdf")
        assert await stored(connection, congress) == there
    assert {piece.sha256 for piece in (*at_once, again)} == {SHA256}
    assert len(await events.load("evidence", SHA256)) == 1


async def test_a_part_that_was_not_answered_may_be_sent_again(give, serving, connection, congress):
    upload = uuid4().hex
    async with serving(UNIT):
        first = await give(KeepEvidencePart.NAME, **part_of(upload, b"%PDF-", size=10))
        assert await give(KeepEvidencePart.NAME, **part_of(upload, b"%PDF-", size=10)) == first
        then = part_of(upload, b"%PDF-", offset=5, after=first.sequence, size=10)
        second = await give(KeepEvidencePart.NAME, **then)
        assert await give(KeepEvidencePart.NAME, **then) == second
        assert second.sequence > first.sequence
        sha256 = hashlib.sha256(b"%PDF-" * 2).hexdigest()
        await give(KeepEvidence.NAME, sha256=sha256, size_bytes=10, file_name="x.pdf", upload=upload)
    assert await stored(connection, congress) == 3


# --- and comes out again ---
async def test_a_file_comes_out_as_it_went_in_and_is_listed_once(sender, fetcher, serving, connection, congress):
    async with serving(UNIT):
        for content in (PDF, b"%PDF-", PDF):
            await sender.send(io.BytesIO(content), "Biên bản.pdf")
        before, written = await stored(connection, congress), io.BytesIO()
        assert await fetcher.fetch(SHA256, written.write) == len(PDF)
        listed = {kept.sha256: (kept.file_name, kept.size_bytes) async for kept in fetcher.on_record()}
        assert await stored(connection, congress) == before
    assert written.getvalue() == PDF
    assert listed[SHA256] == ("Biên bản.pdf", len(PDF))
    assert len(listed) == 2


async def test_what_is_not_there_or_not_as_it_was_is_refused_at_the_latest_at_its_end(sender, fetcher, kept, serving):
    other = "0a" * 32
    async with serving(UNIT):
        assert await code_of(fetcher.fetch(SHA256, io.BytesIO().write)) == "evidence_not_in_store"
        await sender.send(io.BytesIO(PDF), "a.pdf")
        whole = await kept.whole(SHA256)
        await kept.name(other, whole)
        with pytest.raises(Refused) as error:
            await fetcher.fetch(other, io.BytesIO().write)
        assert error.value.code == "evidence_differs"
        await kept.name("0b" * 32, whole._replace(size_bytes=len(PDF) + 1))
        assert await code_of(fetcher.fetch("0b" * 32, io.BytesIO().write)) == "evidence_differs"


async def test_a_file_is_handed_out_for_a_token_of_the_unit_alone(sender, client, settings, serving):
    async with serving(UNIT):
        await sender.send(io.BytesIO(PDF), "a.pdf")
        question = FetchEvidencePart(sha256=SHA256)
        for stranger, code in (("security.member", "wrong_unit"), ("auditor.office", "reads_only")):
            refused = client.question(UNIT, question, token=token_for(settings, stranger))
            assert await code_of(refused) == code
        assert (await client.question(UNIT, question, token=token_for(settings, f"{UNIT}.member"))).part


# --- a file that doesn't ---
@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"sha256": "0a" * 32}, "evidence_not_as_said"),
        ({"size_bytes": 9}, "evidence_not_as_said"),
        ({"size_bytes": 11}, "evidence_not_as_said"),
        ({"upload": uuid4().hex}, "evidence_not_as_said"),
        ({"upload": None}, "evidence_not_sent"),
        ({"size_bytes": 2 * 1024**3}, "evidence_too_large"),
        ({"size_bytes": 0}, "invalid_input"),
        ({"sha256": hashlib.sha256().hexdigest()}, "invalid_input"),
        ({"file_name": "../a.pdf"}, "invalid_input"),
        ({"file_name": "a\x00.pdf"}, "invalid_input"),
        ({"upload": "x.>"}, "invalid_input"),
    ],
)
async def test_what_is_not_as_it_was_said_is_not_kept(wrong, code, give, kept, serving, connection, congress):
    said = {"sha256": hashlib.sha256(b"%PDF-" * 2).hexdigest(), "size_bytes": 10, "file_name": "a.pdf"}
    async with serving(UNIT):
        upload = uuid4().hex
        await give(KeepEvidencePart.NAME, **part_of(upload, b"%PDF-" * 2))
        assert await code_of(give(KeepEvidence.NAME, **said | {"upload": upload} | wrong)) == code
    assert await kept.whole((said | wrong)["sha256"]) is None
    assert await EventStore(connection, congress, UNIT).load("evidence", "*") == []


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"part": "?"}, "evidence_part_unreadable"),
        ({"part": base64.b64encode(bytes(11)).decode()}, "evidence_part_unreadable"),
        ({"offset": 1}, "evidence_part_unreadable"),
        ({"after": 5}, "evidence_part_misplaced"),
        ({"size_bytes": 50 * MB + 1}, "evidence_too_large"),
        ({"part": base64.b64encode(bytes(PART_BYTES + 1)).decode(), "size_bytes": MB}, "evidence_part_unreadable"),
        ({"part": base64.b64encode(bytes(PART_BYTES + 3)).decode(), "size_bytes": MB}, "invalid_input"),
        ({"upload": "../x"}, "invalid_input"),
    ],
)
async def test_a_part_that_can_not_be_one_is_not_stored(wrong, code, give, serving, connection, congress):
    async with serving(UNIT):
        assert await code_of(give(KeepEvidencePart.NAME, **part_of(uuid4().hex, b"%PDF-" * 2) | wrong)) == code
    assert await stored(connection, congress) == 0


async def test_a_unit_keeps_no_file_that_is_larger_than_its_setting_says(sender, serving, monkeypatch):
    monkeypatch.setenv("DAIHOI_EVIDENCE_MB", "1")
    async with serving(UNIT):
        assert await code_of(sender.send(io.BytesIO(bytes(MB + 1)), "a.bin")) == "evidence_too_large"
        assert (await sender.send(io.BytesIO(bytes(MB)), "a.bin")).size_bytes == MB


class Sipped(io.BytesIO):
    """Of which nobody takes more than a part at once."""

    def read(self, size=-1):
        assert 0 < size <= PART_BYTES
        return super().read(size)


class Changing(io.BytesIO):
    """Another content from when on it is read a second time."""

    def seek(self, *where):
        if self.tell():
            self.getbuffer()[-1] ^= 1
        return super().seek(*where)


async def test_a_file_that_changes_while_it_is_read_is_not_kept(sender, kept, serving):
    async with serving(UNIT):
        with pytest.raises(Exception, match="was changed while it was read"):
            await sender.send(Changing(PDF), "a.pdf")
    assert await kept.whole(SHA256) is None


async def test_a_file_of_which_the_service_got_a_part_only_is_not_seen_and_can_be_sent_anew(
    sender,
    give,
    kept,
    serving,
):
    upload = uuid4().hex
    async with serving(UNIT):
        first = await give(KeepEvidencePart.NAME, **part_of(upload, PDF[:PART_BYTES], size=len(PDF)))
    rest = part_of(upload, PDF[PART_BYTES : 2 * PART_BYTES], PART_BYTES, first.sequence, len(PDF))
    assert await code_of(give(KeepEvidencePart.NAME, **rest)) == "service_not_running"
    assert await kept.whole(SHA256) is None
    async with serving(UNIT):
        await sender.send(io.BytesIO(PDF), "a.pdf")
    assert (await kept.whole(SHA256)).size_bytes == len(PDF)


async def test_where_the_operator_has_made_no_place_for_files_that_is_said(sender, serving, connection, kept):
    async with serving(UNIT):
        await js_call(connection, f"STREAM.DELETE.{kept.stream}", {})
        assert await code_of(sender.send(io.BytesIO(PDF), "a.pdf")) == "evidence_store_awaited"


async def test_a_place_for_files_is_as_it_must_be_or_the_operator_is_told(settings, connection, congress, kept):
    (wanted,) = [config for config in bucket_configs(congress) if config["name"] == kept.stream]
    await js_call(connection, f"STREAM.DELETE.{kept.stream}", {})
    missing = {each.code: each.detail for each in await examine(settings)}["stream_missing"]
    assert kept.stream in missing
    replaceable = wanted | {"deny_delete": False, "allow_rollup_hdrs": True}
    await js_call(connection, f"STREAM.CREATE.{kept.stream}", replaceable)
    with pytest.raises(StreamMismatch):
        await provision(connection, congress)
    differs = {each.code: each.detail for each in await examine(settings)}["stream_differs"]
    assert f"{kept.stream} has other settings than it must have: allow_rollup_hdrs, deny_delete" in differs


async def test_only_the_lead_says_that_work_needs_no_evidence(give, serving):
    rules = {"evidence_required": False, "reason": "Việc giải quyết tại chỗ"}
    async with serving(UNIT):
        await begin_work(give)
        assert await code_of(give("submit-task", task_id="1-03")) == "evidence_required"
        assert await code_of(give("set-unit-rules", **rules)) == "no_right_to_set_rules"
        await give("set-unit-rules", by="lead", **rules)
        assert (await give("submit-task", task_id="1-03")).events


# --- who has the unit's credentials, or a device's ---
async def test_what_is_named_first_stands_and_is_replaced_by_nobody(
    endpoints,
    settings,
    sender,
    serving,
    kept,
    congress,
):
    async with serving(UNIT):
        await sender.send(io.BytesIO(PDF), "a.pdf")
    whole = await kept.whole(SHA256)
    async with connected_as(UNIT, settings, endpoints, "tests") as thief:
        own = EvidenceStore(thief, congress, UNIT)
        await own.name(SHA256, Whole(uuid4().hex, 1, 1, "text/plain"))
        named = own.subject_of_name(SHA256)
        rolled_up = await thief.request(named, b"{}", timeout=30, headers={"Nats-Rollup": "sub"})
        assert "error" in read_json(rolled_up.data)
        await thief.request(named, as_json({"nuid": "x"}), timeout=30)
        with pytest.raises(Conflict):
            await own.add(whole.upload, b"more", 0)
    assert await kept.whole(SHA256) == whole


async def test_a_members_device_and_another_unit_read_and_take_out_nothing(
    endpoints, settings, connection, congress, kept
):
    upload = uuid4().hex
    await kept.add(upload, b"x", 0)
    for identity in (member_of(UNIT), "security"):
        async with connected_as(identity, settings, endpoints, "tests") as other:
            for refused in (
                EvidenceStore(other, congress, UNIT).whole(SHA256),
                js_call(other, f"STREAM.PURGE.{kept.stream}", {}),
            ):
                with pytest.raises(NotPermitted):
                    await refused
            with pytest.raises(EventStoreError):
                await EvidenceStore(other, congress, UNIT).add(upload, b"x", 0)
    assert await stored(connection, congress) == 1
    assert "error" in await js_api(connection, f"STREAM.MSG.DELETE.{kept.stream}", {"seq": 1})
