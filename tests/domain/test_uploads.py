"""Workbooks that wait for their confirmation, within bounds."""

from services.subcommittee.pages import uploads
from services.subcommittee.pages.uploads import MOST_BYTES, MOST_OF_A_SESSION, Uploads


def test_an_upload_is_for_its_session_and_its_kind_alone():
    kept = Uploads()
    upload = kept.keep("mine", "catalogue", "a.xlsx", b"x", None)
    assert kept.of("mine", "catalogue", upload.id) is upload
    assert kept.of("yours", "catalogue", upload.id) is None
    assert kept.of("mine", "register", upload.id) is None
    kept.drop(upload)
    assert kept.of("mine", "catalogue", upload.id) is None


def test_the_oldest_of_a_session_makes_room():
    kept = Uploads()
    ids = [kept.keep("mine", "catalogue", "a", b"x", None).id for _ in range(MOST_OF_A_SESSION + 1)]
    other = kept.keep("yours", "catalogue", "a", b"x", None)
    assert [kept.of("mine", "catalogue", each) is not None for each in ids] == [False, True, True, True]
    assert kept.of("yours", "catalogue", other.id)


def test_all_sessions_together_keep_so_many_bytes(monkeypatch):
    monkeypatch.setattr(uploads, "MOST_BYTES", 10)
    kept = Uploads()
    first = kept.keep("a", "catalogue", "a", b"x" * 6, None)
    second = kept.keep("b", "catalogue", "a", b"x" * 6, None)
    assert kept.of("a", "catalogue", first.id) is None
    assert kept.of("b", "catalogue", second.id) is second
    assert MOST_BYTES > 10


def test_after_an_hour_it_has_to_be_sent_again():
    times = [0.0]
    kept = Uploads(now=lambda: times[-1])
    upload = kept.keep("mine", "catalogue", "a", b"x", None)
    times.append(uploads.LIFETIME_S - 1)
    assert kept.of("mine", "catalogue", upload.id)
    times.append(uploads.LIFETIME_S)
    assert kept.of("mine", "catalogue", upload.id) is None
