"""A register that an office typed is read as lines, and what is passed over, assumed or not clear is said."""

import csv
import io
import unicodedata
from datetime import date

import openpyxl
import pytest

from daihoi.terminal.catalogue import error_lines
from services.subcommittee.importing.register import RegisterWishes, read_register
from services.subcommittee.importing.register_headings import field_of_register
from services.subcommittee.importing.register_template import register_template
from shared.entering.tables import Unreadable
from tests.registers import DEPUTY, DISTRICT, FIRST, HEADINGS, HEALTH, errors_of, lines_of, register, remarks_of, row


# --- what is read ---
def test_a_register_is_read_with_who_holds_what_since_when_and_where_they_are_reached():
    director, deputy, chair = lines_of(register())
    assert (director.organisation, director.kind, director.position, director.person) == (
        *("Sở Y tế", "agency", "Giám đốc Sở Y tế", "Người A"),
    )
    assert (director.since, director.contact) == (date(2019, 7, 1), "0228 3649 888")
    assert (deputy.organisation, deputy.since, deputy.contact) == ("Sở Y tế", date(2020, 3, 15), "pgd@example.vn")
    assert (chair.kind, chair.position, chair.person, chair.since) == (
        *("locality", "Chủ tịch UBND huyện Mỹ Lộc", "", None),
    )
    assert remarks_of(register()) == {
        "register_read_as": {"organisations": 2, "positions": 3, "row": 4},
        "columns_not_taken_over": {"headings": "«Ghi chú»"},
        "organisation_from_above": {"rows": "6"},
    }


def test_the_same_is_read_from_csv_in_letters_and_marks_apart_with_few_columns_and_cells_merged():
    text = io.StringIO()
    csv.writer(text).writerows(
        [["TÊN ĐƠN VỊ", "CHỨC DANH"], ["Sở Y tế", "Giám đốc\nSở Y tế"], ["Sở Y tế", "Phó Giám đốc"]]
    )
    lines = lines_of(unicodedata.normalize("NFD", text.getvalue()).encode())
    assert [(line.organisation, line.position, line.kind) for line in lines] == [
        ("Sở Y tế", "Giám đốc Sở Y tế", ""), ("Sở Y tế", "Phó Giám đốc", ""),
    ]  # fmt: skip
    merged = register(HEALTH, DEPUTY, merged=(f"B{FIRST}:B{FIRST + 1}",))
    assert [line.organisation for line in lines_of(merged)] == ["Sở Y tế", "Sở Y tế"]
    assert "organisation_from_above" not in remarks_of(merged)


def test_groups_say_the_kind_or_where_there_is_no_column_the_organisation():
    headings = ("TT", "Cơ quan, đơn vị", "Chức vụ")
    by_kind = register(
        ("I", "CÁC SỞ, BAN, NGÀNH", None), (1, "Sở Y tế", "Giám đốc"),
        ("II", "Địa phương", None), (1, "Huyện Mỹ Lộc", "Chủ tịch"),
        ("III", "Khác", None), (1, "Báo tỉnh", "Tổng Biên tập"), headings=headings, merged=(),
    )  # fmt: skip
    assert [line.kind for line in lines_of(by_kind)] == ["agency", "locality", ""]
    assert remarks_of(by_kind)["register_rows_passed_over"] == {"rows": str(FIRST + 4)}
    by_office = register(
        ("I", "Sở Y tế", None), (1, "Giám đốc", "Người A"), (2, "Phó Giám đốc", None),
        (None, "Sở Tài chính", None), (1, "Giám đốc", None), headings=("TT", "Chức vụ", "Họ tên"), merged=(),
    )  # fmt: skip
    assert [(line.organisation, line.position, line.person) for line in lines_of(by_office)] == [
        ("Sở Y tế", "Giám đốc", "Người A"), ("Sở Y tế", "Phó Giám đốc", ""), ("Sở Tài chính", "Giám đốc", ""),
    ]  # fmt: skip


def test_what_only_begins_like_a_total_or_an_example_is_an_organisation():
    rows = [row(c1="Tổng công ty Điện lực"), row(c1="Mẫu giáo Hoa Sen"), (None, "Tổng cộng"), (1, 2, 3)]
    assert [line.organisation for line in lines_of(register(*rows))] == ["Tổng công ty Điện lực", "Mẫu giáo Hoa Sen"]


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Cơ quan/đơn vị", "organisation"), ("Tên cơ quan, đơn vị, địa phương", "organisation"),
        ("ĐƠN VỊ CÔNG TÁC", "organisation"), ("Loại hình", "kind"), ("Chức vụ, chức danh", "position"),
        ("Họ, tên", "person"), ("Họ và tên cán bộ đầu mối", "person"), ("Giữ chức vụ từ ngày", "since"),
        ("Ngày bổ nhiệm", "since"), ("Số điện thoại liên hệ", "phone"), ("Thư điện tử công vụ", "email"),
        ("E-mail", "email"), ("Cấp phó của", "deputises_for"), ("Năm sinh", "-"), ("Sở thích", None),
    ],
)  # fmt: skip
def test_headings_are_known_as_offices_write_them(heading, field):
    assert field_of_register(heading) == field


def test_the_template_is_read_back_without_its_example():
    workbook = openpyxl.load_workbook(io.BytesIO(register_template()))
    sheet = workbook.worksheets[0]
    with pytest.raises(Unreadable):
        read_register(register_template())
    assert [cell.value for cell in workbook["Danh sách"]["C"]] == ["ngành", "địa phương", "đơn vị"]
    example = [cell.value for cell in sheet[2]]
    for column, value in enumerate(["1", *example[1:]], start=1):
        sheet.cell(3, column, value)
    file = io.BytesIO()
    workbook.save(file)
    (line,) = lines_of(file.getvalue())
    assert (line.kind, line.since, line.deputises_for) == ("agency", date(2019, 7, 1), "Giám đốc Sở Y tế")


# --- what is not clear ---
@pytest.mark.parametrize(
    ("cells", "proposed"),
    [
        ({"c5": "từ tháng 7/2019"}, ("since", date(2019, 7, 1))),
        ({"c5": 2019}, ("since", date(2019, 1, 1))),
        ({"c6": 912345678}, ("contact", "0912345678")),
        ({"c6": "0228 3649 888; 0912 345 678"}, ("contact", "0228 3649 888")),
    ],
)
def test_what_can_be_read_in_more_ways_is_proposed_and_taken_only_where_it_is_accepted(cells, proposed):
    content = register(row(**cells))
    ((at, _, code),) = errors_of(content)
    assert (at, code) in ((FIRST, "unclear_day"), (FIRST, "unclear_contact"))
    (line,) = lines_of(content, RegisterWishes(accepts_all=True))
    assert getattr(line, proposed[0]) == proposed[1]


@pytest.mark.parametrize("since", ["Từ 01/7/2019", "kể từ ngày 1.7.2019", date(2019, 7, 1)])
def test_a_day_is_read_as_it_is_written(since):
    assert lines_of(register(row(c5=since)))[0].since == date(2019, 7, 1)


@pytest.mark.parametrize(
    ("rows", "error"),
    [
        ([row(c5="31/2/2020")], (FIRST, "Giữ chức từ ngày", "not_a_day")),
        ([row(c5="thường xuyên")], (FIRST, "Giữ chức từ ngày", "not_a_day")),
        ([row(c7="pgd@")], (FIRST, "Thư điện tử", "not_a_contact")),
        ([row(c2="tổ dân phố")], (FIRST, "Loại", "not_one_of")),
        ([row(c3=None)], (FIRST, "Chức vụ", "no_position_said")),
        ([row(c4="A" * 201)], (FIRST, "Họ và tên", "too_long")),
        ([row(DEPUTY)], (FIRST, "Cơ quan, đơn vị", "no_organisation_said")),
        ([HEALTH, row(c4="Người C")], (FIRST + 1, "Chức vụ", "two_holders")),
        ([HEALTH, row(DEPUTY, c1="SỞ Y TẾ", c2="Đơn vị")], (FIRST + 1, "Loại", "two_kinds")),
        ([(None, "Tổng cộng")], (0, "", "no_organisations")),
    ],
)
def test_what_can_not_be_read_is_named_by_row_and_heading(rows, error):
    assert errors_of(register(*rows)) == [error]


def test_what_is_wrong_all_the_way_down_is_told_once_and_in_vietnamese():
    rows = [row(c1=f"Sở {number}", c5="chưa rõ") for number in range(30)]
    with pytest.raises(Unreadable) as raised:
        read_register(register(*rows))
    told = list(error_lines(raised.value.errors, "vi"))
    assert told[0].startswith(f"Dòng {FIRST}–{FIRST + 29}, cột Giữ chức từ ngày: «chưa rõ»")
    assert len(told) == 2


def test_a_workbook_that_maps_to_nothing_is_refused_by_name():
    assert errors_of(register(("a", "b"), headings=("x", "y"), title=(), merged=())) == [(0, "", "not_a_register")]
    assert errors_of(register(headings=("Cột một", "Cột hai", "Cột ba"), merged=()))[0][2] == "unknown_headings"
    assert (
        errors_of(register(DISTRICT, headings=("Họ tên", "Điện thoại"), merged=()))[0][2] == "no_organisation_column"
    )
    assert errors_of(register(HEALTH, headings=("Đơn vị", "Tổ chức", *HEADINGS[2:])))[0][2] == "same_field_twice"


def test_a_comma_too_many_in_a_csv_moves_no_cell_into_nothing():
    lines = "Danh sách, cán bộ, đầu mối, năm, 2020\nĐơn vị,Chức vụ,Họ tên\nSở Y tế,Giám đốc,Người A,\n"
    assert [line.person for line in lines_of(lines.encode())] == ["Người A"]
    assert errors_of((lines + "Báo in, tạp chí,Tổng Biên tập,Người B\n").encode()) == [
        (4, "", "more_cells_than_headings")
    ]
