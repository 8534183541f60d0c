"""A congress that an earlier version wrote is read, rebuilt and verified by this one, and goes on."""

import hashlib
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest

from daihoi.ops.supervisor import Supervisor
from services.tracker.history.verify import verify
from services.tracker.projection.digest import OF_NOTHING, total_digest
from services.tracker.projection.rebuild import rebuild
from services.tracker.projection.store import AUDIT_TRAIL, VIEW_NAMES
from services.tracker.queries import consolidated_report
from shared.eventstore.jetstream_api import js_api, stream_info
from shared.eventstore.ledger import Ledger
from shared.eventstore.names import ledger_stream, service_stream
from shared.eventstore.rights import STORE
from shared.platform.embedded import Endpoints
from shared.platform.keeper import nats_server
from shared.platform.nats import nats_connection
from shared.reports.sections import Sections
from shared.unit.client import CommandClient
from tests.conftest import token_for
from tests.integration.test_tracker import project_all
from tests.own_servers import OwnServer
from tests.recorded import recorded, restore
from tests.servers import operator_of
from tests.waiting import until

EARLIER = recorded()
CONGRESS = EARLIER.report["congress"]
UNIT = "logistics"


def silent(*_):
    pass


@pytest.fixture
def broker(tmp_path):
    """A broker of the test's own: the streams come back under the name that they were recorded with."""
    folder = tmp_path / "nats"
    folder.mkdir()
    server = OwnServer(nats_server, "nats", folder)
    server.start_here()
    yield Endpoints(server.url, "", server.keys)
    server.end_here()


@pytest.fixture
async def connection(broker):
    async with nats_connection(broker.nats_url, "tests", operator_of(broker, STORE)) as within:
        await restore(within, EARLIER)
    async with nats_connection(broker.nats_url, "tests", operator_of(broker)) as connected:
        yield connected


@pytest.fixture
def congress():
    return CONGRESS


@pytest.fixture
def settings(settings, broker):
    return settings.model_copy(
        update={"nats_url": broker.nats_url, "nats_credentials": Path(broker.nats_credentials)}
    )


@pytest.fixture
def ledger(connection):
    return Ledger(connection, CONGRESS)


async def documents(views):
    by_view = {name: await views.documents(name) for name in VIEW_NAMES}
    return {name: sorted(some, key=lambda document: document["_id"]) for name, some in by_view.items()}


async def test_it_is_read_whole_and_the_views_and_the_report_are_those_of_then(ledger, views):
    await project_all(ledger, views)
    verdict = await verify(ledger, views, silent)
    assert (verdict.nothing_wrong, verdict.sequence) == (True, EARLIER.audit_rows)
    later_views = set(VIEW_NAMES) - EARLIER.views.keys()
    assert await documents(views) == EARLIER.views | {view: [] for view in later_views}
    assert await views.digests() == EARLIER.digests | dict.fromkeys(later_views, OF_NOTHING)
    report = await consolidated_report(CONGRESS, views, ledger, date.fromisoformat(EARLIER.report["as_of"]["today"]))
    told = report.model_dump(mode="json")
    assert {name: told[name] for name in EARLIER.report} == EARLIER.report
    later = {name for name, section in told.items() if name not in EARLIER.report and section}
    assert later == {*Sections.model_fields, "lists"}, "what is counted anew of the same work"


async def test_every_event_has_its_audit_row(ledger, views):
    await project_all(ledger, views)
    rows = await views.audit_rows(1, EARLIER.audit_rows)
    assert await views.count(AUDIT_TRAIL) == len(rows) == EARLIER.audit_rows
    ids = "\n".join(row["event_id"] for row in rows)
    assert hashlib.sha256(ids.encode()).hexdigest() == EARLIER.event_ids


async def test_rebuilt_views_are_those_of_then_too(ledger, views):
    await project_all(ledger, views)
    rebuilt = await rebuild(ledger, views, silent)
    assert rebuilt.before == rebuilt.after == total_digest(EARLIER.digests) == EARLIER.report["digest"]
    assert (await verify(ledger, views, silent)).nothing_wrong


async def test_a_unit_goes_on_where_it_was_and_its_policies_do_nothing_again(
    connection, settings, endpoints, broker, ledger, views
):
    stream = service_stream(CONGRESS, UNIT)
    before = (await stream_info(connection, stream))["state"]["last_seq"]
    supervisor = Supervisor(settings, broker._replace(mongo_url=endpoints.mongo_url))
    client = CommandClient(connection, CONGRESS)
    try:
        supervisor.start(UNIT)
        await supervisor.wait_until_ready(client)
        answer = await client.send(
            UNIT,
            "report-progress",
            {"task_id": "1-03", "percent": 77},
            token=token_for(settings, f"{UNIT}.member"),
            command_id=uuid4(),
        )

        async def through():
            if await ledger.last_sequence() <= EARLIER.audit_rows:
                return False
            listed = await js_api(connection, f"CONSUMER.LIST.{ledger_stream(CONGRESS)}", {})
            ours = [each for each in listed["consumers"] if UNIT in each["name"]]
            return bool(ours) and not any(each["num_pending"] or each["num_ack_pending"] for each in ours)

        await until(through)
    finally:
        supervisor.stop()
    assert answer.sequence == before + 1 == (await stream_info(connection, stream))["state"]["last_seq"]
    assert await ledger.last_sequence() == EARLIER.audit_rows + 1
    await project_all(ledger, views)
    (task,) = await views.documents("tasks", _id=f"{UNIT}/1-03")
    assert task["percent"] == 77
    assert (await verify(ledger, views, silent)).nothing_wrong
