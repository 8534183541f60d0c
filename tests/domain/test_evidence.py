"""Files that show work was done: what is on record of them, what kind they are, and what they are called."""

import pytest
from pydantic import TypeAdapter, ValidationError

from shared.domain import evidence
from shared.domain.evidence import AGGREGATE, RecordEvidence
from shared.events.evidence import EvidenceFiled
from shared.values.files import HEAD_BYTES, UNKNOWN, FileName, media_type
from shared.views.evidence import VIEW
from tests.congress import envelope_of
from tests.domain.scenario import OFFICER, accepting, assert_all_told, given

KEPT = EvidenceFiled(file_name="bien-ban.pdf", size_bytes=90, media_type="application/pdf")


def record(file_name: str = "bien-ban.pdf") -> RecordEvidence:
    return RecordEvidence(sha256="0A" * 32, file_name=file_name, size_bytes=90, media_type="application/pdf")


ACCEPTED = {"a file that is kept is put on record": ((), record(), OFFICER, KEPT)}


@accepting(ACCEPTED)
def test_it_happens_once_that(history, command, actor, event):
    given(AGGREGATE, *history).when(command, actor).then(event)
    given(AGGREGATE, *history, event).when(command, actor).nothing_happened()


def test_the_same_content_under_another_name_is_the_same_file():
    given(AGGREGATE, KEPT).when(record("ban-sao.pdf")).nothing_happened()
    assert record().entity_id == "0a" * 32


def test_every_command_event_and_refusal_is_told_here():
    assert_all_told(evidence, ACCEPTED, ())


OFFICE = "application/vnd.openxmlformats-officedocument."


@pytest.mark.parametrize(
    ("head", "name", "kind"),
    [
        (b"%PDF-1.7\n", "bien-ban.pdf", "application/pdf"),
        (b"%PDF-1.7\n", "anh.jpg", "application/pdf"),
        (b"\xff\xd8\xff\xe0", "ANH.JPG", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "anh", "image/png"),
        (b"PK\x03\x04", "Báo cáo.DOCX", f"{OFFICE}wordprocessingml.document"),
        (b"PK\x03\x04", "kinh-phi.xlsx", f"{OFFICE}spreadsheetml.sheet"),
        (b"PK\x03\x04", "ho-so.zip", "application/zip"),
        (b"PK\x03\x04", "ho-so.pdf", "application/zip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "cong-van.doc", "application/msword"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "anh.webp", "image/webp"),
        (b"\x00\x00\x00\x18ftypheic", "IMG_1.HEIC", "image/heic"),
        (b"\x00\x00\x00\x18ftypisom", "ghi-hinh.mp4", "video/mp4"),
        ("Tổng hợp".encode(), "danh-sach.csv", "text/csv"),
        ("đ".encode() * HEAD_BYTES, "ghi-chu", "text/plain"),
        (("x" * (HEAD_BYTES - 1) + "đ").encode()[:HEAD_BYTES], "ghi-chu.txt", "text/plain"),
        (b"a\x00b", "x.txt", UNKNOWN),
        (b"\xfe\xff\x00", "x.pdf", UNKNOWN),
    ],
)
def test_what_kind_a_file_is_its_first_bytes_say_and_its_name_only_which_of_several(head, name, kind):
    assert media_type(head[:HEAD_BYTES], name) == kind


@pytest.mark.parametrize("name", ["a/b.pdf", "/", "..\\b.pdf", "", " ", "x" * 256])
def test_a_name_of_a_file_has_no_folder_in_it(name):
    with pytest.raises(ValidationError):
        TypeAdapter(FileName).validate_python(name)


def test_the_view_says_who_keeps_what_since_when():
    envelope = envelope_of(KEPT, "logistics", "evidence", "0a" * 32, 0)
    recorded = type("Recorded", (), {"envelope": envelope, "event": KEPT})()
    document = VIEW.fold(None, recorded)
    assert [document["_id"]] == list(VIEW.route(recorded)) == ["logistics/" + "0a" * 32]
    assert (document["file_name"], document["kept_by"]) == ("bien-ban.pdf", "logistics.lead")
    assert document["kept_at"] == "2020-08-15T02:00:00.000000Z"
