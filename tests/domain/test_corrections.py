"""Corrections on record: what each puts right, who may, and what stays refused as at the first recording."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.logistics import expenses, resources
from services.propaganda import publications
from services.security import incidents
from services.subcommittee import meeting, organisation
from shared.domain import document, task
from shared.domain.correcting import MOST_CORRECTIONS
from shared.domain.decider import Actor
from shared.domain.task import IN_FORCE
from shared.domain.unit_scenario import UnitScenario
from shared.domain.variant import Variant
from shared.events import expense as money
from shared.events import publication as published
from shared.events import resource as booked
from shared.events.document import DocumentCorrected, DocumentIssued, DocumentSuperseded, DocumentWithdrawn
from shared.events.incident import IncidentAssessed, IncidentCorrected, IncidentReported, IncidentResolved
from shared.events.meeting import MeetingConcluded, MeetingCorrected, MeetingHeld
from shared.events.organisation import NameMerged, OrganisationCorrected, OrganisationRegistered
from shared.events.task import (
    ExtensionGranted,
    ExtensionRequested,
    ScenarioFollowed,
    TaskCancelled,
    TaskCorrected,
    TaskDeadlineSet,
    TaskDescribed,
)
from shared.events.unit_scenario import SwitchRecorded
from shared.events.variant import VariantAdjusted
from tests.congress import life_of_a_task
from tests.domain.scenario import BEGAN, DEPUTY, LEAD, OFFICER, POLICY, given

WHY = {"reason": "Ghi nhầm khi nhập liệu"}
MEMBER = Actor("logistics.member", "logistics")
EDITOR, AUTHOR = Actor("propaganda.lead", "propaganda"), Actor("propaganda.author", "propaganda")
LIFE = tuple(life_of_a_task(1))
OPENED, ASSIGNED, DATED, FUNDED, COMPLETED = (LIFE[:upto] for upto in (1, 2, 3, 4, 8))
CANCELLED = (*FUNDED, TaskCancelled(reason="Trùng việc"))
DUE, RIGHT, LATER = date(2020, 8, 16), date(2020, 9, 10), date(2020, 9, 20)
ASKED = (*DATED, ExtensionRequested(replaces=DUE, deadline=LATER, reason="Mưa", requested_by=OFFICER.id))
EXTENDED = (*ASKED, ExtensionGranted(replaces=DUE, deadline=LATER))
FOLLOWED = ScenarioFollowed(switch=1, scenario="outbreak", suspended=False, planned_vnd=7, deadline=LATER)


def correct_task(**values: Any) -> task.CorrectTask:
    return task.CorrectTask(task_id="1-03", **values, **WHY)


def corrected(event: type, before: dict[str, Any], after: dict[str, Any], **others: Any):
    return event(before=before, after=after, **others, **WHY)


def task_corrected(before: dict[str, Any], after: dict[str, Any], **others: Any) -> TaskCorrected:
    return corrected(TaskCorrected, before, after, **others)


NAMES = {"collective": "Sở Y tế", "individual": "Phó Giám đốc Sở Y tế"}
TASK = {
    "a deadline nobody has moved is put right, and the original one": (
        DATED,
        correct_task(deadline=RIGHT),
        OFFICER,
        task_corrected({"deadline": DUE, "original_deadline": DUE}, {"deadline": RIGHT, "original_deadline": RIGHT}),
    ),
    "an extension leaves the original deadline alone when what it granted is put right": (
        EXTENDED,
        correct_task(deadline=RIGHT),
        LEAD,
        task_corrected({"deadline": LATER}, {"deadline": RIGHT}),
    ),
    "an original deadline that was extended since": (
        EXTENDED,
        correct_task(original_deadline=RIGHT),
        OFFICER,
        task_corrected({"original_deadline": DUE}, {"original_deadline": RIGHT}),
    ),
    "sums": (
        FUNDED,
        correct_task(planned_vnd=2_000_000, secured_vnd=700_000),
        OFFICER,
        task_corrected(
            {"planned_vnd": 1_000_000, "secured_vnd": 500_000}, {"planned_vnd": 2_000_000, "secured_vnd": 700_000}
        ),
    ),
    "names, of what is cancelled too": (
        CANCELLED,
        correct_task(title={"vi": "Việc đúng"}, collective="Sở Tài chính"),
        DEPUTY,
        task_corrected(
            {"title": {"vi": "Việc số 1"}, "collective": "Sở Y tế"},
            {"title": {"vi": "Việc đúng"}, "collective": "Sở Tài chính"},
        ),
    ),
    "what it is to bring about": (
        (*OPENED, TaskDescribed(product="Sơ đồ")),
        correct_task(product="Sơ đồ được duyệt", remark="In khổ lớn"),
        OFFICER,
        task_corrected({"product": "Sơ đồ"}, {"product": "Sơ đồ được duyệt", "remark": "In khổ lớn"}),
    ),
    "the day of completion": (
        COMPLETED,
        correct_task(completed_on=date(2020, 8, 18)),
        LEAD,
        task_corrected({"completed_on": date(2020, 8, 15)}, {"completed_on": date(2020, 8, 18)}),
    ),
    "what differs alone is corrected": (
        ASSIGNED,
        correct_task(**NAMES | {"individual": "Giám đốc Sở Y tế"}),
        OFFICER,
        task_corrected({"individual": NAMES["individual"]}, {"individual": "Giám đốc Sở Y tế"}),
    ),
    "what the scenario has in force stays": (
        (*FUNDED, FOLLOWED),
        correct_task(deadline=RIGHT, planned_vnd=9),
        OFFICER,
        task_corrected(
            {"deadline": DUE, "original_deadline": DUE, "planned_vnd": 1_000_000},
            {"deadline": RIGHT, "original_deadline": RIGHT, "planned_vnd": 9},
            deadline_in_force=LATER,
            planned_in_force_vnd=7,
        ),
    ),
}
TASK_REJECTED = [(ASKED, correct_task(deadline=RIGHT), OFFICER, "extension_undecided")]

ESTIMATED = (money.ExpenseEstimated(amount_vnd=300, guaranteed_vnd=200, funding_source="Ngân sách tỉnh"),)
ADVANCE = {"advance_id": "a1", "amount_vnd": 150, "recipient": "Trưởng phòng", "purpose": "Đặt cọc"}
SPENT = {"spending_id": "s1", "amount_vnd": 120, "payee": "Nhà khách", "voucher": "PC-01"}
PAID = (*ESTIMATED, money.MoneyAdvanced(**ADVANCE), money.SpendingRecorded(**SPENT))
SETTLED = (
    *PAID,
    money.ExpenseSettled(advanced_vnd=150, spent_vnd=120, to_return_vnd=30, still_due_vnd=0),
)
CORRECTIONS = expenses.corrections


def of_spending(**values: Any) -> expenses.corrections.CorrectSpending:
    return CORRECTIONS.CorrectSpending(task_id="4-01", spending_id="s1", **values, **WHY)


def of_advance(**values: Any) -> expenses.corrections.CorrectAdvance:
    return CORRECTIONS.CorrectAdvance(task_id="4-01", advance_id="a1", **values, **WHY)


EXPENSE = {
    "an estimate": (
        ESTIMATED,
        CORRECTIONS.CorrectEstimate(task_id="4-01", guaranteed_vnd=250, **WHY),
        OFFICER,
        corrected(money.EstimateCorrected, {"guaranteed_vnd": 200}, {"guaranteed_vnd": 250}),
    ),
    "an advance": (
        PAID,
        of_advance(amount_vnd=180, recipient="Phó Trưởng phòng", on=date(2020, 8, 20)),
        OFFICER,
        corrected(
            money.AdvanceCorrected,
            {"amount_vnd": 150, "recipient": "Trưởng phòng", "on": date(2020, 8, 15)},
            {"amount_vnd": 180, "recipient": "Phó Trưởng phòng", "on": date(2020, 8, 20)},
            advance_id="a1",
        ),
    ),
    "a payment that goes beyond what is guaranteed and says why": (
        PAID,
        of_spending(amount_vnd=230, beyond_guaranteed_because="Giá tăng"),
        LEAD,
        corrected(
            money.SpendingCorrected,
            {"amount_vnd": 120, "beyond_vnd": 0},
            {"amount_vnd": 230, "beyond_guaranteed_because": "Giá tăng", "beyond_vnd": 30},
            spending_id="s1",
        ),
    ),
    "names in a settled account": (
        SETTLED,
        of_spending(payee="Nhà khách tỉnh", voucher="PC-10"),
        LEAD,
        corrected(
            money.SpendingCorrected,
            {"payee": "Nhà khách", "voucher": "PC-01"},
            {"payee": "Nhà khách tỉnh", "voucher": "PC-10"},
            spending_id="s1",
        ),
    ),
}
EXPENSE_REJECTED = [
    (PAID, of_spending(amount_vnd=230), LEAD, "beyond_guaranteed"),
    (PAID, of_spending(beyond_guaranteed_because="Giá tăng"), LEAD, "nothing_to_correct"),
    (ESTIMATED, of_spending(amount_vnd=1), LEAD, "spending_not_found"),
    (ESTIMATED, of_advance(amount_vnd=1), LEAD, "advance_not_found"),
    (SETTLED, of_spending(amount_vnd=1), OFFICER, "expense_settled_for_leads"),
]

HALL = (booked.ResourceRegistered(kind="hall", name={"vi": "Hội trường"}, capacity=80),)


def at(hour: int) -> datetime:
    return datetime(2020, 9, 25, hour, tzinfo=UTC)


def reservation(name: str, starts: int, ends: int) -> booked.ResourceReserved:
    return booked.ResourceReserved(reservation_id=name, starts=at(starts), ends=at(ends), purpose="Tập dượt")


RESERVED = (*HALL, reservation("r1", 1, 3), reservation("r2", 5, 7))


def of_reservation(**values: Any) -> resources.CorrectReservation:
    return resources.CorrectReservation(resource_id="h", reservation_id="r1", **values, **WHY)


RESOURCE = {
    "a hall's capacity and kind": (
        HALL,
        resources.CorrectResource(resource_id="h", capacity=800, kind="room", **WHY),
        OFFICER,
        corrected(booked.ResourceCorrected, {"kind": "hall", "capacity": 80}, {"kind": "room", "capacity": 800}),
    ),
    "the times of a reservation, over its own": (
        RESERVED,
        of_reservation(starts=at(2), ends=at(5)),
        OFFICER,
        corrected(
            booked.ReservationCorrected,
            {"starts": at(1), "ends": at(3)},
            {"starts": at(2), "ends": at(5)},
            reservation_id="r1",
        ),
    ),
}
RESOURCE_REJECTED = [
    (RESERVED, of_reservation(ends=at(6)), LEAD, "resource_already_reserved"),
    (RESERVED, of_reservation(starts=at(4)), LEAD, "reservation_ends_before_it_starts"),
    (HALL, of_reservation(ends=at(6)), LEAD, "reservation_not_found"),
]

FIRE = (IncidentReported(place="Cổng chính", kind="fire", details="Khói"),)
ASSESSED = (*FIRE, IncidentAssessed(severity="low"))
OVER = (*ASSESSED, IncidentResolved(outcome="Đã xử lý", lessons="Không"))


def correct_incident(**values: Any) -> incidents.CorrectIncident:
    return incidents.CorrectIncident(incident_id="i1", **values, **WHY)


INCIDENT = {
    "the kind of an incident and where it was, after it is resolved": (
        OVER,
        correct_incident(kind="drill", place="Cổng phụ", severity="medium", outcome="Đã dập tắt"),
        OFFICER,
        corrected(
            IncidentCorrected,
            {"kind": "fire", "place": "Cổng chính", "severity": "low", "outcome": "Đã xử lý"},
            {"kind": "drill", "place": "Cổng phụ", "severity": "medium", "outcome": "Đã dập tắt"},
        ),
    ),
    "when it happened, which nobody had said": (
        FIRE,
        correct_incident(happened_at=at(1)),
        OFFICER,
        corrected(IncidentCorrected, {}, {"happened_at": at(1)}),
    ),
}

MET = (MeetingHeld(title={"vi": "Họp"}, held_on=DUE, chair={"position": "Trưởng Tiểu ban"}),)
POINTS = [{"number": number, "text": {"vi": f"Nội dung {number}"}} for number in (1, 2, 3)]
CONCLUDED = (*MET, MeetingConcluded(points=POINTS))


def correct_meeting(**values: Any) -> meeting.CorrectMeeting:
    return meeting.CorrectMeeting(meeting_id="m1", **values, **WHY)


SECOND = {"number": 2, "text": {"vi": "Nội dung đúng"}}
MEETING = {
    "the day of a meeting and its chair": (
        MET,
        correct_meeting(held_on=RIGHT, chair={"name": "Trần Văn Chung", "position": "Trưởng Tiểu ban"}),
        OFFICER,
        corrected(
            MeetingCorrected,
            {"held_on": DUE, "chair": {"position": "Trưởng Tiểu ban"}},
            {"held_on": RIGHT, "chair": {"name": "Trần Văn Chung", "position": "Trưởng Tiểu ban"}},
        ),
    ),
    "a point of its conclusion": (
        CONCLUDED,
        correct_meeting(points=[POINTS[0], SECOND]),
        OFFICER,
        corrected(MeetingCorrected, {"points": [POINTS[1]]}, {"points": [SECOND]}),
    ),
}
MEETING_REJECTED = [(CONCLUDED, correct_meeting(points=[SECOND | {"number": 4}]), LEAD, "no_such_point")]

PLAN = {"kind": "Kế hoạch", "title": {"vi": "Kế hoạch tổ chức"}, "issuer": "Tỉnh ủy"}
ISSUED = (DocumentIssued(symbol="39/KH-BPDBANTT", **PLAN),)
REPLACED = (*ISSUED, DocumentSuperseded(superseded_by="40/KH-BPDBANTT"))


def correct_document(**values: Any) -> document.CorrectDocument:
    return document.CorrectDocument(document_id="39/KH-BPDBANTT", **values, **WHY)


DOCUMENT = {
    "date, excerpt and urgency, and the marks of a symbol": (
        ISSUED,
        correct_document(symbol="39/KH-BPĐBANTT", issued_on=DUE, urgency="urgent", title={"vi": "Kế hoạch"}),
        OFFICER,
        corrected(
            DocumentCorrected,
            {"symbol": "39/KH-BPDBANTT", "title": {"vi": "Kế hoạch tổ chức"}, "urgency": "normal"},
            {"symbol": "39/KH-BPĐBANTT", "title": {"vi": "Kế hoạch"}, "issued_on": DUE, "urgency": "urgent"},
        ),
    ),
    "what supersedes it": (
        REPLACED,
        correct_document(superseded_by="41/KH-BPDBANTT"),
        OFFICER,
        corrected(DocumentCorrected, {"superseded_by": "40/KH-BPDBANTT"}, {"superseded_by": "41/KH-BPDBANTT"}),
    ),
    "the excerpt of what is withdrawn": (
        (*ISSUED, DocumentWithdrawn(reason="Nhầm")),
        correct_document(basis=["03-KH/TB"]),
        LEAD,
        corrected(DocumentCorrected, {"basis": []}, {"basis": ["03-KH/TB"]}),
    ),
}
DOCUMENT_REJECTED = [
    (ISSUED, correct_document(symbol="93/KH-BPDBANTT"), LEAD, "symbol_names_another"),
    (REPLACED, correct_document(superseded_by="39/KH-BPĐBANTT"), LEAD, "document_supersedes_itself"),
]

PROPOSED = (published.PublicationProposed(channel="press", title={"vi": "Chào mừng"}, author=AUTHOR.id),)
APPROVED = (*PROPOSED, published.PublicationApproved())
RELEASED = (*APPROVED, published.PublicationReleased())
TURNED_DOWN = (*PROPOSED, published.PublicationRejected(reason="Thiếu"))


def correct_publication(**values: Any) -> publications.CorrectPublication:
    return publications.CorrectPublication(publication_id="p1", **values, **WHY)


PUBLICATION = {
    "channel and day of what is proposed": (
        PROPOSED,
        correct_publication(channel="portal", planned_on=RIGHT),
        OFFICER,
        corrected(published.PublicationCorrected, {"channel": "press"}, {"channel": "portal", "planned_on": RIGHT}),
    ),
    "the day on which it ran": (
        RELEASED,
        correct_publication(released_on=date(2020, 8, 18)),
        EDITOR,
        corrected(
            published.PublicationCorrected,
            {"released_on": date(2020, 8, 15)},
            {"released_on": date(2020, 8, 18)},
        ),
    ),
}
PUBLICATION_REJECTED = [(TURNED_DOWN, correct_publication(channel="portal"), EDITOR, "publication_not_pending")]

REGISTERED = (OrganisationRegistered(kind="agency", name={"vi": "Sở Y tê"}),)
ORGANISATION = {
    "the name of an office": (
        REGISTERED,
        organisation.CorrectOrganisation(organisation_id="so-y-te", name={"vi": "Sở Y tế"}, **WHY),
        OFFICER,
        corrected(OrganisationCorrected, {"name": {"vi": "Sở Y tê"}}, {"name": {"vi": "Sở Y tế"}}),
    )
}

OF = {
    task: TASK,
    expenses: EXPENSE,
    resources: RESOURCE,
    incidents: INCIDENT,
    meeting: MEETING,
    document: DOCUMENT,
    publications: PUBLICATION,
    organisation: ORGANISATION,
}
ACCEPTED = {name: (module.AGGREGATE, *case) for module, cases in OF.items() for name, case in cases.items()}
of_everything = pytest.mark.parametrize(
    ("aggregate", "history", "command", "actor", "event"), ACCEPTED.values(), ids=ACCEPTED.keys()
)


@of_everything
def test_it_is_put_right_once_with_before_and_after(aggregate, history, command, actor, event):
    given(aggregate, *history).when(command, actor).then(event)
    given(aggregate, *history, event).when(command, actor).nothing_happened()


@of_everything
def test_who_neither_recorded_it_nor_leads_is_refused(aggregate, history, command, actor, event):
    for somebody in (MEMBER, POLICY):
        given(aggregate, *history).when(command, somebody).rejected(
            "expense_settled_for_leads" if history == SETTLED else "no_right_to_correct"
        )


@of_everything
def test_who_recorded_it_and_was_corrected_by_another_does_not_correct_that_one(
    aggregate, history, command, actor, event
):
    again = type(command)(**dict(_before(command, event)), **WHY)
    recorders = (*(MEMBER for _ in history), EDITOR if aggregate.entity == "publication" else LEAD)
    if again.given and aggregate.entity != "expense":
        outcome = given(aggregate, *history, event).recorded_by(*recorders).when(again, MEMBER)
        outcome.rejected("no_right_to_correct")


def _before(command, event):
    """What it replaced, in the fields of the command."""
    yield command.ID, command.entity_id
    for name in ("reservation_id", "advance_id", "spending_id"):
        if hasattr(event, name):
            yield name, getattr(event, name)
    for name, value in event.model_dump(mode="json")["before"].items():
        if name in type(command).model_fields:
            yield name, value


@of_everything
def test_what_was_never_begun_is_not_corrected(aggregate, history, command, actor, event):
    assert given(aggregate).when(command, actor).refused.code.endswith(("_not_found", "congress_not_founded"))


OWN = [
    *((task, *case) for case in TASK_REJECTED),
    *((expenses, *case) for case in EXPENSE_REJECTED),
    *((resources, *case) for case in RESOURCE_REJECTED),
    *((meeting, *case) for case in MEETING_REJECTED),
    *((document, *case) for case in DOCUMENT_REJECTED),
    *((publications, *case) for case in PUBLICATION_REJECTED),
    (task, OPENED, correct_task(deadline=RIGHT), LEAD, "nothing_to_correct"),
    (task, FUNDED, correct_task(completed_on=DUE), LEAD, "nothing_to_correct"),
    (task, CANCELLED, correct_task(secured_vnd=1), LEAD, "task_closed"),
    (task, COMPLETED, correct_task(completed_on=date(2020, 8, 14)), LEAD, "day_before_beginning"),
    (task, COMPLETED, correct_task(completed_on=date(2020, 10, 1)), LEAD, "day_to_come"),
    (expenses, PAID, of_spending(on=date(2020, 8, 14)), LEAD, "day_before_beginning"),
    (incidents, FIRE, correct_incident(severity="low"), LEAD, "nothing_to_correct"),
    (incidents, ASSESSED, correct_incident(lessons="Không"), LEAD, "nothing_to_correct"),
    (meeting, MET, correct_meeting(points=[SECOND]), LEAD, "nothing_to_correct"),
    (document, ISSUED, correct_document(superseded_by="40/KH-BPDBANTT"), LEAD, "nothing_to_correct"),
    (publications, APPROVED, correct_publication(released_on=DUE), EDITOR, "nothing_to_correct"),
]


@pytest.mark.parametrize(("module", "history", "command", "actor", "code"), OWN)
def test_a_correction_may_do_only_what_a_first_recording_may(module, history, command, actor, code):
    given(module.AGGREGATE, *history).when(command, actor).rejected(code)


def test_the_author_of_what_somebody_has_approved_changes_it_no_more():
    released = given(publications.AGGREGATE, *RELEASED).recorded_by(AUTHOR, EDITOR, AUTHOR)
    released.when(correct_publication(title={"vi": "Khác"}), AUTHOR).rejected("own_publication")
    released.when(correct_publication(planned_on=RIGHT), AUTHOR).then(
        corrected(published.PublicationCorrected, {}, {"planned_on": RIGHT})
    )


def test_a_variant_with_a_deadline_and_a_cost_of_its_own_keeps_them_though_they_are_those_agreed():
    adjusted = VariantAdjusted(task_id="1-03", planned_vnd=1_000_000, deadline=DUE, reason="Giãn cách")
    recorded = SwitchRecorded(number=1, scenario="outbreak", reason="Dịch")
    world = {
        IN_FORCE: UnitScenario(recorded=recorded),
        ("variant", "outbreak"): Variant(adjustments={"1-03": adjusted}),
    }
    outcome = given(task.AGGREGATE, *FUNDED).seeing(world).when(correct_task(deadline=RIGHT, planned_vnd=9))
    [event] = outcome.events
    assert (event.deadline_in_force, event.planned_in_force_vnd) == (DUE, 1_000_000)
    state = task.AGGREGATE.fold([*FUNDED, event])
    assert (state.deadline, state.agreed_deadline, state.original_deadline) == (DUE, RIGHT, RIGHT)
    assert (state.planned_vnd, state.first_planned_vnd) == (1_000_000, 9)


def test_a_corrected_sum_settles_a_settled_account_anew():
    outcome = given(expenses.AGGREGATE, *SETTLED).when(of_spending(amount_vnd=170), LEAD)
    event, settled = outcome.events
    assert event.after.amount_vnd == 170
    assert settled == money.ExpenseSettled(advanced_vnd=150, spent_vnd=170, to_return_vnd=0, still_due_vnd=20)
    given(expenses.AGGREGATE, *SETTLED, *outcome.events).when(of_spending(amount_vnd=170), LEAD).nothing_happened()


def test_a_smaller_sum_needs_no_reason_though_the_guarantee_was_cut_since():
    cut = money.ExpenseRevised(amount_vnd=300, guaranteed_vnd=50, funding_source="Ngân sách tỉnh", reason="Cắt")
    given(expenses.AGGREGATE, *PAID, cut).when(of_spending(amount_vnd=100), LEAD).then(
        corrected(money.SpendingCorrected, {"amount_vnd": 120}, {"amount_vnd": 100}, spending_id="s1")
    )


def test_a_correction_is_not_dated_before_what_it_corrects():
    spending = given(expenses.AGGREGATE, *PAID)
    earlier = spending.dated(BEGAN - timedelta(minutes=1)).when(of_spending(payee="Nhà khách tỉnh"), LEAD)
    earlier.rejected("correction_before_recording")
    assert len(spending.dated(BEGAN).when(of_spending(payee="Nhà khách tỉnh"), LEAD).events) == 1


def test_the_day_of_completion_is_that_of_the_last_completion():
    right = corrected(TaskCorrected, {"completed_on": DUE}, {"completed_on": date(2020, 8, 18)})
    state = task.AGGREGATE.fold([*COMPLETED, right])
    assert state.corrected.completed_on == date(2020, 8, 18)
    assert task.AGGREGATE.fold([LIFE[-1]], state).corrected.completed_on is None


def test_what_was_stated_and_corrected_can_be_stated_anew_as_it_was():
    right = task_corrected({"collective": "Sở Y tế"}, {"collective": "Sở Tài chính"})
    assign = task.AssignTask(task_id="1-03", **NAMES)
    given(task.AGGREGATE, *ASSIGNED, right).when(assign).then(ASSIGNED[-1])
    given(task.AGGREGATE, *OPENED, task_corrected({"planned_vnd": 1}, {"planned_vnd": 2})).when(
        task.OpenTask(task_id="1-03", **OPENED[0].model_dump())
    ).nothing_happened()


def test_a_corrected_name_is_the_one_that_others_may_not_be_merged_under():
    right = corrected(OrganisationCorrected, {"name": {"vi": "Sở Y tê"}}, {"name": {"vi": "Sở Y tế tỉnh"}})
    merge = organisation.naming.MergeName(organisation_id="so-y-te", alias="Sở Y tế tỉnh")
    given(organisation.AGGREGATE, *REGISTERED).when(merge).then(NameMerged(alias="Sở Y tế tỉnh"))
    given(organisation.AGGREGATE, *REGISTERED, right).when(merge).rejected("name_on_the_register")


def test_there_is_an_end_of_corrections():
    state = (DATED[-1], *(corrected(TaskCorrected, {}, {"remark": "x"}) for _ in range(MOST_CORRECTIONS)))
    given(task.AGGREGATE, *DATED[:-1], *state).when(correct_task(deadline=RIGHT)).rejected("corrections_full")


@pytest.mark.parametrize("command", sorted({type(case[2]) for case in ACCEPTED.values()}, key=lambda kind: kind.NAME))
def test_a_correction_gives_something_and_says_why(command):
    ids = {
        name: "39/KH-BPDBANTT"
        for name, field in command.model_fields.items()
        if name.endswith("_id") and (field.is_required())
    }
    with pytest.raises(ValueError, match="nothing to correct is given"):
        command(**ids, reason="Nhầm") if command is document.CorrectDocument else command(
            **dict.fromkeys(ids, "x"), reason="Nhầm"
        )
    with pytest.raises(ValueError, match="reason"):
        command(**ids)


def test_a_point_is_corrected_once_at_a_time():
    with pytest.raises(ValueError, match="each point at most once"):
        correct_meeting(points=[SECOND, SECOND])


def test_a_deadline_that_is_set_stays_set():
    right = task_corrected(
        {"original_deadline": DUE, "deadline": DUE}, {"original_deadline": RIGHT, "deadline": RIGHT}
    )
    again = task.SetDeadline(task_id="1-03", deadline=DUE)
    given(task.AGGREGATE, *DATED, right).when(again).rejected("deadline_already_set")
    assert isinstance(DATED[-1], TaskDeadlineSet)
