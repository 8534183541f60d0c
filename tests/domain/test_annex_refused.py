"""What can't be read of an annex, or could be read in more ways than one, is told by row and heading."""

import csv
import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daihoi.terminal.catalogue import error_lines
from services.subcommittee.importing import annex as reading
from services.subcommittee.importing import layout
from services.subcommittee.importing.annex import Wishes
from services.subcommittee.importing.layout import HeadingsUnknown
from shared.domain.decider import Refusal
from shared.entering import cells, days, money
from shared.entering.tables import Unreadable
from tests.annexes import (
    GUESTS,
    HALL,
    HEADINGS,
    LOGISTICS,
    ROWS,
    SOUND,
    annex,
    errors_of,
    read,
    task,
)

DEADLINE = "Thời gian hoàn thành"

# --- what is unclear is proposed, and taken where somebody accepts it ---
UNCLEAR = annex(HALL, task(c0=2, c5="trước 20/9"), task(c0=3, c5="14-16/10/2020"))


def test_an_unclear_day_is_named_with_a_proposal_and_never_taken_in_silence():
    assert errors_of(UNCLEAR) == [(6, DEADLINE, "unclear_day"), (7, DEADLINE, "unclear_day")]
    with pytest.raises(Unreadable) as raised:
        read(UNCLEAR)
    assert [error.why.params["proposed"] for error in raised.value.errors] == [date(2020, 9, 20), date(2020, 10, 16)]


def test_what_somebody_accepts_is_taken_and_no_more():
    some = LOGISTICS._replace(accepted=frozenset(["trước 20/9"]))
    assert errors_of(UNCLEAR, some) == [(7, DEADLINE, "unclear_day")]
    items = read(UNCLEAR, LOGISTICS._replace(accepts_all=True)).items
    assert [item.deadline for item in items] == [date(2020, 9, 25), date(2020, 9, 20), date(2020, 10, 16)]


# --- what is wrong ---
WRONG_CELLS = {
    "no title": ({"c1": None}, "Nội dung công việc", "no_value"),
    "a title that is damaged": ({"c1": "H\ufffdi"}, "Nội dung công việc", "damaged_text"),
    "a day of no year": ({"c5": "20/9"}, DEADLINE, "no_year"),
    "a day that no calendar has": ({"c5": "31/9/2020"}, DEADLINE, "not_a_day"),
    "a day in words": ({"c5": "giữa tháng Chín"}, DEADLINE, "not_a_day"),
    "a month": ({"c5": "tháng 9/2020"}, DEADLINE, "unclear_day"),
    "always": ({"c5": "Thường xuyên"}, DEADLINE, "no_single_day"),
    "money in no number": ({"c7": "nhiều"}, "Kinh phí (đồng)", "not_a_number"),
    "money to be read in two ways": ({"c7": "1.500"}, "Kinh phí (đồng)", "ambiguous_number"),
    "a formula": ({"c7": "=H5*2"}, "Kinh phí (đồng)", "formula"),
    "a number that is a decimal": ({"c0": 1.1}, "STT", "not_text"),
    "a number that is none": ({"c0": "số 1"}, "STT", "not_a_code"),
    "more bodies than may be": ({"c4": ";".join(f"Sở {n}" for n in range(51))}, "Cơ quan phối hợp", "too_many_names"),
    "a name too long": ({"c4": "x" * 201}, "Cơ quan phối hợp", "too_long"),
    "somebody too long": ({"c3": "x" * 501}, "Người phụ trách", "too_long"),
    "a day for a product": ({"c6": date(2020, 9, 1)}, "Sản phẩm", "not_a_value"),
    "the same number": ({"c0": 1}, "STT", "same_number"),
}


@pytest.mark.parametrize(("changes", "heading", "code"), WRONG_CELLS.values(), ids=WRONG_CELLS.keys())
def test_a_wrong_cell_is_told_with_its_row_and_the_columns_own_heading(changes, heading, code):
    first = task(c5=None) if code == "no_year" else HALL
    assert errors_of(annex(first, task(**{"c0": 2} | changes))) == [(6, heading, code)]


def test_a_sum_too_small_to_be_in_dong_is_not_taken_for_it():
    headings = (*HEADINGS[:7], "Kinh phí", "Ghi chú")
    assert errors_of(annex(task(c7=150), headings=headings)) == [(5, "Kinh phí", "small_sum")]


def test_what_is_the_same_all_the_way_down_is_told_once():
    rows = [task(c0=number, c7="nhiều") for number in range(1, 55)]
    rows[2] = task(c0=3)
    with pytest.raises(Unreadable) as raised:
        read(annex(*rows))
    assert list(error_lines(raised.value.errors, "vi")) == [
        "Dòng 5–6, 8–58, cột Kinh phí (đồng): «nhiều» không phải là số nguyên.",
        "53 lỗi; không ghi gì.",
    ]


def test_without_a_unit_nothing_is_read_and_the_units_are_named():
    assert (4, "", "no_unit_said") in errors_of(annex(*ROWS), Wishes())
    assert errors_of(annex(*ROWS), Wishes(unit="bếp")) == [(0, "", "not_one_of")]


def test_groups_that_are_all_named_as_units_say_which_unit_and_that_is_said():
    rows = (("I", "Bộ phận tuyên truyền"), HALL, ("II", "HẬU CẦN PHỤC VỤ"), SOUND)
    reading_ = read(annex(*rows), Wishes())
    assert [item.unit for item in reading_.items] == ["propaganda", "logistics"]
    assert "units_by_group" in {remark.code for remark in reading_.remarks}
    assert {item.unit for item in read(annex(*rows)).items} == {"logistics"}
    assert (4, "", "no_unit_said") in errors_of(annex(*rows, ("III", "Đại biểu"), GUESTS), Wishes())


def test_a_table_of_which_no_task_is_left():
    assert errors_of(annex(("I", "Hội trường"))) == [(0, "", "no_tasks")]


# --- headings ---
def test_headings_that_nobody_knows_are_named_with_all_that_is_understood():
    odd = annex(HALL, headings=(*HEADINGS[:3], "Người làm", *HEADINGS[4:8], "Mức độ"))
    with pytest.raises(HeadingsUnknown) as raised:
        read(odd)
    (error,) = raised.value.errors
    assert raised.value.unknown == ("Người làm", "Mức độ")
    assert (error.row, error.why.code) == (4, "unknown_headings")
    assert "«Người làm», «Mức độ»" in str(error.why)
    assert "«Cơ quan chủ trì» = collective" in str(error.why)
    columns = {"nguoi lam": "individual", "muc do": "-"}
    content = read(odd, LOGISTICS._replace(columns=columns))
    assert content.items[0].individual == "Phó Giám đốc Sở"
    assert {remark.code for remark in content.remarks} >= {"columns_not_taken_over"}


@pytest.mark.parametrize(
    ("headings", "code"),
    [
        (("Cột một", "Cột hai", "Cột ba"), "unknown_headings"),
        (("STT", "Cơ quan chủ trì", "Ghi chú"), "no_title_column"),
        ((*HEADINGS[:8], "Cơ quan, đơn vị chủ trì"), "same_field_twice"),
    ],
)
def test_a_workbook_that_maps_to_nothing_is_refused_by_name(headings, code):
    assert errors_of(annex(HALL[: len(headings)], headings=headings))[0] == (
        4,
        headings[-1] if code == "same_field_twice" else "",
        code,
    )


def test_a_field_that_is_none_is_refused():
    assert errors_of(annex(HALL), Wishes(columns={"stt": "number"})) == [(0, "", "unknown_field")]


def test_more_merged_cells_than_are_noted_are_refused():
    merged = [f"B{row}:C{row}" for row in range(10, 1011)]
    assert errors_of(annex(HALL, merged=merged)) == [(0, "", "too_many_merged")]


# --- whatever stands there ---
CELLS = st.sampled_from(
    [
        *(
            None,
            "",
            " ",
            "-",
            "I",
            "II.",
            "1",
            "1.1",
            "01",
            "a)",
            "=A1",
            "\u200b",
            "x" * 3000,
            "12345678901234567890",
        ),
        *("Hội trường", "I. Khánh tiết", "Tổng cộng", "Cộng", "Ví dụ", "(1)", "Nội dung công việc", "H\ufffdi"),
        *("20/9", "20/9/2020", "tháng 9/2020", "99/99/9999", "thường xuyên", "1,5 tỷ", "1e9", "9" * 200 + " triệu"),
        *("a;b\nc", ";" * 100, "²", "٣", "Ⅳ", "１", "_x000D_"),
    ]
)
TABLES = st.lists(st.lists(CELLS, max_size=11), max_size=8)


@given(rows=TABLES, top=st.lists(CELLS, max_size=3), accepts=st.booleans())
def test_whatever_stands_in_the_cells_it_is_read_or_refused_by_name(rows, top, accepts):
    text = io.StringIO(newline="")
    csv.writer(text).writerows([top, HEADINGS, *rows])
    errors, items = [], ()
    try:
        items = read(text.getvalue().encode(), LOGISTICS._replace(accepts_all=accepts)).items
    except Unreadable as unreadable:
        errors = [*unreadable.errors]
    assert bool(errors) != bool(items)
    assert all(error_lines(errors, "vi"))
    assert len({item.item_id for item in items}) == len(items)


def test_as_many_rows_as_may_be_are_read_each_in_a_group_of_its_own_or_refused_by_name():
    headings = ("Nhóm nhiệm vụ", *HEADINGS[1:])
    rows = [(f"Nhóm {number}", *HALL[1:]) for number in range(2000)]
    assert {code for _, _, code in errors_of(annex(*rows, headings=headings))} == {"out_of_range"}


REFUSALS = {
    constant.code
    for module in (reading, cells, days, layout, money)
    for constant in vars(module).values()
    if isinstance(constant, Refusal)
}


def test_every_refusal_of_an_annex_is_met_here_or_with_the_programs_own_table():
    met = {code for *_, code in WRONG_CELLS.values()} | {"no_unit_said", "no_tasks", "small_sum", "unknown_headings"}
    met |= {"no_title_column", "same_field_twice", "unknown_field", "too_many_merged", "not_one_of"}
    elsewhere = {
        "control_character",
        "bidi_override",
        "lone_surrogate",
        "nothing_to_see",
        "out_of_range",
        "two_offsets",
    }
    assert REFUSALS <= met | elsewhere
