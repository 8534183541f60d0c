"""One office is one office, however people write it; and what the register does not have is listed."""

from io import StringIO

from rich.console import Console

from daihoi.terminal.lists import names_tables
from shared.reports.names import Register
from shared.reports.unregistered import unregistered_names
from shared.reports.workload import workload
from tests.domain.test_report import TODAY, a_task

HEALTH = {
    "_id": "so-y-te",
    "name": {"vi": "Sở Y tế", "en": "Department of health"},
    "positions": ["Giám đốc", "Phó Giám đốc Sở Y tế"],
    "aliases": [{"alias": "Sở YT", "position": None}, {"alias": "PGĐ", "position": "Phó Giám đốc Sở Y tế"}],
}
POLICE = {
    "_id": "cong-an-tinh",
    "name": {"vi": "Công an tỉnh", "en": ""},
    "positions": ["giám đốc"],
    "aliases": [{"alias": "Sở Y tế", "position": None}],
}
REGISTER = [HEALTH, POLICE]


def task(collective, individual, *coordinating):
    return a_task(collective=collective, individual=individual, coordinating=list(coordinating))


def test_an_office_is_found_by_name_id_and_what_was_merged_and_its_own_name_goes_first():
    register = Register(REGISTER)
    found = [register.office(name) for name in ("SO Y TE", "department of health", "so-y-te", "sở yt")]
    assert {office.id for office in found} == {"so-y-te"}
    assert register.office("Sở Lạ") is None
    assert [office.id for office in register.offices] == ["cong-an-tinh", "so-y-te"]


def test_a_position_that_two_organisations_have_is_that_of_the_collective():
    register = Register(REGISTER)
    assert register.post("Giám đốc") is None
    assert register.post("GIAM DOC", "Sở YT").office.id == "so-y-te"
    assert register.post("pgđ").position == "Phó Giám đốc Sở Y tế"
    assert len(register.posts("Giám đốc", "Sở Lạ")) == 2


def test_the_workload_shows_one_office_and_one_position_once():
    tasks = [
        task("Sở Y tế", "PGĐ", "cong an tinh"),
        task("so-y-te", "pho giam doc so y te"),
        task("Sở YT", "Giám đốc"),
        task("Công an tỉnh", "Giám đốc"),
        task("Sở Lạ", "Giám đốc"),
    ]
    found = workload(tasks, TODAY, REGISTER)
    assert [(load.name, load.cells.tasks, load.coordinating) for load in found.by_collective] == [
        ("Sở Y tế", 3, 0),
        ("Công an tỉnh", 1, 1),
        ("Sở Lạ", 1, 0),
    ]
    assert found.by_collective[0].spellings == ["Sở YT", "so-y-te"]
    assert [(load.name, load.organisation_id, load.cells.tasks) for load in found.by_individual] == [
        ("Phó Giám đốc Sở Y tế", "so-y-te", 2),
        ("Giám đốc, Sở Y tế", "so-y-te", 1),
        ("giám đốc", None, 1),
        ("giám đốc, Công an tỉnh", "cong-an-tinh", 1),
    ]


def test_names_that_are_not_on_the_register_are_listed_with_their_tasks_and_what_is_like_them():
    tasks = [
        task("Sở Ytế", "Giám đốc", "Đội lạ"),
        task("SỞ YTẾ", "Trưởng phòng"),
        task("Sở Ytế", "PGĐ"),
    ]
    found = unregistered_names(tasks, REGISTER)
    first, *others = found.names
    assert (first.name, first.spellings, first.tasks) == ("Sở Ytế", ["Sở Ytế", "SỞ YTẾ"], 3)
    assert first.used_in == {"collective": [task["_id"] for task in tasks]}
    assert [alike.organisation_id for alike in first.alike] == ["so-y-te"]
    assert {name.name: list(name.used_in) for name in others} == {
        "Đội lạ": ["coordinating"],
        "Trưởng phòng": ["individual"],
    }
    (ambiguous,) = found.ambiguous
    assert (ambiguous.organisations, ambiguous.used_in) == (["Công an tỉnh", "Sở Y tế"], [tasks[0]["_id"]])
    console = Console(width=140, record=True, file=StringIO())
    console.print(*names_tables(found, "vi"))
    shown = console.export_text()
    assert "Tên chưa có trong sổ đơn vị: 3" in shown
    assert "Sở Y tế (so-y-te)" in shown


def test_a_congress_without_a_register_has_every_name_listed():
    assert [name.tasks for name in unregistered_names([task("Sở Y tế", "A")], []).names] == [1, 1]
    assert unregistered_names([task(None, None)], REGISTER).names == []


def test_a_leader_whom_the_register_does_not_know_is_listed_too():
    held = HEALTH | {"holders": [{"position": "Giám đốc", "person": "Người A", "since": "2020-01-01"}]}
    led = [
        task("Sở Y tế", "Giám đốc") | {"directing_leader": leader}
        for leader in ("Chủ tịch HĐQT", "Người A", "giam doc", "Sở Y tế", None)
    ]
    listed = unregistered_names(led, [held])
    (name,) = listed.names
    assert (name.name, list(name.used_in)) == ("Chủ tịch HĐQT", ["directing_leader"])
    console = Console(width=140, record=True, file=StringIO())
    console.print(*names_tables(listed, "vi"))
    assert "Lãnh đạo chỉ đạo" in console.export_text()
