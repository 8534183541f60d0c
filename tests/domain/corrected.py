"""What corrections put right of tasks, money, resources and incidents: given, when, then; and what is refused."""

from datetime import UTC, date, datetime
from typing import Any

from services.logistics import expenses, resources
from services.security import incidents
from shared.domain import task
from shared.domain.decider import Actor
from shared.events import expense as money
from shared.events import resource as booked
from shared.events.incident import IncidentAssessed, IncidentCorrected, IncidentReported, IncidentResolved
from shared.events.task import (
    ExtensionGranted,
    ExtensionRequested,
    ScenarioFollowed,
    TaskCancelled,
    TaskCorrected,
    TaskDescribed,
)
from tests.congress import life_of_a_task
from tests.domain.scenario import DEPUTY, LEAD, OFFICER

WHY = {"reason": "Ghi nhầm khi nhập liệu"}
MEMBER = Actor("logistics.member", "logistics")
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
    "a deadline that nobody has moved, and the original one": (
        DATED,
        correct_task(deadline=RIGHT),
        OFFICER,
        task_corrected({"deadline": DUE, "original_deadline": DUE}, {"deadline": RIGHT, "original_deadline": RIGHT}),
    ),
    "what an extension granted, and not the original deadline": (
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
    "a guarantee that was less than what is paid already, as a revision may say too": (
        PAID,
        CORRECTIONS.CorrectEstimate(task_id="4-01", guaranteed_vnd=100, **WHY),
        OFFICER,
        corrected(money.EstimateCorrected, {"guaranteed_vnd": 200}, {"guaranteed_vnd": 100}),
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
    "a payment beyond what is guaranteed": (
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
    "the times of a reservation": (
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
    "kind and place of a resolved incident": (
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
