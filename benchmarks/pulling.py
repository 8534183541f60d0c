"""A bare pull: the floor of whatever reads a stream."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from nats.aio.client import Client
from nats.js.api import AckPolicy, ConsumerConfig

PAGE = 1000
PATIENCE_S = 60
KEPT_S = 3600
"""A broker forgets a consumer after five seconds without a pull, and what is done in between may take longer."""

type Pull = Callable[[int], Awaitable[None]]
"""Pulls so many messages more."""


@asynccontextmanager
async def bare_pull(connection: Client, stream: str) -> AsyncIterator[Pull]:
    """From the first message on; the consumer is gone after the block."""
    jetstream = connection.jetstream()
    config = ConsumerConfig(ack_policy=AckPolicy.NONE, inactive_threshold=KEPT_S)
    messages = await jetstream.pull_subscribe("", stream=stream, config=config)

    async def pull(count: int) -> None:
        while count:
            count -= len(await messages.fetch(min(PAGE, count), timeout=PATIENCE_S))

    try:
        yield pull
    finally:
        consumer = await messages.consumer_info()
        await messages.unsubscribe()
        await jetstream.delete_consumer(stream, consumer.name)
