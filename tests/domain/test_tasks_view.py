"""`tasks` shows what became of a task, and forgets nothing of how it got there."""

from datetime import date
from functools import reduce

import pytest
from hypothesis import given
from msgspec.structs import replace

from services.tracker.history.replay import ledger_line
from shared.domain import task
from shared.domain.task.standing import standing_at_opening
from shared.events.base import Event
from shared.events.task import (
    ClearanceDropped,
    ClearanceRequired,
    ExtensionGranted,
    ExtensionRefused,
    ExtensionRequested,
    ScenarioFollowed,
    TaskCancelled,
    TaskCompleted,
    TaskDeadlineSet,
    TaskProgressed,
    TaskReopened,
    TaskReturned,
    TaskStarted,
    TaskSubmitted,
)
from shared.history.decoding import decode_event
from shared.views.task_records import with_records
from shared.views.tasks import VIEW
from tests.congress import BEGINNING, in_memory, life_of_a_task
from tests.domain.test_histories import ledgers
from tests.domain.test_task import EVIDENCE
from tests.properties.effort import effort

OPENED = life_of_a_task(1)[:1]
SET, FIRST, SECOND = date(2020, 9, 20), date(2020, 9, 23), date(2020, 9, 25)
DATED = [*OPENED, TaskDeadlineSet(deadline=SET)]
ASKED = [
    *DATED,
    ExtensionRequested(deadline=FIRST, replaces=SET, reason="Mưa bão", requested_by="logistics.member"),
]
GRANTED = [*ASKED, ExtensionGranted(deadline=FIRST, replaces=SET)]
ASKED_AGAIN = [
    *GRANTED,
    ExtensionRequested(deadline=SECOND, replaces=FIRST, reason="Vẫn mưa", requested_by="logistics.member"),
]
SUBMITTED = TaskSubmitted(submitted_by="logistics.member", evidence=(EVIDENCE,))


def shown(*events: Event) -> dict:
    recorded = [decode_event(stored) for stored in in_memory("logistics", [("1-03", list(events))])]
    return reduce(VIEW.fold, recorded, None)


def hour(number: int) -> str:
    """When the event at this position happened."""
    return f"{BEGINNING:%Y-%m-%d}T{BEGINNING.hour + number:02}:00:00.000000Z"


def deadlines(document: dict) -> tuple:
    return document["original_deadline"], document["deadline"]


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        (OPENED, (None, None)),
        (DATED, ("2020-09-20", "2020-09-20")),
        (ASKED, ("2020-09-20", "2020-09-20")),
        ([*ASKED, ExtensionRefused(reason="Không đủ lý do")], ("2020-09-20", "2020-09-20")),
        (GRANTED, ("2020-09-20", "2020-09-23")),
        ([*ASKED_AGAIN, ExtensionGranted(deadline=SECOND, replaces=FIRST)], ("2020-09-20", "2020-09-25")),
    ],
)
def test_only_a_granted_extension_moves_the_deadline_and_the_original_stays(events, expected):
    assert deadlines(shown(*events)) == expected


OUTBREAK = ScenarioFollowed(switch=1, scenario="outbreak", suspended=True, planned_vnd=7, deadline=date(2020, 9, 15))
BACK = ScenarioFollowed(switch=2, scenario="none", suspended=False, planned_vnd=1_000_000, deadline=SET)


def in_force(document: dict) -> tuple:
    return tuple(document[name] for name in ("suspended", "planned_vnd", "deadline", "followed"))


def test_a_suspended_task_shows_what_is_in_force_and_what_was_agreed_and_comes_back_whole():
    progress = [*DATED, TaskStarted(), TaskProgressed(percent=40)]
    there = shown(*progress, OUTBREAK)
    assert in_force(there) == (True, 7, "2020-09-15", {"switch": 1, "scenario": "outbreak"})
    agreed = (there["original_deadline"], there["agreed_deadline"], there["original_planned_vnd"])
    assert agreed == ("2020-09-20", "2020-09-20", 1_000_000)
    back = shown(*progress, OUTBREAK, BACK)
    assert back | {"followed": None} == shown(*progress)


STANDING = tuple(standing_at_opening(OPENED[0]))
NOTHING_STATED = {
    "collective": None, "individual": None, "coordinating": [], "secured_vnd": None, "funding_source": None,
    "product": None, "directing_leader": None, "remark": None,
}  # fmt: skip


def in_the_view(document: dict) -> dict:
    """What a task and its document both hold, as the document has it."""
    document = with_records(document)
    latest = document["extensions"][-1]["outcome"] if document["extensions"] else None
    same = {name: document[name] for name in (*STANDING, *NOTHING_STATED, "followed")}
    needed = {need["clearance_id"]: need for need in document["clearances"]}
    on_record = {
        "open_obstacles": [entry["obstacle_id"] for entry in document["obstacles"] if entry["resolved_at"] is None],
        "obstacles": len(document["obstacles"]),
        "comments": [entry["comment_id"] for entry in document["comments"]],
        "instructions": [(entry["instruction_id"], entry["given_by"]) for entry in document["instructions"]],
        "waits_for": sorted(entry["task_id"] for entry in document["dependencies"]),
        "checklist": {entry["item_id"]: (entry["text"], entry["ticked"]) for entry in document["checklist"]},
    }
    counted = {"extension_outcome": latest, "extensions": len(document["extensions"]), "clearances": needed}
    return same | counted | on_record


def in_the_task(state: task.Task) -> dict:
    """The same, as the task has it."""
    whole = state.model_dump(mode="json")
    stated = NOTHING_STATED | {name: value for event in whole["stated"].values() for name, value in event.items()}
    followed = {name: whole["followed"][name] for name in ("switch", "scenario")} if state.followed else None
    same = {name: whole[name] for name in (*STANDING, "extension_outcome", "extensions")}
    needed = {clearance_id: whole["clearances"][clearance_id] for clearance_id in state.needed_clearances}
    records = state.records
    on_record = {
        "open_obstacles": list(records.open_obstacles),
        "obstacles": len(records.obstacles),
        "comments": list(records.comments),
        "instructions": [(name, given.given_by) for name, given in records.instructions.items()],
        "waits_for": sorted(records.waits_for),
        "checklist": {name: (item.text, item.ticked) for name, item in records.checklist.items() if not item.dropped},
    }
    return {**same, **stated, "followed": followed, "clearances": needed, **on_record}


@pytest.mark.parametrize(
    "events",
    [
        [*DATED, OUTBREAK, TaskDeadlineSet(deadline=SET)],
        [*OPENED, OUTBREAK, TaskDeadlineSet(deadline=SET)],
        [*ASKED, OUTBREAK, ExtensionGranted(deadline=FIRST, replaces=SET)],
        [
            *ASKED,
            OUTBREAK.model_copy(update={"deadline": SECOND}),
            ExtensionGranted(deadline=FIRST, replaces=SET),
        ],
        [*GRANTED, OUTBREAK, BACK],
    ],
)
def test_the_view_and_the_task_itself_say_the_same(events):
    assert in_the_view(shown(*events)) == in_the_task(task.AGGREGATE.fold(events))


@effort(100)
@given(ledgers(task.AGGREGATE))
def test_the_view_and_the_task_itself_say_the_same_after_any_history(ledger):
    for events, state in ledger.told():
        assert in_the_view(shown(*events)) == in_the_task(state)


def test_every_extension_stays_visible_with_who_asked_who_decided_and_why():
    asked, refused = shown(*ASKED_AGAIN, ExtensionRefused(reason="Đã gia hạn một lần"))["extensions"]
    assert asked == {
        "requested_at": hour(2),
        "requested_by": "logistics.member",
        "deadline": "2020-09-23",
        "replaces": "2020-09-20",
        "reason": "Mưa bão",
        "past_because": None,
        "outcome": "granted",
        "decided_at": hour(3),
        "decided_by": "logistics.lead",
        "refused_because": None,
    }
    assert (refused["outcome"], refused["refused_because"]) == ("refused", "Đã gia hạn một lần")
    assert (refused["decided_at"], refused["decided_by"]) == (hour(5), "logistics.lead")


CLOSINGS = [
    [TaskStarted(), SUBMITTED, TaskCompleted()],
    [TaskCancelled(reason="Không cần nữa")],
]


@pytest.mark.parametrize("closing", CLOSINGS)
def test_an_extension_nobody_decided_on_lapses_when_the_task_is_closed(closing):
    for later in ([], [TaskReopened(reason="Làm lại")]):
        (lapsed,) = shown(*ASKED, *closing, *later)["extensions"]
        assert (lapsed["outcome"], lapsed["decided_by"]) == ("lapsed", None)
        assert lapsed["decided_at"] == hour(len(ASKED) + len(closing) - 1)
    (granted,) = shown(*GRANTED, *closing)["extensions"]
    assert granted["outcome"] == "granted"


def test_a_decision_recorded_by_an_earlier_version_on_a_lapsed_request_can_still_be_read():
    reopened = [*ASKED, *CLOSINGS[1], TaskReopened(reason="Làm lại")]
    document = shown(*reopened, ExtensionGranted(deadline=FIRST, replaces=SET))
    assert (document["extensions"][0]["outcome"], document["deadline"]) == ("granted", "2020-09-23")


def test_a_deadline_that_was_over_already_is_shown_with_the_reason():
    dated = TaskDeadlineSet(deadline=SET, past_because="Ghi bổ sung")
    assert shown(*OPENED, dated)["past_because"] == "Ghi bổ sung"
    (stored,) = in_memory("logistics", [("1-03", [dated])])
    told = ledger_line(stored)["summary"]
    assert told["en"].endswith("of task 1-03 to 20/09/2020 (over already: Ghi bổ sung)")
    assert told["vi"].endswith("(đã quá hạn khi ghi: Ghi bổ sung)")


def test_an_extension_nobody_decided_on_is_pending():
    (pending,) = shown(*ASKED)["extensions"]
    assert (pending["outcome"], pending["decided_at"], pending["decided_by"]) == ("pending", None, None)


def test_a_task_sent_back_and_reopened_keeps_its_evidence_and_why():
    returned, reopened = TaskReturned(reason="Thiếu ảnh"), TaskReopened(reason="Phải in lại")
    document = shown(*OPENED, TaskStarted(), SUBMITTED, returned, SUBMITTED, TaskCompleted(), reopened)
    assert document["history"] == [
        {"what": "returned", "at": hour(3), "by": "logistics.lead", "reason": "Thiếu ảnh"},
        {"what": "reopened", "at": hour(6), "by": "logistics.lead", "reason": "Phải in lại"},
    ]
    assert document["evidence"] == [
        EVIDENCE.model_dump() | {"submitted_at": hour(position), "submitted_by": "logistics.member"}
        for position in (2, 4)
    ]
    assert (document["status"], document["completed_on"]) == ("in_progress", None)


def test_a_task_shows_the_clearances_it_needs_and_why_one_was_dropped():
    bus = {"clearance_id": "bus", "kind": "vehicle", "holder": "Xe đưa đón", "purpose": "Đưa đón"}
    required = [ClearanceRequired(**bus), ClearanceRequired(clearance_id="hall")]
    undescribed = {"clearance_id": "hall", "kind": None, "holder": None, "purpose": None}
    assert shown(*OPENED, *required)["clearances"] == [bus, undescribed]
    document = shown(*OPENED, *required, ClearanceDropped(clearance_id="bus", reason="Đi bộ"))
    assert document["clearances"] == [undescribed]
    assert document["history"] == [
        {"what": "clearance_dropped", "at": hour(3), "by": "logistics.lead", "reason": "Đi bộ"}
    ]


def test_a_submission_recorded_before_there_was_evidence_can_still_be_read():
    (stored,) = in_memory("logistics", [("1-03", [SUBMITTED])])
    older = decode_event(replace(stored, body=stored.body.replace(b'"evidence"', b'"unheard_of"')))
    assert older.event == TaskSubmitted(submitted_by="logistics.member")
