"""Three nats-servers that keep every stream three times: the services run on them, and on two of them."""

import asyncio
from collections.abc import Iterator
from uuid import UUID

import pytest

from services.tracker.history.verify import verify
from shared.eventstore.errors import StreamMismatch, Unavailable
from shared.eventstore.jetstream_api import js_api, stream_info
from shared.eventstore.ledger import Ledger
from shared.eventstore.names import service_stream
from shared.eventstore.store import EventStore
from shared.eventstore.streams import provision, stream_configs
from shared.platform.nats import nats_connection
from shared.values.units import services
from tests.congress import Writer, settled
from tests.faults.load import Order, rival
from tests.faults.scene import a_scene
from tests.faults.table import nothing_special
from tests.own_cluster import OwnCluster, own_cluster
from tests.servers import operator_of
from tests.waiting import until

READS = 8


@pytest.fixture(scope="module")
def cluster(tmp_path_factory) -> Iterator[OwnCluster]:
    with own_cluster(tmp_path_factory.mktemp("cluster")) as found:
        yield found


@pytest.fixture
async def connection(cluster):
    async with nats_connection(cluster.endpoints.nats_url, "tests", operator_of(cluster.endpoints)) as connected:
        yield connected


async def replicas(connection, congress):
    """Per stream, how many replicas it should have and has."""
    found = {}
    for config in stream_configs(congress):
        info = await stream_info(connection, config["name"])
        found[config["name"]] = info["config"]["num_replicas"], 1 + len(info["cluster"].get("replicas", ()))
    return found


async def all_have_three(connection, congress):
    return set((await replicas(connection, congress)).values()) == {(3, 3)}


async def test_streams_are_given_more_replicas_with_all_that_they_hold_but_never_fewer(cluster, connection, congress):
    await provision(connection, congress)
    assert set((await replicas(connection, congress)).values()) == {(1, 1)}
    events = await Writer(EventStore(connection, congress, "logistics")).write(range(3))
    await settled(Ledger(connection, congress), events)
    for _ in range(2):
        await provision(connection, congress, 3)
        await until(lambda: all_have_three(connection, congress))
    with pytest.raises(StreamMismatch, match="DAIHOI_NATS_REPLICAS=3"):
        await provision(connection, congress)
    assert await all_have_three(connection, congress)
    assert len([each async for page in Ledger(connection, congress).read() for each in page]) == events


async def test_a_stream_that_differs_otherwise_is_given_no_replicas(connection, congress):
    await provision(connection, congress)
    name = service_stream(congress, "security")
    config = (await stream_info(connection, name))["config"]
    changed = config | {"allow_direct": False}
    assert "error" not in await js_api(connection, f"STREAM.UPDATE.{name}", changed)
    with pytest.raises(StreamMismatch, match=name):
        await provision(connection, congress, 3)
    assert (await replicas(connection, congress))[name] == (1, 1)


@pytest.mark.long
async def test_pages_asked_for_ahead_are_not_mixed_whichever_replicas_answer(cluster, connection, congress):
    await provision(connection, congress, 3)
    writers = [Writer(EventStore(connection, congress, service)) for service in services()]
    events = sum(await asyncio.gather(*(writer.write(range(125)) for writer in writers)))
    await settled(Ledger(connection, congress), events)
    for _ in cluster.nodes:
        async with nats_connection(cluster.endpoints.nats_url, "reader", operator_of(cluster.endpoints)) as reading:
            for _ in range(READS):
                found = [each async for page in Ledger(reading, congress).read() for each in page]
                assert [each.sequence for each in found] == list(range(1, events + 1))


@pytest.mark.parametrize("count", [1, 3])
async def test_provisioning_again_changes_nothing(connection, congress, count):
    for _ in range(2):
        await provision(connection, congress, count)
        assert set((await replicas(connection, congress)).values()) == {(count, count)}


async def test_more_replicas_than_the_cluster_has_servers_are_not_made(connection, congress):
    with pytest.raises(Unavailable, match="5 replicas"):
        await provision(connection, congress, 5)


@pytest.mark.long
async def test_a_killed_leader_is_survived_by_a_command(cluster, tmp_path):
    async with a_scene(cluster, tmp_path, "one command", nothing_special, wired=False) as scene:
        stream = service_stream(scene.settings.congress, "logistics")
        assert await all_have_three(scene.connection, scene.settings.congress)

        async def opened(number: int) -> int:
            order = Order("logistics", "open-task", rival(0, number), UUID(int=number + 1, version=4), twice=False)
            answer = await scene.load.until_answered(order)
            assert answer is not None
            return answer.sequence

        assert await opened(0) == 1
        leader = await cluster.leader_of(scene.connection, stream)
        leader.kill()
        try:
            assert await opened(1) == await opened(1) == 2
            assert await cluster.leader_of(scene.connection, stream) is not leader

            async def projected() -> bool:
                return (await scene.views.checkpoint()).sequence == 2

            await until(projected)
            verdict = await verify(scene.ledger, scene.views, lambda *_: None)
            assert (verdict.holds, verdict.sequence, verdict.parked) == (True, 2, 0)
        finally:
            await leader.start()
