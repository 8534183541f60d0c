"""A unit that comes on the list of a living congress: services that began before it know it at once."""

import pytest
from argon2 import PasswordHasher

from daihoi.terminal.operation import services_table
from shared.platform.embedded import Endpoints
from shared.values.names_in_use import NONE_IN_USE, CodeList, Name, use_names
from shared.web.addresses import addresses
from shared.web.sign_in import desk_of
from shared.web.sign_in.passwords import Passwords
from tests.waiting import until
from tests.web.html import Html

PASSWORD = "a sentence to remember"


async def come_on_the_list(pages, *units):
    for unit in units:
        entry = {"code_list": "units", "entry_id": unit, "name": {"vi": f"Tiểu ban {unit}", "en": f"Unit {unit}"}}
        await pages.give("subcommittee.lead", "add-entry", entry)


async def seen_at(pages, service, unit):
    shown = await pages.at(service)

    async def is_seen():
        await shown.views.caught_up()
        return unit in shown.views.names()[CodeList.UNITS]

    await until(is_seen)
    return shown.place


@pytest.fixture
def quick_hashes():
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


async def test_every_service_leads_to_it(pages):
    await pages.at("logistics")
    await come_on_the_list(pages, "y-te")
    for service in ("subcommittee", "logistics"):
        place = await seen_at(pages, service, "y-te")
        page = await pages.get("subcommittee.lead", "/documents", at=service)
        links = {link["href"]: link.text for link in Html(page.text).root.one("header").all("a")}
        assert links[place.addresses["y-te"] + "/"] == "Unit y-te"
        assert place.addresses["y-te"] in page.headers["content-security-policy"]


async def test_its_people_are_given_accounts_and_sign_in(pages, quick_hashes):
    await come_on_the_list(pages, "y-te-2")
    place = await seen_at(pages, "subcommittee", "y-te-2")
    desk_of(place).passwords = quick_hashes
    lead = {"account": "lan", "name": "Nguyễn Thị Lan", "positions": "y-te-2.lead"}
    lead |= {"password": PASSWORD, "password_again": PASSWORD}
    added = await pages.post("subcommittee.lead", "/accounts", lead)
    assert (added.status_code, added.headers.get("location")) == (303, "/accounts")
    shown = (await pages.get("subcommittee.lead", "/accounts")).text
    assert "Head, Unit y-te-2" in shown
    kept = await desk_of(place).accounts.get("lan")
    await desk_of(place).accounts.change(kept, must_change_password=False)

    client = (await pages.at("subcommittee")).client
    address = f"/sign-in?to=y-te-2&path=/work&state={'0' * 64}"
    signing_in = await client.get(address)
    filled = {field["name"]: field.get("value", "") for field in Html(signing_in.text).root.all("input")}
    sent = {"Cookie": "; ".join(f"{cookie.name}={cookie.value}" for cookie in signing_in.cookies.jar)}
    sent["Origin"] = "http://localhost"
    answer = await client.post(address, data=filled | {"account": "lan", "password": PASSWORD}, headers=sent)
    client.cookies.clear()
    assert answer.headers["location"].startswith(place.addresses["y-te-2"] + "/signed-in?code=")


async def test_an_address_stays_that_of_the_same_unit_where_the_list_is_put_in_another_order(pages):
    await come_on_the_list(pages, "first-to-come", "second-to-come")
    place = await seen_at(pages, "subcommittee", "second-to-come")
    before = dict(place.addresses)
    entries = (await pages.query("subcommittee.lead", "code_lists")).json()["documents"]
    units = next(each["entries"] for each in entries if each["_id"] == "units")
    turned = {"code_list": "units", "entries": [*reversed(units)]}
    await pages.give("subcommittee.lead", "publish-list", turned)
    await come_on_the_list(pages, "third-to-come")
    await seen_at(pages, "subcommittee", "third-to-come")
    after = dict(place.addresses)
    assert after.pop("third-to-come") not in before.values()
    assert after == before


async def test_sign_in_pages_call_the_body_as_the_congress_does(pages):
    particulars = {"title": {"vi": "Đại hội XX"}, "issuing_body": {"vi": "Ban Tổ chức Đại hội"}, "issuer_code": "BTC"}
    await pages.give("subcommittee.lead", "found-congress", particulars)
    for path in ("/accounts", "/no-such-page"):
        page = await pages.get("subcommittee.lead", path, lang="vi")
        assert "Ban Tổ chức Đại hội" in Html(page.text).root.one("header").text, path


def test_where_addresses_are_named_a_unit_without_one_is_nowhere(settings):
    named = settings.model_copy(update={"http_addresses": "subcommittee=https://a.example; y-te=https://b.example"})
    there = addresses(named, ("cong-nghe", "y-te"))
    assert "cong-nghe" not in there
    assert there["y-te"] == "https://b.example"


def test_what_runs_is_called_by_its_name():
    use_names({CodeList.UNITS: {"logistics": Name("Ban Hậu cần", "Supply office")}})
    try:
        table = services_table("c", {"logistics": 1, "tracker": 2}, Endpoints("", "", None), "vi")
    finally:
        use_names(NONE_IN_USE)
    assert list(table.columns[0].cells) == ["Ban Hậu cần", ""]
