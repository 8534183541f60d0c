"""Corrections on record: what each puts right, who may, and what stays refused as at the first recording."""

from datetime import date, timedelta

import pytest

from services.logistics import expenses, resources
from services.propaganda import publications
from services.security import incidents
from services.subcommittee import meeting, organisation
from services.subcommittee.correcting_holders import CorrectHolder
from shared.domain import document, task
from shared.domain.correcting import MOST_CORRECTIONS
from shared.domain.task import IN_FORCE
from shared.domain.unit_scenario import UnitScenario
from shared.domain.variant import Variant
from shared.events import expense as money
from shared.events import publication as published
from shared.events.organisation import NameMerged, OrganisationCorrected, PositionHeld, PositionVacated
from shared.events.task import TaskCorrected
from shared.events.unit_scenario import SwitchRecorded
from shared.events.variant import VariantAdjusted
from tests.domain.corrected import (
    ASSESSED,
    ASSIGNED,
    CANCELLED,
    COMPLETED,
    DATED,
    DUE,
    EXPENSE,
    EXPENSE_REJECTED,
    FIRE,
    FUNDED,
    INCIDENT,
    LIFE,
    MEMBER,
    NAMES,
    OPENED,
    PAID,
    RESOURCE,
    RESOURCE_REJECTED,
    RIGHT,
    SETTLED,
    TASK,
    TASK_REJECTED,
    WHY,
    correct_incident,
    correct_task,
    corrected,
    of_spending,
    task_corrected,
)
from tests.domain.corrected_papers import (
    APPROVED,
    AUTHOR,
    DOCUMENT,
    DOCUMENT_REJECTED,
    EDITOR,
    ISSUED,
    MEETING,
    MEETING_REJECTED,
    MET,
    ORGANISATION,
    PUBLICATION,
    PUBLICATION_REJECTED,
    REGISTERED,
    RELEASED,
    SECOND,
    correct_document,
    correct_meeting,
    correct_publication,
)
from tests.domain.scenario import BEGAN, LEAD, POLICY, given

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


TAKEN_BACK = {
    name: case
    for name, case in ACCEPTED.items()
    if case[1] != SETTLED and case[-1].before != type(case[-1].before)() and case[2].NAME != "correct-position"
}


@pytest.mark.parametrize(
    ("aggregate", "history", "command", "actor", "event"), TAKEN_BACK.values(), ids=TAKEN_BACK.keys()
)
def test_who_recorded_it_and_was_corrected_by_another_does_not_correct_that_one(
    aggregate, history, command, actor, event
):
    again = type(command)(**dict(_before(command, event)), **WHY)
    corrector = EDITOR if aggregate.entity == "publication" else LEAD
    outcome = given(aggregate, *history, event).recorded_by(*(MEMBER for _ in history), corrector)
    outcome.when(again, MEMBER).rejected("no_right_to_correct")


def _before(command, event):
    """What it replaced, in the fields of the command."""
    yield command.ID, command.entity_id
    for name in ("reservation_id", "advance_id", "spending_id", "position"):
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


def test_a_corrected_position_is_held_deputised_and_merged_under_its_right_name():
    *_, event = STAFFED_CASE
    state = organisation.AGGREGATE.fold([*STAFFED_CASE[0], event])
    assert state.positions == ("Giám đốc", "Phó Giám đốc")
    assert [(name, held.position) for name, held in state.holdings.holders.items()] == [("Giám đốc", "Giám đốc")]
    assert state.holdings.deputies == {"Phó Giám đốc": "Giám đốc"}
    assert [name.position for name in state.names.merged.values()] == ["Giám đốc"]
    twice = organisation.CorrectPosition(
        organisation_id="so-y-te", position="Gíam đốc", right_name="Phó Giám đốc", **WHY
    )
    given(organisation.AGGREGATE, *STAFFED_CASE[0]).when(twice).rejected("position_already_there")
    unknown = organisation.CorrectPosition(organisation_id="so-y-te", position="Chủ tịch", right_name="Bí thư", **WHY)
    given(organisation.AGGREGATE, *STAFFED_CASE[0]).when(unknown).rejected("position_not_found")


def test_a_holder_is_corrected_as_one_could_be_recorded():
    def correct(**values):
        return CorrectHolder(organisation_id="so-y-te", position="Gíam đốc", **values, **WHY)

    staffed = STAFFED_CASE[0]
    vacant = (*staffed[:3], PositionHeld(position="Gíam đốc", person="Ai đó", since=date(2020, 1, 1)))
    left = (*vacant, PositionVacated(position="Gíam đốc", person="Ai đó", until=DUE), staffed[3])
    given(organisation.AGGREGATE, *left).when(correct(since=date(2020, 8, 1)), LEAD).rejected("position_held_until")
    given(organisation.AGGREGATE, *REGISTERED).when(correct(person="x"), LEAD).rejected("position_not_found")
    given(organisation.AGGREGATE, *staffed[:3]).when(correct(person="x"), LEAD).rejected("position_not_held")
    alone = (*staffed[:3], PositionHeld(position="Gíam đốc", person="Ai đó", since=DUE, exclusive=True))
    elsewhere = {("organisation", "so-tai-chinh"): organisation.AGGREGATE.fold(alone)}
    there = given(organisation.AGGREGATE, *alone[:3], alone[3].model_copy(update={"person": "Khác"})).seeing(
        elsewhere
    )
    there.when(correct(person="Ai đó"), LEAD).rejected("person_holds_another_position")


STAFFED_CASE = ORGANISATION["a position, for who holds it and what is merged into it too"]


def test_there_is_an_end_of_corrections():
    state = (DATED[-1], *(corrected(TaskCorrected, {}, {"remark": "x"}) for _ in range(MOST_CORRECTIONS)))
    given(task.AGGREGATE, *DATED[:-1], *state).when(correct_task(deadline=RIGHT)).rejected("corrections_full")


EVERY_CORRECTION = {type(command).NAME: command for _, _, command, *_ in ACCEPTED.values()}


@pytest.mark.parametrize("command", EVERY_CORRECTION.values(), ids=EVERY_CORRECTION.keys())
def test_a_correction_gives_something_and_says_why(command):
    given_at_all = command.model_dump(exclude_none=True)
    required = {name for name, field in type(command).model_fields.items() if field.is_required()} - {"right_name"}
    with pytest.raises(ValueError, match=r"nothing to correct is given|right_name"):
        type(command)(**{name: given_at_all[name] for name in required})
    with pytest.raises(ValueError, match="reason"):
        type(command)(**{name: value for name, value in given_at_all.items() if name != "reason"})


def test_a_point_is_corrected_once_at_a_time():
    with pytest.raises(ValueError, match="each point at most once"):
        correct_meeting(points=[SECOND, SECOND])


def test_a_deadline_that_is_set_stays_set():
    right = task_corrected(
        {"original_deadline": DUE, "deadline": DUE}, {"original_deadline": RIGHT, "deadline": RIGHT}
    )
    again = task.SetDeadline(task_id="1-03", deadline=DUE)
    given(task.AGGREGATE, *DATED, right).when(again).rejected("deadline_already_set")
