"""What may stand in any request, and how what is wrong with it is told: in both languages, and never at length."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Annotated, Literal
from uuid import UUID, uuid4

import pytest
from pydantic import BaseModel, Field, ValidationError

from shared.domain import task
from shared.domain.decider import Actor, Refusal, Refused
from shared.eventstore.names import is_name
from shared.eventstore.wire import NotJson, read_json
from shared.unit.answering import is_inbox
from shared.unit.field_errors import field_label
from shared.unit.findings import Notice, Severity
from shared.unit.problems import MOST_ERRORS, bad_json, invalid_input, problem_of
from shared.unit.requests import CommandRequest, check_happened, fingerprint_of
from shared.values.types import EARLIEST, LATEST
from tests.contract.units import TASK

NOW = datetime(2026, 11, 27, 8, tzinfo=UTC)
ID = str(uuid4())
ENGLISH = ("Input", "should", "must", "valid ", "Field", "required", "Value", "error")


def request(**changes):
    return CommandRequest.model_validate({"command_id": ID, "data": {}} | changes)


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("2020-09-10T09:00:00+07:00", "2020-09-10T02:00:00+00:00"),
        ("2020-09-10 09:00Z", "2020-09-10T09:00:00+00:00"),
        ("2020-09-10T09:06:30+07:06:30", "2020-09-10T02:00:00+00:00"),
        ("0001-01-01T00:00:00+07:06:30", "0001-01-01T00:00:00+00:00"),
    ],
)
def test_an_instant_is_taken_with_any_offset_and_kept_with_one_of_whole_minutes(written, instant):
    happened = request(happened=written).happened
    assert happened.utcoffset() % timedelta(minutes=1) == timedelta(0)
    assert happened == datetime.fromisoformat(instant)


@pytest.mark.parametrize(
    "wrong",
    [0, 1.5, True, [], "1600000000", "2020-09-10", "2020-09-10T09:00:00", "yesterday", "2020-W37-4T09:00:00Z", ""],
    ids=repr,
)
def test_what_is_no_instant_with_its_zone_is_refused(wrong):
    with pytest.raises(ValidationError):
        request(happened=wrong)


@pytest.mark.parametrize("wrong", [0, None, b"x" * 16, "1", ["x"], {"a": 1}], ids=repr)
def test_what_is_no_id_is_refused(wrong):
    with pytest.raises(ValidationError):
        request(command_id=wrong)


@pytest.mark.parametrize(
    ("happened", "code"),
    [
        (EARLIEST, None),
        (EARLIEST - timedelta(microseconds=1), "happened_out_of_range"),
        (datetime(2000, 1, 1, tzinfo=UTC), None),
        (datetime(1999, 12, 31, 18, tzinfo=UTC), None),
        (datetime(2000, 1, 1, tzinfo=timezone(timedelta(hours=14))), "happened_out_of_range"),
        (datetime.min.replace(tzinfo=timezone(timedelta(hours=7))), "happened_out_of_range"),
        (datetime.max.replace(tzinfo=timezone(timedelta(hours=-6))), "happened_in_future"),
        (LATEST, "happened_in_future"),
        (NOW + timedelta(minutes=5), None),
        (NOW + timedelta(minutes=6), "happened_in_future"),
    ],
    ids=str,
)
def test_what_happened_lies_between_2000_and_now_as_an_instant(happened, code):
    if code is None:
        check_happened(happened, NOW)
    else:
        with pytest.raises(Refused) as refused:
            check_happened(happened, NOW)
        assert refused.value.code == code


def test_after_2199_nothing_happens_however_late_it_is():
    with pytest.raises(Refused) as refused:
        check_happened(LATEST, LATEST)
    assert refused.value.code == "happened_out_of_range"
    check_happened(LATEST - timedelta(microseconds=1), LATEST)


def test_a_fingerprint_is_of_what_is_asked_by_whom_for_when_and_not_of_how_it_is_written():
    officer, lead = Actor("logistics.officer", "logistics"), Actor("logistics.lead", "logistics")

    def of(data, actor=officer, happened=None):
        return fingerprint_of(task.OpenTask.model_validate(data), request(happened=happened), actor)

    written_otherwise = dict(reversed(TASK.items())) | {"catalogue_item": None}
    assert of(TASK) == of(written_otherwise)
    at, same = "2020-09-10T09:00:00+07:00", "2020-09-10T02:00:00Z"
    assert of(TASK, happened=at) == of(TASK, happened=same)
    others = (of(TASK | {"planned_vnd": 1}), of(TASK, lead), of(TASK, happened=at), of(TASK))
    assert len(set(others)) == len(others)
    assert of(TASK, officer._replace(person="nguyen-van-a")) == of(TASK)


# --- how it is told ---
class Everything(BaseModel):
    """A field for each kind of error."""

    text: Annotated[str, Field(min_length=2, max_length=3, pattern="^a")]
    number: Annotated[int, Field(strict=True, ge=1, le=9)]
    share: Annotated[float, Field(gt=0, lt=1)]
    sure: bool
    day: datetime
    id: UUID
    kind: Literal["one", "other"]
    unit: Annotated[list[int], Field(min_length=1, max_length=2)]
    inside: "Inside"


class Inside(BaseModel, extra="forbid"):
    name: str


class Shares(BaseModel):
    of: dict[str, int]


WRONG = (
    {},
    dict.fromkeys(Everything.model_fields, None),
    dict.fromkeys(Everything.model_fields, "x" * 5000),
    {"text": "a", "number": 0, "share": 0, "unit": [], "inside": {"name": 1, "more": 2}},
    {"text": "b" * 4, "number": 10, "share": 1, "unit": [1, 2, 3], "day": "2020-09-10", "inside": {}},
)


@pytest.mark.parametrize("data", WRONG, ids=range(len(WRONG)))
def test_what_is_wrong_with_a_field_is_told_in_both_languages(data):
    with pytest.raises(ValidationError) as raised:
        Everything.model_validate(data)
    problem = invalid_input(raised.value)
    assert problem.error_count == len(problem.errors)
    for error in problem.errors:
        assert error.message_vi
        assert error.message_vi != error.message
        assert not any(word in error.message_vi for word in ENGLISH), error.message_vi
        assert len(error.message) <= 250
        assert f"{field_label(error.field)['vi']}: {error.message_vi}" in problem.detail_vi
        assert f"{error.field}: {error.message}" in problem.detail


def test_of_many_things_wrong_the_first_are_told_and_how_many_there_are():
    with pytest.raises(ValidationError) as raised:
        Shares.model_validate({"of": {"y" * 1000 + str(number): "x" * 1000 for number in range(6000)}})
    problem = invalid_input(raised.value)
    assert (len(problem.errors), problem.error_count) == (MOST_ERRORS, 6000)
    for told in (problem.detail, problem.detail_vi):
        assert told.endswith("….")
    assert len(problem.model_dump_json()) < 20_000


def test_what_a_refusal_or_a_finding_repeats_is_cut():
    whole, most = "đ" * 10**6, 2100
    problem = problem_of(Refusal("x", "{text} and {number}")(text=whole, number=7))
    assert problem.detail.endswith("… and 7")
    finding = Notice("x", Severity.ERROR, "{text}!")("logistics", text=ValueError(whole))
    assert max(len(problem.detail), len(problem.detail_vi), len(finding.detail), len(finding.detail_vi)) < most


@pytest.mark.parametrize(
    ("body", "line", "column"),
    [
        (b'{"a":\n', 2, 1),
        (b"", 1, 1),
        (b'{"a": NaN}', 1, 7),
        ('{"đ": 1,\n "đ": }'.encode(), 2, 7),
        ('{"đ": "'.encode() + b'\xff"}', 1, 8),
        (b"[" * 100_000, 1, 1),
    ],
    ids=["cut", "empty", "no number", "after Vietnamese", "no UTF-8", "too deep"],
)
def test_where_a_request_stops_being_json_is_told_without_english(body, line, column):
    with pytest.raises(NotJson) as raised:
        read_json(body)
    assert bad_json(raised.value).detail_vi.endswith(f"dòng {line}, cột {column}.")


# --- names and inboxes ---
@pytest.mark.parametrize("name", ["", " ", "a b", "a.b", "*", ">", "a\r\nPUB x 0\r\n", "a\n", "đ", "-a", "a" * 81])
def test_what_can_not_be_one_token_of_a_subject_is_no_name(name):
    assert not is_name(name)


@pytest.mark.parametrize(
    ("reply", "allowed"),
    [
        ("_INBOX.k3jd8sK2.ab12", True),
        ("_INBOX.k3jd8sK2", True),
        ("evt.xx.logistics.task.1-05", False),
        ("cmd.xx.logistics.open-task", False),
        ("ledger.xx.evt", False),
        ("health.xx.logistics", False),
        ("$JS.API.STREAM.DELETE.EVENTS_LOGISTICS_xx", False),
        ("_INBOX", False),
        ("_INBOX.", False),
        ("_INBOX.>", False),
        ("_INBOX.*.x", False),
        ("_INBOX.a..b", False),
        ("_INBOXES.a", False),
        ("_INBOX.a\n", False),
        (f"_INBOX.{'a' * 300}", False),
    ],
)
def test_answers_go_to_inboxes_only(reply, allowed):
    assert is_inbox(reply) is allowed
