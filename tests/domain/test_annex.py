"""The annex of every item: how it is arranged and numbered, and how it and the sections are printed."""

import re
from io import StringIO

import pytest
from rich.console import Console

from daihoi.terminal.report import Printer
from services.tracker.handed_up import content_digest, shown_by
from services.tracker.projection.store import VIEW_NAMES
from shared.domain.decider import Refused
from shared.reports.arrangement import AnnexBy
from shared.reports.consolidated import AsOf, consolidate
from shared.reports.sections import Wanted
from tests.domain.test_report import TODAY, a_task, late, on_time, overdue

OBSTACLE = {
    "obstacle_id": "rooms",
    "what": "Chưa đủ phòng",
    "cause": "Nhà khách đang sửa chữa",
    "proposal": "Giữ thêm phòng",
    "proposed_to": "Thường trực Tiểu ban",
    "opened_at": "2020-09-01T02:00:00.000000Z",
    "resolved_at": None,
    "resolution": None,
}
RESOLVED = {"resolved_at": "2020-09-02T02:00:00.000000Z", "resolution": "Đã thuê xe"}
CANCELLED = {"what": "cancelled", "at": "2020-09-01T18:00:00.000000Z", "by": "logistics.lead", "reason": "Trùng việc"}
ACCOUNT = {"unit": "logistics", "advanced_vnd": 700_000_000, "spent_vnd": 650_000_000, "settled_on": None}
ROOMS = a_task(
    "blocked",
    block_reason="Mưa bão kéo dài",
    obstacles=[OBSTACLE, OBSTACLE | {"what": "Thiếu xe"} | RESOLVED],
    product="Phương án bố trí chỗ ở",
    directing_leader="Phó Trưởng Tiểu ban",
    coordinating=["Sở Du lịch", "Công an tỉnh"],
    remark="Chờ kết luận",
    original_deadline="2020-09-15",
    planned_vnd=1_250_000_000,
    secured_vnd=1_100_000_000,
    percent=40,
)
GUARDS = a_task("submitted", unit="security", collective="công an  Tỉnh", phase="during", deadline="2020-09-25",
    group={"number": 8, "name": {"vi": "An ninh", "en": "Security"}})  # fmt: skip
TASKS = (
    ROOMS, GUARDS, on_time(), late(), overdue(), a_task("cancelled", history=[CANCELLED], collective=None),
    a_task(suspended=True),
)  # fmt: skip
REGISTER = {"_id": "x", "kind": "agency", "name": {"vi": "Công an tỉnh", "en": "Police"}, "positions": []}


def a_report(by=AnnexBy.GROUP, tasks=TASKS):
    views = {"tasks": tasks, "organisations": [REGISTER], "expenses": [ACCOUNT | {"_id": ROOMS["task_id"]}]}
    as_of = AsOf(sequence=1, ledger_sequence=1, today=TODAY, parked=0, gaps={})
    return consolidate("test", as_of, dict.fromkeys(VIEW_NAMES, ()) | views, "d", Wanted(annex=by))


@pytest.mark.parametrize(
    ("by", "sections"),
    [
        ("group", [("1", "1", "Văn kiện", 6), ("2", "8", "An ninh", 1)]),
        (
            "unit",
            [
                ("1", "logistics", "Bộ phận hậu cần phục vụ", 6),
                ("2", "security", "Bộ phận đảm bảo an ninh trật tự và an toàn", 1),
            ],
        ),
        (
            "agency",
            [
                ("1", "Công an tỉnh", "Công an tỉnh", 1),
                ("2", "Sở Y tế", "Sở Y tế", 5),
                ("3", "", "Chưa phân công", 1),
            ],
        ),
        ("phase", [("1", "before", "Trước Đại hội", 6), ("2", "during", "Trong Đại hội", 1)]),
    ],
)
def test_it_is_arranged_and_numbered(by, sections):
    annex = a_report(AnnexBy(by)).annex
    assert [(one.number, one.key, one.name_vi, len(one.rows)) for one in annex.sections] == sections
    assert [row.number for row in annex.sections[0].rows][:2] in (["1.1", "1.2"], ["1.1"])
    assert (annex.cells.tasks + annex.cells.cancelled, annex.sums.spent_vnd) == (len(TASKS), 650_000_000)


def test_what_it_is_arranged_by_changes_nothing_of_what_the_report_says():
    digests = {content_digest(a_report(by)) for by in AnnexBy}
    assert len(digests) == 1
    assert content_digest(a_report(tasks=TASKS[1:])) not in digests
    assert content_digest(a_report(), 99) is None


def test_what_is_issued_is_what_was_shown_and_nothing_beyond_the_ledger():
    report = a_report()
    shown = shown_by(report)
    assert (shown["sequence"], shown["digest"], shown["today"], shown["coming_days"]) == (1, "d", "2020-09-10", 15)
    assert (shown["content_digest"], shown["content_form"]) == (content_digest(report), 2)
    beyond = report.model_copy(update={"as_of": report.as_of.model_copy(update={"sequence": 2})})
    with pytest.raises(Refused) as refused:
        shown_by(beyond)
    assert refused.value.code == "beyond_the_end"


def test_a_row_has_what_the_custom_asks_for():
    row = next(row for section in a_report().annex.sections for row in section.rows if row.id == ROOMS["task_id"])
    assert (row.state, row.cell, row.percent, row.product) == ("obstructed", "open_in_time", 40, ROOMS["product"])
    assert [(line.obstacle_id, line.what) for line in row.obstacles] == [
        (None, "Mưa bão kéo dài"),
        ("rooms", "Chưa đủ phòng"),
    ]
    assert row.sums.model_dump() == {
        "planned_vnd": 1_250_000_000,
        "secured_vnd": 1_100_000_000,
        "unsecured_vnd": 150_000_000,
        "surplus_vnd": 0,
        "advanced_vnd": 700_000_000,
        "spent_vnd": 650_000_000,
        "settled_vnd": 0,
    }


def drawn(lang, width, by=None):
    console = Console(width=width, record=True, file=StringIO())
    printer = Printer(a_report(by or AnnexBy.GROUP), lang)
    if by:
        printer.print_annex_on(console)
    else:
        printer.print_on(console)
    return console.export_text()


def test_where_the_terminal_is_narrow_one_item_stands_under_the_other():
    text = drawn("vi", 80, AnnexBy.UNIT)
    assert max(map(len, text.splitlines())) <= 80
    sums = "Kinh phí, đồng: Dự kiến: 1.250.000.000; Bảo đảm: 1.100.000.000; Tạm ứng: 700.000.000"
    assert all(said in " ".join(text.split()) for said in (sums, "Sản phẩm, kết quả:", "Thời hạn:", "Chưa đủ phòng"))
    assert all(row.title_vi in " ".join(text.split()) for part in a_report().annex.sections for row in part.rows)


@pytest.mark.parametrize("width", [120, 160, 200])
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_annex_fits_and_nothing_is_cut_off(lang, width):
    text = drawn(lang, width, AnnexBy.UNIT)
    assert width - 3 <= max(map(len, text.splitlines())) <= width
    assert "…" not in text
    words = set(re.findall(r"\w+", text))
    for said in (ROOMS["product"], *ROOMS["coordinating"], "Mưa bão kéo dài", ROOMS["remark"]):
        assert set(said.split()) <= words


def test_the_sections_are_printed_as_an_office_would_word_them():
    text = drawn("vi", 160)
    for said in (
        "Nhiệm vụ chưa hoàn thành theo tình trạng",
        "Khó khăn, vướng mắc: 2 chưa tháo gỡ, 1 đã tháo gỡ",
        "→ Thường trực Tiểu ban: Giữ thêm phòng",
        "Nhiệm vụ quá hạn, hoàn thành quá hạn: 2",
        "Nhiệm vụ trong 15 ngày tới, đến 25/09/2020: 2",
        "Đã hủy (02/09/2020, Trưởng Bộ phận hậu cần phục vụ)",
        "650.000.000/1.100.000.300 (59,09%)",
    ):
        assert said in text
    assert "Obstacles: 2 open, 1 resolved" in drawn("en", 160)
