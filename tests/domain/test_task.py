from datetime import date

import pytest
from pydantic import ValidationError

from shared.domain import task, unit_scenario, variant
from shared.domain.decider import Actor, Command
from shared.domain.ranks import Act
from shared.domain.task import AGGREGATE, TaskStatus
from shared.events.evidence import EvidenceFiled
from shared.events.known_clearance import ClearanceNoted
from shared.events.task import (
    ClearanceDropped,
    ClearanceRequired,
    ExtensionGranted,
    ExtensionRefused,
    ExtensionRequested,
    ScenarioFollowed,
    TaskAssigned,
    TaskBlocked,
    TaskCancelled,
    TaskCompleted,
    TaskDeadlineMoved,
    TaskDeadlineSet,
    TaskFunded,
    TaskOpened,
    TaskProgressed,
    TaskReopened,
    TaskReturned,
    TaskStarted,
    TaskSubmitted,
    TaskUnblocked,
)
from shared.events.unit_rules import UnitRulesChanged
from shared.events.unit_scenario import SwitchRecorded
from shared.events.variant import VariantAdjusted
from shared.i18n import render
from shared.values.types import HASH_OF_NOTHING, Evidence
from tests.domain import corrected, test_dependencies, test_instructions, test_obstacles, test_task_details
from tests.domain.scenario import (
    DEPUTY,
    LEAD,
    OFFICER,
    POLICY,
    accepting,
    assert_all_told,
    given,
    rejecting,
    silent_on,
)


def ask(command: type[Command], **fields: object) -> Command:
    return command(task_id="1-03", **fields)


PLAN = {
    "title": {"vi": "Trang trí khánh tiết hội trường", "en": "Decorating the hall"},
    "group": {"number": 1, "name": {"vi": "Khánh tiết"}},
    "phase": "before",
    "scenario": "both",
    "planned_vnd": 120_000_000,
}
IN_CHARGE = {"collective": "Văn phòng Tỉnh ủy", "individual": "Chánh Văn phòng", "coordinating": ("Sở Tài chính",)}
FUNDING = {"secured_vnd": 80_000_000, "funding_source": "Ngân sách tỉnh"}
DEADLINE, LATER, LATEST = date(2020, 9, 20), date(2020, 9, 22), date(2020, 9, 24)
EVIDENCE = Evidence(
    title="Biên bản nghiệm thu", link="https://example.invalid/bien-ban.pdf", sha256="0a" * 32, size_bytes=120_000
)
PHOTO = EVIDENCE.model_copy(update={"title": "Ảnh hội trường"})
KEPT = Evidence(title="nghiem-thu.pdf", sha256="0b" * 32, size_bytes=90, media_type="application/pdf", kept=True)
DOES_WITHOUT = UnitRulesChanged(evidence_required=False, reason="Việc giải quyết tại chỗ")

NEW = ()
OPEN = (TaskOpened(**PLAN),)
ASSIGNED = (*OPEN, TaskAssigned(**IN_CHARGE))
STARTED = (*ASSIGNED, TaskStarted())
HALFWAY = (*STARTED, TaskProgressed(percent=50, note="Đã xong phần khung"))
BLOCKED = (*STARTED, TaskBlocked(reason="Chờ vật tư"))
BLOCKED_UNSTARTED = (*OPEN, TaskBlocked(reason="Chờ vật tư"))
SUBMITTED = (*STARTED, TaskSubmitted(submitted_by=OFFICER.id))
RETURNED = (*SUBMITTED, TaskReturned(reason="Thiếu ảnh"))
COMPLETED = (*SUBMITTED, TaskCompleted())
CANCELLED = (*STARTED, TaskCancelled(reason="Trùng việc"))
REOPENED = (*CANCELLED, TaskReopened(reason="Cần lại"))
RESUMED = (*RETURNED, SUBMITTED[-1], TaskCompleted(), REOPENED[-1])
DATED = (*OPEN, TaskDeadlineSet(deadline=DEADLINE))
ASKED = (
    *DATED,
    ExtensionRequested(deadline=LATER, replaces=DEADLINE, reason="Mưa bão", requested_by=OFFICER.id),
)
GRANTED = (*ASKED, ExtensionGranted(deadline=LATER, replaces=DEADLINE))
REFUSED = (*ASKED, ExtensionRefused(reason="Không đủ lý do"))
ASKED_BY_LEAD = (*DATED, ASKED[-1].model_copy(update={"requested_by": LEAD.id}))
PROVED = (*STARTED, TaskSubmitted(submitted_by=OFFICER.id, evidence=(EVIDENCE,)))
FUNDED = (*OPEN, TaskFunded(**FUNDING))
BUS = {"clearance_id": "bus", "kind": "vehicle", "holder": "Xe đưa đón", "purpose": "Đưa đón đại biểu"}
NEEDING = (*OPEN, ClearanceRequired(**BUS))
SUBMITTED_NEEDING = (*SUBMITTED, ClearanceRequired(**BUS), ClearanceRequired(clearance_id="hall"))
DROPPED = (*NEEDING, ClearanceDropped(clearance_id="bus", reason="Đi bộ"))
WORLD = {
    task.IN_FORCE: unit_scenario.UnitScenario(
        recorded=SwitchRecorded(number=1, scenario="outbreak", reason="Dịch lan rộng")
    ),
    ("variant", "outbreak"): variant.Variant(
        adjustments={"1-03": VariantAdjusted(task_id="1-03", applies=False, reason="Không tập trung đông")}
    ),
    ("unit-rules", "current"): DOES_WITHOUT,
    ("evidence", KEPT.sha256): EvidenceFiled(file_name=KEPT.title, size_bytes=90, media_type="application/pdf"),
}
FOLLOWED = ScenarioFollowed(switch=1, scenario="outbreak", suspended=True, planned_vnd=120_000_000)
SUSPENDED = (*OPEN, FOLLOWED)

ACCEPTED = {
    "a task is opened as planned": (NEW, ask(task.OpenTask, **PLAN), OFFICER, OPEN[0]),
    "an open task is assigned": (OPEN, ask(task.AssignTask, **IN_CHARGE), OFFICER, ASSIGNED[-1]),
    "a task can pass to another individual": (
        STARTED, ask(task.AssignTask, collective="Sở Y tế", individual="Giám đốc Sở"), OFFICER,
        TaskAssigned(collective="Sở Y tế", individual="Giám đốc Sở"),
    ),
    "a deadline is set": (OPEN, ask(task.SetDeadline, deadline=DEADLINE), OFFICER, DATED[-1]),
    "the policy moves a deadline after the opening day": (
        DATED, ask(task.MoveDeadline, replaces=DEADLINE, deadline=LATER, opening_day=LATEST), POLICY,
        TaskDeadlineMoved(replaces=DEADLINE, deadline=LATER, in_force=LATER, opening_day=LATEST),
    ),
    "a later deadline is asked for in the name of the actor": (
        DATED, ask(task.RequestExtension, deadline=LATER, reason="Mưa bão"), OFFICER, ASKED[-1],
    ),
    "the lead grants what was asked": (ASKED, ask(task.GrantExtension), LEAD, GRANTED[-1]),
    "a deputy grants what the lead asked": (ASKED_BY_LEAD, ask(task.GrantExtension), DEPUTY, GRANTED[-1]),
    "the lead refuses what was asked": (
        ASKED, ask(task.RefuseExtension, reason="Không đủ lý do"), LEAD, REFUSED[-1],
    ),
    "what was refused is asked for again": (
        REFUSED, ask(task.RequestExtension, deadline=LATER, reason="Mưa bão"), OFFICER, ASKED[-1],
    ),
    "a second extension replaces the deadline of the first": (
        (*GRANTED, ExtensionRequested(deadline=LATEST, replaces=LATER, reason="Bão", requested_by=OFFICER.id)),
        ask(task.GrantExtension), LEAD, ExtensionGranted(deadline=LATEST, replaces=LATER),
    ),
    "a blocked task is extended": (
        (*ASKED, BLOCKED_UNSTARTED[-1]), ask(task.GrantExtension), LEAD, GRANTED[-1],
    ),
    "funding is secured": (OPEN, ask(task.FundTask, **FUNDING), OFFICER, FUNDED[-1]),
    "funding grows": (
        FUNDED, ask(task.FundTask, **FUNDING | {"secured_vnd": 90_000_000}), OFFICER,
        TaskFunded(**FUNDING | {"secured_vnd": 90_000_000}),
    ),
    "an assigned task starts": (ASSIGNED, ask(task.StartTask), OFFICER, TaskStarted()),
    "a started task progresses": (
        STARTED, ask(task.ReportProgress, percent=50, note="Đã xong phần khung"), OFFICER, HALFWAY[-1],
    ),
    "progress may be corrected downwards": (
        HALFWAY, ask(task.ReportProgress, percent=40), OFFICER, TaskProgressed(percent=40),
    ),
    "work in progress is blocked": (STARTED, ask(task.BlockTask, reason="Chờ vật tư"), OFFICER, BLOCKED[-1]),
    "a task not yet started is blocked": (
        OPEN, ask(task.BlockTask, reason="Chờ vật tư"), OFFICER, BLOCKED_UNSTARTED[-1],
    ),
    "a blocked task is freed": (BLOCKED, ask(task.UnblockTask), OFFICER, TaskUnblocked()),
    "work is submitted in the name of the actor": (
        STARTED, ask(task.SubmitTask, note="Đủ hồ sơ"), OFFICER,
        TaskSubmitted(submitted_by=OFFICER.id, note="Đủ hồ sơ"),
    ),
    "work is submitted with its evidence": (
        STARTED, ask(task.SubmitTask, evidence=[EVIDENCE]), OFFICER, PROVED[-1],
    ),
    "work is submitted with a file that the unit keeps": (
        STARTED, ask(task.SubmitTask, evidence=[KEPT]), OFFICER,
        TaskSubmitted(submitted_by=OFFICER.id, evidence=(KEPT,)),
    ),
    "returned work is submitted again": (RETURNED, ask(task.SubmitTask), OFFICER, SUBMITTED[-1]),
    "somebody else accepts the work": (SUBMITTED, ask(task.CompleteTask), LEAD, TaskCompleted()),
    "somebody else returns the work": (SUBMITTED, ask(task.ReturnTask, reason="Thiếu ảnh"), LEAD, RETURNED[-1]),
    "an open task is cancelled": (OPEN, ask(task.CancelTask, reason="Trùng việc"), LEAD, CANCELLED[-1]),
    "a submitted task is cancelled": (SUBMITTED, ask(task.CancelTask, reason="Trùng việc"), LEAD, CANCELLED[-1]),
    "a cancelled task is reopened": (CANCELLED, ask(task.ReopenTask, reason="Cần lại"), OFFICER, REOPENED[-1]),
    "a completed task is reopened": (COMPLETED, ask(task.ReopenTask, reason="Cần lại"), OFFICER, REOPENED[-1]),
    "an open task is suspended by the scenario in force": (OPEN, ask(task.FollowScenario), OFFICER, FOLLOWED),
    "work in progress is suspended": (HALFWAY, ask(task.FollowScenario), OFFICER, FOLLOWED),
    "a suspended task is assigned": (SUSPENDED, ask(task.AssignTask, **IN_CHARGE), OFFICER, ASSIGNED[-1]),
    "a suspended task is dated": (SUSPENDED, ask(task.SetDeadline, deadline=DEADLINE), OFFICER, DATED[-1]),
    "a suspended task is funded": (SUSPENDED, ask(task.FundTask, **FUNDING), OFFICER, FUNDED[-1]),
    "a suspended task is extended": (
        (*ASKED, FOLLOWED.model_copy(update={"deadline": DEADLINE})), ask(task.GrantExtension), LEAD, GRANTED[-1],
    ),
    "a suspended task is cancelled": (SUSPENDED, ask(task.CancelTask, reason="Trùng việc"), DEPUTY, CANCELLED[-1]),
    "a task is reopened twice for one reason if it was closed in between": (
        (*REOPENED, CANCELLED[-1]), ask(task.ReopenTask, reason="Cần lại"), OFFICER, REOPENED[-1],
    ),
    "a task waits for a clearance": (OPEN, ask(task.RequireClearance, **BUS), OFFICER, NEEDING[-1]),
    "submitted work waits for a clearance that is requested already": (
        SUBMITTED, ask(task.RequireClearance, clearance_id="hall"), OFFICER,
        ClearanceRequired(clearance_id="hall"),
    ),
    "the lead drops a clearance": (
        NEEDING, ask(task.DropClearance, clearance_id="bus", reason="Đi bộ"), LEAD, DROPPED[-1],
    ),
    "a clearance that was dropped is required again, otherwise": (
        DROPPED, ask(task.RequireClearance, clearance_id="bus"), OFFICER,
        ClearanceRequired(clearance_id="bus"),
    ),
}  # fmt: skip

SILENT = {
    "a deadline that was extended is set as it was": (GRANTED, ask(task.SetDeadline, deadline=DEADLINE), OFFICER),
    "an extension that was granted is granted by somebody else": (GRANTED, ask(task.GrantExtension), DEPUTY),
    "nothing is there to unblock": (STARTED, ask(task.UnblockTask), OFFICER),
    "the progress reported is the progress known": (OPEN, ask(task.ReportProgress, percent=0), OFFICER),
    "a completed task is completed by its submitter": (COMPLETED, ask(task.CompleteTask), OFFICER),
    "a completed task does not follow": (COMPLETED, ask(task.FollowScenario), OFFICER),
    "a cancelled task does not follow": (CANCELLED, ask(task.FollowScenario), OFFICER),
    "a suspended task has started already": ((*STARTED, FOLLOWED), ask(task.StartTask), OFFICER),
    "a cancelled task is cancelled for another reason": (CANCELLED, ask(task.CancelTask, reason="Mưa"), OFFICER),
}

NEEDS_A_TASK = [
    ask(task.AssignTask, **IN_CHARGE),
    ask(task.SetDeadline, deadline=DEADLINE),
    ask(task.RequestExtension, deadline=LATER, reason="Mưa bão"),
    ask(task.GrantExtension),
    ask(task.RefuseExtension, reason="Không đủ lý do"),
    ask(task.FundTask, **FUNDING),
    ask(task.StartTask),
    ask(task.ReportProgress, percent=10),
    ask(task.BlockTask, reason="Mưa"),
    ask(task.UnblockTask),
    ask(task.SubmitTask),
    ask(task.ReturnTask, reason="Thiếu ảnh"),
    ask(task.RequireClearance, **BUS),
    ask(task.DropClearance, clearance_id="bus", reason="Đi bộ"),
]
FOLLOWS = [ask(task.FollowScenario)]
CLOSES_OR_REOPENS = [
    ask(task.CompleteTask),
    ask(task.CancelTask, reason="Mưa"),
    ask(task.ReopenTask, reason="Cần lại"),
]

ASKED_OFTEN = (*DATED, *(ASKED[-1], REFUSED[-1]) * task.MOST_EXTENSIONS)
SENT_BACK = (*STARTED, *(SUBMITTED[-1], RETURNED[-1]) * task.MOST_SENT_BACK)
WELL_GUARDED = (*OPEN, *(ClearanceRequired(clearance_id=f"c-{n}") for n in range(task.MOST_CLEARANCES)))
SHOWN = (
    *STARTED,
    TaskSubmitted(submitted_by=OFFICER.id, evidence=(EVIDENCE,) * (task.MOST_EVIDENCE - 1)),
    RETURNED[-1],
)

REJECTED = [
    *((NEW, command, OFFICER, "task_not_found") for command in NEEDS_A_TASK + CLOSES_OR_REOPENS + FOLLOWS),
    *((closed, command, OFFICER, "task_closed") for command in NEEDS_A_TASK for closed in (COMPLETED, CANCELLED)),
    (CANCELLED, ask(task.CompleteTask), LEAD, "task_closed"),
    (COMPLETED, ask(task.CancelTask, reason="Mưa"), OFFICER, "task_closed"),
    (OPEN, ask(task.OpenTask, **PLAN | {"planned_vnd": 1}), OFFICER, "task_already_open"),
    (DATED, ask(task.SetDeadline, deadline=date(2020, 9, 21)), OFFICER, "deadline_already_set"),
    (GRANTED, ask(task.SetDeadline, deadline=LATER), OFFICER, "deadline_already_set"),
    (
        DATED,
        ask(task.MoveDeadline, replaces=DEADLINE, deadline=LATER, opening_day=LATEST),
        LEAD,
        "for_the_policy_only",
    ),
    (
        GRANTED,
        ask(task.MoveDeadline, replaces=DEADLINE, deadline=LATEST, opening_day=LATEST),
        POLICY,
        "deadline_changed_meanwhile",
    ),
    (OPEN, ask(task.RequestExtension, deadline=LATER, reason="Mưa bão"), OFFICER, "no_deadline"),
    (DATED, ask(task.RequestExtension, deadline=DEADLINE, reason="Mưa bão"), OFFICER, "deadline_not_later"),
    (GRANTED, ask(task.RequestExtension, deadline=LATER, reason="Mưa bão"), OFFICER, "deadline_not_later"),
    *(
        (ASKED, ask(task.RequestExtension, deadline=deadline, reason=reason), actor, "extension_already_pending")
        for deadline, reason, actor in (
            (LATEST, "Mưa bão", OFFICER),
            (LATER, "Bão", OFFICER),
            (LATER, "Mưa bão", LEAD),
            (DEADLINE, "Bão", LEAD),
        )
    ),
    *(
        (history, command, LEAD, "no_extension_pending")
        for command in (ask(task.GrantExtension), ask(task.RefuseExtension, reason="Khác"))
        for history in (OPEN, DATED, GRANTED, REFUSED)
        if not (history is GRANTED and isinstance(command, task.GrantExtension))
    ),
    *(
        (ASKED_BY_LEAD, command, actor, code)
        for command in (ask(task.GrantExtension), ask(task.RefuseExtension, reason="Khác"))
        for actor, code in ((LEAD, "own_request"), (OFFICER, "no_right_to_decide"))
    ),
    *(
        ((*history, FOLLOWED), command, LEAD, "task_suspended")
        for history, command in (
            (ASSIGNED, ask(task.StartTask)),
            (STARTED, ask(task.ReportProgress, percent=10)),
            (STARTED, ask(task.BlockTask, reason="Mưa")),
            (BLOCKED, ask(task.UnblockTask)),
            (STARTED, ask(task.SubmitTask)),
            (SUBMITTED, ask(task.CompleteTask)),
            (SUBMITTED, ask(task.ReturnTask, reason="Thiếu ảnh")),
        )
    ),
    (SUSPENDED, ask(task.RequestExtension, deadline=LATER, reason="Mưa bão"), OFFICER, "no_deadline"),
    (OPEN, ask(task.StartTask), OFFICER, "task_not_assigned"),
    (BLOCKED, ask(task.StartTask), OFFICER, "task_blocked"),
    (BLOCKED, ask(task.ReportProgress, percent=10), OFFICER, "task_blocked"),
    (BLOCKED, ask(task.SubmitTask), OFFICER, "task_blocked"),
    (BLOCKED, ask(task.BlockTask, reason="Mưa"), OFFICER, "task_blocked"),
    (SUBMITTED, ask(task.StartTask), OFFICER, "task_submitted"),
    (SUBMITTED, ask(task.ReportProgress, percent=10), OFFICER, "task_submitted"),
    (SUBMITTED, ask(task.SubmitTask), LEAD, "task_submitted"),
    (PROVED, ask(task.SubmitTask, evidence=[EVIDENCE, PHOTO]), OFFICER, "task_submitted"),
    (PROVED, ask(task.SubmitTask), OFFICER, "task_submitted"),
    (SUBMITTED, ask(task.BlockTask, reason="Mưa"), OFFICER, "task_submitted"),
    (ASSIGNED, ask(task.ReportProgress, percent=10), OFFICER, "task_not_started"),
    (ASSIGNED, ask(task.SubmitTask), OFFICER, "task_not_started"),
    (STARTED, ask(task.CompleteTask), LEAD, "task_not_submitted"),
    (STARTED, ask(task.ReturnTask, reason="Thiếu ảnh"), LEAD, "task_not_submitted"),
    ((*RETURNED, BLOCKED[-1]), ask(task.ReturnTask, reason="Thiếu ảnh"), LEAD, "task_not_submitted"),
    (RESUMED, ask(task.ReturnTask, reason="Thiếu ảnh"), LEAD, "task_not_submitted"),
    (STARTED, ask(task.ReopenTask, reason="Cần lại"), LEAD, "task_not_closed"),
    (SUBMITTED, ask(task.CompleteTask), OFFICER, "own_work"),
    (SUBMITTED, ask(task.ReturnTask, reason="Thiếu ảnh"), OFFICER, "own_work"),
    (NEEDING, ask(task.RequireClearance, clearance_id="bus"), OFFICER, "clearance_already_required"),
    *(
        (OPEN, ask(task.RequireClearance, **BUS | {part: None}), OFFICER, "clearance_half_described")
        for part in ("kind", "holder", "purpose")
    ),
    (OPEN, ask(task.DropClearance, clearance_id="bus", reason="Đi bộ"), LEAD, "clearance_not_required"),
    (DROPPED, ask(task.DropClearance, clearance_id="bus", reason="Khác"), LEAD, "clearance_not_required"),
    (NEEDING, ask(task.DropClearance, clearance_id="bus", reason="Đi bộ"), OFFICER, "no_right_to_drop"),
    (SUBMITTED_NEEDING, ask(task.CompleteTask), LEAD, "clearance_missing"),
    (SUBMITTED_NEEDING, ask(task.CompleteTask), OFFICER, "own_work"),
    (ASKED_OFTEN, ask(task.RequestExtension, deadline=LATER, reason="Bão"), OFFICER, "task_extensions_full"),
    ((*SENT_BACK, SUBMITTED[-1]), ask(task.ReturnTask, reason="Thiếu dấu"), LEAD, "task_sent_back_full"),
    ((*SENT_BACK, CANCELLED[-1]), ask(task.ReopenTask, reason="Cần"), LEAD, "task_sent_back_full"),
    (
        (*SENT_BACK, NEEDING[-1]),
        ask(task.DropClearance, clearance_id="bus", reason="Đi bộ"),
        LEAD,
        "task_sent_back_full",
    ),
    (WELL_GUARDED, ask(task.RequireClearance, clearance_id="bus"), OFFICER, "task_clearances_full"),
    *((SHOWN, ask(task.SubmitTask, evidence=[EVIDENCE] * more), OFFICER, "task_evidence_full") for more in (2, 50)),
    (STARTED, ask(task.SubmitTask), OFFICER, "evidence_required"),
    (STARTED, ask(task.SubmitTask, evidence=[EVIDENCE, KEPT]), OFFICER, "evidence_not_kept"),
]


@accepting(ACCEPTED)
def test_it_happens_once_that(history, command, actor, event):
    given(AGGREGATE, *history).seeing(WORLD).when(command, actor).then(event)
    given(AGGREGATE, *history, event).seeing(WORLD).when(command, actor).nothing_happened()


@silent_on(SILENT)
def test_nothing_happens_when(history, command, actor):
    given(AGGREGATE, *history).seeing(WORLD).when(command, actor).nothing_happened()


@rejecting(REJECTED)
def test_a_task_refuses_what_its_lifecycle_forbids(history, command, actor, code):
    given(AGGREGATE, *history).when(command, actor).rejected(code)


def test_every_command_event_and_refusal_is_told_here():
    topics = (test_dependencies, test_instructions, test_obstacles, test_task_details)
    accepted = {(topic, told): case for topic in topics for told, case in topic.ACCEPTED.items()}
    rejected = [case for topic in topics for case in topic.REJECTED]
    rejected += corrected.TASK_REJECTED
    assert_all_told(task, ACCEPTED | accepted | corrected.TASK, [*REJECTED, *rejected])


def test_a_unit_asks_for_evidence_until_its_lead_does_without():
    asked = ask(task.SubmitTask)
    for rules, code in ((None, "evidence_required"), (True, "evidence_required"), (False, None)):
        world = (
            {}
            if rules is None
            else {("unit-rules", "current"): UnitRulesChanged(evidence_required=rules, reason="x")}
        )
        outcome = given(AGGREGATE, *STARTED).seeing(world).when(asked, OFFICER)
        assert (outcome.refused.code if outcome.refused else None) == code


def test_a_file_that_the_unit_keeps_is_not_shown_with_another_size():
    larger = KEPT.model_copy(update={"size_bytes": 91})
    started = given(AGGREGATE, *STARTED).seeing(WORLD)
    started.when(ask(task.SubmitTask, evidence=[larger])).rejected("evidence_not_kept")


def heard(**decisions: str) -> dict:
    return {("known-clearance", name): ClearanceNoted(decision=decision) for name, decision in decisions.items()}


def test_a_task_is_completed_with_every_clearance_it_needs_granted():
    finished = given(AGGREGATE, *SUBMITTED_NEEDING).seeing(heard(bus="granted", hall="granted"))
    finished.when(ask(task.CompleteTask), LEAD).then(TaskCompleted())


def test_a_clearance_that_was_dropped_is_not_waited_for():
    dropped = ClearanceDropped(clearance_id="bus", reason="Đi bộ")
    finished = given(AGGREGATE, *SUBMITTED_NEEDING, dropped).seeing(heard(hall="granted"))
    finished.when(ask(task.CompleteTask), LEAD).then(TaskCompleted())


@pytest.mark.parametrize(
    ("known", "named"),
    [
        ({}, {"en": "bus (not decided); hall (not decided)", "vi": "bus (chưa có ý kiến); hall (chưa có ý kiến)"}),
        ({"bus": "granted"}, {"en": "hall (not decided)", "vi": "hall (chưa có ý kiến)"}),
        ({"bus": "granted", "hall": "refused"}, {"en": "hall (refused)", "vi": "hall (không đồng ý)"}),
        ({"bus": "withdrawn", "hall": "granted"}, {"en": "bus (withdrawn)", "vi": "bus (đã thu hồi)"}),
    ],
)
def test_the_refusal_to_complete_names_each_clearance_that_is_missing_and_how_it_stands(known, named):
    outcome = given(AGGREGATE, *SUBMITTED_NEEDING).seeing(heard(**known)).when(ask(task.CompleteTask), LEAD)
    outcome.rejected("clearance_missing")
    for lang, words in named.items():
        assert render(outcome.refused.message, lang).endswith(f": {words}.")


def test_a_completed_task_stays_completed_when_its_clearance_is_withdrawn():
    completed = given(AGGREGATE, *SUBMITTED_NEEDING, TaskCompleted()).seeing(heard(bus="withdrawn"))
    completed.when(ask(task.CompleteTask), LEAD).nothing_happened()


def test_a_task_reopened_needs_its_clearances_still():
    history = (*SUBMITTED_NEEDING, TaskCompleted(), REOPENED[-1], SUBMITTED[-1])
    given(AGGREGATE, *history).seeing(heard(bus="withdrawn", hall="granted")).when(
        ask(task.CompleteTask), LEAD
    ).rejected("clearance_missing")


@pytest.mark.parametrize(
    ("history", "status"),
    [
        (OPEN, TaskStatus.OPEN),
        (STARTED, TaskStatus.IN_PROGRESS),
        (BLOCKED, TaskStatus.BLOCKED),
        ((*BLOCKED, TaskUnblocked()), TaskStatus.IN_PROGRESS),
        ((*BLOCKED_UNSTARTED, TaskUnblocked()), TaskStatus.OPEN),
        (SUBMITTED, TaskStatus.SUBMITTED),
        (RETURNED, TaskStatus.IN_PROGRESS),
        (COMPLETED, TaskStatus.COMPLETED),
        (CANCELLED, TaskStatus.CANCELLED),
        (REOPENED, TaskStatus.IN_PROGRESS),
        ((*OPEN, CANCELLED[-1], REOPENED[-1]), TaskStatus.OPEN),
    ],
)
def test_the_history_tells_where_a_task_stands(history, status):
    assert AGGREGATE.fold(history).status is status


@pytest.mark.parametrize("event", [TaskUnblocked(), CANCELLED[-1]])
def test_what_no_longer_blocks_a_task_is_forgotten(event):
    assert AGGREGATE.fold((*BLOCKED, event)).block_reason is None


def test_a_completed_task_is_wholly_done():
    assert AGGREGATE.fold((*HALFWAY, *COMPLETED[len(STARTED) :])).percent == 100


@pytest.mark.parametrize(
    ("history", "deadlines"),
    [
        (OPEN, (None, None)),
        (ASKED, (DEADLINE, DEADLINE)),
        (REFUSED, (DEADLINE, DEADLINE)),
        (GRANTED, (DEADLINE, LATER)),
    ],
)
def test_the_original_deadline_is_kept_beside_the_present_one(history, deadlines):
    known = AGGREGATE.fold(history)
    assert (known.original_deadline, known.deadline) == deadlines


@pytest.mark.parametrize("closed", [COMPLETED[-1], CANCELLED[-1]])
def test_a_request_for_an_extension_lapses_with_its_task(closed):
    reopened = (*ASKED, *STARTED[1:], closed, REOPENED[-1])
    given(AGGREGATE, *reopened).when(ask(task.GrantExtension), LEAD).rejected("no_extension_pending")
    given(AGGREGATE, *reopened).when(ask(task.RequestExtension, deadline=LATER, reason="Mưa bão")).then(ASKED[-1])


def test_a_task_reopened_keeps_its_extensions_and_its_evidence():
    reopened = AGGREGATE.fold((*GRANTED, *PROVED[1:], TaskCompleted(), REOPENED[-1]))
    assert (reopened.original_deadline, reopened.deadline) == (DEADLINE, LATER)
    assert reopened.evidence == (EVIDENCE,)


@pytest.mark.parametrize(
    ("actor_id", "leads"),
    [
        ("logistics.lead", True),
        ("logistics.lead-2", False),
        ("logistics.deputy", True),
        ("logistics.deputy-2", True),
        ("logistics.deputy-12", True),
        ("logistics.lead-secretary", False),
        ("logistics.lead-2-secretary", False),
        ("logistics.deputy-secretary", False),
        ("logistics.deputy-", False),
        ("logistics.deputy2", False),
        ("logistics.deputy-2\n", False),
        ("logistics.lead_2", False),
        ("logistics.leader-of-choir", False),
        ("logistics.member", False),
        ("logistics.member.lead", False),
        ("logistics.lead.deputy", False),
        ("logistics.đlead", False),
        ("lead", False),
        ("deputy", False),
        ("deputy-2", False),
        ("security.lead", False),
        ("security.deputy", False),
    ],
)
def test_a_unit_is_led_by_its_lead_and_deputies_and_signed_for_by_its_lead_alone(actor_id, leads):
    actor = Actor(actor_id, "logistics")
    assert (actor.ranks_for(Act.DECIDE), actor.ranks_for(Act.SIGN)) == (leads, actor_id == "logistics.lead")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", " "),
        ("link", "ftp://example.invalid/a"),
        ("link", "https://"),
        ("link", "https:///a"),
        ("link", "https://example.invalid/a b"),
        ("sha256", "0a" * 31),
        ("sha256", "0g" * 32),
        ("size_bytes", 0),
        ("size_bytes", "12"),
    ],
)
def test_evidence_can_be_found_and_checked(field, value):
    with pytest.raises(ValueError, match=field):
        Evidence(**EVIDENCE.model_dump() | {field: value})


@pytest.mark.parametrize(
    ("changes", "kind"),
    [({"link": None}, "evidence_nowhere"), ({"sha256": HASH_OF_NOTHING.upper()}, "hash_of_nothing")],
)
def test_evidence_is_somewhere_and_of_something(changes, kind):
    with pytest.raises(ValidationError) as refused:
        ask(task.SubmitTask, evidence=[EVIDENCE.model_dump() | changes])
    assert [error["type"] for error in refused.value.errors()] == [kind]


def test_what_is_not_said_of_evidence_is_not_stored():
    stored = TaskSubmitted(submitted_by=OFFICER.id, evidence=(EVIDENCE, KEPT)).model_dump(mode="json")["evidence"]
    assert [[*piece] for piece in stored] == [
        ["title", "link", "sha256", "size_bytes"],
        ["title", "sha256", "size_bytes", "media_type", "kept"],
    ]


def test_a_checksum_is_the_same_in_capitals():
    assert Evidence(**EVIDENCE.model_dump() | {"sha256": "0A" * 32}) == EVIDENCE


def test_a_submission_has_at_most_fifty_pieces_of_evidence():
    with pytest.raises(ValueError, match="evidence"):
        ask(task.SubmitTask, evidence=[EVIDENCE] * 51)


@pytest.mark.parametrize("percent", [-1, 101])
def test_progress_lies_between_nothing_and_everything(percent):
    with pytest.raises(ValueError, match="percent"):
        ask(task.ReportProgress, percent=percent)
