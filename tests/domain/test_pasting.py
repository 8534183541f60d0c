"""A table pasted from a spreadsheet: what is clear is taken, everything else is named by its row."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.i18n import LANGUAGES, render
from shared.values.message import Message
from shared.web.pasting import MOST_LETTERS, MOST_ROWS, Pasted, read_paste

TASKS = ("1-01", "1-02", "1-03", "2-01", "hop-bao")
DAY, OTHER = date(2026, 12, 30), date(2027, 1, 5)


def values_of(pasted: Pasted) -> list[tuple[object, ...]]:
    return [tuple(row.values.values()) for row in pasted.rows]


def codes_of(pasted: Pasted) -> list[tuple[int, str, str]]:
    return [(problem.row, problem.column, problem.message.code) for problem in pasted.problems]


@pytest.mark.parametrize(
    "text",
    [
        "1.03\t30/12/2026\n2.01\t05/01/2027",
        "1-03\t30/12/2026\r\n2-01\t05/01/2027\r\n",
        "Mã nhiệm vụ\tThời hạn\r\n1.03\t30/12/2026\r\n2.01\t05/01/2027\r\n",
        "STT\tMã\tNội dung\tThời gian hoàn thành\n1\t1.03\tIn tài liệu\t30/12/2026\n2\t2.01\tHọp báo\t05/01/2027\n",
        "TT\tMã việc\tThời hạn\tThời hạn mới\n1\t1.03\t01/12/2026\t30/12/2026\n2\t2.01\t02/12/2026\t05/01/2027\n",
        '"Mã\nnhiệm vụ"\t"Thời gian\nhoàn thành"\n1.03\t"30/12/2026"\n\n\t\n2.01\ttrước ngày 5/1/2027',
        "1\t1.03\tIn tài liệu\t30/12/2026\n2\t2.01\tHọp báo\t05/01/2027\n",
        "\u00a01.03\u00a0\t\u00a030/12/2026\n2.01\t05/01/2027",
        'Mã\tNội dung\tHạn\n1.03\t"Thư mời" đại biểu\t30/12/2026\n2.01\t"In 54\t2027-01-05',
    ],
)
def test_days_are_read_however_the_table_is_laid_out(text):
    pasted = read_paste(text, "deadline", TASKS)
    assert pasted.problems == ()
    assert [row.values["task_id"] for row in pasted.rows] == ["1-03", "2-01"]
    assert [row.values["deadline"] for row in pasted.rows] == [DAY, OTHER]


@pytest.mark.parametrize(
    ("text", "sums"),
    [
        ("1.03\t12.000.000\n2.01\t500.000", [12_000_000, 500_000]),
        ("Mã\tSố tiền (triệu đồng)\n1.03\t12\n2.01\t0,5", [12_000_000, 500_000]),
        ("Mã\tKinh phí dự toán\tKinh phí bảo đảm\n1.03\t20.000.000\t12.000.000\n2.01\t1\t500,000", None),
        ("Mã\tKinh phí\n1.03\t12 triệu\n2.01\t500 nghìn", [12_000_000, 500_000]),
        ("1\t1.03\t12.000.000 đ\n2\t2.01\t500000", [12_000_000, 500_000]),
    ],
)
def test_sums_are_in_dong_or_in_what_their_heading_says(text, sums):
    pasted = read_paste(text, "secured_vnd", TASKS)
    assert pasted.problems == ()
    assert [row.values["secured_vnd"] for row in pasted.rows] == (sums or [12_000_000, 500_000])


def test_reasons_go_along_and_rows_without_a_value_are_left_out():
    text = 'Mã\tHạn\tLý do\n1.01\t30/12/2026\t"Mưa ""lớn""\nkéo dài"\n1.02\t\tKhông\nI. Hậu cần\n2.01\t05/01/2027\t\n'
    pasted = read_paste(text, "deadline", TASKS)
    assert values_of(pasted) == [("1-01", DAY, 'Mưa "lớn"\nkéo dài'), ("2-01", OTHER)]
    assert [row.number for row in pasted.rows] == [2, 5]
    assert pasted.left_out == (3, 4)
    without_headings = read_paste("1.01\t30/12/2026\tMưa lớn\n", "deadline", TASKS)
    assert values_of(without_headings) == [("1-01", DAY, "Mưa lớn")]


def test_every_bad_cell_is_named_by_its_row_and_good_rows_stay():
    text = "\n".join(
        (
            *("Mã\tHạn\tLý do", "1.01\t30/12/2026\t", "9.99\t31/02/2026\tx", "\t30/12/2026\t"),
            *("1.02\ttháng 9/2026\t", "1.03\tthường xuyên\t", "1.01\t05/01/2027\t", "2.01\t30/12/2026\t" + "x" * 501),
            "hop-bao\t20/9\tB\ufffdo",
        )
    )
    pasted = read_paste(text, "deadline", TASKS)
    assert values_of(pasted) == [("1-01", DAY)]
    assert codes_of(pasted) == [
        (3, "task_id", "no_such_task"),
        (3, "deadline", "not_a_day"),
        (4, "task_id", "no_task"),
        (5, "deadline", "unclear_day"),
        (6, "deadline", "no_single_day"),
        (7, "task_id", "task_twice"),
        (8, "reason", "too_long"),
        (9, "deadline", "no_year"),
        (9, "reason", "damaged_text"),
    ]
    for problem in pasted.problems:
        assert isinstance(problem.label, Message)
        assert len({render(problem.message, lang) for lang in LANGUAGES}) == 2


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("x\ty\nz\tw", "no_such_column"),
        ("1.03\tabc", "no_such_column"),
        ("Mã\tNội dung\n1.03\tabc", "no_such_column"),
        ("1.03\t30/12/2026\t05/01/2027", "several_columns"),
        ("x" * (MOST_LETTERS + 1), "too_much_pasted"),
        ("1.03\t30/12/2026\n" * (MOST_ROWS + 1), "too_many_rows"),
        ("\t".join("x" * 65), "too_many_columns"),
    ],
)
def test_a_table_that_is_not_understood_is_refused_as_a_whole(text, code):
    pasted = read_paste(text, "deadline", TASKS)
    assert pasted.rows == ()
    assert codes_of(pasted) == [(0, "", code)]


@pytest.mark.parametrize("text", ["", " ", "\n\t\r\n", "Mã\tHạn"])
def test_nothing_comes_of_nothing(text):
    assert read_paste(text, "deadline", TASKS) == Pasted()


CELLS = st.one_of(
    st.sampled_from(("1.03", "2-01", "30/12/2026", "1.500", "Mã", "Hạn", "Kinh phí", '"', '""', '"a\tb"', "\x00")),
    st.text(max_size=8),
)
TABLES = st.lists(st.lists(CELLS, max_size=5).map("\t".join), max_size=6).map("\n".join)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(TABLES | st.text(), st.sampled_from(("deadline", "secured_vnd")))
def test_whatever_is_pasted_is_taken_or_told(text, column):
    pasted = read_paste(text, column, TASKS)
    assert all(row.values["task_id"] in TASKS and column in row.values for row in pasted.rows)
    numbers = [row.number for row in pasted.rows]
    assert not {problem.row for problem in pasted.problems} & set(numbers)
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize("text", ['"\t' * 30, '"x\t' * 30, '""' * 400_000, '"' + "x\n" * 400_000, '"\n"x' * 900])
def test_odd_quotation_marks_cost_no_more_than_others(text):
    assert read_paste(text, "deadline", TASKS).rows == ()
