"""Who is signed in, as each page says it."""

import pytest

from tests.conftest import token_for
from tests.waiting import until
from tests.web.html import Html

POSITION = "Phó Giám đốc Sở Y tế"


@pytest.fixture
async def visitor(pages):
    """Signs somebody in and opens a page: the menu under their name."""

    async def open_menu(person, position="logistics.lead", lang="vi"):
        who = f"{position.partition('.')[0]}.as-{person}"
        pages.set_token(who, token_for(pages.settings, position, person=person))
        page = await pages.get(who, "/documents", lang=lang)
        return Html(page.text).root.one("header").all("details", class_="fold")[-1]

    return open_menu


async def registered(pages, person, person_id):
    entry = {
        "organisation_id": f"so-{person_id}",
        "kind": "agency",
        "name": {"vi": f"Sở {person_id}", "en": ""},
        "positions": [POSITION],
        "holders": [{"position": POSITION, "person": person, "since": "2020-01-01", "person_id": person_id}],
    }
    await pages.give("subcommittee.office", "register-organisations", {"entries": [entry]})
    views = (await pages.at("logistics")).views

    async def is_known():
        await views.caught_up()
        return person_id in views.names()["people"]

    await until(is_known)


async def test_who_is_on_the_register_is_called_by_their_name_there(visitor, pages):
    await registered(pages, "Nguyễn Thị Lan", "lan")
    menu = await visitor("lan")
    assert menu.one("summary").text.startswith("Nguyễn Thị Lan")
    assert menu.one("strong").text == "Nguyễn Thị Lan"
    assert "Trưởng Bộ phận hậu cần phục vụ Tài khoản lan" in menu.text


@pytest.mark.parametrize(
    ("lang", "title"), [("vi", "Trưởng Bộ phận hậu cần phục vụ"), ("en", "Head, Logistics unit")]
)
async def test_who_is_not_on_it_is_called_by_their_position(visitor, lang, title):
    assert (await visitor("nobody", lang=lang)).one("strong").text == title


async def test_a_name_that_is_the_positions_title_is_said_once_and_in_the_language_that_is_read(visitor, pages):
    await registered(pages, "Trưởng Bộ phận hậu cần phục vụ", "head")
    menu = await visitor("head", lang="en")
    assert menu.one("strong").text == "Head, Logistics unit"
    assert "Trưởng" not in menu.text


@pytest.mark.parametrize(
    ("position", "offered"),
    [
        ("logistics.lead", ["/choose-position", "/password"]),
        ("subcommittee.lead", ["/choose-position", "/password", "/accounts"]),
        ("subcommittee.office", ["/choose-position", "/password"]),
    ],
)
async def test_the_menu_leads_to_what_belongs_to_the_account(visitor, pages, position, offered):
    place = (await pages.at(position.partition(".")[0])).place
    links = [link["href"] for link in (await visitor("lan", position)).all("a") if not link.get("data-look")]
    assert links == [place.addresses["subcommittee"] + path for path in offered]


async def test_the_pages_of_accounts_lead_back_to_the_others(pages):
    page = Html((await pages.get("subcommittee.lead", "/accounts")).text).root
    assert "/meetings" in [link["href"] for link in page.one("nav", class_="nav").all("a")]
    assert 'class="nav"' not in (await pages.get("", "/sign-in", at="subcommittee")).text


async def test_a_token_of_the_command_line_has_no_account(pages):
    page = await pages.get("logistics.lead", "/documents")
    assert "/choose-position" not in page.text


@pytest.mark.parametrize("path", ["/no-such-page", "/tasks/no-such-task", "/accounts"])
async def test_who_is_signed_in_keeps_menu_and_name_on_every_page(pages, path):
    unit = "subcommittee" if path == "/accounts" else "logistics"
    page = Html((await pages.get(f"{unit}.lead", path)).text).root
    assert page.all("nav", class_="nav")
    assert page.one("header").all("strong")


async def test_who_may_not_keep_accounts_is_told_so_with_menu_and_name(pages):
    page = await pages.get("subcommittee.office", "/accounts")
    assert page.status_code == 403
    assert Html(page.text).root.all("nav", class_="nav")
    assert Html(page.text).root.one("header").all("strong")


async def test_who_is_not_signed_in_has_neither(pages):
    page = Html((await pages.get("", "/no-such-page", at="logistics")).text).root
    assert not page.all("nav", class_="nav")
    assert not page.one("header").all("strong")


@pytest.mark.parametrize(
    ("command", "lang", "told"),
    [
        ("fund-task", "vi", "Đã bảo đảm kinh phí"),
        ("found-congress", "vi", "Đã ghi nhận đại hội"),
        ("refuse-extension", "vi", "Đã từ chối gia hạn"),
        ("fund-task", "en", "Done: fund task"),
        ("no-such-command", "vi", None),
    ],
)
async def test_what_was_done_is_told_as_done(pages, command, lang, told):
    page = await pages.get("logistics.lead", f"/documents?done={command}", lang=lang)
    notices = [notice.text for notice in Html(page.text).root.all("div", class_="notice tone-good")]
    assert notices == ([told] if told else [])
