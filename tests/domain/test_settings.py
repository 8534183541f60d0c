"""Settings that name where people reach the services."""

import pytest
from pydantic import ValidationError

from shared.i18n import render
from shared.platform.settings import Settings
from shared.unit.field_errors import message_of
from shared.web.addresses import addresses


def test_addresses_are_those_that_the_setting_names_and_else_on_this_machine():
    named = (
        "subcommittee=https://tieuban.example.org/; logistics=https://[2001:db8::1]:8443;;y-te=http://localhost:8704 "
    )
    of = addresses(Settings(http_addresses=named.strip(), http_first_port=8800))
    assert of["subcommittee"] == "https://tieuban.example.org"
    assert of["logistics"] == "https://[2001:db8::1]:8443"
    assert of["propaganda"] == "http://localhost:8801"


@pytest.mark.parametrize(
    "setting",
    [
        *("haucan.example.org", "logistics=haucan.example.org", "logistics:https://haucan.example.org"),
        *("logistics=http://haucan.example.org", "logistics=https://haucan.example.org/pages", "logistics=https://"),
        *("logistics=https://a.example, security=https://b.example", "logistics=https://a@b.example", "=https://a"),
        *("logistics=https://a.example; script-src *", "logistics=https://hậucần.vn"),
    ],
)
def test_an_address_that_no_browser_could_come_to_and_stay_signed_in_is_told(setting):
    with pytest.raises(ValidationError) as told:
        Settings(http_addresses=setting)
    (error,) = told.value.errors()
    assert "logistics=https://haucan.example.org" in render(message_of(error), "vi")
    assert "dấu chấm phẩy" in render(message_of(error), "vi")
