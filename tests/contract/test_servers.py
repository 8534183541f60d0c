"""`DAIHOI_NATS_URL` may name several servers of a cluster."""

import pytest

from shared.eventstore.jetstream_api import js_api
from shared.platform.errors import PlatformError
from shared.platform.keeper import free_port
from shared.platform.nats import nats_connection
from shared.unit.service import service_broker
from tests.servers import operator_of


def dead() -> str:
    return f"nats://127.0.0.1:{free_port()}"


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
