"""Each service as it runs, met the way others meet it: over NATS, with a token."""

import asyncio
import json
import runpy
import subprocess
import sys
from collections.abc import Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID, uuid4, uuid5

import jwt
import pytest
from msgspec import UNSET

from daihoi.cli.asyncapi import document_of
from daihoi.ops.charters import service_named
from daihoi.ops.supervisor import all_services
from shared.domain.decider import Actor
from shared.eventstore.direct import read_subject
from shared.eventstore.envelope import decode, event_id
from shared.eventstore.jetstream_api import js_api
from shared.eventstore.names import ledger_stream, service_stream
from shared.eventstore.streams import stream_configs
from shared.unit.client import CommandClient
from shared.unit.consumer import consumer_name
from shared.unit.issuer import issuer_public_key, make_issuer_keys
from shared.unit.patience import Patience
from shared.unit.problems import ProblemError
from shared.unit.tokens import TokenVerifier, mint_token
from shared.values.units import services, support_unit_ids
from tests.conftest import token_for
from tests.contract.units import HALL, LOCALITY, NEEDS, SERVICE_AGGREGATES, TASK, item, opening, published

TIMEOUT_S = 120
UNITS = [*support_unit_ids()]
HOUR = timedelta(hours=1)


@pytest.fixture
def serving(connection, settings, monkeypatch):
    """Runs services for the length of a block: the very applications that `services/*/main.py` compose."""
    for name in ("congress", "nats_url", "mongo_url", "data_dir"):
        monkeypatch.setenv(f"DAIHOI_{name.upper()}", str(getattr(settings, name)))

    @asynccontextmanager
    async def run(service, *others):
        app = runpy.run_module(f"services.{service}.main")["app"]
        async with app.lifespan_context(), app:
            await until_ready(service)
            if not others:
                yield
                return
            async with run(*others):
                yield

    async def until_ready(service):
        async with asyncio.timeout(TIMEOUT_S):
            while not (await CommandClient(connection, settings.congress).health(service)).ready:
                await asyncio.sleep(0.01)

    return run


@pytest.fixture
def face(connection, settings, ledger):
    return Face(connection, settings, ledger)


class Face:
    """What the world sees of the services."""

    def __init__(self, connection, settings, ledger):
        self.connection, self.settings, self.ledger = connection, settings, ledger
        self.client = CommandClient(connection, settings.congress, Patience(0))

    async def ask(self, service, command, body, authorization):
        headers = {"Authorization": authorization} if authorization else None
        subject = f"cmd.{self.settings.congress}.{service}.{command}"
        return json.loads((await self.connection.request(subject, body, timeout=5, headers=headers)).data)

    async def send(self, service, command, data, by="officer", person=""):
        token = token_for(self.settings, f"{service}.{by}", person=person)
        return await self.client.send(service, command, data, token=token, command_id=uuid4())

    async def begin(self, service, entity):
        """Does what has to come before an `entity` can begin."""
        if entity in NEEDS:
            await self.send(service, *NEEDS[entity])

    async def written(self) -> int:
        """How many events all streams hold together, without their copies in the ledger."""
        names = [config["name"] for config in stream_configs(self.settings.congress)[:-1]]
        infos = [await js_api(self.connection, f"STREAM.INFO.{name}", {}) for name in names]
        return sum(info["state"]["messages"] for info in infos)

    async def history(self, service):
        """The envelopes of a service's events, once the ledger has all there are."""
        async with asyncio.timeout(TIMEOUT_S):
            while await self.ledger.last_sequence() < await self.written():
                await asyncio.sleep(0.01)
        envelopes = [decode(stored.body) async for page in self.ledger.read() for stored in page]
        return [envelope for envelope in envelopes if envelope.source == service]

    async def policies_are_done(self, unit):
        """Waits until the unit's policies have acknowledged everything that the ledger holds for them. A consumer
        that was only just made says that nothing is pending, so what was delivered is counted too."""
        await self.history(unit)
        subjects = [stored.subject async for page in self.ledger.read() for stored in page]
        concerning = [subject for subject in subjects if self._is_read_by(unit, subject)]
        async with asyncio.timeout(TIMEOUT_S):
            while True:
                info = await js_api(self.connection, f"CONSUMER.INFO.{self._consumer(unit)}", {})
                delivered = info["delivered"]["consumer_seq"] if "error" not in info else -1
                if delivered >= len(concerning) and info["num_pending"] == info["num_ack_pending"] == 0:
                    return delivered
                await asyncio.sleep(0.01)

    @staticmethod
    def _is_read_by(unit, subject):
        return any(policy.reads_from(subject) for policy in service_named(unit).policies)

    async def forget_policies(self, unit):
        """Everything will be delivered again, from the beginning."""
        assert (await js_api(self.connection, f"CONSUMER.DELETE.{self._consumer(unit)}", {}))["success"]

    def _consumer(self, unit):
        return f"{ledger_stream(self.settings.congress)}.{consumer_name(unit)}"


# --- requests that are turned down ---
class Bad(NamedTuple):
    code: str
    status: int
    detail: str
    detail_vi: str
    body: Callable[[dict], bytes] | bytes = lambda request: json.dumps(request).encode()
    command: str = "issue-document"
    token: str = "good"
    fields: tuple[str, ...] = ()


def changed(**changes):
    return lambda request: json.dumps(request | changes).encode()


def with_data(**changes):
    return lambda request: json.dumps(request | {"data": request["data"] | changes}).encode()


def nested(depth):
    return [nested(depth - 1)] if depth else []


BAD_JSON = ("bad_json", 400, "The request is not JSON:", "Yêu cầu không đúng định dạng JSON:")
INVALID = ("invalid_input", 422, "The request does not fit the command:", "Yêu cầu không phù hợp với lệnh:")
MISSING = ("missing_token", 401, "A bearer token is required.", "Phải có mã xác thực.")
FOREIGN = ("invalid_token", 401, "The bearer token was signed with the key", "Mã xác thực được ký bằng khóa")
FORGED = ("invalid_token", 401, "The bearer token is not valid:", "Mã xác thực không hợp lệ:")
MISSING_DOCUMENT = ("document_not_found", 404, "There is no document no-1.", "Không có văn bản no-1")
WITHDRAWAL = {"document_id": "no-1", "reason": "Hết hiệu lực"}
BAD = {
    "half a JSON": Bad(*BAD_JSON, body=b'{"command_id":'),
    "nothing": Bad(*BAD_JSON, body=b""),
    "no UTF-8": Bad(*BAD_JSON, body=b"\xff\xfe"),
    "no object": Bad(*INVALID, body=b"[]", fields=("request",)),
    "an empty object": Bad(*INVALID, body=b"{}", fields=("command_id", "data")),
    "a field too many": Bad(*INVALID, body=changed(force=True), fields=("force",)),
    "a day without a zone": Bad(*INVALID, body=changed(happened="2020-08-17T09:00:00"), fields=("happened",)),
    "data with a field too many": Bad(*INVALID, body=with_data(secret=1), fields=("secret",)),
    "a field too many inside": Bad(*INVALID, body=with_data(title={"vi": "x", "fr": "x"}), fields=("title.fr",)),
    "the future": Bad(
        "happened_in_future",
        422,
        "Nothing",
        "Không thể ghi nhận việc chưa diễn ra",
        body=changed(happened="2999-01-01T00:00Z"),
    ),
    "an unknown command": Bad(
        "unknown_command", 404, "{service} knows no", "Dịch vụ {service} không có lệnh", command="burn-document"
    ),
    "a document that is not on file": Bad(
        *MISSING_DOCUMENT, body=changed(data=WITHDRAWAL), command="withdraw-document"
    ),
    "no token": Bad(*MISSING, token="none"),
    "another scheme": Bad(*MISSING, token="basic"),
    "a malformed token": Bad(*FORGED, token="malformed"),
    "a token signed by another": Bad(*FOREIGN, token="forged"),
    "a token nobody signed": Bad(*FORGED, token="unsigned"),
    "a token for another congress": Bad(*FORGED, token="elsewhere"),
    "an old token": Bad(
        "expired_token", 401, "The bearer token has expired.", "Mã xác thực đã hết hạn.", token="expired"
    ),
    "a token of another unit": Bad(
        "wrong_unit",
        403,
        "{service} takes commands from its own unit alone",
        "Dịch vụ {service} chỉ nhận lệnh của bộ phận mình",
        token="stranger",
    ),
    "text that turns around": Bad(*INVALID, body=with_data(issuer="Tỉnh \u202eủy"), fields=("issuer",)),
    "an unseen letter": Bad(*INVALID, body=with_data(title={"vi": "Kế\x00hoạch"}), fields=("title.vi",)),
    "nothing to see": Bad(*INVALID, body=with_data(basis=["76-KH/TU", "\u200b\u200d"]), fields=("basis.1",)),
    "half an emoji": Bad(*BAD_JSON, body=with_data(issuer="\ud83d")),
    "a number of 65 bits": Bad(*INVALID, body=with_data(issuer=2**64), fields=("issuer",)),
    "a number that is none": Bad(*BAD_JSON, body=with_data(issuer=float("nan"))),
    "lists in lists": Bad(*INVALID, body=with_data(basis=nested(100)), fields=(".".join(["basis", *["0"] * 32]),)),
    "brackets without end": Bad(*BAD_JSON, body=b"[" * 60_000),
    "a number for a day": Bad(*INVALID, body=with_data(issued_on=0), fields=("issued_on",)),
    "a day at the end of the calendar": Bad(*INVALID, body=with_data(issued_on="9999-12-31"), fields=("issued_on",)),
    "a number of paper beyond 64 bits": Bad(
        "document_number_too_long",
        409,
        "The number of a document has at most 9 digits",
        "Số văn bản có nhiều nhất 9 chữ số",
        body=with_data(symbol="20201014000000000001/QĐ-UBND"),
    ),
}


def authorizations(settings, service, other, folder):
    """The `Authorization` header under each name that `BAD` uses."""
    make_issuer_keys(folder / "forger.key", folder / "forger.pub")
    private, forger = settings.issuer_private_key_path.read_bytes(), (folder / "forger.key").read_bytes()
    lead, now = Actor(f"{service}.lead", service), datetime.now(UTC)
    good = token_for(settings, lead.id)
    claims = jwt.decode(good, options={"verify_signature": False})
    tokens = {
        "good": good,
        "malformed": "not.a.token",
        "forged": mint_token(forger, settings.congress, lead, now, HOUR),
        "unsigned": jwt.encode(claims, None, algorithm="none"),
        "elsewhere": mint_token(private, "another-congress", lead, now, HOUR),
        "expired": mint_token(private, settings.congress, lead, now - 2 * HOUR, HOUR),
        "stranger": token_for(settings, f"{other}.lead"),
    }
    return {"none": None, "basic": "Basic bGVhZDpsZWFk"} | {name: f"Bearer {t}" for name, t in tokens.items()}


@pytest.mark.parametrize("service", services())
async def test_a_bad_request_gets_a_problem_in_both_languages_and_writes_nothing(face, serving, service, tmp_path):
    other = next(name for name in services() if name != service)
    headers = authorizations(face.settings, service, other, tmp_path)
    async with serving(service):
        for what, bad in BAD.items():
            request = {"command_id": str(uuid4()), "data": opening("Một")["document"][1]}
            body = bad.body if isinstance(bad.body, bytes) else bad.body(request)
            problem = await face.ask(service, bad.command, body, headers[bad.token])
            told = (what, problem["code"], problem["status"], problem["type"])
            assert told == (what, bad.code, bad.status, f"urn:daihoi:problem:{bad.code}")
            assert problem["detail"].startswith(bad.detail.format(service=service, other=other)), what
            assert problem["detail_vi"].startswith(bad.detail_vi.format(service=service, other=other)), what
            assert {error["field"] for error in problem.get("errors", ())} == set(bad.fields), what
        assert await face.written() == await face.ledger.last_sequence() == 0


@pytest.mark.parametrize("service", services())
async def test_a_service_knows_the_commands_of_its_own_aggregates_and_no_others(face, serving, service):
    every = {command.NAME: set() for each in SERVICE_AGGREGATES.values() for a in each for command in a.commands}
    of_the_service = [aggregate for aggregate in SERVICE_AGGREGATES[service] if not aggregate.internal]
    own = {command.NAME for aggregate in of_the_service for command in aggregate.commands}
    answered = {"invalid_input": set(), "unknown_command": set()}
    async with serving(service):
        for name in [*every, "record-policy-refusal"]:
            with pytest.raises(ProblemError) as raised:
                await face.send(service, name, {})
            answered[raised.value.problem.code].add(name)
    assert answered == {"invalid_input": own, "unknown_command": {*every, "record-policy-refusal"} - own}


@pytest.mark.parametrize("service", services())
async def test_a_rules_refusal_is_a_problem_and_writes_nothing(face, serving, service):
    entity = SERVICE_AGGREGATES[service][-1].entity
    async with serving(service):
        await face.begin(service, entity)
        await face.send(service, *opening("Một")[entity][:2])
        before = await face.written()
        command, data, code = opening("Hai")[entity]
        with pytest.raises(ProblemError) as raised:
            await face.send(service, command, data)
        problem = raised.value.problem
        assert (problem.code, problem.status, problem.type) == (code, 409, f"urn:daihoi:problem:{code}")
        assert problem.detail_vi != problem.detail
        assert await face.written() == before


async def test_a_history_that_can_t_be_read_is_the_services_own_fault_and_is_not_added_to(face, serving, congress):
    async with serving("logistics"):
        subject = f"evt.{congress}.logistics.task.1-03"
        await face.connection.jetstream().publish(subject, b"garbage")
        with pytest.raises(ProblemError) as raised:
            await face.send("logistics", "open-task", TASK)
        assert (raised.value.problem.code, raised.value.problem.status) == ("unreadable_history", 500)
        stored = read_subject(face.connection, service_stream(congress, "logistics"), subject)
        assert [each.body async for each in stored] == [b"garbage"]


# --- requests that are granted ---
@pytest.mark.parametrize("service", services())
async def test_a_good_command_is_answered_with_its_events_and_their_sequence(face, serving, service, congress):
    entity = SERVICE_AGGREGATES[service][-1].entity
    command, data, _ = opening("Một")[entity]
    async with serving(service):
        await face.begin(service, entity)
        begun = await face.written()
        answer = await face.send(service, command, data)
    history = (await face.history(service))[begun:]
    assert [(each.id, each.type, each.entity_id) for each in answer.events] == [
        (UUID(envelope.id), envelope.type, envelope.subject) for envelope in history
    ]
    state = (await js_api(face.connection, f"STREAM.INFO.{service_stream(congress, service)}", {}))["state"]
    assert answer.sequence == answer.events[-1].sequence == state["last_seq"]
    assert {envelope.actor for envelope in history} == {f"{service}.officer"}


@pytest.mark.parametrize("service", services())
async def test_a_service_is_ready_while_it_runs_and_missed_when_it_does_not(face, serving, service):
    async with serving(service):
        health = await face.client.health(service)
        verifier = TokenVerifier(issuer_public_key(face.settings), "", "")
        detail = {"instance": face.settings.instance_name, "ledger_sequence": 0, "key_id": verifier.key_id}
        assert (health.ready, health.reasons, health.detail) == (True, (), detail)
    assert not (await face.client.health(service)).ready
    with pytest.raises(ProblemError) as raised:
        await face.send(service, "issue-document", opening("Một")["document"][1])
    assert (raised.value.problem.code, raised.value.problem.status) == ("service_not_running", 503)


@pytest.mark.parametrize("service", all_services())
async def test_a_running_service_says_what_it_speaks(face, serving, service):
    async with serving(service):
        assert await face.client.asyncapi(service) == document_of(service)
    with pytest.raises(ProblemError) as raised:
        await face.client.asyncapi(service)
    assert raised.value.problem.code == "service_not_running"


async def test_the_command_line_asks_a_running_service_what_it_speaks(face, serving):
    command = (sys.executable, "-m", "daihoi", "asyncapi", "logistics", "--live")
    async with serving("logistics"):
        asking = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
        told, _ = await asyncio.wait_for(asking.communicate(), TIMEOUT_S)
    assert (asking.returncode, told) == (0, document_of("logistics"))


# --- the policy: an item assigned to a unit opens as a task there ---
HANDED_OUT = {"propaganda": ["1.01", "1.02"], "logistics": ["2.01", "2.02"], "security": ["3.01"]}


async def hand_out(face):
    items = [item(code, unit) for unit, codes in HANDED_OUT.items() for code in codes]
    await face.send("subcommittee", "publish-catalogue", published(*items, item("9.99")))
    for unit, codes in HANDED_OUT.items():
        item_ids = [code.replace(".", "-") for code in codes]
        data = {"unit": unit, "item_ids": item_ids}
        await face.send("subcommittee", "assign-items", data, by="chair", person="nguyen-van-a")


async def assert_each_item_opened_once(face):
    assigned = {
        event.subject: event for event in await face.history("subcommittee") if event.type.endswith("assigned.v1")
    }
    for unit, codes in HANDED_OUT.items():
        opened = await face.history(unit)
        assert [event.data["catalogue_item"] for event in opened] == [code.replace(".", "-") for code in codes]
        for event in opened:
            cause = assigned[event.subject]
            command_id = uuid5(UUID(cause.id), f"{unit}/open-assigned-items/0")
            assert UUID(event.id) == event_id(command_id, "task", event.subject, 0)
            assert event.type == "vn.daihoi.task.opened.v1"
            assert event.actor == "policy.open-assigned-items"
            assert (cause.actor, cause.person, event.person) == ("subcommittee.chair", "nguyen-van-a", UNSET)
            assert (event.causationid, event.correlationid, event.time) == (cause.id, cause.correlationid, cause.time)
            assert event.data["title"] == cause.data["item"]["title"]


async def test_every_assigned_item_opens_one_task_in_its_unit_however_often_it_is_told(face, serving):
    async with serving("subcommittee", *UNITS):
        await hand_out(face)
        for unit in UNITS:
            await face.policies_are_done(unit)
    await assert_each_item_opened_once(face)
    for unit in UNITS:
        await face.forget_policies(unit)
    async with serving(*UNITS):
        for unit in UNITS:
            assert await face.policies_are_done(unit) >= 5 + 6, "not everything was delivered again"
    await assert_each_item_opened_once(face)


async def test_items_assigned_while_a_unit_is_stopped_open_when_it_is_back(face, serving):
    async with serving("subcommittee", "logistics"):
        await face.policies_are_done("logistics")
    async with serving("subcommittee"):
        await hand_out(face)
    assert await face.history("logistics") == []
    async with serving(*UNITS):
        for unit in UNITS:
            await face.policies_are_done(unit)
    await assert_each_item_opened_once(face)


async def test_a_task_that_a_rule_will_not_open_is_put_on_record_once_and_the_next_one_opens(face, serving):
    async with serving("subcommittee", "logistics"):
        await face.send("logistics", "open-task", TASK | {"task_id": "2-01", "planned_vnd": 7})
        await hand_out(face)
        await face.policies_are_done("logistics")
    await face.forget_policies("logistics")
    async with serving("logistics"):
        await face.policies_are_done("logistics")
    _, refused, opened = await face.history("logistics")
    cause = next(
        event
        for event in await face.history("subcommittee")
        if event.subject == "2-01" and event.type.endswith("assigned.v1")
    )
    assert (refused.type, refused.actor) == ("vn.daihoi.policy.refused.v1", "policy.open-assigned-items")
    assert (refused.causationid, refused.subject) == (cause.id, cause.id)
    assert (refused.data["command"], refused.data["code"]) == ("open-task", "task_already_open")
    assert "2-01" in refused.data["detail"]
    assert (opened.type, opened.subject) == ("vn.daihoi.task.opened.v1", "2-02")


# --- the policy: a duty handed out to a unit opens there as a task in charge of the locality ---
DUTIES = "open-handed-out-duties"
PHASES = [{"phase": "before", "deadline": "2099-09-20"}, {"phase": "after"}]
DUTY = {"duty": "sanitation", "phases": PHASES, "localities": ["giao-thuy", "y-yen"], "planned_vnd": 5}


async def register(face):
    entries = [LOCALITY, LOCALITY | {"organisation_id": "y-yen", "name": {"vi": "Huyện Ý Yên"}}]
    await face.send("subcommittee", "register-organisations", {"entries": entries})


async def test_a_duty_handed_out_opens_one_task_for_each_locality_and_phase_assigned_and_dated(face, serving):
    async with serving("subcommittee", *UNITS):
        await register(face)
        order = {"directive_id": "d3", "kind": "work", "text": {"vi": "Vệ sinh"}, "units": ["logistics"]}
        await face.send("subcommittee", "issue-directive", order)
        await face.send("subcommittee", "hand-out-duty", DUTY | {"unit": "logistics", "directive_id": "d3"})
        await face.send("subcommittee", "hand-out-duty", DUTY | {"unit": "security", "duty": "emulation"})
        for unit in UNITS:
            await face.policies_are_done(unit)
    assert await face.history("propaganda") == []
    assert {event.subject for event in await face.history("security")} == {
        f"{locality}-emulation-{phase}" for locality in DUTY["localities"] for phase in ("before", "after")
    }
    causes = {event.subject: event for event in await face.history("subcommittee") if ".duty." in event.type}
    told = {}
    for event in await face.history("logistics"):
        cause = causes[event.subject]
        command_id = uuid5(UUID(cause.id), f"logistics/{DUTIES}/0")
        happened = told.setdefault(event.subject, {})
        assert UUID(event.id) == event_id(command_id, "task", event.subject, len(happened))
        assert (event.actor, event.causationid, event.time) == (f"policy.{DUTIES}", cause.id, cause.time)
        happened[event.type.split(".")[-2]] = event.data
    task = told["y-yen-sanitation-before"]
    assert list(task) == ["opened", "assigned", "deadline-set"]
    assert task["opened"] | {"group": 0} == {
        "title": {
            "vi": "Vệ sinh môi trường trước Đại hội: Huyện Ý Yên",
            "en": "Environmental sanitation before the congress: Huyện Ý Yên",
        },
        "group": 0,
        "phase": "before",
        "scenario": "both",
        "planned_vnd": 5,
        "catalogue_item": None,
        "directive_id": "d3",
        "duty": "sanitation",
        "locality": "y-yen",
        "due_offset_days": None,
    }
    in_charge = {"collective": "Huyện Ý Yên", "individual": LOCALITY["positions"][0], "coordinating": []}
    assert task["assigned"] == in_charge
    assert task["deadline-set"] == {"deadline": "2099-09-20", "past_because": None}
    assert list(told["y-yen-sanitation-after"]) == ["opened", "assigned"]
    assert len(told) == 4


async def test_whoever_switches_the_scenario_is_told_which_units_have_not_prepared_it(face, serving):
    switch = [
        "scenario",
        "switch",
        "outbreak",
        "--reason",
        "x",
        "--as",
        "subcommittee.lead",
        "--lang",
        "vi",
        "--no-wait",
    ]
    async with serving("subcommittee", "logistics"):
        await face.send("logistics", "prepare-variant", {"variant": "outbreak"}, by="lead")
        await face.history("logistics")
        command = [sys.executable, "-m", "daihoi", *switch, "--lang", "vi"]
        ran = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=True)
    assert "scenario.switched" in ran.stdout
    named = "Chưa chuẩn bị xong phương án cho tình huống này: Bộ phận tuyên truyền, Bộ phận đảm bảo an ninh"
    assert named in ran.stderr


async def test_duties_told_again_open_nothing_again_whatever_became_of_their_tasks(face, serving):
    async with serving("subcommittee", "logistics"):
        await register(face)
        await face.send("subcommittee", "hand-out-duty", DUTY | {"unit": "logistics"})
        await face.policies_are_done("logistics")
        moved = {"task_id": "y-yen-sanitation-before", "collective": "Huyện đoàn", "individual": "Bí thư"}
        await face.send("logistics", "assign-task", moved)
        cancelled = {"task_id": "y-yen-sanitation-after", "reason": "Không cần"}
        await face.send("logistics", "cancel-task", cancelled, by="lead")
        before = await face.written()
    await face.forget_policies("logistics")
    async with serving("logistics"):
        assert await face.policies_are_done("logistics") >= 4, "not everything was delivered again"
    assert await face.written() == before


async def test_a_duty_whose_id_another_task_has_touches_that_task_not_at_all(face, serving):
    async with serving("subcommittee", "logistics"):
        await register(face)
        await face.send("logistics", "open-task", TASK | {"task_id": "giao-thuy-sanitation-before"})
        await face.send("subcommittee", "hand-out-duty", DUTY | {"unit": "logistics", "localities": ["giao-thuy"]})
        await face.policies_are_done("logistics")
    by_hand, refused, *opened = await face.history("logistics")
    assert (by_hand.actor, refused.type) == ("logistics.officer", "vn.daihoi.policy.refused.v1")
    assert (refused.data["command"], refused.data["code"]) == ("open-duty", "task_already_open")
    assert {event.subject for event in opened} == {"giao-thuy-sanitation-after"}


# --- the policy: a hall or lodging that logistics reserves asks security for clearance ---
VENUES = "clearance-for-reserved-venues"
BOOKED = {"starts": "2020-09-23T14:00:00+07:00", "ends": "2020-09-26T12:00:00+07:00", "purpose": "Đại hội"}


async def reserve(face, resource_id, kind):
    resource = HALL | {"resource_id": resource_id, "kind": kind, "name": {"vi": resource_id.title()}}
    await face.send("logistics", "register-resource", resource)
    booking = {"resource_id": resource_id, "reservation_id": "delegates", **BOOKED}
    await face.send("logistics", "reserve-resource", booking)


async def test_reserved_halls_and_lodging_ask_for_clearance_once_and_securitys_lead_grants_it(face, serving):
    async with serving("logistics", "security"):
        for resource_id, kind in (("house", "lodging"), ("van", "vehicle"), ("hall", "hall"), ("den", "room")):
            await reserve(face, resource_id, kind)
        await face.policies_are_done("security")
    await face.forget_policies("security")
    async with serving("security"):
        assert await face.policies_are_done("security") >= 8, "not everything was delivered again"
        grant = {"clearance_id": "clearance-house-delegates", "conditions": ["Kiểm tra phòng cháy"]}
        await face.send("security", "grant-clearance", grant, by="lead")
    reserved = {event.subject: event for event in await face.history("logistics") if "starts" in event.data}
    history = await face.history("security")
    *requested, granted = [event for event in history if event.type.startswith("vn.daihoi.clearance.")]
    assert [event.subject for event in requested] == ["clearance-house-delegates", "clearance-hall-delegates"]
    for event in requested:
        cause = reserved[event.subject.split("-")[1]]
        assert UUID(event.id) == event_id(
            uuid5(UUID(cause.id), f"security/{VENUES}/0"), "clearance", event.subject, 0
        )
        assert event.type == "vn.daihoi.clearance.requested.v1"
        assert event.actor == event.data["requested_by"] == f"policy.{VENUES}"
        assert (event.causationid, event.correlationid, event.time) == (cause.id, cause.correlationid, cause.time)
    assert (granted.type, granted.actor) == ("vn.daihoi.clearance.granted.v1", "security.lead")


async def test_a_clearance_that_was_asked_for_by_hand_under_the_same_id_is_put_on_record(face, serving):
    async with serving("logistics", "security"):
        by_hand = {"clearance_id": "clearance-hall-delegates", "kind": "place", "holder": "x", "purpose": "y"}
        await face.send("security", "request-clearance", by_hand)
        await reserve(face, "hall", "hall")
        await face.policies_are_done("security")
    _, refused = await face.history("security")
    assert (refused.type, refused.actor) == ("vn.daihoi.policy.refused.v1", f"policy.{VENUES}")
    assert refused.data["code"] == "clearance_already_requested"


# --- the policies: what a task needs is asked of security, and what security decides is heard of by every unit ---
CLEARANCE_POLICY = "clearance-for-tasks"
BUS = {"clearance_id": "bus", "kind": "vehicle", "holder": "Xe đưa đón", "purpose": "Đưa đón đại biểu"}


async def need(face, unit, **clearance):
    await face.send(unit, "open-task", TASK)
    await face.send(unit, "require-clearance", {"task_id": "1-03", **clearance})


async def test_a_clearance_that_tasks_of_two_units_need_is_requested_once_and_one_that_is_only_named_is_not(
    face, serving
):
    async with serving(*UNITS):
        await need(face, "logistics", **BUS)
        await need(face, "propaganda", **BUS)
        await face.send("propaganda", "require-clearance", {"task_id": "1-03", "clearance_id": "hall"})
        await need(face, "security", **BUS | {"clearance_id": "own"})
        await face.policies_are_done("security")
    await face.forget_policies("security")
    async with serving("security"):
        assert await face.policies_are_done("security") >= 7, "not everything was delivered again"
    (requested,) = [event for event in await face.history("security") if event.actor.startswith("policy.")]
    assert (requested.type, requested.subject) == ("vn.daihoi.clearance.requested.v1", "bus")
    assert requested.data == {name: BUS[name] for name in ("kind", "holder", "purpose")} | {
        "requested_by": f"policy.{CLEARANCE_POLICY}"
    }


async def test_a_need_for_a_clearance_that_is_requested_otherwise_is_put_on_record(face, serving):
    async with serving("logistics", "security"):
        await face.send("security", "request-clearance", BUS | {"holder": "Xe khác"})
        await need(face, "logistics", **BUS)
        await face.policies_are_done("security")
    _, refused = await face.history("security")
    assert (refused.type, refused.data["code"]) == ("vn.daihoi.policy.refused.v1", "clearance_already_requested")


async def test_every_unit_hears_once_how_security_decided_and_no_caller_can_say_so(face, serving):
    decisions = {"bus": "granted", "van": "refused", "car": "withdrawn"}
    async with serving(*UNITS):
        for name in decisions:
            await face.send("security", "request-clearance", BUS | {"clearance_id": name})
        for name in ("bus", "car"):
            await face.send("security", "grant-clearance", {"clearance_id": name}, by="lead")
        await face.send("security", "refuse-clearance", {"clearance_id": "van", "reason": "Cũ"}, by="lead")
        await face.send("security", "withdraw-clearance", {"clearance_id": "car", "reason": "Hỏng"}, by="lead")
        for unit in UNITS:
            await face.policies_are_done(unit)
    for unit in UNITS:
        await face.forget_policies(unit)
    async with serving(*UNITS):
        for unit in UNITS:
            assert await face.policies_are_done(unit) >= 7, "not everything was delivered again"
        with pytest.raises(ProblemError) as raised:
            await face.send("logistics", "note-clearance", {"clearance_id": "van", "decision": "granted"})
        assert raised.value.problem.code == "unknown_command"
    for unit in UNITS:
        heard = [each for each in await face.history(unit) if each.type == "vn.daihoi.known-clearance.noted.v1"]
        assert {each.subject: each.data["decision"] for each in heard} == decisions
        assert len(heard) in (3, 4), "the grant of what was withdrawn may be heard of before, never after"


# --- those who only read or operate: no service takes their commands ---
@pytest.mark.parametrize("service", services())
async def test_no_service_takes_a_command_of_who_only_reads_or_operates(face, serving, service):
    request = {"command_id": str(uuid4()), "data": opening("Một")["document"][1]}
    async with serving(service):
        for actor in ("auditor.chief", "leaders.lead", "operator.lead"):
            headers = f"Bearer {token_for(face.settings, actor)}"
            problem = await face.ask(service, "issue-document", json.dumps(request).encode(), headers)
            assert (problem["code"], problem["status"]) == ("reads_only", 403)
        assert await face.written() == 0
