"""What entries of the code lists are called where somebody reads: as the congress calls them, or else by default."""

from io import StringIO

import pytest
from rich.console import Console

from daihoi.cli import console
from daihoi.cli.report_options import print_report
from daihoi.ops.charters import service_named
from daihoi.terminal.fields import value_in_words
from daihoi.terminal.report import Printer
from shared.events.congress import Particulars
from shared.history.sentences import summary
from shared.i18n import POLICIES, in_words, title_of_position
from shared.reports.all_names import of_the_register
from shared.reports.document_register import Filed
from shared.reports.lists_in_use import lists_in_use
from shared.reports.unit_named import unit_meant, units_meant
from shared.values.code_lists import CodeList, name_of, names_of
from shared.values.names_in_use import PEOPLE, REGISTER, Name, use_names
from shared.values.units import BODY_ABOVE, SETTING, SUBCOMMITTEE, default_title, services, title_of
from tests.domain.test_annex import a_report


def listed(list_id, *rows):
    entries = [
        {"id": entry_id, "name": {"vi": vi, "en": en}, **({"retired": True} if retired else {})}
        for entry_id, vi, en, *retired in rows
    ]
    return {"_id": list_id, "entries": entries}


OWN = [
    listed(
        "units",
        ("logistics", "Ban Hậu cần", "Supply office"),
        ("cong-nghe", "Tổ Công nghệ", ""),
        ("security", "Ban Bảo vệ", "Guard", "retired"),
    ),
    listed("cases", ("none", "Bình thường", "As usual"), ("storm", "Có bão", "Storm")),
    listed("channels", ("zalo", "Zalo của Công đoàn", "")),
    listed("groups", ("1", "Nội dung", "Content")),
]


@pytest.fixture
def own_names():
    use_names(names_of(lists_in_use({"code_lists": OWN})))


def test_a_unit_is_called_as_the_congress_calls_it_a_retired_one_too(own_names):
    assert [title_of("logistics", lang) for lang in ("vi", "en")] == ["Ban Hậu cần", "Supply office"]
    assert title_of("security", "vi") == "Ban Bảo vệ"
    assert title_of("subcommittee", "en") == "Sub-committee"


def test_english_falls_back_to_vietnamese_and_what_is_no_entry_stands_for_itself(own_names):
    assert name_of(CodeList.UNITS, "cong-nghe", "en") == "Tổ Công nghệ"
    assert name_of(CodeList.CHANNELS, "zalo", "en") == "Zalo của Công đoàn"
    assert name_of(CodeList.CHANNELS, "billboard", "vi") == "billboard"
    assert name_of(CodeList.GROUPS, "1", "vi") == "Nội dung"
    assert name_of(CodeList.GROUPS, "2", "vi") == "2"


def test_what_the_congress_did_not_publish_is_called_as_by_default(own_names):
    assert name_of(CodeList.DUTIES, "sanitation", "vi") == "Vệ sinh môi trường"
    assert name_of(CodeList.CHANNELS, "press", "en") == "Press"


def test_a_position_has_its_title_from_the_unit_as_the_congress_calls_it(own_names):
    assert title_of_position("logistics.lead", "vi") == "Trưởng Ban Hậu cần"
    assert title_of_position("cong-nghe.deputy-2", "en") == "Deputy head 2, Tổ Công nghệ"


def test_sentences_and_fields_have_the_names_that_are_in_use(own_names):
    told = summary(
        "vn.daihoi.scenario.switched.v1",
        "subcommittee.lead",
        "current",
        {"number": 1, "scenario": "storm", "reason": "Bão số 3"},
    )
    assert "«Có bão»" in told["vi"]
    assert "«Storm»" in told["en"]
    prepared = summary("vn.daihoi.variant.prepared.v1", "logistics.lead", "storm", {})
    assert prepared["vi"].startswith("Trưởng Ban Hậu cần")
    assert "«Có bão»" in prepared["vi"]
    assert in_words("unit", "cong-nghe", "en") == "Tổ Công nghệ"
    assert value_in_words("scenario", "storm", "en") == "Storm"
    assert value_in_words("scenario", "both", "vi") == "mọi tình huống"
    assert value_in_words("kind", "fire", "vi") == "Cháy nổ"
    assert value_in_words("kind", "vehicle", "en") == "vehicle"


def test_without_a_list_of_its_own_a_congress_has_the_units_of_this_process(monkeypatch):
    monkeypatch.setenv(SETTING, "y-te=Tiểu ban Y tế|Health unit")
    units = lists_in_use({})[CodeList.UNITS]
    assert [entry.id for entry in units] == ["propaganda", "logistics", "security", "y-te"]
    assert "y-te" not in [entry.id for entry in lists_in_use({"code_lists": OWN})[CodeList.UNITS]]


def test_people_are_called_by_the_name_of_the_position_that_they_hold_now_or_held():
    holding = {"person": "Nguyễn Văn A", "person_id": "nguyen-van-a"}
    organisations = [
        {"_id": "y-te", "name": {"vi": "Sở Y tế"}, "holders": [holding, {"person": "Trần B", "person_id": None}]},
        {"_id": "cu", "name": {}, "former": [{**holding, "person": "Nguyễn Van A"}]},
    ]
    assert of_the_register(organisations) == {
        REGISTER: {"y-te": Name("Sở Y tế", "")},
        PEOPLE: {"nguyen-van-a": Name("Nguyễn Văn A", "")},
    }


def test_what_the_work_of_a_command_takes_over_holds_for_what_it_draws():
    async def work():
        use_names(names_of(lists_in_use({"code_lists": OWN})))
        return 1

    assert console.run(work()) == 1
    assert title_of("logistics", "vi") == "Ban Hậu cần"


def test_the_body_above_the_units_is_called_as_the_congress_calls_it():
    use_names({BODY_ABOVE: {SUBCOMMITTEE: Name("Ban Tổ chức Đại hội", "Organising committee")}})
    assert title_of(SUBCOMMITTEE, "vi") == "Ban Tổ chức Đại hội"
    assert title_of_position("subcommittee.lead", "en") == "Head, Organising committee"
    use_names({})
    assert title_of(SUBCOMMITTEE, "en") == default_title(SUBCOMMITTEE, "en")


def test_the_report_calls_the_body_above_the_units_as_the_congress_did_then(capsys):
    own = {"vi": "Ban Tổ chức Đại hội"}
    particulars = Particulars(title=own, ordinal="I", term="2026-2031", issuing_body=own, issuer_code="BTC")
    paper = Filed.model_construct(symbol="01-KH/BTC", unit=SUBCOMMITTEE, title_vi="Kế hoạch", title_en="")
    report = a_report().model_copy(update={"particulars": particulars, "documents": [paper]})
    print_report(report, None, "vi")
    printed = capsys.readouterr().out
    assert "Ban Tổ chức Đại hội" in " ".join(printed.split())
    assert default_title(SUBCOMMITTEE, "vi") not in printed


def test_a_title_that_is_longer_than_the_frame_is_not_cut_off():
    long = {"vi": "Đại hội đại biểu Công đoàn các khu công nghiệp và chế xuất lần thứ XI, nhiệm kỳ 2023-2028"}
    particulars = Particulars(title=long, ordinal="XI", term="2023-2028", issuing_body=long, issuer_code="BTC")
    console = Console(width=80, record=True, file=StringIO())
    Printer(a_report().model_copy(update={"particulars": particulars}), "vi").print_on(console)
    told = " ".join(console.export_text().replace("│", " ").split())
    assert long["vi"] in told


def test_a_unit_is_meant_by_its_id_or_its_name():
    listed = lists_in_use({"code_lists": OWN})[CodeList.UNITS]
    units = units_meant(listed, [{"unit": "y-te"}])
    assert units[-1] == "y-te"
    for said in ("logistics", "Ban Hậu cần", "ban hau can"):
        assert unit_meant(said, listed, units) == "logistics"
    assert unit_meant("Ban Kho báu", listed, units) is None


def test_an_organisation_is_told_by_its_name_on_the_register():
    told = {"organisation_id": "van-phong", "alias": "VP Công ty"}
    merged = "vn.daihoi.organisation.name-merged.v1"
    assert summary(merged, "subcommittee.lead", "van-phong", told)["vi"].endswith("vào van-phong")
    use_names({REGISTER: {"van-phong": Name("Văn phòng Công ty", "")}})
    assert summary(merged, "subcommittee.lead", "van-phong", told)["vi"].endswith("vào Văn phòng Công ty")


def test_what_does_things_by_itself_is_told_by_what_it_does():
    assert title_of_position("policy.open-assigned-items", "vi") == "Quy tắc tự động «lập nhiệm vụ được giao»"
    names = {policy.name for service in services() for policy in service_named(service).policies}
    assert names - POLICIES.keys() == set()
