"""Health over NATS: `health.<congress>.<service>` answers with what was tried and what came of it."""

from collections.abc import Awaitable, Callable

import orjson
from faststream.nats import NatsBroker, NatsMessage
from nats.aio.client import Client
from pydantic import BaseModel

from shared.eventstore.errors import EventStoreError
from shared.eventstore.ledger import Ledger
from shared.platform.settings import Settings


class Health(BaseModel):
    """`ready` means it can do its work now; `detail` holds the figures, `reasons` what is wrong, in words."""

    ready: bool
    reasons: tuple[str, ...] = ()
    detail: dict[str, object] = {}


def health_subject(congress: str, service: str) -> str:
    return f"health.{congress}.{service}"


def answer_health(broker: NatsBroker, congress: str, service: str, look: Callable[[], Awaitable[Health]]) -> None:
    @broker.subscriber(health_subject(congress, service), title=f"{service} health")
    async def on_health(message: NatsMessage) -> bytes:
        return (await look()).model_dump_json().encode()


async def jetstream_health(connection: Client, settings: Settings) -> Health:
    """One JetStream round trip."""
    try:
        return Health(
            ready=True, detail={"ledger_sequence": await Ledger(connection, settings.congress).last_sequence()}
        )
    except EventStoreError as error:
        return Health(ready=False, reasons=(str(error),))


def read_health(body: bytes) -> Health:
    return Health.model_validate(orjson.loads(body))
