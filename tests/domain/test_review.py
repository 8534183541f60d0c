from datetime import date

import pytest

from shared.domain import review, task
from shared.domain.decider import Actor
from shared.domain.review import AGGREGATE, judge
from shared.events.review import (
    Essential,
    Finding,
    ReviewClosed,
    ReviewGapExplained,
    ReviewItemConfirmed,
    ReviewOpened,
    ReviewTaskEntered,
)
from shared.events.task import TaskAssigned, TaskFunded, TaskOpened
from tests.domain.scenario import LEAD, OFFICER, assert_all_told, given, rejecting

OPENED = TaskOpened(
    title={"vi": "In tài liệu"},
    group={"number": 1, "name": {"vi": "Văn kiện"}},
    phase="before",
    scenario="both",
    planned_vnd=5,
)
BARE = task.AGGREGATE.fold([OPENED])


def stating(task, *events):
    return task.but(stated={**task.stated, **{event.TYPE: event for event in events}})


ASSIGNED = stating(BARE, TaskAssigned(collective="Sở Y tế", individual="Phó Giám đốc"))
FUNDED = TaskFunded(secured_vnd=5, funding_source="Ngân sách tỉnh")
SETTLED = stating(ASSIGNED.but(deadline=date(2020, 9, 1)), FUNDED)
ALL = tuple(Essential)
DEADLINE_AND_FUNDING = (Essential.DEADLINE, Essential.FUNDING)

AT_FIRST = {
    ("task", "1-01"): SETTLED,
    ("task", "1-02"): BARE,
    ("task", "1-03"): BARE.but(status=task.TaskStatus.COMPLETED),
}
LATER = AT_FIRST | {("task", "1-02"): ASSIGNED}
AT_LAST = AT_FIRST | {("task", "1-02"): SETTLED}


def found(task_id: str, *missing: Essential) -> Finding:
    return Finding(task_id=task_id, missing=missing)


def opened(**changes: object) -> ReviewOpened:
    findings = (found("1-01"), found("1-02", *ALL))
    return ReviewOpened(**{"directive_id": "d1", "due_on": date(2020, 8, 25), "findings": findings} | changes)


def open_it(**changes: object) -> review.OpenReview:
    return review.OpenReview(review_id="d1", **{"directive_id": "d1", "due_on": date(2020, 8, 25)} | changes)


def confirm(task_id: str = "1-02") -> review.ConfirmReviewItem:
    return review.ConfirmReviewItem(review_id="d1", task_id=task_id)


def explain(essential: Essential, task_id: str = "1-02", reason: str = "Chờ dự toán") -> review.ExplainGap:
    return review.ExplainGap(review_id="d1", task_id=task_id, essential=essential, reason=reason)


def explained(essential: Essential) -> ReviewGapExplained:
    return ReviewGapExplained(task_id="1-02", essential=essential, reason="Chờ dự toán")


def enter(task_id: str = "1-04") -> review.EnterTask:
    return review.EnterTask(review_id="d1", task_id=task_id)


CLOSE = review.CloseReview(review_id="d1")
OPEN = (opened(),)
CONFIRMED = (*OPEN, ReviewItemConfirmed(finding=found("1-02", *DEADLINE_AND_FUNDING)))
EXPLAINED = (*CONFIRMED, *map(explained, DEADLINE_AND_FUNDING))
SIGNED = ReviewClosed(signed_by=LEAD.id, findings=(found("1-01"), found("1-02", *DEADLINE_AND_FUNDING)))
CLOSED = (*EXPLAINED, SIGNED)
ENTERED = ReviewTaskEntered(finding=found("1-04", *ALL))
WITH_A_NEW_ONE = LATER | {("task", "1-04"): BARE}
OTHER_LEAD = Actor("security.lead", "security")

ACCEPTED = {
    "it lists the live tasks and judges each": ((), open_it(), OFFICER, OPEN[-1], AT_FIRST),
    "a task is judged again after a fix": (OPEN, confirm(), OFFICER, CONFIRMED[-1], LATER),
    "a gap is explained": (OPEN, explain(Essential.FUNDING), OFFICER, explained(Essential.FUNDING), LATER),
    "a task taken up later enters it": (OPEN, enter(), OFFICER, ENTERED, WITH_A_NEW_ONE),
    "with every gap explained the lead signs": (EXPLAINED, CLOSE, LEAD, SIGNED, LATER),
    "with every gap fixed the lead signs": (
        OPEN,
        CLOSE,
        LEAD,
        ReviewClosed(signed_by=LEAD.id, findings=(found("1-01"), found("1-02"))),
        AT_LAST,
    ),
}
SILENT = {
    "the same review is opened again, whatever the tasks are now": (OPEN, open_it(), OFFICER, AT_LAST),
    "a task that is under review already enters it": (OPEN, enter("1-02"), OFFICER, LATER),
    "a task that is not live enters it": (OPEN, enter("1-03"), OFFICER, LATER),
    "a task is taken up once the review is signed": (CLOSED, enter(), OFFICER, WITH_A_NEW_ONE),
    "the same gap is explained again": (EXPLAINED, explain(Essential.FUNDING), OFFICER, LATER),
}
FULL = (
    *OPEN,
    *(
        ReviewGapExplained(task_id=f"x-{number}", essential=Essential.FUNDING, reason="Chờ dự toán")
        for number in range(review.MOST_EXPLAINED)
    ),
)
MANY_TASKS = {("task", f"x-{number}"): BARE for number in range(review.MOST_REVIEWED + 1)}
TOO_MANY = ((), open_it(), OFFICER, "review_too_large")
REJECTED = [
    ((), confirm(), OFFICER, "review_not_found"),
    ((), CLOSE, LEAD, "review_not_found"),
    (OPEN, open_it(directive_id="d2"), OFFICER, "review_already_open"),
    (OPEN, confirm("1-03"), OFFICER, "task_not_reviewed"),
    (OPEN, explain(Essential.FUNDING, "9-99"), OFFICER, "task_not_reviewed"),
    (OPEN, explain(Essential.COLLECTIVE), OFFICER, "no_such_gap"),
    ((), enter(), OFFICER, "review_not_found"),
    (OPEN, CLOSE, OFFICER, "not_the_lead"),
    ((opened(findings=()),), CLOSE, LEAD, "nothing_reviewed"),
    (OPEN, CLOSE, LEAD, "gaps_left"),
    (EXPLAINED[:-1], CLOSE, LEAD, "gaps_left"),
    (CLOSED, confirm(), OFFICER, "review_closed"),
    (CLOSED, explain(Essential.COLLECTIVE), OFFICER, "review_closed"),
    (CLOSED, CLOSE, OTHER_LEAD, "review_closed"),
    (FULL, explain(Essential.FUNDING), OFFICER, "review_explanations_full"),
]


@pytest.mark.parametrize(("history", "command", "actor", "event", "world"), ACCEPTED.values(), ids=ACCEPTED.keys())
def test_accepted(history, command, actor, event, world):
    given(AGGREGATE, *history).seeing(world).when(command, actor).then(event)
    given(AGGREGATE, *history, event).seeing(world).when(command, actor).nothing_happened()


@pytest.mark.parametrize(("history", "command", "actor", "world"), SILENT.values(), ids=SILENT.keys())
def test_silent(history, command, actor, world):
    given(AGGREGATE, *history).seeing(world).when(command, actor).nothing_happened()


@rejecting(REJECTED)
def test_rejected(history, command, actor, code):
    world = {} if code == "nothing_reviewed" else LATER
    given(AGGREGATE, *history).seeing(world).when(command, actor).rejected(code)


def test_a_review_opened_over_nothing_is_signed_once_a_task_has_entered_it():
    empty = given(AGGREGATE, opened(findings=()))
    entered = ReviewTaskEntered(finding=found("1-05"))
    signed = ReviewClosed(signed_by=LEAD.id, findings=(found("1-05"),))
    empty.seeing({("task", "1-05"): SETTLED}).when(CLOSE, LEAD).then(entered, signed)


@pytest.mark.parametrize("history", [EXPLAINED, (opened(findings=()),)])
def test_nobody_signs_past_a_task_that_the_review_has_not_seen(history):
    outcome = given(AGGREGATE, *history).seeing(WITH_A_NEW_ONE).when(CLOSE, LEAD)
    outcome.rejected("gaps_left")
    assert "1-04 (collective, individual, deadline, funding)" in str(outcome.refused)


@pytest.mark.parametrize(
    ("command", "event"),
    [
        (confirm("1-04"), ReviewItemConfirmed(finding=found("1-04", *ALL))),
        (
            explain(Essential.FUNDING, "1-04"),
            ReviewGapExplained(task_id="1-04", essential=Essential.FUNDING, reason="Chờ dự toán"),
        ),
    ],
)
def test_a_task_that_the_review_lacks_enters_it_by_being_judged(command, event):
    given(AGGREGATE, *OPEN).seeing(WITH_A_NEW_ONE).when(command).then(ENTERED, event)


def test_a_review_of_more_tasks_than_one_event_can_hold_is_refused():
    history, command, actor, code = TOO_MANY
    given(AGGREGATE, *history).seeing(MANY_TASKS).when(command, actor).rejected(code)


def test_everything_is_told():
    assert_all_told(review, {name: told[:4] for name, told in ACCEPTED.items()}, [*REJECTED, TOO_MANY])


@pytest.mark.parametrize(
    ("judged", "missing"),
    [
        (BARE, ALL),
        (ASSIGNED, DEADLINE_AND_FUNDING),
        (SETTLED, ()),
        (stating(SETTLED, TaskFunded(secured_vnd=4, funding_source="x")), (Essential.FUNDING,)),
        (ASSIGNED.but(deadline=date(2020, 9, 1), planned_vnd=0), ()),
        (None, ALL),
    ],
)
def test_a_task_is_judged_for_its_four_essentials(judged, missing):
    assert judge("1-02", judged) == found("1-02", *missing)


def test_the_sentence_of_a_refusal_names_every_gap_that_is_left():
    outcome = given(AGGREGATE, *OPEN).seeing(LATER).when(CLOSE, LEAD)
    assert "1-02 (deadline, funding)" in str(outcome.refused)
