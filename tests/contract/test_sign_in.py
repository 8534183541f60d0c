"""Signing in as a browser meets it: two services, their own credentials on the broker, and one browser or several."""

import re
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from argon2 import PasswordHasher
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from shared.domain.decider import Refused
from shared.eventstore.credentials import credentials_for
from shared.eventstore.errors import Unavailable
from shared.eventstore.names import accounts_bucket, handed_over_bucket
from shared.eventstore.operating import connected_as
from shared.eventstore.records import Records
from shared.eventstore.streams import provision
from shared.unit.accepted_keys import accepted_keys
from shared.unit.door import Door
from shared.unit.problems import STATUS
from shared.unit.revocations import Revocations
from shared.unit.signed_out import SignedOut
from shared.unit.tokens import TokenVerifier
from shared.web import sign_in
from shared.web.application import bearer_of
from shared.web.place import Place
from shared.web.session import cookie_name, csrf_token
from shared.web.sign_in.accounts import Account, Accounts
from shared.web.sign_in.limits import Limit, Rate
from shared.web.sign_in.passwords import Passwords
from shared.web.sign_in.setup_code import read_setup_code
from tests.conftest import token_for

HERE, UNIT = "https://subcommittee.example.org", "https://logistics.example.org"
PASSWORD = "một mật khẩu dài"
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch):
    monkeypatch.setattr("shared.web.sign_in.desk.Passwords", lambda: Passwords(QUICK))


class NoViews:
    """What pages of signing in are set in, of a congress that has nothing on record yet."""

    version, unreadable = 0, ()

    def documents(self, view):
        return []

    def names(self):
        return {}


@pytest.fixture
async def services(endpoints, settings, connection):
    """The two services' pages of signing in, and one page of each that only says who is there."""
    await provision(connection, settings.congress)
    named = settings.model_copy(update={"http_addresses": f"subcommittee={HERE}; logistics={UNIT}"})
    async with AsyncExitStack() as stack:

        async def run(name, settings=named):
            own = await stack.enter_async_context(connected_as(name, settings, endpoints, "tests"))
            return service(name, settings, own)

        yield SimpleNamespace(run=run, here=await run("subcommittee"), unit=await run("logistics"), settings=named)


def service(name, settings, connection):
    verifier = TokenVerifier(accepted_keys(settings), settings.congress, name)
    door = Door(
        name, None, verifier, Revocations(connection, settings.congress), SignedOut(connection, settings.congress)
    )
    at_work = SimpleNamespace(settings=settings, connection=connection, door=door, service=SimpleNamespace(name=name))
    place = Place(at_work, NoViews())

    async def page(request):
        try:
            bearer = await bearer_of(request, place)
        except Refused as refused:
            if STATUS[refused.refusal] != 401:
                return PlainTextResponse(refused.code, STATUS[refused.refusal])
            bearer = None
        if bearer is None:
            return await sign_in.send_away(request, place)
        return PlainTextResponse(f"{name}: {bearer.actor.id}")

    app = Starlette(routes=[*sign_in.routes(place), Route("/work", page), Route("/", page)])
    return SimpleNamespace(place=place, app=app, name=name)


def browser(services, address="10.0.0.1"):
    """Follows no redirect by itself. Its cookies are those of a browser."""
    transports = {
        url: httpx.ASGITransport(app=one.app, client=(address, 1))
        for url, one in ((HERE, services.here), (UNIT, services.unit))
    }
    return httpx.AsyncClient(mounts=transports, base_url=HERE)


async def add(connection, settings, account="lan", positions=("logistics.lead",), password=PASSWORD, **further):
    hashed = QUICK.hash(password) if password else None
    made = Account(
        id=account,
        name="Nguyễn Thị Lan",
        positions=positions,
        password=hashed,
        changed_at=datetime.now(UTC),
        **further,
    )
    await Accounts(connection, settings.congress).add(made)


def fields(page):
    """The hidden fields of the first form."""
    form = re.search(r"<main.*?<form.*?</form>", page.text, re.S)[0]
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))


def action(page):
    """Where the first form goes."""
    form = re.search(r"<main.*?<form[^>]* action=\"([^\"]*)\"", page.text, re.S)[1]
    return f"{HERE}{form.replace('&amp;', '&')}"


async def sign_in_at(web, begins, account="lan", password=PASSWORD, **query):
    """From a page that asks to sign in: the answer to the form."""
    page = await follow(web, await web.get(begins))
    assert page.status_code == 200, page.text
    url = httpx.URL(action(page)).copy_merge_params(query)
    return await web.post(url, data={**fields(page), "account": account, "password": password})


async def follow(web, answer):
    while answer.is_redirect:
        answer = await web.get(answer.url.join(answer.headers["location"]))
    return answer


def told(answer):
    return re.search(r'role="alert">.*?<div>(.*?)</div>', answer.text, re.S)[1].strip()


async def test_one_sign_in_lets_in_at_every_service_and_back_to_the_page_asked_for(services, connection):
    await add(connection, services.settings)
    async with browser(services) as web:
        sent = await sign_in_at(web, f"{UNIT}/work?due=late")
        assert sent.headers["location"].startswith(f"{UNIT}/signed-in?code=")
        arrived = await web.get(sent.headers["location"])
        assert arrived.headers["location"] == "/work?due=late"
        assert (await web.get(f"{UNIT}/work")).text == "logistics: logistics.lead"
        assert (await web.get(f"{HERE}/work")).text == "subcommittee: logistics.lead"
        for cookie in arrived.headers.get_list("set-cookie"):
            assert cookie.startswith("__Host-daihoi-")
            assert {"HttpOnly", "Path=/", "SameSite=lax", "Secure"} <= set(cookie.split("; "))


async def test_who_is_signed_in_where_one_signs_in_is_sent_on_without_a_form(services, connection):
    await add(connection, services.settings)
    async with browser(services) as web:
        await sign_in_at(web, f"{HERE}/work")
        assert (await follow(web, await web.get(f"{UNIT}/work"))).text == "logistics: logistics.lead"


@pytest.mark.parametrize(
    ("position", "page"), [("logistics.lead", f"{UNIT}/"), ("leaders.chair", "/"), ("subcommittee.office", "/")]
)
async def test_who_comes_from_no_service_goes_to_the_one_whose_pages_they_may_read(
    services, connection, position, page
):
    await add(connection, services.settings, positions=(position,))
    async with browser(services) as web:
        sent = await sign_in_at(web, f"{HERE}/sign-in")
        assert sent.headers["location"] == page
        unit, again = position.partition(".")[0], await web.get(f"{HERE}/sign-in")
        assert again.headers["location"] == page
        there = "logistics" if unit == "logistics" else "subcommittee"
        assert (await follow(web, again)).text == f"{there}: {position}"


@pytest.mark.parametrize("account", ["lan", "nobody", "disabled", "no-positions", "no-password", "x y", "*", ">", ""])
async def test_whatever_is_wrong_is_told_in_the_same_words(services, connection, account):
    await add(connection, services.settings)
    await add(connection, services.settings, "disabled", active=False)
    await add(connection, services.settings, "no-positions", ())
    await add(connection, services.settings, "no-password", password="")
    async with browser(services) as web:
        answer = await sign_in_at(web, f"{UNIT}/work", account, "another password" if account == "lan" else PASSWORD)
    assert answer.status_code == 401
    assert told(answer) == "Tài khoản hoặc mật khẩu không đúng."
    assert cookie_name(services.settings.congress) not in web.cookies


async def test_a_code_is_good_once_for_one_service_and_the_browser_that_was_sent_away(services, connection):
    await add(connection, services.settings)
    async with browser(services) as web, browser(services) as other:
        await other.get(f"{UNIT}/work")
        code = (await sign_in_at(web, f"{UNIT}/work")).headers["location"]
        assert (await other.get(code)).status_code == 403
        assert (await web.get(code.replace(UNIT, HERE))).status_code == 403
        assert (await web.get(code)).status_code == 303
        again = await web.get(code)
        assert again.status_code == 403
        assert "Lượt đăng nhập" in told(again)


async def test_who_was_made_to_sign_in_as_another_is_not(services, connection):
    """The other's code, opened in a browser that asked for a page itself, is of no use there."""
    await add(connection, services.settings)
    async with browser(services) as attacker, browser(services) as victim:
        code = (await sign_in_at(attacker, f"{UNIT}/work")).headers["location"]
        await victim.get(f"{UNIT}/work")
        assert (await victim.get(code)).status_code == 403
        assert (await victim.get(f"{UNIT}/work")).status_code == 303


async def test_the_form_has_to_come_from_a_page_of_this_browser(services, connection):
    await add(connection, services.settings)
    async with browser(services) as web, browser(services) as other:
        foreign = fields(await other.get(f"{HERE}/sign-in"))
        for given in ({}, {"csrf": ""}, foreign, {"csrf": "é"}):
            data = {**given, "account": "lan", "password": PASSWORD}
            assert (await web.post(f"{HERE}/sign-in", data=data)).status_code == 403
        await web.get(f"{HERE}/sign-in")
        assert (
            await web.post(f"{HERE}/sign-in", data={**foreign, "account": "lan", "password": PASSWORD})
        ).status_code == 403


async def test_a_session_that_stood_before_the_sign_in_is_not_the_one_after_it(services, connection):
    await add(connection, services.settings)
    name = cookie_name(services.settings.congress)
    async with browser(services) as web:
        web.cookies.set(name, "planted", domain="subcommittee.example.org", path="/")
        answer = await sign_in_at(web, f"{HERE}/work")
        first = answer.cookies[name]
    async with browser(services) as web:
        assert (await sign_in_at(web, f"{HERE}/work")).cookies[name] not in ("planted", first)


@pytest.mark.parametrize(
    "form",
    [
        {"to": "https://evil.example", "path": "/"},
        {"to": "evil.example", "path": "//evil.example"},
        {"to": "logistics", "path": "https://evil.example/"},
        {"to": "subcommittee", "path": "/\\evil.example"},
        {"to": "subcommittee", "path": "/\t/evil.example"},
        {"to": "subcommittee", "path": "/x\r\nSet-Cookie: a=b"},
    ],
)
async def test_nobody_is_sent_anywhere_but_to_the_congress(services, connection, form):
    await add(connection, services.settings)
    async with browser(services) as web:
        page = await web.get(f"{UNIT}/work")
        state = parse_qs(urlsplit(page.headers["location"]).query)["state"][0]
        answer = await sign_in_at(web, f"{HERE}/sign-in", **form, state=state)
        assert answer.status_code == 303
        while answer.is_redirect:
            url = answer.url.join(answer.headers["location"])
            assert url.host in ("subcommittee.example.org", "logistics.example.org")
            answer = await web.get(url)
    assert "set-cookie: a=b" not in str(answer.headers)


async def test_who_signs_out_at_one_service_is_signed_out_at_all(services, connection):
    await add(connection, services.settings)
    async with browser(services) as web:
        await follow(web, await sign_in_at(web, f"{UNIT}/work"))
        token = web.cookies.get(cookie_name(services.settings.congress), domain="logistics.example.org")
        assert (await web.post(f"{UNIT}/sign-out", data={"csrf": "no"})).status_code == 403
        answer = await web.post(f"{UNIT}/sign-out", data={"csrf": csrf_token(token)})
        assert answer.headers["location"] == f"{HERE}/signed-out"
        assert (await web.get(f"{HERE}/work")).status_code == 303
        web.cookies.set(cookie_name(services.settings.congress), token, domain="logistics.example.org", path="/")
        assert (await web.get(f"{UNIT}/work")).status_code == 303


async def test_a_session_that_was_ended_gives_no_command_either(services, connection):
    await add(connection, services.settings)
    async with browser(services) as web:
        await follow(web, await sign_in_at(web, f"{UNIT}/work"))
        token = web.cookies.get(cookie_name(services.settings.congress), domain="logistics.example.org")
        door = services.unit.place.at_work.door
        assert (await door.commander(f"Bearer {token}")).actor == ("logistics.lead", "logistics", "lan")
        await web.post(f"{UNIT}/sign-out", data={"csrf": csrf_token(token)})
        with pytest.raises(Refused) as told:
            await door.commander(f"Bearer {token}")
        assert told.value.code == "signed_out"


async def test_signing_out_everywhere_ends_the_sessions_of_every_browser_and_lets_in_again(services, connection):
    await add(connection, services.settings)
    async with browser(services) as web, browser(services) as other:
        for each in (web, other):
            await follow(each, await sign_in_at(each, f"{UNIT}/work"))
        token = web.cookies.get(cookie_name(services.settings.congress), domain="subcommittee.example.org")
        await web.post(f"{HERE}/sign-out-everywhere", data={"csrf": csrf_token(token)})
        for each in (web, other):
            assert (await each.get(f"{UNIT}/work")).status_code == 303
            assert (await each.get(f"{HERE}/work")).status_code == 303
        assert (await follow(web, await sign_in_at(web, f"{UNIT}/work"))).text == "logistics: logistics.lead"


async def test_who_has_several_positions_chooses_and_can_switch(services, connection):
    await add(connection, services.settings, positions=("logistics.member", "subcommittee.deputy"))
    async with browser(services) as web:
        page = await follow(web, await sign_in_at(web, f"{UNIT}/work"))
        assert str(page.url) == f"{HERE}/choose-position"
        wrong = await web.post(f"{HERE}/choose-position", data={**fields(page), "position": "subcommittee.lead"})
        assert wrong.status_code == 403
        chosen = await web.post(f"{HERE}/choose-position", data={**fields(page), "position": "logistics.member"})
        assert (await follow(web, chosen)).text == "logistics: logistics.member"
        page = await web.get(f"{HERE}/choose-position")
        chosen = await web.post(f"{HERE}/choose-position", data={**fields(page), "position": "subcommittee.deputy"})
        assert (await follow(web, chosen)).text == "subcommittee: subcommittee.deputy"
        assert (await follow(web, await web.get(f"{UNIT}/work"))).text == "logistics: subcommittee.deputy"


@pytest.mark.parametrize("changed", ["the account", "nothing but the sessions"])
async def test_who_has_only_proved_who_they_are_does_so_anew_once_they_were_signed_out(services, connection, changed):
    await add(connection, services.settings, positions=("logistics.member", "subcommittee.deputy"))
    accounts, ended = (
        Accounts(connection, services.settings.congress),
        SignedOut(connection, services.settings.congress),
    )
    async with browser(services) as web:
        page = await follow(web, await sign_in_at(web, f"{UNIT}/work"))
        if changed == "the account":
            await accounts.change(await accounts.get("lan"), password=QUICK.hash("another password"))
        else:
            await ended.end_all("lan", datetime.now(UTC))
        for path in ("/choose-position", "/password"):
            assert (await follow(web, await web.get(f"{HERE}{path}"))).url.path == "/sign-in"
        late = await web.post(f"{HERE}/choose-position", data={**fields(page), "position": "logistics.member"})
        assert (await follow(web, late)).url.path == "/sign-in"
        assert cookie_name(services.settings.congress) not in web.cookies


async def test_who_takes_their_own_position_away_is_signed_out(services, connection):
    await add(connection, services.settings, "boss", ("subcommittee.lead", "subcommittee.deputy"))
    accounts = Accounts(connection, services.settings.congress)
    async with browser(services) as boss:
        page = await follow(boss, await sign_in_at(boss, f"{HERE}/work", "boss"))
        await boss.post(f"{HERE}/choose-position", data={**fields(page), "position": "subcommittee.lead"})
        csrf = {"csrf": fields(await boss.get(f"{HERE}/accounts"))["csrf"], "what": "positions"}
        for positions, status in (("subcommittee.lead", 200), ("subcommittee.deputy", 303)):
            seen = str((await accounts.get("boss")).seen)
            form = csrf | {"seen": seen, "positions": positions}
            assert (await boss.post(f"{HERE}/accounts/boss", data=form)).status_code == 303
            assert (await boss.get(f"{HERE}/accounts")).status_code == status


async def test_a_password_that_another_gave_is_changed_before_anything_else(services, connection):
    await add(connection, services.settings, must_change_password=True, positions=("logistics.lead", "security.lead"))
    async with browser(services) as web:
        page = await follow(web, await sign_in_at(web, f"{UNIT}/work"))
        assert str(page.url) == f"{HERE}/password"
        positions = await web.get(f"{HERE}/choose-position")
        skipped = await web.post(f"{HERE}/choose-position", data={**fields(positions), "position": "logistics.lead"})
        assert skipped.headers["location"] == "/password"
        new = {"password": "mật khẩu của riêng tôi", "password_again": "mật khẩu của riêng tôi"}
        for wrong in (
            {"current": "no", **new},
            {"current": PASSWORD, "password": PASSWORD, "password_again": PASSWORD},
            {"current": PASSWORD, "password": "short", "password_again": "short"},
            {"current": PASSWORD, **new, "password_again": "another one here"},
        ):
            assert (await web.post(f"{HERE}/password", data={**fields(page), **wrong})).status_code == 422
        changed = await web.post(f"{HERE}/password", data={**fields(page), "current": PASSWORD, **new})
        assert changed.headers["location"] == "/choose-position"
    async with browser(services) as web:
        assert (await sign_in_at(web, f"{UNIT}/work")).status_code == 401
        answer = await sign_in_at(web, f"{UNIT}/work", password=new["password"])
        assert answer.headers["location"] == "/choose-position"


async def test_a_disabled_account_is_out_at_its_next_page_and_its_sign_in_is_not_sent_on(services, connection):
    lead = {"account": "boss", "positions": ("subcommittee.lead",)}
    await add(connection, services.settings, **lead)
    await add(connection, services.settings)
    async with browser(services) as web, browser(services) as boss:
        await follow(web, await sign_in_at(web, f"{UNIT}/work"))
        await sign_in_at(boss, f"{HERE}/work", "boss")
        page = await boss.get(f"{HERE}/accounts")
        kept = await Accounts(connection, services.settings.congress).get("lan")
        form = {"csrf": fields(page)["csrf"], "seen": str(kept.seen), "what": "disable"}
        assert (await web.post(f"{HERE}/accounts/lan", data=form)).status_code == 403
        assert (await boss.post(f"{HERE}/accounts/lan", data=form)).status_code == 303
        assert (await follow(web, await web.get(f"{UNIT}/work"))).url.path == "/sign-in"
        assert (await boss.post(f"{HERE}/accounts/lan", data=form | {"what": "enable"})).status_code == 422


async def test_only_the_lead_of_the_subcommittee_keeps_accounts(services, connection):
    await add(connection, services.settings, "boss", ("subcommittee.lead",))
    await add(connection, services.settings, "deputy", ("subcommittee.deputy",))
    new = {"account": "minh", "name": "Trần Minh", "positions": "security.lead, leaders.first",
           "password": PASSWORD, "password_again": PASSWORD}  # fmt: skip
    async with browser(services) as boss, browser(services) as deputy:
        await sign_in_at(boss, f"{HERE}/work", "boss")
        await sign_in_at(deputy, f"{HERE}/work", "deputy")
        assert (await deputy.get(f"{HERE}/accounts")).status_code == 403
        page = await boss.get(f"{HERE}/accounts")
        assert (await boss.post(f"{HERE}/accounts", data=new)).status_code == 403
        csrf = {"csrf": fields(page)["csrf"]}
        assert (
            await boss.post(f"{HERE}/accounts", data=new | csrf | {"positions": "nobody.lead"})
        ).status_code == 422
        assert (await boss.post(f"{HERE}/accounts", data=new | csrf | {"account": "a/../b"})).status_code == 422
        assert (await boss.post(f"{HERE}/accounts", data=new | csrf)).status_code == 303
        assert (await boss.post(f"{HERE}/accounts", data=new | csrf)).status_code == 422
        shown = (await boss.get(f"{HERE}/accounts")).text
        assert "Trần Minh" in shown
        assert "argon2" not in shown
    kept = await Accounts(connection, services.settings.congress).get("minh")
    assert kept.account.must_change_password
    assert kept.account.positions == ("security.lead", "leaders.first")


async def test_the_first_account_takes_the_code_that_lies_in_the_folder(services, connection):
    await sign_in.begin(services.here.place)
    code = read_setup_code(services.settings)
    assert len(code) == 16
    path = services.settings.data_dir / "setup-code"
    assert path.stat().st_mode & 0o777 == 0o600
    form = {"account": "lan", "name": "Lan", "password": PASSWORD, "password_again": PASSWORD}
    async with browser(services) as web:
        page = await follow(web, await web.get(f"{UNIT}/work"))
        assert str(page.url) == f"{HERE}/first-account"
        for wrong in ("", "0" * 16):
            refused = await web.post(f"{HERE}/first-account", data={**fields(page), **form, "code": wrong})
            assert refused.status_code == 422
        made = await web.post(f"{HERE}/first-account", data={**fields(page), **form, "code": code.upper()})
        assert (await follow(web, made)).text == "subcommittee: subcommittee.lead"
        assert not path.exists()
        assert (await web.get(f"{HERE}/first-account")).headers["location"] == "/sign-in"
        path.write_text(code)
        late = await web.post(f"{HERE}/first-account", data={**fields(page), **form, "account": "b", "code": code})
        assert late.headers["location"] == "/sign-in"
    assert [kept.account.id for kept in await Accounts(connection, services.settings.congress).all()] == ["lan"]


async def test_of_two_first_accounts_at_once_one_is_made(services, connection):
    accounts = Accounts(connection, services.settings.congress)
    await add(connection, services.settings)
    second = Account(id="other", name="x", changed_at=datetime.now(UTC))
    with pytest.raises(Refused) as told:
        await accounts.add(second, first=True)
    assert told.value.code == "accounts_not_empty"


async def test_two_who_change_an_account_do_not_overwrite_each_other(services, connection):
    await add(connection, services.settings)
    accounts = Accounts(connection, services.settings.congress)
    first = second = await accounts.get("lan")
    await accounts.change(first, name="Lan")
    with pytest.raises(Refused) as told:
        await accounts.change(second, active=False)
    assert told.value.code == "account_changed"
    assert (await accounts.get("lan")).account.active


async def test_too_many_tries_are_refused_whether_there_is_such_an_account_or_not(services, connection):
    await add(connection, services.settings)
    statuses = {}
    for account in ("lan", "nobody"):
        async with browser(services, f"10.0.0.{len(statuses) + 2}") as web:
            page = await follow(web, await web.get(f"{UNIT}/work"))
            data = {**fields(page), "account": account, "password": "wrong one here"}
            statuses[account] = [(await web.post(f"{HERE}/sign-in", data=data)).status_code for _ in range(12)]
            last = await web.post(f"{HERE}/sign-in", data=data | {"password": PASSWORD})
            assert last.status_code == 429
            assert int(last.headers["retry-after"]) > 0
    assert statuses["lan"] == statuses["nobody"] == [401] * 10 + [429] * 2


async def test_who_is_right_takes_no_try_from_the_others_at_their_address(services, connection):
    sign_in.desk_of(services.here.place).tries.of_address = Limit(Rate(2, 3600))
    await add(connection, services.settings)
    for _ in range(4):
        async with browser(services) as web:
            assert (await sign_in_at(web, f"{HERE}/work")).status_code == 303
    async with browser(services) as web:
        tries = [(await sign_in_at(web, f"{HERE}/work", password="wrong")).status_code for _ in range(3)]
    assert tries == [401, 401, 429]


async def test_who_has_no_password_is_not_asked_for_it(services, connection):
    await add(connection, services.settings, password="", oidc_names=("4711",))
    async with browser(services) as web:
        token = token_for(services.settings, "logistics.lead", person="lan")
        web.cookies.set(cookie_name(services.settings.congress), token, domain="subcommittee.example.org", path="/")
        page = await web.get(f"{HERE}/password")
    assert 'name="current"' not in page.text
    assert "/sign-out-everywhere" in page.text


async def test_a_large_or_odd_form_is_refused_by_name(services):
    async with browser(services) as web:
        for content, kind in (
            (b"account=" + b"x" * 100_000, "application/x-www-form-urlencoded"),
            (b"&".join(b"a%d=1" % n for n in range(200)), "application/x-www-form-urlencoded"),
            (b"a=\xff", "application/x-www-form-urlencoded"),
            (b"a=%ff", "application/x-www-form-urlencoded"),
            (b"{}", "application/json"),
            (b"", ""),
        ):
            answer = await web.post(f"{HERE}/sign-in", content=content, headers={"Content-Type": kind})
            assert answer.status_code == 403
            assert "Biểu mẫu" in told(answer)


async def test_a_token_of_the_command_line_is_a_session_too_until_it_is_ended(services):
    async with browser(services) as web:
        token = token_for(services.settings, "logistics.lead")
        web.cookies.set(cookie_name(services.settings.congress), token, domain="logistics.example.org", path="/")
        assert (await web.get(f"{UNIT}/work")).text == "logistics: logistics.lead"
        await web.post(f"{UNIT}/sign-out", data={"csrf": csrf_token(token)})
        web.cookies.set(cookie_name(services.settings.congress), token, domain="logistics.example.org", path="/")
        assert (await web.get(f"{UNIT}/work")).status_code == 303


async def test_a_unit_reads_no_account_and_no_session_that_goes_to_another(services, connection, endpoints, settings):
    if not endpoints.nats_credentials:
        pytest.skip("a server without locks")
    await add(connection, settings)
    unit = services.unit.place.at_work.connection
    accounts, handed = Records(unit, accounts_bucket(settings.congress)), handed_over_bucket(settings.congress)
    for forbidden in (
        accounts.read("lan"),
        accounts.all(),
        accounts.put("lan", b"{}", 1),
        Records(unit, handed).all(),
        Records(unit, handed).put("logistics.x", b"", 0),
    ):
        with pytest.raises(Unavailable):
            await forbidden
    assert credentials_for(endpoints.nats_credentials, settings.congress, "auditor")
    async with connected_as("auditor", settings, endpoints, "tests") as auditor:
        for bucket in (accounts_bucket(settings.congress), handed):
            with pytest.raises(Unavailable):
                await Records(auditor, bucket).read("lan")
            with pytest.raises(Unavailable):
                await Records(auditor, bucket).all()


async def test_where_the_broker_does_not_say_nobody_is_let_in(services, connection, monkeypatch):
    await add(connection, services.settings)
    async with browser(services) as web:
        await follow(web, await sign_in_at(web, f"{UNIT}/work"))

        async def away(*_):
            raise Unavailable("away")

        monkeypatch.setattr(Records, "read_any", away)
        monkeypatch.setattr(Records, "read", away)
        assert (await web.get(f"{UNIT}/work")).status_code == 503
        page = await web.get(f"{HERE}/sign-in")
        assert page.status_code == 503
