"""What an import tells in the reader's words: what is new and what changes, which open tasks keep what they were
opened with, and which sources of funding the congress does not list."""

import shlex
from collections.abc import Iterator
from datetime import date

import pytest

from daihoi.terminal.catalogue import import_parts
from daihoi.terminal.kept_tasks import kept_lines
from services.subcommittee.importing.changes import compare
from services.subcommittee.importing.kept import kept_tasks
from services.subcommittee.importing.planning import Preview, Source
from services.subcommittee.importing.sources import not_listed, with_listed_sources
from shared.i18n import render
from shared.values.code_lists import CodeList, Entry, names_of
from shared.values.names_in_use import NONE_IN_USE, use_names
from shared.values.types import Text
from tests.domain.test_catalogue import item
from tests.domain.test_catalogue_changes import document
from tests.domain.test_deadlines_report import drawn

TROOP = Entry(id="logistics", name=Text(vi="Tổ Hậu cần"))
PRESS = Entry(id="propaganda", name=Text(vi="Tổ Truyền thông"))
UNION = Entry(id="union", name=Text(vi="Tài chính công đoàn", en="Union funds"))
FORMER = Entry(id="former", name=Text(vi="Nguồn cũ"), retired=True)
SOURCES = (UNION, FORMER)
BEFORE = item("2.04").model_copy(update={"deadline": date(2026, 11, 30), "product": "Kế hoạch"})
AFTER = BEFORE.model_copy(update={"deadline": date(2026, 12, 2), "budget_vnd": 90_000_000, "unit": "propaganda"})


@pytest.fixture(autouse=True)
def names() -> Iterator[None]:
    use_names(names_of({CodeList.UNITS: (TROOP, PRESS), CodeList.FUNDING_SOURCES: SOURCES}))
    yield
    use_names(NONE_IN_USE)


def task(**of) -> dict:
    held = {
        "_id": "logistics/2-04",
        "unit": "logistics",
        "status": "in_progress",
        "title": {"vi": "Trang trí hội trường", "en": ""},
        "original_planned_vnd": 5_000_000,
        "agreed_deadline": "2026-11-30",
    }
    return held | of


def shown(change) -> str:
    source = Source("dm.xlsx", "digest", (), "xx")
    return drawn(*import_parts(source, Preview(change, 1, {}), "vi"))


def told(change, *tasks: dict, assigned_to: str | None = "logistics") -> list[str]:
    kept = kept_tasks(change, [document(BEFORE, assigned_to=assigned_to)], tasks)
    return list(kept_lines(kept, "vi"))


def test_what_is_new_says_its_unit_phase_and_case_and_no_money_where_there_is_none():
    new = shown(compare("xx", [item(budget_vnd=0)], []))
    for words in ("Tổ Hậu cần", "Trước Đại hội", "7 ngày trước khai mạc"):
        assert words in new
    assert "Kinh phí" not in new


def test_what_changes_is_told_in_words_sums_and_days_of_the_reader():
    changed = shown(compare("xx", [AFTER], [document(BEFORE)]))
    for words in ("5.000.000 → 90.000.000", "30/11/2026 → 02/12/2026", "Tổ Hậu cần → Tổ Truyền thông"):
        assert words in changed
    for raw in ("budget_vnd", "deadline", "unit", "propaganda"):
        assert raw not in changed


def test_open_tasks_that_keep_what_they_were_opened_with_are_named_with_what_changes_them():
    change = compare("xx", [AFTER], [document(BEFORE, assigned_to="logistics")])
    first, named, command, other_unit = told(change, task())
    assert first.startswith("1 nhiệm vụ đã giao giữ nguyên")
    assert "2-04, Tổ Hậu cần: " in named
    assert "30/11/2026 → 02/12/2026" in named
    typed = shlex.split(command.partition(": ")[2])
    assert (typed[:4], set(typed[4:])) == (
        ["daihoi", "do", "correct-task", "2-04"],
        {"deadline=2026-12-02", "planned_vnd=90000000", "reason=Theo danh mục mới", "--as", "logistics.lead"},
    )
    assert "cancel-task 2-04" in other_unit


def test_a_task_that_is_closed_or_says_so_already_or_nobody_has_is_not_named():
    same_unit = AFTER.model_copy(update={"unit": "logistics"})
    change = compare("xx", [same_unit], [document(BEFORE, assigned_to="logistics")])
    assert told(change, task(status="completed")) == []
    assert told(change, task(agreed_deadline="2026-12-02", original_planned_vnd=90_000_000)) == []
    assert told(change, assigned_to=None) == []
    assert len(told(change)) == 3, "assigned, and its unit has not opened it yet"


def test_a_source_of_funding_goes_by_its_id_where_it_is_listed_and_is_warned_of_where_not():
    said = ("tai chinh cong doan", "union", "Quỹ khác", "Nguồn cũ", None)
    named = [
        item(f"1.0{number}").model_copy(update={"funding_source": source}) for number, source in enumerate(said, 1)
    ]
    items = with_listed_sources(named, SOURCES)
    assert [one.funding_source for one in items] == ["union", "union", "Quỹ khác", "former", None]
    other, former = not_listed(items, SOURCES)
    assert (other.code, other.params["items"]) == ("funding_source_not_listed", "1.03")
    assert former.params["items"] == "1.04"
    assert "«Quỹ khác» không có trong danh mục nguồn kinh phí, gồm: Tài chính công đoàn" in render(
        other.message, "vi"
    )
    assert (with_listed_sources(named, ()), list(not_listed(named, ()))) == (tuple(named), []), "a free list"
