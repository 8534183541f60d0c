"""A congress moves from one server to a cluster of three by its backup, and back."""

import pytest

from daihoi.ops.backup.restoring import restore
from shared.eventstore.jetstream_api import stream_info
from shared.eventstore.ledger import Ledger
from shared.eventstore.names import ledger_stream
from shared.eventstore.rights import STORE
from shared.eventstore.store import EventStore
from shared.eventstore.streams import provision
from shared.eventstore.wholeness import losses
from shared.platform.nats import nats_connection
from tests.congress import Writer, settled
from tests.integration.test_backup import back_up, rows_of, silent
from tests.own_cluster import own_cluster
from tests.servers import operator_of
from tests.waiting import until

pytestmark = pytest.mark.long


async def test_a_backup_of_one_server_goes_back_onto_three_and_the_other_way_round(
    connection, congress, ledger, make_broker, tmp_path
):
    written = await Writer(EventStore(connection, congress, "logistics")).write(range(20))
    await settled(ledger, written)
    backup = await back_up(connection, congress, tmp_path / "of_one.zip")
    (tmp_path / "cluster").mkdir()
    with own_cluster(tmp_path / "cluster") as cluster:
        place = cluster.endpoints
        async with (
            nats_connection(place.nats_url, "tests", operator_of(place)) as three,
            nats_connection(place.nats_url, "tests", operator_of(place, STORE)) as within,
        ):
            assert len((await restore(within, congress, backup, 3, silent)).put_back) == len(backup.manifest.streams)
            assert (await restore(within, congress, backup, 3, silent)).put_back == []
            restored = Ledger(three, congress)
            more = await Writer(EventStore(three, congress, "logistics")).write([1000])
            await settled(restored, written + more)
            await provision(three, congress, 3)
            assert await losses(restored) == []

            async def every_replica_is_level():
                of_all = [(await stream_info(three, kept.name))["cluster"] for kept in backup.manifest.streams]
                return all(
                    [replica["current"] for replica in one.get("replicas", ())] == [True, True] for one in of_all
                )

            await until(every_replica_is_level)
            again = await back_up(three, congress, tmp_path / "of_three.zip")
            kept = await rows_of(three, ledger_stream(congress))
    other, within, *_ = await make_broker("other")
    await restore(within, congress, again, 1, silent)
    assert await rows_of(other, ledger_stream(congress)) == kept
    assert kept[:written] == await rows_of(connection, ledger_stream(congress))
