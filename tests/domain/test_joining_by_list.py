"""How a process comes to know units that the congress lists: as if the setting had named them."""

import os

import pytest

from daihoi.ops.listed_units import join, taking_part
from shared.platform.errors import PlatformError
from shared.values.code_lists import DEFAULTS, CodeList, Entry
from shared.values.types import Text
from shared.values.units import SETTING, support_unit_ids, support_units


@pytest.fixture(autouse=True)
def one_by_setting(monkeypatch):
    monkeypatch.setenv(SETTING, "y-te=Tiểu ban Y tế")


def entry(unit, vi="x", en="", *, retired=False):
    return Entry(id=unit, name=Text(vi=vi, en=en), retired=retired)


def test_those_join_that_take_part_and_are_not_known_yet():
    listed = (*DEFAULTS[CodeList.UNITS], entry("y-te"), entry("cong-nghe"), entry("le-tan", retired=True))
    assert [unit.id for unit in taking_part(listed)] == ["cong-nghe"]


def test_what_joins_follows_the_setting_in_this_process_and_in_all_that_it_starts():
    join([entry("cong-nghe", "Tổ Công nghệ", "IT team")])
    assert support_unit_ids()[-2:] == ("y-te", "cong-nghe")
    assert support_units()[-1][:3] == ("cong-nghe", "Tổ Công nghệ", "IT team")
    assert "cong-nghe" in os.environ[SETTING]
    assert taking_part([entry("cong-nghe")]) == []


def test_a_title_may_have_what_the_setting_can_not_hold():
    join([entry("cong-nghe", "Tổ [số 1]; Công nghệ | hạ tầng = tất cả"), entry("le-tan", "x" * 300)])
    assert support_units()[-2].vi == "Tổ số 1 Công nghệ hạ tầng = tất cả"
    assert len(support_units()[-1].vi) == 200


def test_more_units_than_there_can_be_services_change_nothing():
    with pytest.raises(PlatformError) as refused:
        join(entry(f"u{number}") for number in range(50))
    assert refused.value.why.code == "too_many_units_listed"
    assert os.environ[SETTING] == "y-te=Tiểu ban Y tế"
