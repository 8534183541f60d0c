"""An annex that an office typed is read as items, and what is passed over or assumed is said."""

import csv
import io
from datetime import date

import openpyxl
import pytest

from services.subcommittee.importing.annex import Wishes
from services.subcommittee.importing.group_names import NamedOtherwise, named_otherwise
from services.subcommittee.importing.items import values_of
from services.subcommittee.importing.template import template
from shared.values.code_lists import Entry
from shared.values.message import word
from shared.values.types import Text
from tests.annexes import (
    FIRST,
    GUESTS,
    HALL,
    HEADINGS,
    ROWS,
    SOUND,
    annex,
    errors_of,
    read,
    remarks_of,
    task,
)


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


# --- deadlines that count from the opening ---
@pytest.mark.parametrize(
    ("said", "days"),
    [
        ("trước khai mạc 10 ngày", -10),
        ("Sau khai mạc 2 tuần", 14),
        ("5 ngày trước khai mạc", -5),
        ("1 ngày sau khai mạc", 1),
        ("Hoàn thành trước ngày khai mạc Đại hội 30 ngày.", -30),
        ("ngày khai mạc", 0),
        ("7 days before the opening", -7),
    ],
)
def test_a_deadline_may_count_from_the_opening_day(said, days):
    (item,) = read(annex(task(c5=said))).items
    assert (item.deadline, item.due_offset_days) == (None, days)


@pytest.mark.parametrize("said", ["trước khai mạc", "trước khai mạc vài ngày", "trước khai mạc 4000 ngày"])
def test_what_counts_from_the_opening_by_no_number_of_days_is_refused(said):
    ((row, column, code),) = errors_of(annex(task(c5=said)))
    assert (row, column, code in ("not_a_day", "out_of_range")) == (5, HEADINGS[5], True)


def test_two_ways_of_counting_that_differ_are_refused():
    headings = (*HEADINGS, "Số ngày so với ngày khai mạc")
    (same,) = read(annex((*task(c5="trước khai mạc 10 ngày"), -10), headings=headings)).items
    assert same.due_offset_days == -10
    ((_, _, code),) = errors_of(annex((*task(c5="trước khai mạc 10 ngày"), -9), headings=headings))
    assert code == "two_offsets"


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


def test_a_sum_that_is_not_written_is_said_to_count_as_none_needed():
    content = annex(task(c7=None), task(c0=2, c7=0), task(c0=3))
    assert remarks_of(content)["no_sum_written"] == {"rows": str(FIRST)}
    assert "no_sum_written" not in remarks_of(annex(task(c7=0), task(c0=2, c7="-")))


def test_an_annex_without_sums_is_said_to_need_none():
    content = annex(HALL[:7], headings=HEADINGS[:7])
    assert "no_sums_written" in remarks_of(content)
    funded = annex((*HALL[:7], 5_000_000), headings=(*HEADINGS[:7], "Kinh phí bảo đảm"))
    assert not remarks_of(funded).keys() & {"no_sums_written", "no_sum_written"}


def test_groups_that_the_list_calls_otherwise_are_named_and_no_others():
    listed = tuple(Entry(id=id_, name=Text(vi=vi)) for id_, vi in (("1", "HỘI TRƯỜNG KHÁNH TIẾT"), ("2", "An ninh")))
    items = read(annex(*ROWS)).items
    assert [*named_otherwise(items, listed)] == [NamedOtherwise(2, "An ninh", "Đại biểu, lễ tân")]
    assert not [*named_otherwise(items, ())]
