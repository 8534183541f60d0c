"""The registry of units: those with code, those that a setting names, and what each may write about."""

import pytest
from pydantic import ValidationError

from services.subcommittee.catalogue import AGGREGATE, PublishCatalogue
from shared.events.catalogue_item import ItemAssigned
from shared.i18n import render
from shared.platform.settings import Settings
from shared.unit.field_errors import message_of
from shared.values.units import SETTING, may_write, parse_units, services, support_unit_ids, title_of
from tests.contract.units import item, published
from tests.domain.scenario import given

HEALTH = "y-te=Tiểu ban Y tế|Health unit; tai-chinh=Tiểu ban Tài chính"


@pytest.fixture
def health(monkeypatch):
    monkeypatch.setenv(SETTING, HEALTH)


def test_without_the_setting_there_are_those_with_code():
    assert services() == ("subcommittee", "propaganda", "logistics", "security")
    assert title_of("logistics", "vi") == "Bộ phận hậu cần phục vụ"
    assert title_of("subcommittee", "en") == "Sub-committee"


def test_units_by_setting_follow_those_with_code_in_the_order_of_the_setting(health):
    assert support_unit_ids() == ("propaganda", "logistics", "security", "y-te", "tai-chinh")
    assert [title_of("y-te", lang) for lang in ("vi", "en")] == ["Tiểu ban Y tế", "Health unit"]
    assert title_of("tai-chinh", "en") == "Tiểu ban Tài chính"


def test_a_unit_that_this_process_does_not_know_is_shown_by_its_id():
    assert title_of("y-te", "vi") == "y-te"


@pytest.mark.parametrize(
    "setting",
    ["Y-TE=x", "y_te", "9a", "=x", "y-te;y-te", "security=x", "tracker", "auditor", "task", "current", "a=[b]"],
)
def test_what_can_be_no_unit_is_refused_with_the_settings(setting, monkeypatch):
    monkeypatch.setenv(SETTING, setting)
    with pytest.raises(ValidationError, match="units"):
        Settings()


def test_there_are_at_most_fifty_units():
    assert len(parse_units(";".join(f"u{number}" for number in range(47)))) == 50
    with pytest.raises(ValueError, match="more than 47"):
        parse_units(";".join(f"u{number}" for number in range(48)))


def test_a_command_takes_a_unit_that_there_is_and_refuses_another_with_those_there_are(health):
    assert given(AGGREGATE).when(_publish_for("y-te")).refused is None
    refused = given(AGGREGATE).when(_publish_for("marketing")).refused
    english, vietnamese = (render(refused.message, lang) for lang in ("en", "vi"))
    assert english == (
        "marketing is not on the list «Units that take part»; there are: propaganda, logistics, security, y-te, "
        "tai-chinh."
    )
    assert vietnamese != english
    assert "marketing" in vietnamese


def _publish_for(unit):
    (one,) = PublishCatalogue(**published(item(unit=unit))).parts()
    return one


def test_what_is_stored_is_read_whether_or_not_this_process_knows_the_unit():
    assigned = ItemAssigned.model_validate({"unit": "y-te", "item": item(unit="y-te")})
    assert (assigned.unit, assigned.item.unit) == ("y-te", "y-te")


def test_a_unit_that_this_process_does_not_know_speaks_of_its_own_work_and_of_nothing_else():
    assert may_write("y-te", "task")
    assert may_write("y-te", "document")
    assert not may_write("y-te", "clearance")
    assert not may_write("y-te", "meeting")
    assert not may_write("subcommittee", "task")


@pytest.mark.parametrize(
    ("setting", "reason", "vietnamese"),
    [
        ("leaders=X", "names leaders, which is taken", "nêu mã leaders, nhưng mã này đã được dùng"),
        ("operator=X", "names operator, which is taken", "nêu mã operator, nhưng mã này đã được dùng"),
        ("tracker=X", "names tracker, which is taken", "nêu mã tracker, nhưng mã này đã được dùng"),
        ("y_te=X", "and «y_te» is no id of a unit: up to 30 small letters", "«y_te» không phải là mã bộ phận"),
        ("a=[b]", "has square brackets or control characters", "có dấu ngoặc vuông hoặc ký tự điều khiển"),
        (f"a={'b' * 201}", "gives a a title of more than 200 characters", "đặt cho a tên gọi dài quá 200 ký tự"),
        (f"a=b|{'c' * 201}", "gives a a title of more than 200 characters", "đặt cho a tên gọi dài quá 200 ký tự"),
        (";".join(f"u{number}" for number in range(48)), "names more than 47 units", "nêu quá 47 bộ phận"),
    ],
)
def test_people_are_told_what_is_wrong_with_the_setting(setting, reason, vietnamese, monkeypatch):
    monkeypatch.setenv(SETTING, setting)
    with pytest.raises(ValidationError) as refused:
        Settings()
    message = message_of(refused.value.errors()[0])
    assert reason in render(message, "en")
    assert vietnamese in render(message, "vi")
    assert parse_units(f"a={'b' * 200}|{'c' * 200}")[-1].en == "c" * 200
