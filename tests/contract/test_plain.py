"""With `DAIHOI_PLAIN=1` everything works by what the libraries promise, without a look at their insides."""

from uuid import uuid4

import pytest
from nats.aio.client import Client

from services.tracker.history.verify import verify
from shared.eventstore.direct import BATCH_MESSAGES, read_subject
from shared.eventstore.errors import Duplicate
from shared.eventstore.jetstream_api import js_api
from shared.eventstore.ledger import Ledger
from shared.eventstore.names import ledger_stream, service_stream
from shared.eventstore.restoring import Restoring
from shared.eventstore.store import EventStore
from shared.platform.nats import nats_connection
from shared.platform.nats_parser import HandOverClient
from shared.unit.broker import HandOverBroker, UnitBroker
from shared.unit.client import CommandClient
from shared.unit.service import service_broker
from tests.conftest import token_for
from tests.congress import Writer, settled
from tests.contract.test_faces import serving  # noqa: F401 - a fixture
from tests.contract.units import TASK
from tests.integration.test_tracker import project_all
from tests.servers import operator_of
from tests.waiting import until

UNIT = "logistics"


def silent(*_):
    pass


@pytest.fixture(autouse=True)
def plainly(monkeypatch):
    monkeypatch.setenv("DAIHOI_PLAIN", "1")


@pytest.fixture
async def by_the_parser(endpoints, monkeypatch):
    """A connection as it is without the setting."""
    with monkeypatch.context() as otherwise:
        otherwise.delenv("DAIHOI_PLAIN")
        async with nats_connection(endpoints.nats_url, "tests", operator_of(endpoints)) as connected:
            assert type(connected) is HandOverClient
            yield connected


@pytest.fixture
async def written(connection, congress, ledger):
    """More than fits into one page."""
    events = await Writer(EventStore(connection, congress, UNIT)).write(range(BATCH_MESSAGES // 8 + 2))
    await settled(ledger, events)
    return events


async def test_it_reads_what_is_read_otherwise_headers_included(connection, by_the_parser, congress, written):
    assert type(connection) is Client
    read = [
        [stored async for stored in read_subject(one, ledger_stream(congress), ">", with_headers=True)]
        for one in (connection, by_the_parser)
    ]
    assert read[0] == read[1]
    assert len(read[0]) == written > BATCH_MESSAGES


async def test_it_appends_projects_follows_and_verifies(connection, congress, ledger, views, written):
    with pytest.raises(Duplicate):
        await Writer(EventStore(connection, congress, UNIT)).write([1])
    await project_all(ledger, views)
    verdict = await verify(ledger, views, silent)
    assert (verdict.nothing_wrong, verdict.sequence) == (True, written)
    pages = Ledger(connection, congress).follow(written - 1)
    assert [stored.sequence for stored in await anext(pages)] == [written]
    await pages.aclose()


async def test_it_restores_a_stream_from_the_ledger(connection, congress, ledger, written):
    await js_api(connection, f"STREAM.DELETE.{service_stream(congress, UNIT)}", {})
    restoring = Restoring(connection, congress, UNIT)
    await restoring.restore(await restoring.look(silent), silent)
    assert (await restoring.look(silent)).is_whole
    assert await ledger.last_sequence() == written


async def test_a_service_answers_and_its_policies_react(serving, connection, congress, settings, ledger):  # noqa: F811
    client = CommandClient(connection, congress)
    review = {"directive_id": "d1", "kind": "review", "text": {"vi": "Rà soát"}, "units": [UNIT]}
    async with serving(UNIT, "subcommittee"):
        token = token_for(settings, f"{UNIT}.lead")
        answer = await client.send(UNIT, "open-task", TASK, token=token, command_id=uuid4())
        assert answer.sequence == 1
        chair = token_for(settings, "subcommittee.chair")
        await client.send("subcommittee", "issue-directive", review, token=chair, command_id=uuid4())

        async def reacted():
            events = [stored async for page in ledger.read() for stored in page]
            return any(b"vn.daihoi.review.opened" in stored.body for stored in events)

        await until(reacted)


def test_a_service_has_the_broker_of_the_library_only_where_it_is_to(monkeypatch):
    assert type(service_broker("nats://127.0.0.1:1", UNIT)) is UnitBroker
    monkeypatch.delenv("DAIHOI_PLAIN")
    assert type(service_broker("nats://127.0.0.1:1", UNIT)) is HandOverBroker
