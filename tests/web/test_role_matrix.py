"""Who may do what where, tried on the running services: over HTTP and NATS, and on every page. That every command
asks for its rank is tried in `tests/properties/test_hostile_commands.py`."""

import json
from uuid import uuid4

import pytest

from shared.domain.decider import Actor
from shared.domain.ranks import Act
from shared.eventstore.direct import read_subject
from shared.eventstore.envelope import decode
from shared.eventstore.names import service_stream
from shared.unit.roles import MAY, Role, may, role_of
from shared.values.units import SUBCOMMITTEE, services
from tests.contract.units import TASK
from tests.web.html import Html
from tests.web.routes import Route, get_routes, post_routes

EVERYBODY = (
    *(f"{unit}.{position}" for unit in services() for position in ("member", "lead-secretary", "deputy-2", "lead")),
    *("leaders.lead", "auditor.lead", "operator.lead", "nobody.lead"),
)
DOCUMENT = {"kind": "Kế hoạch", "issuer": "Tỉnh ủy", "title": {"vi": "x"}}
REVOCATION = {"what": "token", "named": "0" * 32, "since": "2020-08-14T09:00:00+07:00", "reason": "x"}


def mark():
    return f"{uuid4().int % 10**9}"


def commands_of(service):
    """One for each rank: its name, and what is sent, anew each time."""
    record = {Act.RECORD: ("issue-document", lambda: DOCUMENT | {"symbol": f"{mark()}-KH/TU"})}
    if service == SUBCOMMITTEE:
        return record | {
            Act.DECIDE: (
                "add-entry",
                lambda: {"code_list": "incident-kinds", "entry_id": f"e{mark()}", "name": {"vi": f"Loại {mark()}"}},
            ),
            Act.SIGN: ("record-revocation", lambda: REVOCATION | {"revocation_id": f"r{mark()}"}),
        }
    task = {"task_id": "ranked"}
    return record | {
        Act.DECIDE: ("instruct-task", lambda: task | {"instruction_id": f"i{mark()}", "text": "x"}),
        Act.SIGN: ("set-unit-rules", lambda: {"evidence_required": False, "reason": f"x{mark()}"}),
        Act.FOLLOW: (
            "note-instruction",
            lambda: task | {"instruction_id": f"n{mark()}", "text": "x", "given_by": "subcommittee.lead"},
        ),
    }


def one_of_each(service):
    """Of whom the table says the same at this service."""
    return list({(role_of(actor(who)), actor(who).unit == service): who for who in EVERYBODY}.values())


def actor(who):
    return Actor(who, who.partition(".")[0])


async def written(pages, service, after=0):
    """Who recorded what: each with the type of the event."""
    stream, subject = service_stream(pages.settings.congress, service), f"evt.{pages.settings.congress}.{service}.>"
    stored = [each async for each in read_subject(pages.connection, stream, subject, after)]
    return [(envelope.actor, envelope.type) for envelope in (decode(each.body) for each in stored)]


async def over_nats(pages, service, who, command, request):
    subject = f"cmd.{pages.settings.congress}.{service}.{command}"
    headers = {"Authorization": f"Bearer {pages.token(who)}"}
    reply = await pages.connection.request(subject, json.dumps(request).encode(), timeout=60, headers=headers)
    return json.loads(reply.data)


def test_everybody_has_every_role():
    assert {role_of(actor(who)) for who in EVERYBODY} == set(Role) == set(MAY)


@pytest.mark.parametrize("service", services())
async def test_a_command_is_done_for_who_may_give_it_and_for_nobody_else(pages, service):
    shown = await pages.at(service)
    if service != SUBCOMMITTEE:
        await pages.give(f"{service}.member", "open-task", TASK | {"task_id": "ranked"})
    for who in EVERYBODY:
        for act, (command, data) in commands_of(service).items():
            request = {"command_id": str(uuid4()), "data": data()}
            headers = {"Authorization": f"Bearer {pages.token(who)}"}
            response = await shown.client.post(f"/commands/{command}", json=request, headers=headers)
            what = (who, command, response.text)
            assert response.json() == await over_nats(pages, service, who, command, request), what
            if may(actor(who), act, service):
                assert response.status_code == 200, what
            else:
                expected = 409 if may(actor(who), Act.RECORD, service) else 403  # of the rank, or of the unit
                assert response.status_code == expected, what
                assert response.json()["code"] not in ("task_not_found", "unknown_command"), what
    recorders = {who for who, _ in await written(pages, service) if not who.startswith("policy.")}
    assert recorders == {who for who in EVERYBODY if may(actor(who), Act.RECORD, service)}


@pytest.mark.parametrize("service", services())
async def test_documents_and_pages_are_shown_to_who_may_read_them_and_forms_to_who_may_record(sample, service):
    shown = await sample.at(service)
    routes, own_forms = get_routes(shown), {"/sign-out", "/sign-out-everywhere"}
    assert Route("/work") in routes
    for who in one_of_each(service):
        reads, records = (may(actor(who), act, service) for act in (Act.READ, Act.RECORD))
        assert (await sample.query(who, "tasks", at=service)).status_code == (200 if reads else 403)
        for route in routes:
            response = await sample.get(who, route.address(shown.views), at=service)
            allowed = (200, 303, 404, 410) if may(actor(who), route.needs, service) else (403,)
            assert response.status_code in allowed, (who, route, response.status_code)
            if response.status_code == 403:
                assert "Chuẩn bị" not in response.text
            if reads and not records:
                forms = Html.of(response.text).all("form")
                assert {form["action"] for form in forms if form["method"] == "post"} <= own_forms, (who, route)


@pytest.mark.parametrize("service", services())
async def test_a_form_is_taken_from_who_may_record_and_from_nobody_else(sample, service):
    """Whatever comes of it for the others: it is empty."""
    shown = await sample.at(service)
    after = shown.views.sequence
    for who in one_of_each(service):
        if not may(actor(who), Act.RECORD, service):
            for route in post_routes(shown):
                response = await sample.post(who, route.address(shown.views), {}, at=service)
                assert response.status_code in (403, 404), (who, route, response.status_code)
    assert await written(sample, service, after) == []
