"""The floor's consumer is there for as long as it is needed, however slow the machine, and no longer."""

from benchmarks.pulling import KEPT_S, PAGE, bare_pull
from shared.eventstore.names import ledger_stream
from shared.eventstore.store import EventStore
from tests.congress import Writer, settled


async def test_a_bare_pull_keeps_its_consumer_between_two_pulls_and_takes_it_away(connection, congress, ledger):
    written = await Writer(EventStore(connection, congress, "logistics")).write(range(PAGE // 8 + 2))
    await settled(ledger, written)
    stream, manager = ledger_stream(congress), connection.jetstream()
    async with bare_pull(connection, stream) as pull:
        await pull(1)
        (consumer,) = await manager.consumers_info(stream)
        assert consumer.config.inactive_threshold == KEPT_S
        await pull(written - 1)
        assert (await manager.consumer_info(stream, consumer.name)).delivered.stream_seq == written > PAGE
    assert not await manager.consumers_info(stream)
