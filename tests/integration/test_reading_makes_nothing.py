"""Whoever only looks makes nothing: a mistyped congress is told, and leaves no trace in NATS or MongoDB. And beside
servers that somebody else runs, nothing is started."""

import asyncio
import json
from uuid import uuid4

import pytest
from typer.testing import CliRunner

from daihoi.cli.main import app
from daihoi.ops.session import open_session
from daihoi.ops.supervisor import running_services
from daihoi.sample import story as demo
from daihoi.sample.telling import check_only_the_sample_is_there
from shared.eventstore.jetstream_api import congresses, js_api
from shared.platform.errors import PlatformError
from shared.platform.mongo import mongo_database
from shared.unit.client import CommandClient
from tests.congress import every_stream, settled
from tests.program import Shell
from tests.servers import as_admin

IMPORT = ("catalogue", "import", str(demo.SAMPLE / "catalogue.csv"), "--as", "subcommittee.office")
READING = [
    ("report",),
    ("report", "as-of", "--at", "1"),
    ("workload",),
    ("tasks",),
    ("task", "show", "1-01"),
    ("documents", "show", "76-KH/TU"),
    ("resources",),
    ("publications",),
    ("meetings",),
    ("positions",),
    ("names",),
    ("expenses",),
    ("clearances",),
    ("incidents",),
    ("coverage",),
    ("duties",),
    ("trace", "1-01"),
    ("congress", "show"),
    ("congress", "deadlines"),
    ("reports", "list"),
    ("report", "show", "01-BC/TB"),
    ("scenario", "show"),
    ("scenario", "compare"),
    ("audit", "replay"),
    ("audit", "verify"),
    ("audit", "timeline", "1-01"),
    ("audit", "as-of", "--at", "1"),
    ("audit", "diff", "1", "2"),
    ("parked", "list"),
    ("parked", "show", "1"),
    ("parked", "retry", "--all"),
    ("rebuild",),
    ("streams", "restore", "logistics"),
    (*IMPORT,),
    ("demo",),
    ("doctor",),
]


@pytest.fixture
def daihoi(endpoints, tmp_path, monkeypatch):
    """The command line in this process: a process for each command would take a minute."""

    async def run(congress, *arguments):
        settings = {
            "DAIHOI_CONGRESS": congress,
            "DAIHOI_NATS_URL": endpoints.nats_url,
            "DAIHOI_MONGO_URL": endpoints.mongo_url,
            "DAIHOI_DATA_DIR": str(tmp_path),
            "DAIHOI_LANG": "en",
        }
        return await asyncio.to_thread(CliRunner().invoke, app, arguments, env=settings)

    return run


@pytest.mark.parametrize("command", READING, ids=lambda command: " ".join(command[:2]))
async def test_a_congress_that_is_not_there_is_told_and_not_made(daihoi, connection, endpoints, congress, command):
    mistyped = f"{congress}-typo"
    ran = await daihoi(mistyped, *command)
    assert ran.exit_code == 1, ran.output
    if command not in (("doctor",), ("demo",)):
        assert f"There is no congress {mistyped} on this server; there are:" in ran.stderr
        assert congress in ran.stderr
    assert mistyped not in await congresses(connection)
    for name in every_stream(mistyped):
        assert "error" in await js_api(connection, f"STREAM.INFO.{name}", {})
    async with mongo_database(as_admin(endpoints.mongo_url), "admin") as admin:
        assert f"daihoi_{mistyped}" not in await admin.client.list_database_names()


@pytest.mark.parametrize(
    "command", [("report",), ("audit", "verify"), ("audit", "timeline", "1-01"), ("parked", "list")]
)
async def test_views_that_no_tracker_has_ever_made_are_told_and_not_made(
    daihoi, connection, database, congress, command
):
    ran = await daihoi(congress, *command)
    assert ran.exit_code == 1, ran.output
    assert f"No tracker has ever projected the congress {congress}" in ran.stderr
    assert await database.list_collection_names() == []


async def test_streams_provision_makes_a_congress_that_can_be_looked_at(daihoi, connection, congress):
    other = f"{congress}-new"
    ran = await daihoi(other, "streams", "provision")
    assert (ran.exit_code, ran.output.strip()) == (0, "All 5 streams are there.")
    assert other in await congresses(connection)
    assert (await daihoi(other, "audit", "replay")).exit_code != 2
    for name in every_stream(other):
        assert "error" not in await js_api(connection, f"STREAM.DELETE.{name}", {})


@pytest.mark.parametrize(
    ("named", "lacking"), [("DAIHOI_NATS_URL", "DAIHOI_MONGO_URL"), ("DAIHOI_MONGO_URL", "DAIHOI_NATS_URL")]
)
@pytest.mark.parametrize("command", ["report", "rebuild", "doctor"])
def test_where_one_server_is_named_and_not_the_other_nothing_is_started(tmp_path, endpoints, named, lacking, command):
    shell = Shell(tmp_path, endpoints, "congress")
    ran = shell.run(command, **{lacking: "", "DAIHOI_DATA_DIR": str(tmp_path / "data")})
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.startswith(f"one_server_named: {named} names a server and {lacking} none")
    assert not (tmp_path / "data" / "servers.json").exists()


async def test_a_service_needs_only_nats_to_be_named(tmp_path, endpoints, congress, connection):
    shell = Shell(tmp_path, endpoints, congress)
    ran = await asyncio.to_thread(lambda: shell.run("streams", "provision", DAIHOI_MONGO_URL=""))
    assert (ran.returncode, ran.stdout) == (0, "All 5 streams are there.\n"), ran.stderr


@pytest.mark.parametrize("command", [("demo",), (*IMPORT, "--commit")], ids=["demo", "import"])
async def test_beside_servers_of_others_no_service_is_started(daihoi, connection, congress, tmp_path, command):
    ran = await daihoi(congress, *command)
    assert ran.exit_code == 1, ran.output
    assert "nothing is started from here" in ran.stderr
    assert "subcommittee" in ran.stderr
    assert not (tmp_path / "logs").exists()


async def test_beside_embedded_servers_the_services_that_are_needed_are_started(settings, endpoints, connection):
    embedded = settings.model_copy(update={"nats_url": "", "mongo_url": ""})
    client = CommandClient(connection, settings.congress)
    async with running_services(embedded, endpoints, client, ["logistics"]):
        assert (await client.health("logistics")).ready
    with pytest.raises(PlatformError, match="nothing is started from here"):
        async with running_services(settings, endpoints, client, ["logistics"]):
            pass


async def test_the_sample_is_not_told_into_a_congress_with_events_of_its_own(settings, connection, congress):
    subject = f"evt.{congress}.logistics.task.1-01"
    await connection.jetstream().publish(subject, json.dumps({"id": str(uuid4())}).encode())
    sample = demo.Sample()
    async with open_session(settings) as session:
        await settled(session.ledger, 1)
        with pytest.raises(PlatformError, match="not the sample's"):
            await check_only_the_sample_is_there(session, sample)
