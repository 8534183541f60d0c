"""The HTTP interface of a service answers as the service does over NATS, and gives nobody more than is theirs."""

import json
from uuid import uuid4

import pytest

from shared.reports.masking import MASK
from shared.unit.problems import Problem
from shared.web import api
from tests.contract.test_faces import BAD, authorizations
from tests.contract.units import TASK, opening

UNIT, LEAD = "logistics", "logistics.lead"
PROBLEM = "application/problem+json"


async def over_nats(pages, command, body, authorization):
    headers = {"Authorization": authorization} if authorization else None
    subject = f"cmd.{pages.settings.congress}.{UNIT}.{command}"
    return json.loads((await pages.connection.request(subject, body, timeout=60, headers=headers)).data)


async def over_http(pages, command, body, authorization):
    headers = {"Authorization": authorization} if authorization else {}
    return await (await pages.at(UNIT)).client.post(f"/commands/{command}", content=body, headers=headers)


@pytest.fixture
def headers(pages, tmp_path):
    return authorizations(pages.settings, UNIT, "security", tmp_path)


# --- commands ---
@pytest.mark.parametrize("what", BAD)
async def test_a_bad_request_is_answered_as_over_nats(pages, headers, what):
    bad = BAD[what]
    request = {"command_id": str(uuid4()), "data": opening("Một")["document"][1]}
    body = bad.body if isinstance(bad.body, bytes) else bad.body(request)
    response = await over_http(pages, bad.command, body, headers[bad.token])
    assert response.status_code == bad.status
    assert response.headers["content-type"] == PROBLEM
    assert response.json() == await over_nats(pages, bad.command, body, headers[bad.token])
    assert response.json()["detail_vi"] != response.json()["detail"]
    assert ("www-authenticate" in response.headers) == (bad.status == 401)


async def test_a_good_command_is_answered_as_over_nats_and_done_once(pages, headers):
    body = json.dumps({"command_id": str(uuid4()), "data": TASK | {"task_id": "same"}}).encode()
    response = await over_http(pages, "open-task", body, headers["good"])
    assert (response.status_code, response.headers["content-type"]) == (200, "application/json")
    again = await over_http(pages, "open-task", body, headers["good"])
    assert response.json() == again.json() == await over_nats(pages, "open-task", body, headers["good"])
    assert len(response.json()["events"]) >= 1


async def test_a_rules_refusal_is_a_problem_with_its_status(pages, headers):
    for status, command, data in (
        (409, "open-task", TASK | {"task_id": "same", "planned_vnd": 7}),
        (404, "start-task", {"task_id": "none"}),
        (404, "fly-away", {}),
    ):
        body = json.dumps({"command_id": str(uuid4()), "data": data}).encode()
        await over_http(pages, "open-task", json.dumps(with_id(TASK | {"task_id": "same"})).encode(), headers["good"])
        response = await over_http(pages, command, body, headers["good"])
        assert response.status_code == status, response.text
        assert response.json() == await over_nats(pages, command, body, headers["good"])
        assert Problem.model_validate_json(response.content).status == status


def with_id(data):
    return {"command_id": str(uuid4()), "data": data}


async def test_a_command_is_seen_by_who_asks_next(pages):
    answer = await pages.call(LEAD, "open-task", TASK | {"task_id": "seen"})
    assert answer.status_code == 200
    documents = (await pages.query(LEAD, "tasks")).json()["documents"]
    assert "logistics/seen" in {document["_id"] for document in documents}


@pytest.mark.parametrize("size", [api.COMMAND_BYTES + 1, 2 * 1024 * 1024, 20 * 1024 * 1024])
async def test_a_command_is_bounded(pages, size):
    response = await pages.call(LEAD, "open-task", b" " * size)
    assert response.status_code == 413
    assert response.headers["content-type"] == PROBLEM
    assert Problem.model_validate_json(response.content).code == "too_large"


async def test_who_may_not_speak_is_not_read(pages):
    """Whoever has no token has the service neither keep nor parse what they send."""
    parts = 0

    async def endless():
        nonlocal parts
        while True:
            parts += 1
            yield b" " * 65536

    shown = await pages.at(UNIT)
    response = await shown.client.post("/commands/open-task", content=endless())
    assert response.status_code == 401
    assert parts < 40


@pytest.mark.parametrize("name", ["a%00b", "*", ">", "%F0%9F%92%A9", "a" * 4000, "open-task%0a", "x/y"])
async def test_a_command_that_can_be_none_is_unknown(pages, name):
    shown = await pages.at(UNIT)
    headers = {"Authorization": f"Bearer {pages.token(LEAD)}"}
    response = await shown.client.post(f"/commands/{name}", json=with_id({}), headers=headers)
    assert response.status_code in (404, 405)
    assert len(response.text) < 5000
    if response.status_code == 404:
        assert response.json()["code"] in ("unknown_command", "no_such_page")


@pytest.mark.parametrize(
    "kind", ["text/plain", "multipart/form-data; boundary=x", "", "application/json; charset=utf-7"]
)
async def test_what_a_command_is_said_to_be_counts_for_nothing(pages, kind):
    body = json.dumps(with_id(TASK | {"task_id": f"kind-{uuid4().hex[:8]}"})).encode()
    response = await pages.call(LEAD, "open-task", body, headers={"Content-Type": kind})
    assert response.status_code == 200


async def test_a_cookie_gives_no_command(pages):
    """What browsers send along by themselves opens nothing that is for programs."""
    shown = await pages.at(UNIT)
    cookies = {"Cookie": pages.cookies(LEAD)}
    assert (await shown.client.post("/commands/open-task", json=with_id(TASK), headers=cookies)).status_code == 401
    assert (await shown.client.get("/queries/tasks", headers=cookies)).status_code == 401


# --- documents ---
async def all_of(pages, who, view, *, at="", limit=3):
    """Every document of a view, page by page."""
    documents, after = [], None
    while True:
        params = {"limit": str(limit)} | ({"after": after} if after else {})
        response = await pages.query(who, view, at=at, **params)
        assert response.status_code == 200, response.text
        body = response.json()
        assert len(body["documents"]) <= limit
        documents += body["documents"]
        if (after := body["after"]) is None:
            return documents


@pytest.mark.parametrize("service", ["subcommittee", "logistics", "security"])
async def test_the_documents_of_every_view_come_page_by_page_each_once(sample, service):
    shown = await sample.at(service)
    who = "auditor.office" if service == "subcommittee" else f"{service}.lead"
    for view in shown.views.view_names:
        documents = await all_of(sample, who, view, at=service, limit=60)
        expected = {str(document["_id"]): document for document in shown.views.documents(view)}
        assert [str(document["_id"]) for document in documents] == sorted(expected)


async def test_what_may_be_read_of_it_is_all_of_it(sample):
    shown = await sample.at("security")
    (incident,) = await all_of(sample, "security.lead", "incidents")
    assert incident == json.loads(json.dumps(shown.views.documents("incidents")[0]))
    assert MASK not in json.dumps(incident, ensure_ascii=False)


READERS = (
    ("subcommittee.lead", "security"),
    ("subcommittee.lead", "subcommittee"),
    ("subcommittee.member", "subcommittee"),
    ("leaders.a", "security"),
    ("leaders.a", "subcommittee"),
)


@pytest.mark.parametrize(("who", "at"), READERS)
async def test_what_an_incident_was_is_masked_for_who_is_not_of_security(sample, who, at):
    (plain,) = await all_of(sample, "security.lead", "incidents")
    (masked,) = await all_of(sample, who, "incidents", at=at)
    assert set(masked["restricted"].values()) <= {MASK, None}
    assert MASK in masked["restricted"].values()
    assert masked | {"restricted": plain["restricted"]} == plain
    (audited,) = await all_of(sample, "auditor.office", "incidents", at=at)
    assert audited == plain


PLACE = {"organisation_id": "reached", "kind": "agency", "name": {"vi": "Sở Y tế"}, "positions": ["Giám đốc"]}
HELD = {"organisation_id": "reached", "position": "Giám đốc", "person": "Ông A", "since": "2020-01-01"}


@pytest.mark.parametrize(
    ("who", "at", "reads"),
    [
        ("leaders.a", "subcommittee", False),
        ("leaders.a", UNIT, False),
        (LEAD, UNIT, False),
        ("security.member", "security", True),
        ("subcommittee.member", "subcommittee", True),
        ("subcommittee.lead", UNIT, False),
        ("auditor.office", UNIT, True),
    ],
)
async def test_where_people_can_be_reached_is_told_to_few(pages, who, at, reads):
    office = "subcommittee.lead"
    if not (await pages.at("subcommittee")).views.document("organisations", "reached"):
        await pages.give(office, "register-organisations", {"entries": [PLACE]})
        await pages.give(office, "hold-position", HELD | {"contact": "0912 345 678"})
    await pages.at(at)
    await pages.settled()
    (organisation,) = await all_of(pages, who, "organisations", at=at)
    assert [holder["contact"] for holder in organisation["holders"]] == ["0912 345 678" if reads else MASK]


@pytest.mark.parametrize("who", ["propaganda.lead", "security.member", "operator.a", "nobody.x"])
async def test_nobody_reads_what_another_unit_keeps(pages, who):
    response = await pages.query(who, "tasks", at=UNIT)
    assert (response.status_code, response.json()["code"]) == (403, "not_yours_to_read")
    assert response.headers["content-type"] == PROBLEM


async def test_nobody_reads_without_a_token(pages, headers):
    shown = await pages.at(UNIT)
    for name, authorization in headers.items():
        if name in ("good", "stranger"):
            continue
        sent = {"Authorization": authorization} if authorization else {}
        response = await shown.client.get("/queries/tasks", headers=sent)
        assert response.status_code == 401, name
        assert response.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("view", ["none", "parked", "%00", "tasks%2f..", "{{7*7}}", "a" * 3000, "TASKS", "_views"])
async def test_there_is_no_other_view(pages, view):
    shown = await pages.at(UNIT)
    response = await shown.client.get(f"/queries/{view}", headers={"Authorization": f"Bearer {pages.token(LEAD)}"})
    assert response.status_code == 404
    assert response.headers["content-type"] == PROBLEM
    assert len(response.text) < 1500


@pytest.mark.parametrize(
    "after", ["\x00", "../x", "a" * 201, "$gt", '{"$gt": ""}', "a b", "a//b", "/a", "a/", "đ", "a\n", "\ud83d", "*"]
)
async def test_a_tampered_cursor_is_refused_by_name(pages, after):
    shown = await pages.at(UNIT)
    query = "after=" + "".join(f"%{byte:02x}" for byte in after.encode("utf-8", "surrogatepass"))
    headers = {"Authorization": f"Bearer {pages.token(LEAD)}"}
    response = await shown.client.get(f"/queries/tasks?{query}", headers=headers)
    assert (response.status_code, response.json()["code"]) == (422, "bad_cursor")


@pytest.mark.parametrize("limit", ["0", "-1", "1001", "1e3", "٣", "", "1.0", " 1", "9" * 500, "NaN"])
async def test_a_tampered_limit_is_refused_by_name(pages, limit):
    response = await pages.query(LEAD, "tasks", limit=limit)
    assert (response.status_code, response.json()["code"]) == (422, "bad_cursor")


async def test_a_cursor_of_another_view_or_beyond_the_end_reads_no_more_than_its_own(sample):
    for after in ("zzz", "security/zzz", "0"):
        documents = (await sample.query(LEAD, "tasks", after=after)).json()["documents"]
        assert all(document["_id"] > after for document in documents)
        assert {document["unit"] for document in documents} <= {UNIT}


# --- what it is ---
async def test_health_is_told_without_a_token_and_says_no_more_than_over_nats(pages):
    shown = await pages.at(UNIT)
    response = await shown.client.get("/health")
    assert response.status_code == 200
    over_nats = await pages.client.health(UNIT)
    assert response.json().keys() == json.loads(over_nats.model_dump_json()).keys()
    assert response.json()["ready"] is True
