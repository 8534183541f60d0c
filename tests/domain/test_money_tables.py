"""The money of the report on a terminal: every line adds up to the total, and nothing breaks a sum at 80 columns."""

import re
from io import StringIO

import pytest
from rich.console import Console

from daihoi.terminal.fitted import FittedTable
from daihoi.terminal.money_tables import EXPENSES, GUARANTEES, disbursement_table, guarantees_table
from shared.reports.money import Disbursed, Money, Sums
from tests.domain.test_annex import a_report


def line(secured, spent, planned=0):
    lacking, over = max(0, planned - secured), max(0, secured - planned)
    guarantees = {"planned_vnd": planned, "secured_vnd": secured, "unsecured_vnd": lacking, "surplus_vnd": over}
    return Disbursed.of_tasks([Sums(**guarantees, advanced_vnd=spent, spent_vnd=spent)])


NOTHING, UNIT, SUSPENDED = (
    line(0, 0),
    line(81_000_000, 5_000_000, 280_000_000),
    line(5_000_000, 4_400_000, 75_000_000),
)
OF_NONE = Disbursed.of_no_task([line(0, 600_000)])
MONEY = Money(
    by_unit={"logistics": UNIT},
    elsewhere={"duties": NOTHING, "cancelled": NOTHING, "suspended": SUSPENDED, "no_task": OF_NONE},
    totals=Disbursed.of_tasks([UNIT, SUSPENDED, OF_NONE]).model_copy(
        update={"rate": Disbursed.of_tasks([UNIT, SUSPENDED]).rate}
    ),
)


def text_of(table, width):
    console = Console(width=width, record=True, file=StringIO())
    console.print(table)
    return console.export_text()


def amounts(text, name):
    row = next(row for row in text.splitlines() if name in row)
    return [int(number.replace(".", "")) for number in re.findall(r"(?<= )[\d.]+(?= )", row)]


@pytest.mark.parametrize("width", [80, 120])
def test_suspended_tasks_stand_in_the_money_in_full_and_it_adds_up(width):
    report = a_report().model_copy(update={"money": MONEY})
    for table, columns in (
        (guarantees_table(report, "vi"), GUARANTEES),
        (disbursement_table(report, "vi", is_wide=width > 100), EXPENSES),
    ):
        text = text_of(table, width)
        names = ("Bộ", "Nhiệm", "Không", "Tổng")
        lines = (UNIT, SUSPENDED, OF_NONE, MONEY.totals)
        for name, one in zip(names, lines, strict=True):
            expected = {getattr(one, field) for field in columns.values()}
            assert expected <= set(amounts(text, name)) | {0}, text
    shares = ("6,17%", "88,00%", "10,93%")
    assert all(share in text for share in shares)
    assert "không tính khoản chi" in " ".join(text.split())


def test_a_narrow_table_breaks_its_words_and_neither_sums_nor_days():
    table = FittedTable("", "Kinh phí", "Thời hạn", "Nội dung")
    table.add_row("Thường trực phục vụ", "1.200.000.000", "30/11/2026 (ban đầu 20/11/2026)", "nhà đa năng " * 9)
    text = text_of(table, 50)
    assert max(map(len, text.splitlines())) <= 50
    assert {"1.200.000.000", "30/11/2026", "20/11/2026)"} <= set(text.split())
