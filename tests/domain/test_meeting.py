from datetime import date

import pytest

from services.subcommittee import meeting
from services.subcommittee.meeting import AGGREGATE
from shared.domain.decider import Actor
from shared.events.meeting import MeetingConcluded, MeetingCorrected, MeetingHeld
from tests.domain import corrected_papers as corrected
from tests.domain.scenario import LEAD, OFFICER, accepting, assert_all_told, given, rejecting

CLERK = Actor("subcommittee.clerk", "subcommittee")
MINUTES = {
    "title": {"vi": "Họp Tiểu ban Tổ chức phục vụ Đại hội"},
    "held_on": date(2020, 8, 13),
    "chair": {"name": "Trần Văn Chung", "position": "Trưởng Tiểu ban"},
    "participants": ({"position": "Phó Trưởng Tiểu ban"}, {"position": "Chánh Văn phòng Tỉnh ủy"}),
}


def points(*numbers: int) -> tuple[dict[str, object], ...]:
    return tuple({"number": number, "text": {"vi": f"Nội dung {number}"}} for number in numbers)


def record(**changes: object) -> meeting.RecordMeeting:
    return meeting.RecordMeeting(meeting_id="2020-08-13", **MINUTES | changes)


def conclude(*numbers: int) -> meeting.ConcludeMeeting:
    return meeting.ConcludeMeeting(meeting_id="2020-08-13", points=points(*numbers))


HELD = (MeetingHeld(**MINUTES),)
CONCLUDED = (*HELD, MeetingConcluded(points=points(1, 2, 3)))

ACCEPTED = {
    "a meeting goes on record": ((), record(), OFFICER, HELD[-1]),
    "its chair concludes": (HELD, conclude(1, 2, 3), OFFICER, CONCLUDED[-1]),
}
REJECTED = [
    ((), conclude(1), OFFICER, "meeting_not_found"),
    (HELD, record(held_on=date(2020, 8, 14)), OFFICER, "meeting_already_recorded"),
    (CONCLUDED, conclude(1, 2), OFFICER, "meeting_already_concluded"),
    *((HELD, conclude(*numbers), OFFICER, "points_misnumbered") for numbers in ((2,), (1, 3), (2, 1), (1, 1))),
]


@accepting(ACCEPTED)
def test_it_happens_once_that(history, command, actor, event):
    given(AGGREGATE, *history).when(command, actor).then(event)
    given(AGGREGATE, *history, event).when(command, actor).nothing_happened()


@rejecting(REJECTED)
def test_minutes_are_neither_rewritten_nor_misnumbered(history, command, actor, code):
    given(AGGREGATE, *history).when(command, actor).rejected(code)


def test_every_command_event_and_refusal_is_told_here():
    assert_all_told(meeting, ACCEPTED | corrected.MEETING, [*REJECTED, *corrected.MEETING_REJECTED])


def test_a_conclusion_has_at_least_one_point():
    with pytest.raises(ValueError, match="points"):
        conclude()


@pytest.mark.parametrize("chair", [{"name": "Trần Văn Chung"}, {"position": ""}])
def test_nobody_takes_part_without_a_position(chair):
    with pytest.raises(ValueError, match="position"):
        record(chair=chair)


def test_who_recorded_a_point_corrects_it_though_the_lead_has_corrected_another():
    first, second = ({"number": number, "text": {"vi": f"Nội dung đúng {number}"}} for number in (1, 2))
    history = given(meeting.AGGREGATE, *CONCLUDED, MeetingCorrected(**of_points(1, first), reason="Nhầm"))
    recorded = history.recorded_by(OFFICER, OFFICER, LEAD)
    right_second = MeetingCorrected(**of_points(2, second), reason="Nhầm")
    recorded.when(correct(second), OFFICER).then(right_second)
    anew = first | {"text": {"vi": "Nội dung khác"}}
    recorded.when(correct(anew), OFFICER).rejected("no_right_to_correct")
    recorded.when(correct(anew, second), OFFICER).rejected("no_right_to_correct")
    recorded.when(correct(second), CLERK).rejected("no_right_to_correct")


def correct(*right: dict[str, object]) -> meeting.CorrectMeeting:
    return meeting.CorrectMeeting(meeting_id="2020-08-13", points=right, reason="Nhầm")


def of_points(number: int, right: dict[str, object]) -> dict[str, object]:
    return {"before": {"points": points(number)}, "after": {"points": (right,)}}
