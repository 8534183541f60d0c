"""What people type for an instant, and which instant that is."""

import os
import time
from datetime import UTC, date, datetime, timedelta

import pytest

from daihoi.terminal.audit import history_line, timeline_lines
from shared.domain.decider import Refused
from shared.entering.moments import moment_as_text, moment_in_words, parse_day, parse_moment, parse_time
from shared.i18n import format_minute
from shared.unit.client import _on_the_wire
from shared.values.local_time import LOCAL_TIME
from shared.values.types import MAX_SEQUENCE

LAST_OF_THE_13TH = datetime(2020, 8, 13, 16, 59, 59, 999999, tzinfo=UTC)
FIRST_OF_THE_13TH = datetime(2020, 8, 12, 17, tzinfo=UTC)


@pytest.fixture(params=["America/New_York", "Pacific/Kiritimati"], autouse=True)
def on_a_machine_elsewhere(request, monkeypatch):
    monkeypatch.setitem(os.environ, "TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("text", "begins", "meant"),
    [
        ("2020-08-13", False, LAST_OF_THE_13TH),
        ("2020-08-13", True, FIRST_OF_THE_13TH),
        ("2020-08-13T09:00", False, datetime(2020, 8, 13, 2, tzinfo=UTC)),
        ("2020-08-13 09:00:00,5", True, datetime(2020, 8, 13, 2, 0, 0, 500_000, tzinfo=UTC)),
        ("2020-08-13T09:00:00+07:00", False, datetime(2020, 8, 13, 2, tzinfo=UTC)),
        ("2020-08-13T09:00:00.123456789Z", False, datetime(2020, 8, 13, 9, 0, 0, 123_456, tzinfo=UTC)),
        ("2020-08-13T09:06:30+07:06:30", False, datetime(2020, 8, 13, 2, tzinfo=UTC)),
        ("2199-12-31", False, datetime(2199, 12, 31, 16, 59, 59, 999999, tzinfo=UTC)),
        ("2000-01-01", True, datetime(1999, 12, 31, 17, tzinfo=UTC)),
        ("0", False, 0),
        ("007", False, 7),
        (str(MAX_SEQUENCE), True, MAX_SEQUENCE),
    ],
)
def test_what_names_no_zone_is_vietnamese_and_a_day_is_its_end_or_where_something_begins_its_beginning(
    text, begins, meant
):
    moment = parse_moment(text, begins=begins)
    assert moment == meant
    if isinstance(moment, datetime):
        assert moment.utcoffset() == timedelta(hours=7)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *((text, "no_moment") for text in ("", " ", "whenever", "-5", "+7", "1.5", "٢٠٢٠-٠٨-١٣", "٣٠٠", "2020-8-13")),
        *((text, "no_moment") for text in ("2020-02-30", "2020-W33", "2020-08-13T25:00", "2020-08-13T09:00+25:00")),
        *(
            (text, "no_moment")
            for text in ("2020-08-13x09:00", "2020-08-13T09", "2020-08-13\n", "13/08/2020", "\x1b[2")
        ),
        *((text, "time_out_of_range") for text in ("0001-01-01", "1999-12-31", "2200-01-01", "9999-12-31")),
        *((text, "time_out_of_range") for text in ("9999-12-31T23:59:59-06:00", "0001-01-01T00:00:00+07:00")),
        ("1999-12-31T16:59:59Z", "time_out_of_range"),
        (str(MAX_SEQUENCE + 1), "sequence_out_of_range"),
        ("9" * 10_000, "sequence_out_of_range"),
    ],
)
def test_what_is_no_instant_is_refused_and_told_without_what_a_terminal_would_obey(text, code):
    with pytest.raises(Refused) as refused:
        parse_moment(text)
    assert refused.value.code == code
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 250


def test_a_day_that_is_not_over_is_now_where_that_is_given_and_others_are_not():
    now = datetime(2020, 8, 12, 23, 30, tzinfo=UTC)  # half past six in the morning of the 13th
    assert parse_moment("2020-08-13", now=now) == now
    assert parse_moment("2020-08-12", now=now) == FIRST_OF_THE_13TH - timedelta(microseconds=1)
    assert parse_moment("2020-08-14", now=now) > now
    assert parse_moment("2020-08-13T23:00", now=now) > now
    assert parse_moment("2020-08-13", begins=True, now=now) == FIRST_OF_THE_13TH


def test_a_time_is_no_sequence_and_a_day_no_time():
    assert parse_time("2020-08-13") == FIRST_OF_THE_13TH
    assert parse_day("2020-08-13") == date(2020, 8, 13)
    for parse, text in ((parse_time, "300"), (parse_day, "300"), (parse_day, "2020-08-13T09:00"), (parse_day, "")):
        with pytest.raises(Refused):
            parse(text)
    with pytest.raises(Refused, match="2000 to 2199"):
        parse_day("9999-12-31")


def test_the_instant_that_is_meant_is_told_to_people_and_programs():
    end = parse_moment("2020-08-13")
    assert moment_in_words(end, "vi") == "23:59:59 ngày 13/08/2020"
    assert moment_in_words(end, "en") == "23:59:59 on 13/08/2020"
    assert moment_as_text(end) == "2020-08-13T23:59:59.999999+07:00"
    assert moment_in_words(300, "vi") == "bản ghi số 300 của nhật ký"
    assert moment_as_text(300) == "300"


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("2020-08-13T17:30:00.000000Z", "14/08/2020 00:30"),
        ("2020-08-14T00:30:00", "14/08/2020 00:30"),
        ("0001-01-01T00:00:00+07:00", "0001-01-01T00:00:00+07:00"),
        ("9999-12-31T23:59:59-06:00", "9999-12-31T23:59:59-06:00"),
        ("some day", "some day"),
    ],
)
def test_what_is_on_record_is_shown_in_vietnamese_time_or_else_as_it_is(stored, shown):
    assert format_minute(stored) == shown
    line = {"sequence": 7, "event": {"time": stored}, "summary": {"en": "did it"}}
    assert history_line(line, "en") == f"     7  {shown}  did it"


def test_a_change_of_an_instant_is_shown_in_vietnamese_time_too():
    change = {"field": "signed_at", "before": "2020-08-13T17:30:00.000000Z", "after": "2020-09-06"}
    row = {"_id": 7, "summary": {"vi": "ký"}, "happened": "2020-08-13T17:30:00.000000Z", "changes": [change]}
    assert timeline_lines([row], "vi") == [
        "     7  14/08/2020 00:30  ký",
        "        Thời điểm ký: 14/08/2020 00:30 → 06/09/2020",
    ]


@pytest.mark.parametrize(
    ("happened", "sent"),
    [
        (datetime(2020, 8, 13, 9, tzinfo=LOCAL_TIME), "2020-08-13T09:00:00+07:00"),
        (datetime(1900, 1, 1, 7, 6, 30, tzinfo=LOCAL_TIME), "1900-01-01T00:00:00+00:00"),
    ],
)
def test_a_time_is_sent_with_an_offset_that_every_service_reads(happened, sent):
    assert _on_the_wire(happened) == sent
