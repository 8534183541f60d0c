"""The tracker's service: keeps the live views up with the ledger."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from faststream import FastStream
from pymongo.errors import PyMongoError

from services.tracker.projector import Projector
from services.tracker.store import ViewStore
from shared.eventstore.ledger import Ledger
from shared.eventstore.streams import provision
from shared.platform.embedded import endpoints
from shared.platform.mongo import mongo_database
from shared.platform.settings import Settings
from shared.unit.health import Health, answer_health, jetstream_health
from shared.unit.service import service_broker

TRACKER = "tracker"


@asynccontextmanager
async def lifespan() -> AsyncIterator[None]:
    settings = Settings()
    with endpoints(settings) as servers:
        broker = service_broker(servers.nats_url, TRACKER)
        await broker.connect()
        await provision(broker.connection, settings.congress)
        async with mongo_database(servers.mongo_url, settings.database) as database:
            views = ViewStore(database)
            projector = Projector(Ledger(broker.connection, settings.congress), views)
            projecting = asyncio.create_task(projector.run())
            projecting.add_done_callback(lambda _: app.exit())

            async def look() -> Health:
                return await tracker_health(await jetstream_health(broker.connection, settings), projector, views)

            answer_health(broker, settings.congress, TRACKER, look)
            app.add_broker(broker)
            try:
                yield
            finally:
                projecting.cancel()
                with suppress(asyncio.CancelledError):
                    await projecting


async def tracker_health(jetstream: Health, projector: Projector, store: ViewStore) -> Health:
    """Ready while JetStream and MongoDB answer and the projection has no trouble, also as a standby; lag, gaps and
    parked events are told, for they need a person, not a restart."""
    parked: int | None = None
    progress = projector.progress
    reasons = list(jetstream.reasons)
    if progress.trouble:
        reasons.append(progress.trouble)
    try:
        parked = await store.count_parked()
    except PyMongoError as error:
        reasons.append(f"MongoDB does not answer: {error}")
    lease = projector.lease
    if not lease.is_held:
        return Health(
            ready=not reasons,
            reasons=(*reasons, f"standby: {lease.waits_for} projects"),
            detail={**jetstream.detail, "role": "standby", "waits_for": lease.waits_for, "parked": parked},
        )
    end = jetstream.detail.get("ledger_sequence")
    lag = end - progress.checkpoint.sequence if isinstance(end, int) else None
    gaps = [f"{stream} {sequence} is missing" for stream, sequence in progress.checkpoint.gaps.items()]
    detail = {
        **jetstream.detail,
        "role": "active",
        "checkpoint": progress.checkpoint.sequence,
        "lag_events": lag,
        "parked": parked,
    }
    return Health(ready=not reasons, reasons=(*reasons, *gaps), detail=detail)


app = FastStream(lifespan=lifespan)
