"""Waiting for one's own write, on the real servers: others' events don't matter, and what is parked is said to be."""

import asyncio
import json
from uuid import uuid4

import pytest
from typer.testing import CliRunner

from daihoi.cli.main import app
from daihoi.ops.session import Session
from daihoi.ops.supervisor import Supervisor
from daihoi.ops.waiting import Progress, Write, shortfall, until_all_in_views, until_in_views
from services.tracker.projection.store import ViewStore
from shared.eventstore.jetstream_api import js_call
from shared.eventstore.names import ledger_stream, service_stream
from shared.eventstore.store import EventStore
from shared.eventstore.streams import stream_configs
from shared.platform.errors import PlatformError
from shared.platform.mongo import mongo_database
from shared.unit.client import CommandClient
from tests.congress import Writer, life_of_a_task, settled
from tests.integration.test_tracker import project_all

EVENTS = len(life_of_a_task(1))
SOON_S = 0.2


@pytest.fixture
def session(settings, endpoints, ledger, views, connection):
    return Session(settings, endpoints, ledger, views, connection)


@pytest.fixture
async def logistics(connection, congress, ledger):
    """The stream of a unit that has written the life of a task."""
    await Writer(EventStore(connection, congress, "logistics")).write([1])
    await settled(ledger, EVENTS)
    return service_stream(congress, "logistics")


async def test_a_write_is_in_the_views_however_far_others_have_moved_the_ledger(
    session, ledger, views, logistics, connection, congress
):
    await project_all(ledger, views)
    await Writer(EventStore(connection, congress, "security")).write([1, 2])
    await settled(ledger, 3 * EVENTS)
    assert await shortfall(session, Write(logistics, (EVENTS - 1, EVENTS)), SOON_S) is None
    late = await shortfall(session, Write(service_stream(congress, "security"), (1,)), SOON_S)
    assert late is not None
    assert (late.code, late.params) == (
        "not_in_views_unprojected",
        {"seconds": "0.2", "checkpoint": EVENTS, "end": 3 * EVENTS},
    )


async def test_a_write_of_nothing_to_an_aggregate_that_is_new_is_in_the_views_at_once(views, congress):
    nothing = Write(service_stream(congress, "logistics"), (0,))
    assert await until_in_views(views, nothing, SOON_S) == Progress([], 0)


async def test_a_write_that_is_parked_is_taken_in_and_said_to_be_parked(
    session, ledger, views, logistics, connection
):
    subject = f"evt.{session.settings.congress}.logistics.task.task-1"
    await connection.jetstream().publish(subject, b"{}", stream=logistics)
    await settled(ledger, EVENTS + 1)
    await project_all(ledger, views)
    assert (await until_in_views(views, Write(logistics, (EVENTS, EVENTS + 1)), SOON_S)).parked == [EVENTS + 1]
    why = await shortfall(session, Write(logistics, (EVENTS + 1,)), SOON_S)
    assert why is not None
    assert str(EVENTS + 1) in str(why)
    assert why.code == "write_parked"


async def test_a_write_behind_a_gap_is_parked_and_not_waited_for(views, ledger, logistics, connection, congress):
    name, config = ledger_stream(congress), stream_configs(congress)[-1]
    for source in config["sources"]:
        if source["name"] == logistics:
            source["opt_start_seq"] = 3
    await connection.jetstream().delete_stream(name)
    await connection.request(f"$JS.API.STREAM.CREATE.{name}", json.dumps(config).encode())
    await settled(ledger, EVENTS - 2)
    assert (await until_in_views(views, Write(logistics, (EVENTS,)), SOON_S)) == Progress(None, 0)
    await project_all(ledger, views)
    assert (await until_in_views(views, Write(logistics, (EVENTS,)), SOON_S)).parked == [EVENTS - 2]
    assert (await until_in_views(views, Write(logistics, (EVENTS + 1,)), SOON_S)).parked is None


async def test_what_a_service_has_written_is_waited_for_where_the_ledger_itself_has_not_got_it_yet(
    session, ledger, views, connection, congress
):
    config = stream_configs(congress)[-1]
    stream, sources = service_stream(congress, "logistics"), config["sources"]
    others = [source for source in sources if source["name"] != stream]
    await js_call(connection, f"STREAM.UPDATE.{config['name']}", config | {"sources": others})
    await Writer(EventStore(connection, congress, "logistics")).write([1])
    await until_all_in_views(session, "security", patience_s=SOON_S)
    for named in ([], ["logistics"]):
        with pytest.raises(PlatformError, match="the ledger, which ends at 0, has not got all that logistics"):
            await until_all_in_views(session, *named, patience_s=SOON_S)
    await js_call(connection, f"STREAM.UPDATE.{config['name']}", config)
    await settled(ledger, EVENTS)
    with pytest.raises(PlatformError, match=f"the views are at ledger event 0 of {EVENTS}"):
        await until_all_in_views(session, "logistics", patience_s=SOON_S)
    await project_all(ledger, views)
    await until_all_in_views(session, patience_s=SOON_S)


async def test_where_mongodb_is_silent_that_is_what_is_said(session, logistics):
    async with mongo_database("mongodb://127.0.0.1:1/", "nowhere", patience_ms=100) as nowhere:
        views = ViewStore(nowhere)
        deaf = Session(session.settings, session.servers, session.ledger, views, session.connection)
        why = await shortfall(deaf, Write(logistics, (1,)), SOON_S)
    assert why is not None
    assert why.code == "views_silent"


# --- as people do it ---
MEETING = '{"meeting_id": "2020-08-13", "title": {"vi": "Họp"}, "held_on": "2020-08-13", "chair": {"position": "TB"}}'


@pytest.fixture
async def supervisor(connection, settings, endpoints, views, monkeypatch):
    """The sub-committee's service, and the shell's environment."""
    supervisor = Supervisor(settings, endpoints)
    for name in ("congress", "nats_url", "mongo_url", "data_dir", "lang"):
        monkeypatch.setenv(f"DAIHOI_{name.upper()}", str(getattr(settings, name)))
    try:
        supervisor.start("subcommittee")
        await supervisor.wait_until_ready(CommandClient(connection, settings.congress))
        yield supervisor
    finally:
        supervisor.stop()


async def test_who_sends_a_command_can_wait_until_it_is_in_the_views(supervisor, views):
    recorded = ("subcommittee", "record-meeting", MEETING, "--as", "subcommittee.office", "--happened", "2020-08-14")
    command = ("send", *recorded, "--id", str(uuid4()))
    waiting = (*command, "--wait")
    hasty = await _daihoi(*waiting, "--patience", "0.2")
    assert (hasty.exit_code, json.loads(hasty.stdout)["sequence"]) == (1, 1)
    assert "The command was accepted, but after 0.2 s" in hasty.stderr
    assert "at ledger event 0 of 1, and no tracker answers" in hasty.stderr
    assert (await _daihoi(*command)).exit_code == 0, "without --wait it is enough that it was accepted"
    supervisor.start("tracker")
    waited = await _daihoi(*waiting)
    assert (waited.exit_code, waited.stdout) == (0, hasty.stdout), waited.output
    (meeting,) = await views.documents("meetings")
    (row,) = await views.audit_rows(1, 1)
    assert (meeting["_id"], row["happened"]) == ("2020-08-13", "2020-08-13T17:00:00.000000Z")


async def test_a_switch_waits_unless_told_not_to_and_needs_to_know_where_the_views_are(supervisor, monkeypatch):
    switch = ("scenario", "switch", "outbreak", "--reason", "Dịch", "--as", "subcommittee.lead", "--patience", "0")
    assert "no tracker answers" in (await _daihoi(*switch)).stderr
    assert (await _daihoi(*switch, "--no-wait")).exit_code == 0
    monkeypatch.delenv("DAIHOI_MONGO_URL")
    blind = await _daihoi(*switch)
    assert (blind.exit_code, blind.stdout) == (2, "")
    assert "DAIHOI_MONGO_URL" in blind.stderr


async def _daihoi(*arguments):
    return await asyncio.to_thread(CliRunner().invoke, app, [*arguments])
