"""What holds for every answer, whoever asks for whatever."""

import asyncio
import tempfile

import pytest

from shared.unit.problems import Problem
from shared.web import rendering
from shared.web.rendering import static_url
from shared.web.session import csrf_token
from tests.web.html import Html
from tests.web.pages import cookie_of, static_file

LEAD = "logistics.lead"
AT = {"at": "logistics"}
CSP = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "connect-src": ["'self'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
}
EVERYWHERE = ("unsafe-inline", "unsafe-eval", "*", "https:", "http:")
OTHER_ORIGINS = (
    "http://[",
    "http://evil.example",
    "null",
    "http://localhost.evil.example",
    "http://localhost:1",
    "https://evil",
)
OPEN_REDIRECTS = (
    "https://evil.example/",
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/%0a/evil.example\n",
    "javascript:alert(1)",
    "http:evil.example",
    "",
    "work",
    "/" + "a" * 5000,
    "/á",
)


def policy(response):
    parts = response.headers["content-security-policy"].split(";")
    return {name: values for name, *values in (part.split() for part in parts)}


async def every_kind_of_answer(probe):
    """By what it is."""
    lead = await probe.at("logistics")
    with static_file("probe.txt", b"probe"):
        return {
            "a page": await probe.get(LEAD, "/work"),
            "nobody's page": await probe.get("", "/work", **AT),
            "no such page": await probe.get(LEAD, "/nowhere"),
            "no such method": await probe.get(LEAD, "/work", method="DELETE"),
            "a page of others": await probe.get("propaganda.lead", "/work", **AT),
            "a form from elsewhere": await probe.post(LEAD, "/probe/take", {"csrf": "x"}),
            "a failure": await probe.get(LEAD, "/probe/fail"),
            "another host": await probe.get(LEAD, "/work", headers={"Host": "evil.example"}),
            "a static file": await probe.get("", static_url("probe.txt"), **AT),
            "no static file": await probe.get("", "/static/0/none.css", **AT),
            "a redirection": await probe.get("", "/language/en", **AT),
            "no language": await probe.get("", "/language/fr", **AT),
            "a command": await probe.call(LEAD, "issue-document", b"{"),
            "no command": await probe.call("", "issue-document", b"{", **AT),
            "a query": await probe.query(LEAD, "tasks"),
            "no view": await probe.query(LEAD, "nothing"),
            "health": await lead.client.get("/health"),
            "openapi": await lead.client.get("/openapi.json"),
            "no live page": await probe.get("", "/live", **AT),
        }


async def test_every_answer_guards_the_browser_it_is_for(probe, errors):
    answers = await every_kind_of_answer(probe)
    assert {response.status_code for response in answers.values()} >= {200, 303, 400, 401, 403, 404, 405, 500}
    for what, response in answers.items():
        headers = response.headers
        assert policy(response).items() >= CSP.items(), what
        for source in (source for sources in policy(response).values() for source in sources):
            assert source.strip("'") not in EVERYWHERE, what
        assert headers["x-content-type-options"] == "nosniff", what
        assert headers["referrer-policy"] == "same-origin", what
        assert headers["cross-origin-opener-policy"] == "same-origin", what
        assert headers["cross-origin-resource-policy"] == "same-origin", what
        assert "access-control-allow-origin" not in headers, what
        assert "server" not in headers, what
        kept = "public, max-age=31536000, immutable" if what == "a static file" else "no-store"
        assert headers["cache-control"] == kept, what
    assert len(errors.taken()) == 1  # of the failure


async def test_a_page_that_the_broker_does_not_answer_says_so(probe):
    response = await probe.get(LEAD, "/probe/ask")
    assert response.status_code == 503
    assert "event store did not answer" in response.text


async def test_a_failure_tells_nobody_what_failed(probe, errors):
    response = await probe.get(LEAD, "/probe/fail")
    assert response.status_code == 500
    assert "Something is wrong" in Html.of(response.text).one("main").text
    assert "12345" not in response.text
    assert "its log has the details" in Html.of(response.text).one("main").text
    assert "Traceback" not in response.text
    (logged,) = errors.taken()
    assert "the secret 12345" in logged


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8702", "127.0.0.1:9", "[::1]:80"])
async def test_a_service_answers_to_its_own_names(pages, host):
    assert (await pages.get(LEAD, "/work", headers={"Host": host})).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "localhost.evil.example", "", "localhost:x", "localhost@evil.example"]
)
async def test_a_service_answers_to_no_other_name(pages, host):
    response = await pages.get(LEAD, "/work", headers={"Host": host})
    assert response.status_code == 400
    assert host == "" or host not in response.text


# --- where one comes back to ---
@pytest.mark.parametrize("path", ["/language/en", "/theme/dark"])
@pytest.mark.parametrize("back", OPEN_REDIRECTS)
async def test_a_choice_leads_back_to_nowhere_but_here(pages, path, back):
    shown = await pages.at("logistics")
    response = await shown.client.get(path, params={"back": back})
    assert response.status_code == 303
    assert response.headers["location"] == "/"


@pytest.mark.parametrize("back", ["/work", "/tasks?q=đ&page=2", "/tasks/1-03#comments"])
async def test_a_choice_leads_back_to_where_one_was(pages, back):
    shown = await pages.at("logistics")
    response = await shown.client.get("/language/vi", params={"back": back.replace("đ", "%C4%91")})
    assert response.headers["location"] == back.replace("đ", "%C4%91")


async def test_a_choice_is_kept_in_a_cookie_that_scripts_cannot_read(pages):
    shown = await pages.at("logistics")
    for path, name, value in (("/language/en", "daihoi-lang", "en"), ("/theme/dark", "daihoi-theme", "dark")):
        cookie = cookie_of(await shown.client.get(path), name)
        assert (cookie.value, cookie["path"], cookie["httponly"], cookie["samesite"]) == (value, "/", True, "lax")
        assert not cookie["domain"]


@pytest.mark.parametrize(
    "path", ["/language/fr", "/language/", "/theme/pink", "/language/vi%0d%0aX: y", "/theme/../x"]
)
async def test_there_is_no_other_choice(pages, path):
    response = await pages.get("", path, **AT)
    assert response.status_code == 404
    assert "set-cookie" not in response.headers


@pytest.mark.parametrize(("lang", "title"), [("vi", "Việc của tôi"), ("en", "My work"), ("fr", "Việc của tôi")])
async def test_a_page_is_in_the_language_of_the_cookie_and_vietnamese_first(pages, lang, title):
    page = Html.of((await pages.get(LEAD, "/work", lang=lang)).text)
    assert page.one("html").get("lang") == ("en" if lang == "en" else "vi")
    assert title in page.one("h1").text


# --- methods ---
async def test_a_page_that_is_only_read_takes_nothing(pages):
    for method in ("POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"):
        response = await pages.get(LEAD, "/work", method=method)
        assert response.status_code == 405
        assert set(response.headers["allow"].split(", ")) == {"GET", "HEAD"}


async def test_a_command_is_not_got(pages):
    response = await pages.get(LEAD, "/commands/issue-document")
    assert response.status_code == 405
    assert response.headers["allow"] == "POST"
    assert response.headers["content-type"] == "application/problem+json"
    assert Problem.model_validate_json(response.content).status == 405


async def test_what_has_no_page_says_so_in_the_language_of_the_reader(pages):
    for lang, sentence in (("en", "There is no such page here."), ("vi", "Không có trang này")):
        response = await pages.get(LEAD, "/nowhere/at/all", lang=lang)
        assert response.status_code == 404
        assert sentence in Html.of(response.text).text


# --- forms ---
async def test_a_form_of_this_session_is_taken(probe):
    response = await probe.post(LEAD, "/probe/take", {"a": "đ"})
    assert response.status_code == 200
    assert "a=1" in response.text


@pytest.mark.parametrize("given", ["", "x", "0" * 64, "đ", "\x00"])
async def test_a_form_without_the_token_of_the_session_is_not_taken(probe, given):
    response = await probe.post(LEAD, "/probe/take", {"csrf": given})
    assert response.status_code == 403
    assert "not sent from a page of this session" in response.text


async def test_a_form_without_any_token_is_not_taken(probe):
    shown = await probe.at("logistics")
    for body in ({}, {"content": b"{}"}, {"files": {"csrf": ("csrf", b"x")}}, {"content": b"%ff%fe=%00;&&=;;"}):
        sent = {"Cookie": probe.cookies(LEAD), "Content-Type": "application/x-www-form-urlencoded"}
        if "files" in body:
            del sent["Content-Type"]
        assert (await shown.client.post("/probe/take", headers=sent, **body)).status_code == 403


async def test_a_token_of_another_session_is_not_taken(probe):
    for another in ("logistics.member", "propaganda.lead"):
        assert (await probe.post(LEAD, "/probe/take", {"csrf": probe.csrf(another)})).status_code == 403
    assert probe.csrf(LEAD) != csrf_token("")


@pytest.mark.parametrize("origin", OTHER_ORIGINS)
async def test_a_form_of_another_page_is_not_taken_whatever_it_knows(probe, origin):
    response = await probe.post(LEAD, "/probe/take", headers={"Origin": origin})
    assert response.status_code == 403


async def test_a_form_is_taken_from_a_browser_that_names_no_origin(probe):
    shown = await probe.at("logistics")
    fields = {"csrf": probe.csrf(LEAD)}
    response = await shown.client.post("/probe/take", data=fields, headers={"Cookie": probe.cookies(LEAD)})
    assert response.status_code == 200


async def test_no_page_is_posted_to_with_the_token_in_the_address(probe):
    path = f"/probe/take?csrf={probe.csrf(LEAD)}"
    assert (await probe.post(LEAD, path, {"csrf": ""})).status_code == 403


async def test_a_form_is_taken_by_who_may_and_by_nobody_else(probe):
    assert (await probe.post(LEAD, "/probe/sign")).status_code == 200
    assert (await probe.post("logistics.member", "/probe/sign")).status_code == 403
    assert (await probe.post("propaganda.lead", "/probe/sign", **AT)).status_code == 403
    assert (await probe.post("", "/probe/sign", **AT)).status_code == 303


async def test_a_form_is_bounded(probe):
    megabyte = "x" * 1024 * 1024
    for fields in (
        {"a": 2 * megabyte + "x"},
        {f"f{number}": "x" for number in range(1001)},
        {f"f{number}": megabyte for number in range(8)},
    ):
        for files in (None, {"file": ("a", b"a")}):
            response = await probe.post(LEAD, "/probe/take", fields, files=files)
            assert response.status_code in (400, 413)
            assert "send less" in response.text
    assert (await probe.post(LEAD, "/probe/take", {"a": "x" * 2000 * 1024})).status_code == 200


async def test_a_file_is_taken_where_files_are_taken_and_bounded(probe):
    most = probe.settings.most_evidence_bytes
    small, large = {"file": ("a.pdf", b"%PDF")}, {"file": ("a.pdf", bytes(most + 3 * 1024 * 1024))}
    assert "file=file of 4" in (await probe.post(LEAD, "/probe/keep", files=small)).text
    assert (await probe.post(LEAD, "/probe/keep", files=large)).status_code == 413
    assert (await probe.post(LEAD, "/probe/take", files=large)).status_code == 413


async def test_a_file_that_has_no_room_here_is_refused_by_name(probe, errors, monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))
    file = {"file": ("a.pdf", bytes(1536 * 1024))}
    refused = await probe.post(LEAD, "/probe/keep", files=file)
    assert (refused.status_code, "has no room for the file" in refused.text) == (503, True)
    assert len(errors.taken()) == 1
    monkeypatch.undo()
    assert (await probe.post(LEAD, "/probe/keep", files=file)).status_code == 200


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"no boundary"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data\r\n\r\n\r\n--x--"),
        ("multipart/form-data; boundary=x", b"--x\r\n" + b"a" * 100_000),
        (
            "multipart/form-data; boundary=x; charset=nonsense",
            b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n',
        ),
        (
            "multipart/form-data; boundary=x; charset=undefined",
            b'--x\r\nContent-Disposition: form-data; name="csrf"\r\n\r\na\r\n--x--\r\n',
        ),
        (
            "multipart/form-data; boundary=x; charset=unicode_escape",
            b'--x\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n\\ud800\r\n--x--\r\n',
        ),
        ("multipart/form-data; boundary=" + "x" * 10_000, b"--x"),
        ("application/x-www-form-urlencoded", b"\xff\xfe=\xff&%=%zz"),
        ("application/json", b'{"csrf": 1}'),
        ("nonsense", b"\x00"),
        ("", b""),
    ],
)
async def test_a_form_that_is_none_is_refused(probe, kind, body):
    shown = await probe.at("logistics")
    headers = {"Cookie": probe.cookies(LEAD), "Content-Type": kind}
    for path in ("/probe/take", "/probe/keep"):
        assert (await shown.client.post(path, content=body, headers=headers)).status_code in (400, 403)


async def test_after_a_form_the_page_is_got_and_says_what_was_done(probe):
    response = await probe.post(LEAD, "/probe/go")
    assert response.status_code == 303
    assert response.headers["location"] == "/probe/say?said=gone&done=start-task"


async def test_who_goes_away_in_the_middle_of_a_form_is_no_failure(probe):
    shown = await probe.at("logistics")
    sent = []

    async def receive():
        return {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    headers = [(b"host", b"localhost"), (b"cookie", probe.cookies(LEAD).encode())]
    headers.append((b"content-type", b"application/x-www-form-urlencoded"))
    scope = {"type": "http", "method": "POST", "path": "/probe/take", "raw_path": b"/probe/take", "query_string": b""}
    scope |= {"headers": headers, "scheme": "http", "root_path": "", "server": ("localhost", 80), "client": None}
    async with asyncio.timeout(30):
        await shown.application(scope, receive, send)


# --- what may be kept, and what must not ---
async def test_nobody_keeps_a_private_page(probe):
    for path in ("/work", "/probe/say", "/nowhere", "/openapi.json"):
        response = await probe.get(LEAD, path)
        assert response.headers["cache-control"] == "no-store"
        assert "etag" not in response.headers
        assert "last-modified" not in response.headers


async def test_a_static_file_is_kept_for_ever_under_the_name_of_its_content_alone(pages):
    with static_file("kept.txt", b"one"):
        path = static_url("kept.txt")
        first = await pages.get("", path, **AT)
        assert first.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert first.text == "one"
        kept = rendering.static_url.cache_info().currsize
        again = await pages.get("", path, headers={"If-None-Match": first.headers["etag"]}, **AT)
        assert again.status_code == 304
        assert again.headers["cache-control"] == "public, max-age=31536000, immutable"
        for name in ("%2e/kept.txt", "%2e/%2e/kept.txt", "/kept.txt"):
            odd = path.replace("kept.txt", name)
            assert (await pages.get("", odd, **AT)).headers["cache-control"] == "no-store"
        assert rendering.static_url.cache_info().currsize == kept
        other = await pages.get("", "/static/000000000000/kept.txt", **AT)
        assert other.headers["cache-control"] == "no-store"
    rendering.static_url.cache_clear()


@pytest.mark.parametrize(
    "path",
    [
        "/static/0/../server.py",
        "/static/0/%2e%2e/server.py",
        "/static/0/..%2fserver.py",
        "/static/0/%2fetc%2fpasswd",
        "/static/../../server.py",
        "/static/0/",
        "/static/0/.",
        "/static/0/%00",
        "/static/0/" + "a" * 5000,
    ],
)
async def test_nothing_else_is_static(pages, path):
    response = await pages.get("", path, **AT)
    assert response.status_code == 404
    assert "import" not in response.text


# --- who is signed in ---
async def test_nobody_sees_a_page_who_is_not_signed_in(probe):
    for path in ("/work", "/probe/say", "/probe/fail"):
        response = await probe.get("", path, **AT)
        assert response.status_code == 303
        assert response.headers["location"].split("?")[0].endswith("/sign-in")


async def test_a_session_that_is_none_is_like_none(probe):
    shown = await probe.at("logistics")
    name = probe.cookies(LEAD).split("=")[0]
    for token in ("x", "a.b.c", "đ", "\x7f" * 10, "e" * 8000, probe.token(LEAD)[:-2], '"quoted"'):
        headers = {"Cookie": f"{name}={token}".encode()}
        response = await shown.client.get("/work", headers=headers)
        assert response.status_code == 303, token
    unnamed = {"Cookie": f"daihoi={probe.token(LEAD)}", "Authorization": f"Bearer {probe.token(LEAD)}"}
    assert (await shown.client.get("/work", headers=unnamed)).status_code == 303


async def test_what_a_visitor_says_is_shown_as_text(probe):
    said = "<script>alert(1)</script>{{7*7}}\"'&lt;"
    response = await probe.get(LEAD, "/probe/say?said=%3Cscript%3Ealert(1)%3C/script%3E%7B%7B7*7%7D%7D%22%27%26lt;")
    assert "<script>alert" not in response.text
    assert said in Html.of(response.text).text
