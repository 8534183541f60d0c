"""`DAIHOI_NATS_URL` may name several servers of a cluster, and one that is not there yet, or for a while."""

import asyncio
import logging
from itertools import pairwise

import pytest

from shared.eventstore.jetstream_api import js_api
from shared.platform.embedded import Endpoints
from shared.platform.errors import PlatformError
from shared.platform.keeper import nats_server
from shared.platform.nats import nats_connection
from shared.platform.pauses import Pauses
from shared.unit.service import service_broker
from tests.own_servers import OwnServer
from tests.ports import own_port
from tests.servers import operator_of
from tests.waiting import TIMEOUT_S, until


def dead() -> str:
    return f"nats://127.0.0.1:{own_port()}"


@pytest.mark.parametrize("named", ["{alive}", "{dead},{alive}", " {alive} , {dead},", "{dead},{dead},{alive}"])
async def test_one_that_answers_is_enough(endpoints, named):
    url = named.format(alive=endpoints.nats_url, dead=dead())
    async with nats_connection(url, "tests", operator_of(endpoints)) as connection:
        assert "error" not in await js_api(connection, "INFO", {})
    async with service_broker(url, "tests", operator_of(endpoints)) as broker:
        assert "error" not in await js_api(broker.connection, "INFO", {})


async def test_none_that_answers_is_told(monkeypatch):
    monkeypatch.setattr("shared.platform.nats.FIRST_CONNECTION_TIMEOUT_S", 0.3)
    url = f"{dead()},{dead()}"
    with pytest.raises(PlatformError, match=url):
        async with nats_connection(url, "tests"):
            pass


@pytest.fixture
async def own(tmp_path):
    server = OwnServer(nats_server, "nats", tmp_path)
    await server.start()
    yield server
    server.end_here()


@pytest.fixture
def pauses(monkeypatch):
    """How long was waited between tries, at most a moment each."""
    monkeypatch.setattr("shared.platform.nats.FIRST_PAUSE_S", 0.01)
    monkeypatch.setattr("shared.platform.nats.LONGEST_PAUSE_S", 0.04)
    waited, next_s = [], Pauses.next_s

    def noted(self):
        waited.append((pause := next_s(self), self._bound_s)[1])
        return pause

    monkeypatch.setattr(Pauses, "next_s", noted)
    return waited


async def test_a_server_that_is_still_being_started_is_waited_for(own, pauses):
    credentials = operator_of(Endpoints(own.url, "", own.keys))
    own.kill()

    async def ask():
        async with nats_connection(own.url, "tests", credentials, wait_s=TIMEOUT_S) as connection:
            return await js_api(connection, "INFO", {})

    asking = asyncio.create_task(ask())

    async def has_tried():
        return len(pauses) > 3

    await until(has_tried)
    await own.start()
    assert "error" not in await asking


@pytest.mark.parametrize("plain", ["", "1"], ids=["as it is", "plain"])
async def test_a_service_whose_server_is_away_tries_ever_less_often_and_says_so_once(
    own, pauses, caplog, monkeypatch, plain
):
    monkeypatch.setenv("DAIHOI_PLAIN", plain)
    caplog.set_level(logging.INFO, "shared.platform.nats")
    async with service_broker(own.url, "logistics", operator_of(Endpoints(own.url, "", own.keys))) as broker:
        own.kill()

        async def has_tried():
            return len(pauses) > 8

        await until(has_tried)
        await own.start()

        async def is_back():
            return any(record.sentence.code == "nats_back" for record in told())

        def told():
            return [record for record in caplog.records if hasattr(record, "sentence")]

        await until(is_back)
        assert "error" not in await js_api(broker.connection, "INFO", {})
    bounds = pauses[:8]
    assert all(later >= earlier for earlier, later in pairwise(bounds))
    assert (bounds[0], bounds[-1]) == (0.01, 0.04)
    away = [record.raw for record in told() if record.sentence.code == "nats_away"]
    assert len(away) == len(set(away)) < 8


async def test_a_service_can_end_while_its_server_is_away(own, pauses):
    async with service_broker(own.url, "logistics", operator_of(Endpoints(own.url, "", own.keys))) as broker:
        connection = broker.connection
        own.kill()

        async def is_away():
            return connection.is_reconnecting

        await until(is_away)
    assert connection.is_closed
