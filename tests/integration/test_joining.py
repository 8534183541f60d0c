"""A unit joins a congress that exists: its stream becomes a source of the ledger, and nothing is taken in twice."""

import asyncio

import pytest

from daihoi.ops.doctor import examine
from shared.eventstore.errors import StreamMismatch
from shared.eventstore.jetstream_api import js_api, js_call, services_with_streams, stream_info
from shared.eventstore.ledger import Ledger, origin_of
from shared.eventstore.names import ledger_stream, service_stream
from shared.eventstore.store import EventStore
from shared.eventstore.streams import differing, provision, stream_configs
from shared.values.units import SETTING
from tests.congress import Writer, life_of_a_task, settled

EVENTS = len(life_of_a_task(1))


@pytest.fixture
def name_units(monkeypatch):
    return lambda setting: monkeypatch.setenv(SETTING, setting)


@pytest.fixture
async def lived(connection, congress):
    """A congress of the four services in which something has happened; the streams of others are removed after."""
    await Writer(EventStore(connection, congress, "logistics")).write([1])
    await settled(Ledger(connection, congress), EVENTS)
    yield connection
    known = {config["name"] for config in stream_configs(congress)}
    for service in await services_with_streams(connection, congress):
        if (stream := service_stream(congress, service)) not in known:
            await js_api(connection, f"STREAM.DELETE.{stream}", {})


async def sources(connection, congress):
    config = (await stream_info(connection, ledger_stream(congress)))["config"]
    return [source["name"] for source in config["sources"]]


async def set_sources(connection, congress, *services):
    stream = ledger_stream(congress)
    config = (await stream_info(connection, stream))["config"]
    wanted = [{"name": service_stream(congress, service)} for service in services]
    assert "error" not in await js_api(connection, f"STREAM.UPDATE.{stream}", config | {"sources": wanted})


async def origins(connection, congress):
    """Of every event in the ledger, in order."""
    stored = [each async for page in Ledger(connection, congress).read() for each in page]
    return [(origin.stream, origin.sequence) for origin in map(origin_of, stored)]


def numbered(congress, service, upto):
    return [(service_stream(congress, service), sequence) for sequence in range(1, upto + 1)]


async def test_a_unit_joins_with_all_that_it_writes_and_nothing_is_taken_in_twice(lived, congress, name_units):
    name_units("y-te=Tiểu ban Y tế")
    await provision(lived, congress)
    assert service_stream(congress, "y-te") in await sources(lived, congress)
    for service in ("y-te", "logistics"):
        await Writer(EventStore(lived, congress, service)).write([2])
    await settled(Ledger(lived, congress), 3 * EVENTS)
    taken = await origins(lived, congress)
    assert sorted(taken) == sorted(numbered(congress, "logistics", 2 * EVENTS) + numbered(congress, "y-te", EVENTS))
    assert len(taken) == 3 * EVENTS


async def test_a_service_that_does_not_know_the_unit_starts_and_leaves_it_joined(lived, congress, name_units):
    name_units("y-te")
    await provision(lived, congress)
    name_units("")
    await provision(lived, congress)
    assert service_stream(congress, "y-te") in await sources(lived, congress)
    config = (await stream_info(lived, ledger_stream(congress)))["config"]
    assert differing(config, stream_configs(congress)[-1]) == set()


async def test_two_units_that_join_at_once_do_not_lose_each_other(lived, congress, name_units, monkeypatch):
    """The first has read the ledger's sources and writes them only when the second has joined and written events."""
    has_read, may_write = asyncio.Event(), asyncio.Event()

    async def late_the_first_time(connection, call, body, **options):
        if call.startswith("STREAM.UPDATE.") and not has_read.is_set():
            has_read.set()
            await may_write.wait()
        return await js_call(connection, call, body, **options)

    monkeypatch.setattr("shared.eventstore.streams.js_call", late_the_first_time)
    name_units("y-te")
    first = asyncio.create_task(provision(lived, congress))
    await has_read.wait()
    name_units("tai-chinh")
    await provision(lived, congress)
    await Writer(EventStore(lived, congress, "tai-chinh")).write([1])
    await settled(Ledger(lived, congress), 2 * EVENTS)
    may_write.set()
    await first
    assert {service_stream(congress, unit) for unit in ("y-te", "tai-chinh")} <= set(await sources(lived, congress))
    await Writer(EventStore(lived, congress, "tai-chinh")).write([2])
    await settled(Ledger(lived, congress), 3 * EVENTS)
    assert [each for each in await origins(lived, congress) if "TAI-CHINH" in each[0]] == numbered(
        congress, "tai-chinh", 2 * EVENTS
    )


@pytest.mark.parametrize("known", ["y-te", ""])
async def test_a_join_that_was_cut_short_is_finished_by_whoever_starts_next(lived, congress, name_units, known):
    name_units("y-te")
    config = next(each for each in stream_configs(congress) if each["name"] == service_stream(congress, "y-te"))
    assert "error" not in await js_api(lived, f"STREAM.CREATE.{config['name']}", config)
    await Writer(EventStore(lived, congress, "y-te")).write([1])
    name_units(known)
    await provision(lived, congress)
    await settled(Ledger(lived, congress), 2 * EVENTS)
    assert sorted(await origins(lived, congress)) == sorted(
        numbered(congress, "logistics", EVENTS) + numbered(congress, "y-te", EVENTS)
    )


async def test_a_source_that_another_update_took_away_is_taken_from_where_the_ledger_has_it(lived, congress):
    await set_sources(lived, congress, "subcommittee")
    await Writer(EventStore(lived, congress, "logistics")).write([2])
    await provision(lived, congress)
    await settled(Ledger(lived, congress), 2 * EVENTS)
    assert await origins(lived, congress) == numbered(congress, "logistics", 2 * EVENTS)


async def test_a_stream_with_less_than_the_ledger_has_of_it_does_not_join(lived, congress):
    await set_sources(lived, congress, "subcommittee")
    config = (await stream_info(lived, service_stream(congress, "logistics")))["config"]
    await js_api(lived, f"STREAM.DELETE.{config['name']}", {})
    with pytest.raises(StreamMismatch, match="restore it first"):
        await provision(lived, congress)
    assert service_stream(congress, "logistics") not in await sources(lived, congress)


async def test_a_ledger_that_differs_otherwise_takes_nobody_in(lived, congress, name_units):
    stream = ledger_stream(congress)
    config = (await stream_info(lived, stream))["config"]
    await js_api(lived, f"STREAM.UPDATE.{stream}", config | {"max_age": 3_600_000_000_000})
    name_units("y-te")
    with pytest.raises(StreamMismatch, match=stream):
        await provision(lived, congress)
    assert service_stream(congress, "y-te") not in await sources(lived, congress)


async def test_the_doctor_sees_a_unit_that_has_not_joined_and_one_that_is_not_named(
    lived, congress, settings, name_units
):
    name_units("y-te")
    config = next(each for each in stream_configs(congress) if each["name"] == service_stream(congress, "y-te"))
    await js_api(lived, f"STREAM.CREATE.{config['name']}", config)
    [unjoined] = [each for each in await examine(settings) if each.code == "unit_not_joined"]
    assert "y-te" in unjoined.detail
    await provision(lived, congress)
    assert {"unit_not_joined", "unit_not_named", "stream_differs"}.isdisjoint(await codes(settings))
    name_units("")
    [unnamed] = [each for each in await examine(settings) if each.code == "unit_not_named"]
    assert "y-te" in unnamed.detail
    assert SETTING in unnamed.advice


async def codes(settings):
    return {each.code for each in await examine(settings)}
