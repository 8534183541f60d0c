"""Signing in with a provider of OpenID Connect, and everything that a provider or somebody between may get wrong."""

import asyncio
import json
import re
import ssl
import time
from contextlib import asynccontextmanager
from types import SimpleNamespace

import httpx
import pytest
from joserfc.jwk import RSAKey
from pydantic import SecretStr

from shared.domain.decider import Refused
from shared.platform.settings import Settings
from shared.web.sign_in.accounts import Accounts
from shared.web.sign_in.oidc import KEYS_AGAIN_AFTER_S, MOST_BYTES, Oidc
from tests.certificates import Authority
from tests.contract.provider import CLIENT, ISSUER, SECRET, Provider, hmac_with_the_public_key, unsigned
from tests.contract.test_sign_in import (  # noqa: F401 - fixtures
    HERE,
    UNIT,
    add,
    browser,
    fields,
    follow,
    quick_hashes,
    services,
    sign_in_at,
    told,
)

CALLBACK = "https://subcommittee.example.org/sign-in/oidc/callback"


@pytest.fixture
def provider():
    return Provider()


def settings_for(**further):
    return Settings(oidc_issuer=ISSUER, oidc_client_id=CLIENT, oidc_client_secret=SecretStr(SECRET), **further)


@pytest.fixture
def oidc(provider):
    return Oidc(settings_for(), CALLBACK, provider.transport)


async def names_after(oidc, provider, nonce="n", verifier="v" * 43):
    back = provider.authorize(await oidc.begin("s", nonce, verifier))
    return await oidc.finish(httpx.URL(back).params["code"], nonce, verifier)


async def test_a_provider_says_by_which_names_somebody_is_known(oidc, provider):
    provider.claims = {"preferred_username": "chosen", "email": "lan@example.org", "email_verified": True}
    assert await names_after(oidc, provider) == ("4711", "lan@example.org")
    provider.claims["email_verified"] = False
    assert await names_after(oidc, provider) == ("4711",)
    by_claim = Oidc(settings_for(oidc_claim="preferred_username"), CALLBACK, provider.transport)
    assert await names_after(by_claim, provider) == ("chosen",)
    provider.claims["preferred_username"] = ["a", "list"]
    assert await names_after(by_claim, provider) == ()


async def test_what_it_says_of_itself_and_its_keys_are_remembered(oidc, provider):
    for _ in range(3):
        await names_after(oidc, provider)
    assert provider.asked == ["discovery", "keys"]


async def test_a_new_key_is_looked_for_once(oidc, provider):
    await names_after(oidc, provider)
    provider.key = RSAKey.generate_key(2048, {"kid": "two", "use": "sig"})
    with pytest.raises(Refused):
        await names_after(oidc, provider)
    oidc._keys_at -= KEYS_AGAIN_AFTER_S + 1
    assert await names_after(oidc, provider) == ("4711",)
    assert provider.asked == ["discovery", "keys", "keys"]


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"iss": "https://evil.example.org"},
        {"aud": "another client"},
        {"aud": ["another client", "third"]},
        {"aud": [CLIENT, "another client"]},
        {"aud": [CLIENT, "another client"], "azp": "another client"},
        {"azp": "another client"},
        {"exp": int(time.time()) - 3600},
        {"exp": "soon"},
        {"iat": int(time.time()) + 3600},
        {"sub": None},
    ],
    ids=str,
)
async def test_a_token_that_is_not_for_this_sign_in_is_refused(oidc, provider, claims):
    provider.claims = claims
    with pytest.raises(Refused) as told:
        await names_after(oidc, provider)
    assert told.value.code == "oidc_not_proved"


@pytest.mark.parametrize(
    "forged", ["unsigned", "shared secret", "other key", "other key, same id", "no JWT", "large"]
)
async def test_a_token_that_the_provider_has_not_signed_is_refused(oidc, provider, forged):
    provider.forge = {
        "unsigned": unsigned,
        "shared secret": lambda claims: hmac_with_the_public_key(provider, claims),
        "other key": lambda claims: provider.signed(claims, RSAKey.generate_key(2048, {"kid": "other"})),
        "other key, same id": lambda claims: provider.signed(claims, RSAKey.generate_key(2048, {"kid": "one"})),
        "no JWT": lambda claims: "a.b.c",
        "large": lambda claims: "x" * 100_000,
    }[forged]
    with pytest.raises(Refused) as told:
        await names_after(oidc, provider)
    assert told.value.code == "oidc_not_proved"


async def test_a_code_is_the_providers_own_and_comes_with_the_verifier(oidc, provider):
    back = provider.authorize(await oidc.begin("s", "n", "v" * 43))
    for code, verifier in (("made up", "v" * 43), (httpx.URL(back).params["code"], "w" * 43)):
        with pytest.raises(Refused) as told:
            await oidc.finish(code, "n", verifier)
        assert told.value.code == "oidc_refused"


class Away(httpx.AsyncBaseTransport):
    async def handle_async_request(self, request):
        raise httpx.ConnectTimeout("away")


def answering(status=200, content=b"{}"):
    return httpx.MockTransport(lambda request: httpx.Response(status, content=content))


@pytest.mark.parametrize(
    "transport",
    [Away(), answering(500), answering(302), answering(200, b"<html>"), answering(200, b"[]"), answering(),
     answering(200, b" " * (MOST_BYTES + 1))],
)  # fmt: skip
async def test_a_provider_that_is_away_or_talks_nonsense_is_told(transport):
    with pytest.raises(Refused) as told:
        await Oidc(settings_for(), CALLBACK, transport).begin("s", "n", "v" * 43)
    assert told.value.code == "oidc_provider_away"


@pytest.mark.parametrize(
    "said",
    [
        {"issuer": "https://evil.example.org"},
        {"token_endpoint": "http://id.example.org/token"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"jwks_uri": None},
        {"jwks_uri": 7},
    ],
)
async def test_a_provider_that_is_another_or_not_encrypted_is_not_used(oidc, provider, said):
    provider.said |= said
    with pytest.raises(Refused) as told:
        await oidc.begin("s", "n", "v" * 43)
    assert told.value.code == "oidc_provider_away"


@asynccontextmanager
async def encrypted(provider, pair):
    """What the provider says of itself, over TLS. Yields its address."""

    async def answer(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        said = json.dumps(provider.said).encode()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(said), said))
        await writer.drain()
        writer.close()

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*pair)
    async with await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context) as server:
        address = f"https://localhost:{server.sockets[0].getsockname()[1]}"
        provider.said = {name: value.replace(ISSUER, address) for name, value in provider.said.items()}
        yield address


async def test_an_authority_of_ones_own_vouches_for_the_provider_and_no_other_does(provider, tmp_path):
    authority, stranger = Authority(tmp_path / "own"), Authority(tmp_path / "stranger")
    async with encrypted(provider, authority.server()) as address:

        def oidc_with(ca):
            return Oidc(settings_for().model_copy(update={"oidc_issuer": address, "oidc_ca": ca}), CALLBACK)

        assert (await oidc_with(str(authority.certificate)).begin("s", "n", "v")).startswith(f"{address}/authorize?")
        for other in ("", str(stranger.certificate), str(tmp_path / "missing.pem"), str(tmp_path)):
            with pytest.raises(Refused) as told:
                await oidc_with(other).begin("s", "n", "v")
            assert told.value.code == "oidc_provider_away"


@pytest.fixture
async def at_desk(services, provider):  # noqa: F811
    """The sub-committee's service with this provider."""
    from shared.web import sign_in

    settings = services.settings.model_copy(
        update={"oidc_issuer": ISSUER, "oidc_client_id": CLIENT, "oidc_client_secret": SecretStr(SECRET)}
    )
    here = await services.run("subcommittee", settings)
    sign_in.desk_of(here.place).oidc = Oidc(settings, CALLBACK, provider.transport)
    return SimpleNamespace(here=here, unit=services.unit, settings=settings)


async def to_provider(web):
    page = await follow(web, await web.get(f"{UNIT}/work"))
    link = page.text.partition('href="/sign-in/oidc')[2].partition('"')[0].replace("&amp;", "&")
    return await web.get(f"{HERE}/sign-in/oidc{link}")


async def test_who_the_provider_knows_comes_to_the_page_asked_for(at_desk, provider, connection):
    await add(connection, at_desk.settings, password="", oidc_names=("4711",))
    async with browser(at_desk) as web:
        back = provider.authorize((await to_provider(web)).headers["location"])
        assert (await follow(web, await web.get(back))).text == "logistics: logistics.lead"
        assert (await web.get(back)).status_code == 403


@pytest.mark.parametrize("account", [{"oidc_names": ("4712",)}, {"oidc_names": ("4711",), "active": False}])
async def test_who_has_no_account_gets_none(at_desk, provider, connection, account):
    await add(connection, at_desk.settings, **account)
    async with browser(at_desk) as web:
        back = provider.authorize((await to_provider(web)).headers["location"])
        answer = await web.get(back)
        assert answer.status_code == 403
        assert "chưa được cấp tài khoản" in told(answer)
        assert (await web.get(f"{UNIT}/work")).status_code == 303


async def test_of_two_accounts_with_one_name_neither_is_meant(at_desk, provider, connection):
    for account in ("lan", "minh"):
        await add(connection, at_desk.settings, account, oidc_names=("4711",))
    async with browser(at_desk) as web:
        back = provider.authorize((await to_provider(web)).headers["location"])
        assert (await web.get(back)).status_code == 403


async def test_the_lead_gives_accounts_their_names_at_the_provider(at_desk, provider, connection):
    await add(connection, at_desk.settings, "boss", ("subcommittee.lead",))
    await add(connection, at_desk.settings, "minh", password="", oidc_names=("taken",))
    new = {"account": "lan", "name": "Nguyễn Thị Lan", "positions": "logistics.lead"}
    async with browser(at_desk) as boss, browser(at_desk) as web:
        page = await follow(boss, await sign_in_at(boss, f"{HERE}/accounts", "boss"))
        assert "sub" in page.text
        csrf = {"csrf": fields(page)["csrf"]}

        async def asked_for(path, **form):
            return await boss.post(f"{HERE}/accounts{path}", data=csrf | form)

        taken = await asked_for("", **new, oidc_names="4711, TAKEN")
        assert (taken.status_code, "minh" in told(taken)) == (422, True)
        assert (await asked_for("", **new, oidc_names="x" * 201)).status_code == 422
        assert (await asked_for("", **new)).status_code == 422, "nobody could sign in"
        assert (await asked_for("", **new, oidc_names="lan@example.org , 4712,, 4712")).status_code == 303
        accounts = Accounts(connection, at_desk.settings.congress)
        kept = await accounts.get("lan")
        assert (kept.account.oidc_names, kept.account.password) == (("lan@example.org", "4712"), None)
        seen = {"what": "oidc_names", "seen": str(kept.seen)}
        refused = await asked_for("/lan", **seen, oidc_names="4711, taken")
        assert refused.status_code == 422
        assert re.search(r'<details open>.*?value="4711, taken"', refused.text, re.S), "what was typed stays"
        assert (await asked_for("/lan", **seen, oidc_names="4711")).status_code == 303
        back = provider.authorize((await to_provider(web)).headers["location"])
        assert (await follow(web, await web.get(back))).text == "logistics: logistics.lead"


async def test_where_there_is_no_provider_nobody_is_asked_for_names_there(services, connection):  # noqa: F811
    await add(connection, services.settings, "boss", ("subcommittee.lead",))
    async with browser(services) as boss:
        page = await follow(boss, await sign_in_at(boss, f"{HERE}/accounts", "boss"))
    assert "oidc_names" not in page.text


async def test_whoever_comes_back_is_who_was_sent_there(at_desk, provider, connection):
    await add(connection, at_desk.settings, oidc_names=("4711",))
    async with browser(at_desk) as web, browser(at_desk) as other:
        back = provider.authorize((await to_provider(web)).headers["location"])
        await to_provider(other)
        url = httpx.URL(back)
        wrong = [
            url.copy_set_param("state", "another"),
            url.copy_remove_param("state"),
            url.copy_remove_param("code").copy_add_param("error", "access_denied"),
            url.copy_add_param("iss", "https://evil.example.org"),
        ]
        assert (await other.get(back)).status_code == 403
        for each in wrong:
            answer = await web.get(each)
            assert answer.status_code == 403, each
        assert (await web.get(f"{UNIT}/work")).status_code == 303


async def test_while_the_provider_is_away_the_page_says_so(at_desk, connection):
    from shared.web import sign_in

    await add(connection, at_desk.settings)
    sign_in.desk_of(at_desk.here.place).oidc = Oidc(at_desk.settings, CALLBACK, Away())
    async with browser(at_desk) as web:
        answer = await to_provider(web)
        assert answer.status_code == 503
        assert "hiện không trả lời" in told(answer)
