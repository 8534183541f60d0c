"""`daihoi tasks`, `task show`, `documents`, `resources`, `publications`, `meetings`, `positions` and `names`, on the
real servers."""

import json

import pytest
from typer.testing import CliRunner

from daihoi.cli import console
from daihoi.cli.main import app
from shared.events.document import DocumentIssued
from shared.events.meeting import MeetingConcluded, MeetingHeld
from shared.events.organisation import (
    NameMerged,
    OrganisationRegistered,
    PositionAdded,
    PositionHeld,
    PositionVacated,
)
from shared.events.publication import PublicationProposed
from shared.events.resource import ResourceRegistered, ResourceReserved
from shared.eventstore.store import EventStore, NewEvent
from tests.conftest import token_for
from tests.congress import Writer, envelope_of, life_of_a_task, settled
from tests.integration.test_tracker import project_all

POSITION = "Phó Giám đốc Sở Y tế"
SECRET = "0350 364 8888"
TOLD = {
    ("subcommittee", "organisation", "so-y-te"): [
        OrganisationRegistered(kind="agency", name={"vi": "Sở Y tế tỉnh"}),
        PositionAdded(position=POSITION),
        PositionHeld(position=POSITION, person="Người thứ nhất", since="2020-01-01"),
        PositionVacated(position=POSITION, person="Người thứ nhất", until="2020-06-30"),
        PositionHeld(position=POSITION, person="Người thứ hai", since="2020-06-30", contact=SECRET),
        NameMerged(alias="Sở Y tế"),
    ],
    ("subcommittee", "meeting", "2020-08-13"): [
        MeetingHeld(title={"vi": "Họp Tiểu ban"}, held_on="2020-08-13", chair={"position": "Trưởng Tiểu ban"}),
        MeetingConcluded(points=[{"number": 1, "text": {"vi": "Rà soát từng đầu việc"}}]),
    ],
    ("propaganda", "document", "76-KH-TU"): [
        DocumentIssued(symbol="76-KH/TU", kind="Kế hoạch", title={"vi": "Tuyên truyền đại hội"}, issuer="Tỉnh ủy")
    ],
    ("propaganda", "publication", "p1"): [
        PublicationProposed(channel="press", title={"vi": "Chào mừng Đại hội"}, author="propaganda.member")
    ],
    ("logistics", "resource", "hall-1"): [
        ResourceRegistered(kind="hall", name={"vi": "Trung tâm Hội nghị"}, capacity=800),
        ResourceReserved(
            reservation_id="r1",
            starts="2020-09-25T08:00:00+07:00",
            ends="2020-09-27T17:00:00+07:00",
            purpose="Đại hội",
        ),
    ],
}
TASKS = (1, 2)
EVENTS = sum(map(len, TOLD.values())) + len(TASKS) * len(life_of_a_task(1))


def daihoi(*arguments, ends_with=0):
    ran = CliRunner().invoke(app, [*arguments])
    assert ran.exit_code == ends_with, (arguments, ran.output, ran.exception)
    return ran


def report(*arguments):
    return json.loads(daihoi(*arguments, "--format", "json").stdout)


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch, settings, congress):
    monkeypatch.setattr(console.out, "width", 200)
    environment = {
        "DAIHOI_LANG": "vi",
        "DAIHOI_CONGRESS": congress,
        "DAIHOI_NATS_URL": settings.nats_url,
        "DAIHOI_MONGO_URL": settings.mongo_url,
        "DAIHOI_DATA_DIR": str(settings.data_dir),
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
async def told(connection, congress, ledger, views):
    """Two tasks that an office spelled otherwise is in charge of, and one of everything else."""
    for (service, entity, entity_id), life in TOLD.items():
        events = [
            NewEvent(entity, entity_id, envelope_of(event, service, entity, entity_id, position))
            for position, event in enumerate(life)
        ]
        await EventStore(connection, congress, service).append(events, {(entity, entity_id): 0})
    await Writer(EventStore(connection, congress, "logistics")).write(TASKS)
    await settled(ledger, EVENTS)
    await project_all(ledger, views)


@pytest.fixture
async def told_twice(told, connection, congress, ledger, views):
    """And a task and a document of another unit under the same names."""
    await Writer(EventStore(connection, congress, "security")).write([1])
    issued = TOLD["propaganda", "document", "76-KH-TU"][0]
    again = NewEvent("document", "76-KH-TU", envelope_of(issued, "security", "document", "76-KH-TU", 0))
    await EventStore(connection, congress, "security").append([again], {("document", "76-KH-TU"): 0})
    await settled(ledger, EVENTS + len(life_of_a_task(1)) + 1)
    await project_all(ledger, views)


def test_what_two_units_call_the_same_is_asked_for_by_unit(told_twice):
    assert "logistics, security" in daihoi("task", "show", "task-1", ends_with=2).stderr
    assert report("task", "show", "task-1", "--unit", "security")["task"]["unit"] == "security"
    history = report("task", "show", "security/task-1")["history"]
    assert {row["unit"] for row in history} == {"security"}
    assert len(history) == len(life_of_a_task(1))
    both = daihoi("documents", "show", "76-KH/TU", ends_with=2).stderr
    assert "propaganda/76-KH-TU, security/76-KH-TU" in both
    assert report("documents", "show", "76-KH/TU", "--unit", "security")["document"]["unit"] == "security"


def test_tasks_are_listed_searched_and_shown_with_their_history(told):
    whole = report("tasks", "--today", "2020-09-10")
    assert [(row["id"], row["collective"], row["cell"]) for row in whole["tasks"]] == [
        ("task-1", "Sở Y tế tỉnh", "completed_on_time"),
        ("task-2", "Sở Y tế tỉnh", "completed_on_time"),
    ]
    assert [row["id"] for row in report("tasks", "--text", "VIEC so 2", "--unit", "logistics")["tasks"]] == ["task-2"]
    one = report("tasks", "--sort", "deadline", "--descending", "--limit", "1")
    assert (one["matching"], [row["id"] for row in one["tasks"]]) == (2, ["task-2"])
    assert "Việc số 2" in daihoi("tasks", "--collective", "so-y-te").stdout
    assert report("tasks", "--at", "2020-08-15T09:30", "--by", "happened")["tasks"][0]["status"] == "open"
    page = daihoi("task", "show", "task-2").stdout
    assert "Người giữ: Người thứ hai (từ ngày 30/06/2020) · «hạn chế tiếp cận»" in page
    for words in (
        "Việc số 2",
        "Bộ phận hậu cần phục vụ",
        "Sở Y tế tỉnh",
        "2.000.000",
        "bắt đầu triển khai nhiệm vụ task-2",
    ):
        assert words in page
    early = report("task", "show", "logistics/task-2", "--at", "2020-08-15T09:30", "--by", "happened")
    assert ([row["type"] for row in early["history"]], early["line"]["percent"]) == (["vn.daihoi.task.opened.v1"], 0)
    assert len(report("task", "show", "task-2", "--unit", "logistics")["history"]) == len(life_of_a_task(2))


def test_mine_is_what_the_token_says(told, settings, monkeypatch):
    assert "DAIHOI_TOKEN" in daihoi("tasks", "--mine", ends_with=2).stderr
    monkeypatch.setenv("DAIHOI_TOKEN", token_for(settings, "logistics.member"))
    assert report("tasks", "--mine")["matching"] == 2
    monkeypatch.setenv("DAIHOI_TOKEN", token_for(settings, "security.lead"))
    assert report("tasks", "--mine")["matching"] == 0


def test_mine_is_what_who_may_mint_a_token_says(told, monkeypatch):
    monkeypatch.setenv("DAIHOI_AS", "logistics.member")
    assert report("tasks", "--mine")["matching"] == 2
    assert report("tasks", "--mine", "--as", "security.lead")["matching"] == 0
    assert "nobody" in daihoi("tasks", "--mine", "--as", "nobody.lead", ends_with=2).stderr


def test_what_is_not_there_is_told_by_name(told):
    assert "Không có nhiệm vụ nào mang mã 9-99." in daihoi("task", "show", "9-99", ends_with=1).stderr
    assert "01-KH/TU" in daihoi("documents", "show", "01-KH/TU", ends_with=1).stderr
    assert "y-te" in daihoi("tasks", "--unit", "y-te", ends_with=2).stderr
    assert "khong-co" in daihoi("positions", "--organisation", "khong-co", ends_with=2).stderr


def test_what_only_one_unit_keeps_is_listed(told):
    (hall,) = report("resources", "--today", "2020-09-10")
    assert (hall["id"], hall["bookings"][0]["purpose"]) == ("hall-1", "Đại hội")
    assert report("resources", "--on", "2020-09-24")[0]["bookings"] == []
    assert [line["id"] for line in report("publications", "--text", "chao mung dai hoi")] == ["p1"]
    assert [line["id"] for line in report("meetings", "--text", "ra soat")] == ["2020-08-13"]
    assert [line["symbol"] for line in report("documents", "list", "--kind", "KH")] == ["76-KH/TU"]
    assert report("documents", "list", "--kind", "TB") == []
    shown = daihoi("documents", "show", "76-KH/TU").stdout
    for words in ("76-KH/TU. Tuyên truyền đại hội", "Kế hoạch · Bộ phận tuyên truyền", "Quá trình"):
        assert words in shown
    for command in ("resources", "publications", "meetings"):
        assert "1" in daihoi(command).stdout


def test_who_holds_a_position_is_shown_and_where_to_reach_them_to_some_only(told, settings):
    shown = daihoi("positions", "--history").stdout
    assert "Người thứ hai (từ ngày 30/06/2020)" in shown
    assert "Người thứ nhất (01/01/2020 – 30/06/2020)" in shown
    (line,) = report("positions", "--today", "2020-03-01")
    assert line["in_charge"]["person"] == "Người thứ nhất"
    everything = (
        ("positions", "--format", "json"),
        ("view", "organisations"),
        ("task", "show", "task-1"),
        ("task", "show", "task-1", "--format", "json"),
        ("audit", "timeline", "so-y-te"),
        ("audit", "timeline", "so-y-te", "--format", "json"),
        ("audit", "replay", "--entity", "organisation", "--format", "json"),
        ("audit", "diff", "1", str(EVENTS), "--format", "json"),
        ("audit", "as-of", "--at", str(EVENTS), "--view", "organisations"),
    )
    for command in everything:
        assert SECRET not in daihoi(*command).stdout, command
    token = token_for(settings, "auditor.one")
    for command in everything:
        assert SECRET in daihoi(*command, "--token", token).stdout, command


def test_a_name_that_was_merged_is_on_the_register_and_others_are_listed(told):
    assert report("names")["names"] == []
    (load,) = report("workload")["by_collective"]
    assert (load["name"], load["spellings"]) == ("Sở Y tế tỉnh", ["Sở Y tế"])
    assert "Tên chưa có trong sổ đơn vị: 0" in daihoi("names").stdout
