"""What is compared when the benchmarks say what safety costs, on real servers. How fast anything is, no test says."""

import pytest

from benchmarks.__main__ import HERE, PARTS, wanted
from benchmarks.costs import databases, locks
from benchmarks.costs.database_ways import NOT_JOURNALLED, Way
from benchmarks.costs.database_ways import Kind as DatabaseKind
from benchmarks.costs.nats_ways import Kind, nats_ways
from benchmarks.costs.ratios import Comparison, Measured, rows, take
from benchmarks.history import record
from benchmarks.measure import Row
from benchmarks.table import table
from shared.platform.databases import mongod_program
from shared.platform.errors import PlatformError
from shared.platform.mongo import mongo_database
from shared.platform.nats import nats_connection
from tests.servers import drop_database

TINY = locks.Sizes(connections=2, one_by_one=10, together=20, in_flight=10, history=500, tasks=5, rounds=2, warm_up=1)
TINY_DATABASES = databases.Sizes(connections=2, commits=5, history=500, rounds=2, warm_up=1)
STORED = {"connecting p50", "append p50, 1 in flight", "appends, 10 in flight", "reading the ledger"}
COMMANDED = {"command p50, 1 in flight", "commands, 10 in flight"}
WRITTEN = {"one commit p50", "bulk load"}


def test_a_ratio_is_told_with_the_least_and_the_most_that_it_was_in_a_part_of_the_run():
    samples = {"with": [10.0, 12.0, 20.0, 12.0, 12.0], "without": [10.0] * 5}
    (row,) = rows([Comparison("locks", "with", "without")], [Measured("append", "ms", samples, 5)])
    assert row == Row("locks: append", 12.0, "ms", 5, floor=10.0, spread=(1.0, 2.0))
    assert "| 10.00 | 1.20 (1.00–2.00) |" in table([row])
    assert "| 12.00 | 1.20 (1.00–2.00) |" in table([Row("", 1.0, "ms", 5).beside(row)])


def test_what_was_done_in_one_way_only_is_not_compared():
    alone = Measured("rebuild", "events/s", {"with": [1.0]}, 5)
    assert rows([Comparison("passwords", "with", "without")], [alone]) == []


async def test_ways_take_turns_and_what_comes_first_does_not_count():
    turns = []

    def way(name):
        async def work(number):
            turns.append(name)
            return float(number)

        return work

    assert await take(2, {"a": way("a"), "b": way("b")}, warm_up=1) == {"a": [1.0, 2.0], "b": [1.0, 2.0]}
    assert turns == ["a", "b"] * 3


def test_all_parts_are_written_beside_the_benchmarks_and_chosen_ones_only_where_it_is_said(tmp_path):
    assert (wanted([]).parts, wanted([]).out) == ({*PARTS}, HERE)
    some = wanted(["--only", "locks", "--only", "databases"])
    assert (some.parts, some.out) == ({"locks", "databases"}, None)
    assert wanted(["--only", "locks", "--out", str(tmp_path)]).out == tmp_path


def test_the_past_brings_the_projection_whose_views_it_needs():
    assert wanted(["--only", "past"]).parts == {"past", "projection"}


def test_contributors_are_told_every_part():
    page = (HERE.parent / "CONTRIBUTING.md").read_text("utf-8")
    assert [part for part in PARTS if f"`{part}`" not in page] == []


async def test_what_is_measured_on_nats_is_compared_with_a_server_that_lacks_one_thing(tmp_path):
    with nats_ways(tmp_path / "nats") as ways:
        await _check_what_each_lacks(ways)
        flushing = {kind: way for kind, way in ways.items() if kind is not Kind.UNFLUSHED}
        measured = [
            await locks.connecting(flushing, TINY),
            *await locks.appending(ways, TINY),
            await locks.reading(flushing, TINY),
        ]
    names = {row.name for row in rows(locks.COMPARED, measured)}
    appended = {what for what in STORED if what.startswith("append")}
    assert names == {
        *(f"{safety}: {what}" for safety in (locks.LOCKS, locks.TLS) for what in STORED),
        *(f"{locks.FLUSHED}: {what}" for what in appended),
    }


async def _check_what_each_lacks(ways):
    configurations = {kind: (way.settings.data_dir / "nats.conf").read_text() for kind, way in ways.items()}
    assert [kind for kind, text in configurations.items() if "sync_interval: always" not in text] == [Kind.UNFLUSHED]
    assert [kind for kind, text in configurations.items() if "handshake_first" in text] == [Kind.ENCRYPTED]
    for kind in (Kind.UNFLUSHED, Kind.OPEN):
        async with nats_connection(ways[kind].servers.nats_url, "anybody"):
            pass
    for kind in (Kind.LOCKED, Kind.ENCRYPTED):
        with pytest.raises(PlatformError) as refused:
            async with nats_connection(ways[kind].servers.nats_url, "anybody"):
                pass
        assert refused.value.why.code == "not_let_in"


@pytest.mark.parametrize(
    ("way", "concern"),
    [
        (Way("mongodb://nobody/", NOT_JOURNALLED), {"w": 1, "j": False}),
        (Way("mongodb://nobody/"), {"w": "majority", "j": True}),
    ],
    ids=["lost", "kept"],
)
async def test_only_the_way_that_may_lose_commits_does_without_the_journal(way, concern):
    async with way.database("daihoi") as database:
        assert database.client.write_concern.document == concern


async def test_what_is_measured_on_a_database_is_done_in_each_way(endpoints, connection, congress, ledger):
    await record(connection, congress, TINY_DATABASES.history)
    names = {kind: f"daihoi_{congress}_{kind}" for kind in (DatabaseKind.LOST, DatabaseKind.KEPT)}
    async with mongo_database(endpoints.mongo_url, "daihoi") as anywhere:
        ways = {kind: anywhere.client[name] for kind, name in names.items()}
        measured = [
            await databases.committing(ways, ledger, TINY_DATABASES),
            await databases.loading(ways, ledger, TINY_DATABASES),
            await databases.rebuilding(ways, ledger, TINY_DATABASES),
        ]
    compared = {row.name for row in rows(databases.COMPARED, measured)}
    assert compared == {f"{databases.JOURNALLED}: {what}" for what in {*WRITTEN, "rebuild"}}
    for name in names.values():
        for part in ("", "-commits", *(f"-load-{number}" for number in range(TINY_DATABASES.rounds))):
            await drop_database(endpoints.mongo_url, name + part)


@pytest.mark.long
async def test_commands_are_compared_through_a_units_process(tmp_path):
    names = {row.name for row in await locks.measure(tmp_path / "nats", TINY)}
    assert {f"{safety}: {what}" for safety in (locks.LOCKS, locks.TLS) for what in COMMANDED} <= names


@pytest.mark.long
async def test_each_database_is_compared_with_one_that_lacks_one_thing(tmp_path):
    program = mongod_program()
    measured = await databases.measure(tmp_path / "databases", program, TINY_DATABASES)
    assert {row.name for row in measured} == {
        *(f"{databases.JOURNALLED}: {what}" for what in {*WRITTEN, "rebuild"}),
        *(f"{databases.PASSWORDS}: {what}" for what in ("connecting p50", "one commit p50")),
        *(f"{databases.TLS}: {what}" for what in {*WRITTEN, "connecting p50"}),
    }
    assert all((row.on_mongod is not None) == bool(program) for row in measured)
