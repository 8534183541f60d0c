"""No acknowledged commit is lost, however often the database is killed with -9."""

import asyncio

import pytest

from tests.faults.kept import killed_while_it_commits
from tests.own_servers import MONGOD_HERE

SEED = 20_260_101


@pytest.mark.parametrize("kills", [3, pytest.param(50, marks=pytest.mark.long)])
async def test_what_a_database_has_acknowledged_is_there_after_every_kill(kills):
    kept = await asyncio.to_thread(killed_while_it_commits, MONGOD_HERE, kills, SEED)
    assert kept.acknowledged >= kills, "killed too early to prove anything"
    assert (kept.lost, kept.whole) == (0, True)
