"""The file of a backup: what is in it, and that a broken, altered or foreign one is refused by name."""

import base64
import hashlib
import json
from datetime import UTC, datetime
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from daihoi.ops.backup.agreement import Agreement, Place
from daihoi.ops.backup.file import MANIFEST, Backup, BackupWriter
from daihoi.ops.backup.manifest import KeptConsumer, KeptStream, Manifest, Tally
from daihoi.ops.backup.settings import going_on, settings_of
from shared.domain.decider import Refused
from shared.eventstore.broker_archive import frames, masked_crc32c
from shared.eventstore.rows import Row
from shared.eventstore.streams import stream_configs
from shared.platform.files import new_file

CONGRESS, STREAM, LEDGER = "memory", "EVENTS_LOGISTICS_memory", "LEDGER_memory"
EVENTS = 3


def event(sequence, body=b"{}"):
    return Row(sequence, 1_600_000_000_000_000_000 + sequence, b"evt.memory.logistics.task.1-03", b"", body)


def copy(sequence, origin, body=b"{}", stream=STREAM):
    headers = f"NATS/1.0\r\nNats-Stream-Source: {stream} {origin} > > evt.memory.logistics.task.1-03\r\n\r\n"
    return event(sequence, body)._replace(headers=headers.encode())


def written(path, ledger, stream, **manifest):
    streams = []
    with new_file(path) as file, BackupWriter(file) as writer:
        for name, rows in ((LEDGER, ledger), (STREAM, stream)):
            tally = Tally()
            with writer.member(f"{name}.jsonl") as member:
                for row in rows:
                    tally.add(row, row.line)
                    member.write(row.line)
            streams.append(tally.stream(name, {"name": name}, tally.last))
        stated = {"congress": CONGRESS, "server": "2.15.0", "taken": datetime(2026, 8, 15, tzinfo=UTC)} | manifest
        writer.end(Manifest(streams=tuple(streams), consumers=(), **stated))
    return path


@pytest.fixture
def path(tmp_path):
    numbers = range(1, EVENTS + 1)
    return written(tmp_path / "backup.zip", [copy(n, n) for n in numbers], [event(n) for n in numbers])


def code_of(path):
    with pytest.raises(Refused) as refused:
        Backup(path).check(lambda *_: None)
    return refused.value.code


def with_members(path, **changed):
    """The same archive with other contents of some members, or without them."""
    with ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members |= {name.replace("__", "."): content for name, content in changed.items()}
    path.unlink()
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, content in members.items():
            if content is not None:
                archive.writestr(name, content)


def stated(path, **changes):
    """With another manifest whose own digest is right."""
    with ZipFile(path) as archive:
        content = json.loads(archive.read(MANIFEST)) | changes
    content.pop("sha256")
    line = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n"
    content["sha256"] = hashlib.sha256(line.encode()).hexdigest()
    with_members(path, manifest__json=json.dumps(content))


def test_it_is_read_with_nothing_but_zip_json_and_sha256(path):
    with ZipFile(path) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        for stream in manifest["streams"]:
            lines = archive.read(f"{stream['name']}.jsonl")
            assert hashlib.sha256(lines).hexdigest() == stream["sha256"]
            rows = [json.loads(line) for line in lines.splitlines()]
            assert [row["sequence"] for row in rows] == [1, 2, 3]
            assert base64.b64decode(rows[0]["body"]) == b"{}"
    claimed = manifest.pop("sha256")
    line = json.dumps(manifest, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n"
    assert hashlib.sha256(line.encode()).hexdigest() == claimed
    Backup(path).check(lambda *_: None)
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("left", [0, 3, 40, 200, -30, -1])
def test_one_that_is_cut_off_anywhere_is_refused(path, left):
    content = path.read_bytes()
    path.write_bytes(content[:left])
    assert code_of(path) == ("no_backup" if 0 <= left < 4 else "backup_damaged")


def test_one_with_any_other_bit_is_refused(path):
    """Of what the reader looks at; what a zip archive says twice or of its times changes nothing."""
    content, ends = path.read_bytes(), []
    whole = [*Backup(path).lines(Backup(path).manifest.ledger)]
    for at in range(0, len(content), 7):
        path.write_bytes(content[:at] + bytes([content[at] ^ 0x10]) + content[at + 1 :])
        try:
            backup = Backup(path)
            backup.check(lambda *_: None)
            ends.append("accepted" if [*backup.lines(backup.manifest.ledger)] == whole else "taken for whole")
        except Refused as refused:
            ends.append(refused.code)
    assert {*ends} <= {"backup_damaged", "no_backup", "backup_of_another_version", "accepted"}
    assert ends.count("accepted") < len(ends) / 2


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda path: with_members(path, manifest__json=None), "no_backup"),
        (lambda path: with_members(path, manifest__json=b"{"), "backup_damaged"),
        (lambda path: with_members(path, manifest__json=b'{"format": "other"}'), "no_backup"),
        (lambda path: stated(path, version=2), "backup_of_another_version"),
        (lambda path: stated(path, congress="other"), "backup_damaged"),
        (lambda path: stated(path, streams=[]), "backup_damaged"),
        (lambda path: with_members(path, **{f"{STREAM}__jsonl": None}), "backup_damaged"),
        (lambda path: with_members(path, **{f"{STREAM}__jsonl": event(1).line}), "backup_damaged"),
        (lambda path: with_members(path, **{f"{STREAM}__jsonl": b"not a row\n"}), "backup_damaged"),
        (lambda path: with_members(path, notes__txt=b"hello"), "backup_damaged"),
        (lambda path: path.write_bytes(b"PK\x03\x04 and nothing else"), "backup_damaged"),
        (lambda path: path.write_bytes(path.read_bytes() + b"\n"), "backup_damaged"),
        (lambda path: path.write_bytes(path.read_bytes()[:-2] + b"\x04\0more"), "backup_damaged"),
        (lambda path: path.write_bytes(b"PK\x03\x04" + path.read_bytes()), "backup_damaged"),
        (lambda path: path.write_text("a letter"), "no_backup"),
    ],
)
def test_one_that_was_altered_or_is_none_is_refused_by_name(path, change, code):
    change(path)
    assert code_of(path) == code


@pytest.mark.parametrize(
    ("ledger", "stream"),
    [
        ([copy(1, 1), copy(2, 2)], [event(1)]),
        ([copy(1, 1)], [event(1), event(2)]),
        ([copy(1, 1)], [event(1, b"something else")]),
        ([copy(1, 2)], [event(1)]),
        ([event(1)], [event(1)]),
        ([copy(1, 1), copy(2, 1, stream="EVENTS_SECURITY_memory")], [event(1)]),
    ],
    ids=["more in the ledger", "less", "another event", "a gap", "no origin", "of a stream that is not there"],
)
def test_one_whose_ledger_and_streams_do_not_agree_is_refused_though_every_digest_is_right(tmp_path, ledger, stream):
    assert code_of(written(tmp_path / "backup.zip", ledger, stream)) == "backup_damaged"


def test_what_the_ledger_holds_twice_says_nothing_new():
    agreement = Agreement(CONGRESS)
    for row in (copy(1, 1), copy(2, 1), copy(3, 2)):
        assert agreement.first_at_odds(LEDGER, row) is None
    assert agreement.first_at_odds(STREAM, event(2)) is None
    assert agreement.first_at_odds(STREAM, event(3)) == Place(STREAM, 3)


def test_a_row_comes_back_from_its_line_byte_for_byte():
    row = Row(
        7, 1_600_000_000_123_456_789, "evt.thảo".encode() + b"\xff", b"NATS/1.0\r\nA: b\r\n\r\n", bytes(range(256))
    )
    assert Row.of_line(row.line) == row
    assert Row.of_line(row.line).line == row.line


@pytest.mark.parametrize(
    "line", [b"", b"{}", b"[]", b'{"sequence": "x"}', b"\xff", event(1).line.replace(b"e30", b"!!!")]
)
def test_what_is_no_row_is_told(line):
    with pytest.raises(ValueError):  # noqa: PT011 - any of its kinds
        Row.of_line(line)


def test_a_file_gets_its_name_once_it_is_whole(tmp_path):
    path = tmp_path / "backup.zip"

    def half():
        with new_file(path) as file:
            file.write(b"half")
            assert not path.exists()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        half()
    assert list(tmp_path.iterdir()) == []
    path.touch()
    with pytest.raises(FileExistsError), new_file(path):
        pass


def test_frames_are_those_of_a_snappy_stream():
    crc = (masked_crc32c(b"123456789") - 0xA282EAD8) & 0xFFFFFFFF
    assert (crc >> 17 | crc << 15) & 0xFFFFFFFF == 0xE3069283, "the check value of CRC-32C"
    begin, *rest = frames([event(number, bytes(50_000)) for number in range(1, 4)], 1, 3)
    assert begin == b"\xff\x06\x00\x00S2sTwO"
    assert [frame[0] for frame in rest] == [1, 1, 1]
    assert all(int.from_bytes(frame[1:4], "little") == len(frame) - 4 <= 65_540 for frame in rest)
    assert rest[0][8:16] == b"NATSARC1"


def kept_stream(name, **config):
    return KeptStream(name=name, config={"name": name} | config, first=1, last=1, messages=1, bytes=1, sha256="")


def test_the_settings_of_event_streams_are_the_programs_own_whatever_a_backup_says():
    astray = {"republish": {"src": ">", "dest": "cmd.>"}, "deny_delete": False, "subjects": ["cmd.>"]}
    for stream in stream_configs(CONGRESS, 3):
        assert settings_of(kept_stream(stream["name"], **astray), CONGRESS, 3) == stream
    of_a_unit = settings_of(kept_stream("EVENTS_Y-TE_memory", **astray), CONGRESS, 1)
    assert (of_a_unit["subjects"], of_a_unit["deny_delete"]) == (["evt.memory.y-te.>"], True)
    assert "republish" not in of_a_unit
    of_files = settings_of(kept_stream("OBJ_evidence-y-te_memory", **astray, allow_rollup_hdrs=True), CONGRESS, 1)
    assert of_files["subjects"] == ["$O.evidence-y-te_memory.C.>", "$O.evidence-y-te_memory.M.>"]
    assert (of_files["deny_delete"], "allow_rollup_hdrs" in of_files) == (True, False)
    objects = settings_of(kept_stream("OBJ_evidence_memory", **astray, max_age=5), CONGRESS, 1)
    assert objects["subjects"] == ["$O.evidence_memory.C.>", "$O.evidence_memory.M.>"]
    assert (objects.get("republish"), objects["max_age"]) == (None, 5)


@pytest.mark.parametrize(("done", "began", "begins"), [(0, 1, 1), (7, 1, 8), (0, 5, 5), (7, 20, 20)])
def test_a_consumer_goes_on_after_what_it_was_done_with(done, began, begins):
    metadata = {"begins": str(began), "policies": "a b", "_nats.ver": "2.15.0"}
    config = {
        "durable_name": "policies-logistics",
        "opt_start_seq": began,
        "metadata": metadata,
        "deliver_subject": "x",
    }
    made = going_on(KeptConsumer(name="policies-logistics", config=config, done=done))
    assert made == {
        "durable_name": "policies-logistics",
        "deliver_policy": "by_start_sequence",
        "opt_start_seq": begins,
        "metadata": {"begins": str(begins), "policies": "a b"},
    }
