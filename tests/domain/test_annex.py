"""An annex that an office typed is read as items, and whatever can't be read is told by row and heading."""

import csv
import io
from datetime import date

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daihoi.importing import annex as reading
from daihoi.importing import cells, days, layout, money
from daihoi.importing.annex import Wishes
from daihoi.importing.items import read_file, values_of
from daihoi.importing.layout import HeadingsUnknown
from daihoi.importing.tables import Unreadable
from daihoi.importing.template import template
from daihoi.terminal.catalogue import error_lines
from shared.domain.decider import Refusal
from shared.values.message import word
from tests.annexes import FIRST, GUESTS, HALL, HEADINGS, ROWS, SOUND, annex, task

LOGISTICS = Wishes(unit="logistics")
DEADLINE = "Thời gian hoàn thành"


def read(content, wishes=LOGISTICS):
    return read_file(content, wishes)


def errors_of(content, wishes=LOGISTICS):
    with pytest.raises(Unreadable) as raised:
        read(content, wishes)
    return [(error.row, error.column, error.why.code) for error in raised.value.errors]


def remarks_of(content, wishes=LOGISTICS):
    return {remark.code: remark.params for remark in read(content, wishes).remarks}


def codes(*rows, headings=HEADINGS, **options):
    return [item.code for item in read(annex(*rows, headings=headings, **options)).items]


# --- what is read ---
def test_an_annex_is_read_with_its_groups_and_who_does_what_by_when_with_what_money():
    hall, sound, guests, letters = read(annex(*ROWS)).items
    assert values_of(hall) == {
        "code": "1.1",
        "group": 1,
        "group_vi": "Hội trường, khánh tiết",
        "group_en": "",
        "title_vi": "Trang trí hội trường",
        "title_en": "",
        "unit": "logistics",
        "phase": "before",
        "scenario": "both",
        "due_offset_days": None,
        "budget_vnd": 150_000_000,
        "collective": "Sở Văn hóa",
        "individual": "Phó Giám đốc Sở",
        "coordinating": ["Văn phòng Tỉnh ủy", "Đoàn Thanh niên"],
        "deadline": "2020-09-25",
        "product": "Hội trường hoàn thiện",
    }
    assert (sound.code, sound.budget_vnd, guests.code, guests.group.name.vi) == (
        *("1.2", 45_000_000),
        *("2.3", "Đại biểu, lễ tân"),
    )
    assert (letters.collective, letters.individual, letters.deadline) == ("Văn phòng Tỉnh ủy", None, None)
    assert (letters.budget_vnd, letters.remark) == (0, "Có dịch: chia hai điểm")


def test_what_nobody_reads_off_the_rows_is_said_beside_them():
    assert remarks_of(annex(*ROWS)) == {
        "read_as": {"tasks": 4, "groups": 2, "row": 4},
        "rows_passed_over": {"rows": "11"},
        "same_for_all_phase": {"value": {"vi": "trước Đại hội", "en": "before the congress"}},
        "same_for_all_case": {"value": word("both")},
        "half_assigned": {"rows": "10"},
    }


def test_a_total_that_does_not_add_up_is_said():
    wrong = annex(HALL, SOUND, (None, "Tổng cộng", None, None, None, None, None, "200 triệu"))
    said = {"row": 7, "total_vnd": 200_000_000, "sum_vnd": 195_000_000}
    assert remarks_of(wrong)["total_differs"] == said


def test_the_same_is_read_from_csv_without_marks_in_capitals_and_over_two_lines():
    headings = [
        *("tt", "NOI DUNG\nCONG VIEC", "Đơn vị chủ trì", "CÁ NHÂN PHỤ TRÁCH", "don vi phoi hop"),
        *("Thời hạn", "Kết quả", "Dự toán", "ghi chu"),
    ]
    text = io.StringIO(newline="")
    csv.writer(text).writerows([["Phụ lục"], headings, *ROWS])
    assert read(text.getvalue().encode()).items == read(annex(*ROWS)).items


def test_columns_for_unit_phase_case_leader_and_money_are_read_by_their_titles():
    headings = (
        *HEADINGS,
        "Bộ phận",
        "Giai đoạn",
        "Trường hợp",
        "Lãnh đạo chỉ đạo",
        "Kinh phí bảo đảm",
        "Nguồn kinh phí",
    )
    more = ("Bộ phận tuyên truyền", "Trong Đại hội", "CÓ DỊCH", "Phó Trưởng tiểu ban", "1,2 tỷ", "Ngân sách tỉnh")
    (item,) = read(annex([*HALL, *more], headings=headings), Wishes()).items
    assert (item.unit, item.phase, item.scenario) == ("propaganda", "during", "outbreak")
    assert (item.directing_leader, item.secured_vnd) == ("Phó Trưởng tiểu ban", 1_200_000_000)
    assert item.funding_source == "Ngân sách tỉnh"


def test_headings_of_two_rows_and_cells_that_are_merged_downwards():
    top = (*HEADINGS[:7], "Kinh phí (triệu đồng)", None, "Ghi chú")
    below = (*[None] * 7, "Dự toán", "Bảo đảm")
    first, second = [*HALL[:7], 150, 100], [2, "Đặt hoa", *[None] * 5, "1,5", None]
    merged = [f"{column}4:{column}5" for column in "ABCDEFGJ"] + ["H4:I4", "C6:C7", "D6:D7"]
    hall, flowers = read(annex(below, first, second, headings=top, merged=merged)).items
    assert (hall.budget_vnd, hall.secured_vnd, flowers.budget_vnd) == (150_000_000, 100_000_000, 1_500_000)
    assert (flowers.collective, flowers.individual) == (hall.collective, hall.individual)


@pytest.mark.parametrize("line", ["Đơn vị tính: triệu đồng", "ĐVT: Triệu đồng"])
def test_money_is_counted_as_the_line_above_the_table_says_and_that_is_said(line):
    content = annex(task(c7="45,5"), title=(("Phụ lục",), (line,)), headings=(*HEADINGS[:7], "Kinh phí", "Ghi chú"))
    assert read(content).items[0].budget_vnd == 45_500_000
    assert remarks_of(content)["money_counted_in"] == {"measure_vnd": 1_000_000}


def test_real_dates_and_numbers_of_columns_and_headings_on_the_next_page():
    rows = (tuple(f"({number})" for number in range(1, 10)), task(c5=date(2020, 9, 25)), HEADINGS, SOUND)
    content = annex(*rows)
    assert [item.deadline for item in read(content).items] == [date(2020, 9, 25), date(2020, 9, 20)]
    assert remarks_of(content)["rows_passed_over"] == {"rows": "5, 7"}


def test_what_stands_below_the_total_is_passed_over():
    content = annex(*ROWS, (None, "Nơi nhận:"), (None, "- Như trên", None, "TRƯỞNG TIỂU BAN"))
    assert len(read(content).items) == 4
    assert remarks_of(content)["rows_passed_over"] == {"rows": "11–13"}


# --- groups and numbers ---
def test_numbers_with_dots_are_codes_where_all_are():
    assert codes(("1", "Hội trường"), ("1.1", *HALL[1:]), ("1.03", *SOUND[1:])) == ["1.1", "1.03"]


def test_a_group_as_one_merged_cell_or_with_its_subtotal():
    rows = (("I. Hội trường",), HALL, ("II", "Đại biểu", *[None] * 5, "80 triệu"), GUESTS)
    content = annex(*rows, merged=(f"A{FIRST}:I{FIRST}",))
    assert [(item.code, item.group.name.vi) for item in read(content).items] == [
        ("1.1", "Hội trường"),
        ("2.3", "Đại biểu"),
    ]


def test_groups_by_column_and_tasks_without_numbers():
    headings = ("Nhóm nhiệm vụ", *HEADINGS[1:])
    rows = (("1. Hội trường", *HALL[1:]), (None, *SOUND[1:]), ("Đại biểu", *GUESTS[1:]))
    items = read(annex(*rows, headings=headings)).items
    assert [(item.code, item.group.name.vi) for item in items] == [
        ("1.1", "Hội trường"),
        ("1.2", "Hội trường"),
        ("2.1", "Đại biểu"),
    ]


def test_tasks_of_no_group_and_bullets_below_a_task():
    assert codes(HALL, ("-", *SOUND[1:]), ("a)", *GUESTS[1:])) == ["1.1", "1.2", "1.3"]


def test_work_that_sounds_like_a_total_is_a_task():
    rows = [
        task(c0=number, c1=title) for number, title in enumerate(("Tổng kết Đại hội", "Công tác đảng", "Cộng"), 1)
    ]
    assert len(read(annex(*rows)).items) == 3


def test_a_group_without_tasks_is_said():
    assert remarks_of(annex(("A", "Trước Đại hội"), *ROWS[:2]))["groups_without_tasks"] == {"rows": "5"}


def test_a_name_without_a_number_is_taken_for_a_group_and_that_is_said():
    assert remarks_of(annex((None, "Hội trường"), HALL))["names_taken_for_groups"] == {"rows": "5"}


def test_what_stands_alone_in_another_column_is_no_group_and_not_lost():
    assert errors_of(annex(HALL, (*[None] * 4, "Công an tỉnh"))) == [(6, "Nội dung công việc", "no_value")]


def test_columns_with_values_and_no_heading_are_said():
    assert remarks_of(annex([*HALL, None, "xem lại"]))["columns_without_heading"] == {"columns": "K"}


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


# --- the template ---
def test_the_template_is_read_and_its_example_passed_over():
    assert errors_of(template(), Wishes()) == [(0, "", "no_tasks")]


def test_what_is_filled_in_below_the_example_is_read_by_the_lists_of_the_template():
    workbook = openpyxl.load_workbook(io.BytesIO(template()))
    sheet = workbook["Danh mục"]
    lists = {rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert len(lists) == 3
    example = [cell.value for cell in sheet[2]]
    for column, value in enumerate(["1", *example[1:]], start=1):
        sheet.cell(3, column, value)
    file = io.BytesIO()
    workbook.save(file)
    (item,) = read(file.getvalue(), Wishes()).items
    assert (item.unit, item.phase, item.scenario) == ("propaganda", "before", "both")
    assert (item.deadline, item.secured_vnd, item.funding_source) == (
        date(2020, 9, 25),
        100_000_000,
        "Ngân sách tỉnh",
    )
    offered = [cell.value for column in workbook["Danh sách"].columns for cell in column if cell.value]
    assert len(offered) == 3 + 3 + 3


REFUSALS = {
    constant.code
    for module in (reading, cells, days, layout, money)
    for constant in vars(module).values()
    if isinstance(constant, Refusal)
}


def test_every_refusal_of_an_annex_is_met_here_or_with_the_programs_own_table():
    met = {code for *_, code in WRONG_CELLS.values()} | {"no_unit_said", "no_tasks", "small_sum", "unknown_headings"}
    met |= {"no_title_column", "same_field_twice", "unknown_field", "too_many_merged", "not_one_of"}
    elsewhere = {"control_character", "bidi_override", "lone_surrogate", "nothing_to_see", "out_of_range"}
    assert REFUSALS <= met | elsewhere
