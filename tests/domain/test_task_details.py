"""The small print of a task: what it is to bring about, its checklist, and a deadline that a lead brings forward."""

from datetime import date

import pytest

from shared.domain import task
from shared.domain.decider import Actor
from shared.domain.task import AGGREGATE, MOST_ITEMS, MOST_SHORTENINGS
from shared.events.task import (
    ChecklistItemAdded,
    ChecklistItemDropped,
    ChecklistItemTicked,
    ChecklistItemUnticked,
    DeadlineShortened,
    ExtensionGranted,
    ExtensionRequested,
    ScenarioFollowed,
    TaskCancelled,
    TaskCompleted,
    TaskDeadlineSet,
    TaskDescribed,
)
from tests.congress import life_of_a_task
from tests.domain.scenario import DEPUTY, LEAD, OFFICER, POLICY, accepting, given, rejecting, silent_on

OPEN, SUBMITTED, COMPLETED = (tuple(life_of_a_task(1)[:upto]) for upto in (1, 7, 8))
CANCELLED = (*OPEN, TaskCancelled(reason="Trùng việc"))
PRODUCT = {"product": "Sơ đồ được duyệt", "directing_leader": "Phó Trưởng Tiểu ban", "remark": "In khổ lớn"}
DESCRIBED = (*OPEN, TaskDescribed(**PRODUCT))
ITEM = {"item_id": "hall", "text": "Kiểm tra hội trường"}
LISTED = (*OPEN, ChecklistItemAdded(**ITEM))
TICKED = (*LISTED, ChecklistItemTicked(item_id="hall"))
UNTICKED = (*TICKED, ChecklistItemUnticked(item_id="hall"))
DROPPED = (*TICKED, ChecklistItemDropped(item_id="hall"))
FULL = (*OPEN, *(ChecklistItemAdded(item_id=f"i-{number}", text="x") for number in range(MOST_ITEMS)))

EARLY, DUE, LATE = date(2020, 9, 15), date(2020, 9, 20), date(2020, 9, 25)
DATED = (*OPEN, TaskDeadlineSet(deadline=DUE))
SHORTER = {"deadline": EARLY, "reason": "Khai mạc sớm hơn"}
SHORTENED = (*DATED, DeadlineShortened(replaces=DUE, **SHORTER))
ASKED = (*DATED, ExtensionRequested(replaces=DUE, deadline=LATE, reason="Mưa", requested_by=OFFICER.id))
GRANTED = (*ASKED, ExtensionGranted(replaces=DUE, deadline=LATE))
OFTEN = (*DATED, *(DeadlineShortened(replaces=DUE, deadline=DUE, reason="x") for _ in range(MOST_SHORTENINGS)))


def ask(command: type, **fields: object):
    return command(task_id="1-03", **fields)


ADD, TICK, UNTICK, DROP = (
    ask(task.AddChecklistItem, **ITEM),
    *(
        ask(command, item_id="hall")
        for command in (task.TickChecklistItem, task.UntickChecklistItem, task.DropChecklistItem)
    ),
)
DESCRIBE, SHORTEN = ask(task.DescribeTask, **PRODUCT), ask(task.ShortenDeadline, **SHORTER)

ACCEPTED = {
    "a task is described": (OPEN, DESCRIBE, OFFICER, DESCRIBED[-1]),
    "the latest description says all": (
        DESCRIBED, ask(task.DescribeTask, remark="Như cũ"), OFFICER, TaskDescribed(remark="Như cũ"),
    ),
    "a description is taken away": (DESCRIBED, ask(task.DescribeTask), OFFICER, TaskDescribed()),
    "an item is put on the list": (OPEN, ADD, OFFICER, LISTED[-1]),
    "an item that was dropped comes back unticked": (DROPPED, ADD, OFFICER, LISTED[-1]),
    "an item is ticked": (LISTED, TICK, OFFICER, TICKED[-1]),
    "a tick is taken back": (TICKED, UNTICK, OFFICER, UNTICKED[-1]),
    "an item is dropped": (TICKED, DROP, OFFICER, DROPPED[-1]),
    "the lead shortens": (DATED, SHORTEN, LEAD, SHORTENED[-1]),
    "a deputy shortens what was extended": (
        GRANTED, SHORTEN, DEPUTY, DeadlineShortened(replaces=LATE, **SHORTER),
    ),
    "a policy shortens": (DATED, SHORTEN, POLICY, SHORTENED[-1]),
}  # fmt: skip

SILENT = {
    "nothing is said of a task that nothing was said of": (OPEN, ask(task.DescribeTask), OFFICER),
    "an open item is unticked": (LISTED, UNTICK, OFFICER),
    "somebody else shortens to the same day for the same reason": (SHORTENED, SHORTEN, OFFICER),
}

REJECTED = [
    *(
        (history, command, LEAD, code)
        for command in (DESCRIBE, ADD, TICK, UNTICK, DROP, SHORTEN)
        for history, code in (((), "task_not_found"), (COMPLETED, "task_closed"), (CANCELLED, "task_closed"))
    ),
    (LISTED, ask(task.AddChecklistItem, **ITEM | {"text": "Khác"}), OFFICER, "checklist_item_already_there"),
    (FULL, ADD, OFFICER, "task_checklist_full"),
    ((*FULL, ChecklistItemDropped(item_id="i-1")), ADD, OFFICER, "task_checklist_full"),
    *((OPEN, command, OFFICER, "checklist_item_not_found") for command in (TICK, UNTICK, DROP)),
    *((DROPPED, command, OFFICER, "checklist_item_not_found") for command in (TICK, UNTICK)),
    (DATED, SHORTEN, OFFICER, "no_right_to_shorten"),
    (DATED, SHORTEN, Actor("logistics.lead-secretary", "logistics"), "no_right_to_shorten"),
    (OPEN, SHORTEN, LEAD, "nothing_to_shorten"),
    (ASKED, SHORTEN, LEAD, "extension_waits"),
    *((DATED, ask(task.ShortenDeadline, **SHORTER | {"deadline": day}), LEAD, "deadline_not_earlier")
      for day in (DUE, LATE)),
    (SHORTENED, ask(task.ShortenDeadline, **SHORTER | {"reason": "Khác"}), LEAD, "deadline_not_earlier"),
    (OFTEN, SHORTEN, LEAD, "task_shortenings_full"),
    (OPEN, ask(task.CancelTask, reason="Trùng việc"), OFFICER, "no_right_to_cancel"),
]  # fmt: skip


@accepting(ACCEPTED)
def test_it_happens_once_that(history, command, actor, event):
    given(AGGREGATE, *history).when(command, actor).then(event)
    given(AGGREGATE, *history, event).when(command, actor).nothing_happened()


@silent_on(SILENT)
def test_nothing_happens_when(history, command, actor):
    given(AGGREGATE, *history).when(command, actor).nothing_happened()


@rejecting(REJECTED)
def test_refused(history, command, actor, code):
    given(AGGREGATE, *history).when(command, actor).rejected(code)


def test_open_items_stop_nothing():
    given(AGGREGATE, *SUBMITTED, LISTED[-1]).when(ask(task.CompleteTask), LEAD).then(TaskCompleted())


@pytest.mark.parametrize("actor", [LEAD, DEPUTY, POLICY], ids=lambda actor: actor.id)
def test_the_lead_a_deputy_and_a_policy_cancel(actor):
    given(AGGREGATE, *OPEN).when(ask(task.CancelTask, reason="Trùng việc"), actor).then(CANCELLED[-1])


def followed(deadline: date) -> ScenarioFollowed:
    return ScenarioFollowed(switch=1, scenario="outbreak", suspended=False, planned_vnd=1, deadline=deadline)


@pytest.mark.parametrize(
    ("history", "deadlines"),
    [
        (SHORTENED, (DUE, EARLY, EARLY)),
        ((*GRANTED, DeadlineShortened(replaces=LATE, **SHORTER)), (DUE, EARLY, EARLY)),
        ((*DATED, followed(LATE), DeadlineShortened(replaces=LATE, deadline=DUE, reason="x")), (DUE, DUE, DUE)),
        ((*DATED, followed(EARLY), DeadlineShortened(replaces=EARLY, **SHORTER)), (DUE, EARLY, EARLY)),
        ((*SHORTENED, followed(DUE)), (DUE, EARLY, DUE)),
    ],
)
def test_a_shorter_deadline_is_agreed_and_in_force_and_the_original_is_kept(history, deadlines):
    state = AGGREGATE.fold(history)
    assert (state.original_deadline, state.agreed_deadline, state.deadline) == deadlines


def test_what_was_extended_since_can_be_shortened_to_the_same_day_for_the_same_reason():
    asked = ExtensionRequested(replaces=EARLY, deadline=LATE, reason="Mưa", requested_by=OFFICER.id)
    extended = (*SHORTENED, asked, ExtensionGranted(replaces=EARLY, deadline=LATE))
    given(AGGREGATE, *extended).when(SHORTEN, LEAD).then(DeadlineShortened(replaces=LATE, **SHORTER))
