"""What is said to have happened is not still to come, in a first recording or in a correction."""

from datetime import date, timedelta

import pytest

from services.security.incidents import CorrectIncident, ReportIncident
from services.subcommittee.correcting_holders import CorrectHolder
from services.subcommittee.meeting import CorrectMeeting, RecordMeeting
from services.subcommittee.organisation import AGGREGATE
from shared.domain.correcting import Correction
from shared.domain.decider import CLOCK_SKEW, Refused
from shared.domain.document import CorrectDocument, IssueDocument
from shared.events.organisation import OrganisationRegistered, PositionAdded, PositionHeld
from tests.domain.scenario import AGGREGATES, CORRECTED, LEAD, given

TODAY = date(2020, 9, 30)
WHY = {"reason": "Ghi nhầm"}
CHAIR = {"position": "Trưởng Tiểu ban"}
PLAN = {"symbol": "76-KH/TU", "kind": "Kế hoạch", "title": {"vi": "Kế hoạch"}, "issuer": "Tỉnh ủy"}
FIRE = {"place": "Cổng chính", "kind": "fire", "details": "Khói"}
BY_DAY = {
    "a meeting": lambda day: RecordMeeting(meeting_id="m1", title={"vi": "Họp"}, held_on=day, chair=CHAIR),
    "a meeting put right": lambda day: CorrectMeeting(meeting_id="m1", held_on=day, **WHY),
    "a document": lambda day: IssueDocument(**PLAN, issued_on=day),
    "a document put right": lambda day: CorrectDocument(document_id="76-KH/TU", issued_on=day, **WHY),
}
BY_INSTANT = {
    "an incident": lambda when: ReportIncident(incident_id="i1", **FIRE, happened_at=when),
    "an incident put right": lambda when: CorrectIncident(incident_id="i1", happened_at=when, **WHY),
}


@pytest.mark.parametrize("on", BY_DAY.values(), ids=BY_DAY)
def test_a_day_is_over_or_today(on):
    on(TODAY).check_given_at(CORRECTED)
    with pytest.raises(Refused, match="2020-10-01 is still to come") as refused:
        on(TODAY + timedelta(days=1)).check_given_at(CORRECTED)
    assert refused.value.code == "day_to_come"


@pytest.mark.parametrize("at", BY_INSTANT.values(), ids=BY_INSTANT)
def test_an_instant_is_over_but_for_a_clock_that_is_ahead(at):
    at(CORRECTED + CLOCK_SKEW).check_given_at(CORRECTED)
    with pytest.raises(Refused) as refused:
        at(CORRECTED + CLOCK_SKEW + timedelta(seconds=1)).check_given_at(CORRECTED)
    assert refused.value.code == "day_to_come"


NOT_OVER = {"deadline", "original_deadline", "planned_on", "starts", "ends", "since"}
"""What may be still to come; `since` as long as it is."""


def test_no_correction_takes_a_day_or_an_instant_that_nobody_looks_at():
    corrections = {command for each in AGGREGATES for command in each.commands if issubclass(command, Correction)}
    unseen = {
        (command.NAME, name)
        for command in corrections
        for name, field in command.model_fields.items()
        if "date" in str(field.annotation) and name not in command.HAPPENED | NOT_OVER
    }
    assert len(corrections) > 10
    assert unseen == set()


def held_since(day):
    positions = PositionAdded(position="Giám đốc"), PositionHeld(position="Giám đốc", person="X", since=day)
    return given(AGGREGATE, OrganisationRegistered(kind="agency", name={"vi": "Sở"}), *positions)


def since(day):
    return CorrectHolder(organisation_id="so", position="Giám đốc", since=day, **WHY)


def test_who_holds_a_position_has_begun_to():
    held_since(date(2020, 9, 1)).when(since(date(2020, 10, 1)), LEAD).rejected("day_to_come")
    assert held_since(date(2020, 9, 1)).when(since(TODAY), LEAD).events


def test_who_will_hold_a_position_may_begin_to_on_another_day():
    assert held_since(date(2020, 10, 5)).when(since(date(2020, 10, 1)), LEAD).events
