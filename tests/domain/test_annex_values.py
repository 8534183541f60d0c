"""Days, money and headings as offices write them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.decider import Refused
from shared.entering.days import Meant, meant_by
from shared.entering.headings import field_of
from shared.entering.money import amount_of, measure_of, measure_said_in

OF_2020 = frozenset([2020])
THE_20TH = date(2020, 9, 20)
LAST_OF_SEPTEMBER = date(2020, 9, 30)


@pytest.mark.parametrize(
    "written",
    [
        *("20/9/2020", "20/09/2020", "20-9-2020", "20.9.2020", " 20 / 9 / 2020 ", "2020-09-20", "20/9/2020."),
        *("ngày 20/9/2020", "trước ngày 20/9/2020", "Trước 20/9/2020", "TRUOC NGAY 20/9/2020", "đến ngày 20/9/2020"),
        *(
            "Ngày 20 tháng 9 năm 2020",
            "Hoàn thành trước ngày 20/9/2020",
            "chậm nhất: 20/9/2020",
            "xong trước\n20/9/2020",
        ),
    ],
)
def test_a_clear_day(written):
    assert meant_by(written, frozenset()) == Meant(THE_20TH)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("trước 20/9", THE_20TH),
        ("20 tháng 9", THE_20TH),
        ("20/9/20", THE_20TH),
        ("14-16/10/2020", date(2020, 10, 16)),
        ("từ 14/10/2020 đến 16/10/2020", date(2020, 10, 16)),
        ("14/10 – 16/10/2020", date(2020, 10, 16)),
        ("14/9 đến 20/9", THE_20TH),
        ("tháng 9/2020", LAST_OF_SEPTEMBER),
        ("cuối tháng 9 năm 2020", LAST_OF_SEPTEMBER),
        ("Tháng 9", LAST_OF_SEPTEMBER),
        ("quý III/2020", LAST_OF_SEPTEMBER),
        ("T2/2020", date(2020, 2, 29)),
        ("Thường xuyên", None),
        ("theo kế hoạch của Tỉnh ủy", None),
    ],
)
def test_a_day_that_is_understood_and_not_clear(written, day):
    assert meant_by(written, OF_2020) == Meant(day, is_clear=False)


@pytest.mark.parametrize(
    "written", ["31/9/2020", "9/20/2020", "20/9/1820", "tuần 3 tháng 9", "sớm", 44000, "2" * 300]
)
def test_no_day(written):
    with pytest.raises(Refused) as refused:
        meant_by(written, OF_2020)
    assert refused.value.code == "not_a_day"


@pytest.mark.parametrize("years", [frozenset(), frozenset([2020, 2021])])
def test_a_day_of_no_year_is_of_none_where_the_others_do_not_agree(years):
    with pytest.raises(Refused) as refused:
        meant_by("20/9", years)
    assert refused.value.code == "no_year"


@given(st.dates(date(2000, 1, 1), date(2199, 12, 31)))
def test_every_day_reads_back(day):
    assert meant_by(f"trước ngày {day.day}/{day.month}/{day.year}", frozenset()) == Meant(day)


@pytest.mark.parametrize(
    ("written", "measure", "vnd"),
    [
        ("1.500.000", 1, 1_500_000),
        ("1,500,000 đồng", 1, 1_500_000),
        ("150 000 000đ", 1, 150_000_000),
        ("50 triệu", 1, 50_000_000),
        ("50tr", 1, 50_000_000),
        ("1,2 tỷ", 1, 1_200_000_000),
        ("1.2 tỉ đồng", 1, 1_200_000_000),
        ("1 tỷ 200 triệu", 1, 1_200_000_000),
        ("500 nghìn", 1, 500_000),
        ("50 triệu", 1000, 50_000_000),
        ("-", 1, 0),
        ("Không", 1, 0),
        (45, 1_000_000, 45_000_000),
        (45.5, 1_000_000, 45_500_000),
        ("45,5", 1_000_000, 45_500_000),
        ("1.500.000", 1000, 1_500_000_000),
        (80_000_000.0, 1, 80_000_000),
    ],
)
def test_money(written, measure, vnd):
    assert amount_of(written, measure) == vnd


@pytest.mark.parametrize(
    ("written", "measure", "code"),
    [
        ("1.500", 1, "ambiguous_number"),
        ("1.500", 1_000_000, "ambiguous_number"),
        ("1.500 triệu", 1, "ambiguous_number"),
        ("nhiều", 1, "not_a_number"),
        ("200 triệu 1 tỷ", 1, "not_a_number"),
        ("0,5", 1, "not_a_number"),
        ("1e5", 1000, "not_a_number"),
        ("-5", 1, "out_of_range"),
        ("2000000 tỷ", 1, "out_of_range"),
        (150, 0, "small_sum"),
    ],
)
def test_no_money(written, measure, code):
    with pytest.raises(Refused) as refused:
        amount_of(written, measure)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("heading", "measure"),
    [
        ("Kinh phí (triệu đồng)", 1_000_000),
        ("Kinh phí (tr.đ)", 1_000_000),
        ("Kinh phí\n(ĐVT: nghìn đồng)", 1000),
        ("Kinh phí (1.000đ)", 1000),
        ("Kinh phí (đồng)", 1),
        ("Kinh phí", 0),
    ],
)
def test_what_a_heading_counts_money_in(heading, measure):
    assert measure_of(heading) == measure


@pytest.mark.parametrize(
    ("line", "measure"), [("Đơn vị tính: triệu đồng", 1_000_000), ("Đơn vị: đồng", 1), ("Phụ lục", 0)]
)
def test_what_a_line_above_the_table_counts_money_in(line, measure):
    assert measure_said_in(line) == measure


HEADINGS = {
    "code": ["STT", "TT", "Số TT", "số thứ tự", "Mã"],
    "title_vi": [
        "Nội dung công việc",
        "NOI DUNG CONG VIEC",
        "Nội dung,\nnhiệm vụ",
        "Nhiệm vụ",
        "Công việc",
        "Tên công việc",
    ],
    "group_vi": ["Nhóm nhiệm vụ", "Lĩnh vực"],
    "unit": ["Bộ phận", "Tổ giúp việc"],
    "phase": ["Giai đoạn"],
    "scenario": ["Trường hợp", "Kịch bản"],
    "collective": [
        "Cơ quan/tập thể chủ trì",
        "Cơ quan, đơn vị chủ trì",
        "Đơn vị chủ trì thực hiện",
        "CHỦ TRÌ",
        "Tập thể chủ trì",
    ],
    "individual": ["Cá nhân phụ trách", "Người phụ trách", "Cán bộ thực hiện", "Phụ trách"],
    "directing_leader": ["Lãnh đạo chỉ đạo", "Lãnh đạo phụ trách", "Đồng chí lãnh đạo chỉ đạo"],
    "coordinating": ["Cơ quan phối hợp", "Đơn vị phối hợp thực hiện", "Phối hợp"],
    "deadline": [
        "Thời gian hoàn thành",
        "Thời hạn",
        "Thời gian thực hiện",
        "Hạn hoàn thành",
        "Thời hạn (ngày, tháng, năm)",
    ],
    "due_offset_days": ["Thời hạn (ngày)"],
    "product": ["Sản phẩm/kết quả", "Sản phẩm", "Kết quả", "Sản phẩm đầu ra"],
    "budget_vnd": [
        "Kinh phí",
        "Kinh phí (đồng)",
        "Kinh phí dự toán",
        "Kinh phí (dự toán)",
        "Dự toán kinh phí",
        "Kinh phí\n(triệu đồng)",
    ],
    "secured_vnd": ["Kinh phí bảo đảm", "Kinh phí (bảo đảm)", "Kinh phí đảm bảo (đồng)"],
    "funding_source": ["Nguồn", "Nguồn kinh phí"],
    "remark": ["Ghi chú", "GHI CHU", "Ghi chú (nếu có)"],
    "-": ["Tiến độ (%)", "Tình trạng", "Khó khăn, vướng mắc", "Kinh phí (đã chi)", "Đã tạm ứng", "Kết quả thực hiện"],
    None: ["Cơ quan", "Kinh phí (xã hội hóa)", "Mức độ ưu tiên", "Tiến độ", ""],
}


@pytest.mark.parametrize(
    ("heading", "field"), [(heading, field) for field, all_ in HEADINGS.items() for heading in all_]
)
def test_a_heading_names_a_field(heading, field):
    assert field_of(heading) == field
