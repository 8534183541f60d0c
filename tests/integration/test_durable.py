"""Every write that leaves this program asks for a majority and the journal, whatever an address says."""

import pytest
from pymongo.monitoring import CommandListener

from services.tracker.history.folded import Folded
from services.tracker.history.snapshots import Snapshots
from services.tracker.projection.committing import Projection
from services.tracker.projection.lease import Lease
from services.tracker.projection.rebuild import rebuild
from services.tracker.projection.store import ViewStore
from shared.platform import mongo
from shared.platform.mongo import mongo_database
from tests.congress import in_memory, life_of_a_task

WRITES = {"insert", "update", "delete", "findAndModify", "create", "drop", "createIndexes", "commitTransaction"}
CARELESS = "w=0&journal=false"


class Noting(CommandListener):
    def __init__(self):
        self.concerns = {}

    def started(self, event):
        """Within a transaction it is the commit that says it."""
        name, command = event.command_name, event.command
        if name == "commitTransaction" or (name in WRITES and "autocommit" not in command):
            self.concerns.setdefault(name, []).append(command.get("writeConcern"))

    def succeeded(self, event):
        pass

    def failed(self, event):
        pass


@pytest.fixture
def noting(monkeypatch):
    noting = Noting()
    monkeypatch.setitem(mongo.DURABLE, "event_listeners", [noting])
    return noting


async def test_whatever_the_tracker_writes_is_acknowledged_by_a_majority_and_journalled(
    endpoints, database, ledger, noting
):
    joined = "&" if "?" in endpoints.mongo_url else "?"
    async with mongo_database(f"{endpoints.mongo_url}{joined}{CARELESS}", database.name) as careless:
        assert careless.write_concern.document == {"w": "majority", "j": True}
        store, lease = ViewStore(careless), Lease(careless)
        await store.prepare()
        await lease.acquire()
        await store.take_over(lease.session, lease.term)
        projection = Projection(store, await store.checkpoint())
        await projection.add(in_memory("logistics", [("t1", life_of_a_task(1))]))
        await projection.settle()
        await lease.renew()
        await store.probe()
        await Snapshots(careless).save(Folded())
        await rebuild(ledger, store, lambda *_: None)
        await store.drop()
    assert {"insert", "update", "delete", "create", "drop", "commitTransaction"} <= noting.concerns.keys()
    assert {
        name: [each for each in concerns if each != {"w": "majority", "j": True}]
        for name, concerns in noting.concerns.items()
    } == {name: [] for name in noting.concerns}
