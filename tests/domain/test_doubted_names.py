"""Names in a command that the register does not know, or has otherwise, are doubted; what is known is not."""

import shlex

from daihoi.cli.arguments import named_fields
from daihoi.terminal.doubted_names import MOST_TOLD, warning_lines
from shared.reports.doubted_names import Named, doubted_names, names_in
from tests.domain.test_names import HEALTH, POLICE

REGISTER = [HEALTH | {"holders": [{"position": "Giám đốc", "person": "Người A", "since": "2020-01-01"}]}, POLICE]


def doubts(organisations=REGISTER, **data):
    return doubted_names(names_in(data), organisations)


def told(lang="vi", **data):
    return list(warning_lines(doubts(**data), lang))


def test_names_are_found_wherever_they_stand_in_a_command_and_nothing_else_is_one():
    data = {
        "collective": "Sở Y tế", "individual": "Giám đốc", "coordinating": ["Công an tỉnh", " ", 7],
        "title": {"vi": "x"}, "publish": [{"collective": None, "directing_leader": "Chủ tịch"}],
        "proposed_to": "Tiểu ban", "recipient": "Ai",
    }  # fmt: skip
    assert list(names_in(data)) == [
        Named("collective", "Sở Y tế", "Sở Y tế"), Named("individual", "Giám đốc", "Sở Y tế"),
        Named("coordinating", "Công an tỉnh", "Sở Y tế"), Named("directing_leader", "Chủ tịch"),
        Named("proposed_to", "Tiểu ban", "Sở Y tế"),
    ]  # fmt: skip
    deep = {"collective": "x"}
    for _ in range(50):
        deep = {"data": deep}
    assert list(names_in(deep)) == []


def test_what_the_register_has_or_was_merged_into_it_is_known():
    for collective in ("Sở Y tế", "Sở YT", "Sở  Y tế", "so-y-te", "Department of health"):
        assert doubts(collective=collective, individual="PGĐ", coordinating=["Công an tỉnh"]) == []
    assert doubts(directing_leader="Người A") == doubts(proposed_to="Công an tỉnh") == []
    assert doubts(signer="Phó Giám đốc Sở Y tế") == []


def test_without_a_register_nothing_is_doubted():
    assert doubts([], collective="Sở Lạ") == []


def test_a_name_that_is_spelled_without_marks_or_capitals_is_said_as_the_register_has_it():
    (doubt,) = doubts(collective="so y te")
    assert (doubt.taken_for, doubt.alike) == ("Sở Y tế", [])
    assert told(individual="pho giam doc so y te", collective="Sở Y tế") == [
        "Cá nhân chủ trì: «pho giam doc so y te» được hiểu là «Phó Giám đốc Sở Y tế» trong sổ đơn vị.",
    ]


def test_a_name_that_is_not_there_is_told_with_what_is_like_it_and_how_it_is_merged_or_added():
    lines = told(collective="Sơ Y tê'", individual="Chánh Thanh tra đặc phái")
    assert lines[0] == "Tập thể chủ trì: sổ đơn vị chưa có «Sơ Y tê'»."
    typed = shlex.split(lines[1].partition(": ")[2])
    assert typed[:3] == ["daihoi", "do", "merge-name"]
    assert named_fields(typed[3:-2]) == {"organisation_id": "so-y-te", "alias": "Sơ Y tê'"}
    assert typed[-2:] == ["--as", "subcommittee.office"]
    assert lines[2].startswith("Cá nhân chủ trì: sổ đơn vị chưa có")
    assert "daihoi organisations import" in lines[-1]
    assert "does not know" in told("en", collective="Sở Lạ")[0]
    (doubt,) = doubts(individual="Phó Giám đốc Sở Y tê mới")
    assert doubt.alike[0].position == "Phó Giám đốc Sở Y tế"


def test_a_name_that_abbreviates_one_on_the_register_is_like_it():
    office = {"_id": "van-phong", "name": {"vi": "Văn phòng Công ty"}, "positions": ["Chánh Văn phòng"]}
    for short in ("VP Công ty", "vpct", "Văn phòng CT"):
        (doubt,) = doubts([office], collective=short)
        assert [alike.organisation for alike in doubt.alike] == ["Văn phòng Công ty"], short
    assert doubts([office], collective="VP Sở")[0].alike == []


def test_each_name_is_told_once_and_not_too_many():
    items = [{"collective": f"Sở Lạ {number % 40}"} for number in range(200)]
    assert len(doubts(items=items)) == 40
    lines = told("en", items=[{"collective": f"Xưởng {chr(65 + number) * 9}"} for number in range(MOST_TOLD + 5)])
    assert "5 more" in lines[MOST_TOLD]
