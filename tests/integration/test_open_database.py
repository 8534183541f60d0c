"""An embedded SecantusDB of before, which asked nobody who they are."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.errors import OperationFailure

from shared.platform import secantus
from shared.platform.children import start_child
from shared.platform.credentials import login
from shared.platform.databases import secantus_program
from shared.platform.keeper import WouldNotStart, mongo_server
from tests.own_servers import OwnServer
from tests.ports import own_port
from tests.waiting import wait_until


@contextmanager
def asking_nobody(folder: Path) -> Iterator[MongoClient[Any]]:
    port = own_port()
    told = ["--port", str(port), "--storage-path", str(folder / secantus.DATA)]
    server = start_child([secantus_program(), *told], folder / "mongo.log")
    try:
        wait_until(lambda: secantus.takes_writes(port))
        with MongoClient[Any](f"mongodb://127.0.0.1:{port}/?directConnection=true") as client:
            yield client
    finally:
        secantus.stop(server, port)


@pytest.fixture
def server(tmp_path) -> Iterator[OwnServer]:
    server = OwnServer(lambda folder, port: mongo_server(folder, port, ""), secantus.DATA, tmp_path)
    yield server
    server.end_here()


def test_it_keeps_its_views_and_from_now_on_asks(server, tmp_path):
    with asking_nobody(tmp_path) as client:
        client["daihoi_old"]["tasks"].insert_one({"_id": "1-01"})
    for _ in range(2):
        server.start_here()
        address, user, password = login(server.mongo_url)
        with MongoClient[Any](address, username=user, password=password) as tracker:
            assert tracker["daihoi_old"]["tasks"].find_one() == {"_id": "1-01"}
        with MongoClient[Any](address) as nobody, pytest.raises(OperationFailure, match="requires authentication"):
            nobody["daihoi_old"]["tasks"].find_one()
        assert server.stop_here() == 0
        (tmp_path / "mongo-keys" / "tracker").write_text("another password")  # which it is given at the next start


def test_a_user_that_somebody_else_has_made_is_told_and_nothing_is_started(server, tmp_path):
    with asking_nobody(tmp_path) as client:
        client.admin.command("createUser", "eve", pwd="x", roles=["root"])
    with pytest.raises(WouldNotStart, match=r"users that nobody here made: .*eve"):
        server.start_here()
