"""Files as evidence, as people send, fetch and verify them with `daihoi`."""

import asyncio
import hashlib
import json
import os

import pytest

from daihoi.ops.supervisor import Supervisor
from shared.eventstore.jetstream_api import js_call
from shared.eventstore.objects import EvidenceStore
from shared.unit.client import CommandClient
from tests.contract.units import SHOWN, TASK
from tests.program import Shell

MEMBER = ("--as", "logistics.member")
MINUTES, PHOTO = b"%PDF-1.7\n" + bytes(300_000), b"\xff\xd8\xff\xe0" + bytes(500)
SHA256 = hashlib.sha256(MINUTES).hexdigest()


@pytest.fixture
async def shell(connection, settings, endpoints, congress, tmp_path, monkeypatch):
    """A congress whose logistics unit runs, and has work under way."""
    monkeypatch.setenv("DAIHOI_DATA_DIR", str(settings.data_dir))
    supervisor, started = Supervisor(settings, endpoints), Shell(tmp_path, endpoints, congress)
    try:
        supervisor.start("logistics")
        await supervisor.wait_until_ready(CommandClient(connection, congress))
        in_charge = {"task_id": "1-03", "collective": "Sở Y tế", "individual": "Giám đốc"}
        for command, data in (("open-task", TASK), ("assign-task", in_charge), ("start-task", {"task_id": "1-03"})):
            await run(started, "send", "logistics", command, json.dumps(data), *MEMBER)
        yield started
    finally:
        await asyncio.to_thread(supervisor.stop)


async def run(shell, *arguments, expects=0, **environment):
    ended = await asyncio.to_thread(shell.run, *map(str, arguments), **environment)
    assert ended.returncode == expects, ended.stdout + ended.stderr
    return ended


@pytest.fixture
def files(tmp_path):
    minutes, photo = tmp_path / "Biên bản.pdf", tmp_path / "anh.jpg"
    minutes.write_bytes(MINUTES)
    photo.write_bytes(PHOTO)
    return ("--file", minutes, "--file", photo)


async def test_work_is_handed_in_with_files_that_can_be_fetched_and_verified(
    shell, files, connection, congress, tmp_path
):
    await run(shell, "submit", "1-03", *MEMBER, expects=1)
    told = await run(shell, "submit", "1-03", *MEMBER, *files, "--note", "Đủ hồ sơ", DAIHOI_LANG="vi")
    assert told.stdout == "Thành viên Bộ phận hậu cần phục vụ trình xác nhận hoàn thành nhiệm vụ 1-03\n"
    printed = json.loads((await run(shell, "evidence", "put", *MEMBER, *files)).stdout)
    assert printed[0] == {
        "title": "Biên bản.pdf", "sha256": SHA256, "size_bytes": len(MINUTES), "media_type": "application/pdf",
        "kept": True,
    }  # fmt: skip
    await run(
        shell, "send", "logistics", "return-task", '{"task_id": "1-03", "reason": "x"}', "--as", "logistics.lead"
    )
    await run(shell, "send", "logistics", "submit-task", json.dumps({"task_id": "1-03"} | SHOWN), *MEMBER)

    fetched, get = tmp_path / "fetched.pdf", ("evidence", "get", SHA256.upper(), "--unit", "logistics", "--out")
    await run(shell, *get, fetched)
    assert fetched.read_bytes() == MINUTES
    assert "exists already" in (await run(shell, *get, fetched, expects=2)).stderr
    through = tmp_path / "through-the-unit.pdf"
    await run(shell, "evidence", "get", SHA256, "--unit", "logistics", "--out", through, *MEMBER)
    assert through.read_bytes() == MINUTES
    strangers = ("--unit", "logistics", "--out", tmp_path / "x.pdf", "--as", "security.member")
    assert "wrong_unit" in (await run(shell, "evidence", "get", SHA256, *strangers, expects=1)).stderr
    own = json.loads((await run(shell, "evidence", "verify", *MEMBER, "--format", "json")).stdout)
    assert sorted((each["title"], each["standing"]) for each in own) == [
        ("Biên bản.pdf", "there"), ("anh.jpg", "there"),
    ]  # fmt: skip
    checked = json.loads((await run(shell, "evidence", "verify", "--format", "json")).stdout)
    assert [(each["title"], each["standing"]) for each in checked] == [
        ("Biên bản.pdf", "there"), ("anh.jpg", "there"), ("Biên bản", "elsewhere"),
    ]  # fmt: skip

    store = EvidenceStore(connection, congress, "logistics")
    whole = await store.whole(SHA256)
    await js_call(connection, f"STREAM.PURGE.{store.stream}", {"filter": store.subject_of_parts(whole.upload)})
    told = await run(shell, "evidence", "verify", expects=1)
    assert "missing" in told.stdout
    assert "2 files" not in told.stdout
    told = await run(shell, *get, tmp_path / "again.pdf", expects=1)
    assert "evidence_not_in_store" in told.stderr
    told = await run(shell, *get, tmp_path / "again.pdf", *MEMBER, expects=1)
    assert "evidence_not_in_store" in told.stderr
    assert not [*tmp_path.glob("*again.pdf*")]
    told = json.loads((await run(shell, "evidence", "verify", *MEMBER, "--format", "json", expects=1)).stdout)
    assert {each["title"]: each["standing"] for each in told}["Biên bản.pdf"] == "missing"
    vietnamese = await run(shell, "evidence", "verify", expects=1, DAIHOI_LANG="vi")
    assert "1 tệp khớp mã kiểm tra, 1 tệp thiếu" in vietnamese.stdout


async def test_what_can_not_be_kept_is_refused_by_name_before_anything_is_sent(
    shell, files, connection, congress, tmp_path
):
    names = ("rong.pdf", "rat-lon.mp4", "thu-muc", "hai\ndong.pdf", "gach\\cheo.pdf", "khong-co.pdf", "ong")
    empty, huge, folder, two_lines, slash, absent, pipe = (tmp_path / name for name in names)
    empty.touch()
    huge.touch()
    os.truncate(huge, 2 * 1024**3)
    folder.mkdir()
    two_lines.write_bytes(b"x")
    slash.write_bytes(b"x")
    os.mkfifo(pipe)
    for path, code in (
        (empty, "file_empty"),
        (huge, "evidence_too_large"),
        (folder, "not_a_file"),
        (two_lines, "file_name_unfit"),
        (slash, "file_name_unfit"),
        (absent, "file_trouble"),
        (pipe, "not_a_file"),
    ):
        told = await run(shell, "evidence", "put", *MEMBER, *files, "--file", path, expects=1)
        assert told.stderr.startswith(code), told.stderr
    assert await EvidenceStore(connection, congress, "logistics").whole(SHA256) is None


async def test_a_unit_that_keeps_no_files_and_what_is_no_checksum_are_wrong_use(shell, files, tmp_path):
    await run(shell, "evidence", "put", "--as", "subcommittee.lead", *files, expects=2)
    out = ("--out", tmp_path / "x")
    await run(shell, "evidence", "get", "0a0a", "--unit", "logistics", *out, expects=2)
    await run(shell, "evidence", "get", SHA256, "--unit", "subcommittee", *out, expects=2)
