"""The tracker's service: keeps the live views up with the ledger."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from services.tracker.health import TrackerHealth
from services.tracker.history.shadow import keep_shadow
from services.tracker.projection.projector import Projector
from services.tracker.projection.store import ViewStore
from shared.eventstore.credentials import credentials_for, may_publish
from shared.eventstore.ledger import Ledger
from shared.eventstore.operating import connected_as, provide_streams
from shared.eventstore.streams import check_streams
from shared.history.decoding import EVENT_TYPES
from shared.platform.embedded import endpoints, environment_of
from shared.platform.mongo import mongo_database
from shared.platform.settings import Settings
from shared.unit.application import ServiceApp
from shared.unit.asyncapi import Json, answer_asyncapi, asyncapi
from shared.unit.health import answer_health
from shared.unit.health_file import HealthFile
from shared.unit.service import service_broker, when_closed
from shared.values.units import TRACKER

logger = logging.getLogger(__name__)


@asynccontextmanager
async def lifespan() -> AsyncIterator[None]:
    settings = Settings()
    with endpoints(settings) as servers:
        await provide_streams(settings, servers)
        credentials = credentials_for(servers.nats_credentials, settings.congress, TRACKER)
        async with (
            service_broker(servers.nats_url, TRACKER, credentials) as broker,
            connected_as(TRACKER, settings, servers, "daihoi tracker") as reading,
            mongo_database(servers.mongo_url, settings.database) as database,
        ):
            await check_streams(broker.connection, settings.congress, TRACKER, settings.nats_replicas)
            views = ViewStore(database)
            ledger = Ledger(reading, settings.congress)
            projector = Projector(ledger, views)
            projecting = asyncio.create_task(projector.run())
            projecting.add_done_callback(lambda _: app.exit())
            closing = asyncio.create_task(when_closed(broker.connection, app.exit))
            shadowing = asyncio.create_task(keep_shadow(environment_of(settings, servers)))

            def may_read(stream: str) -> bool:
                return may_publish(credentials, f"$JS.API.STREAM.MSG.GET.{stream}")

            look = TrackerHealth(projector, views, ledger, may_read).look
            answer_health(broker, settings.congress, TRACKER, settings.instance_name, look)
            telling = HealthFile(settings, TRACKER, look)
            app.after_startup(telling.start)
            app.on_shutdown(telling.stop)
            answer_asyncapi(broker, settings.congress, TRACKER, contract)
            app.add_broker(broker)
            try:
                yield
            finally:
                for task in (closing, shadowing, projecting):
                    task.cancel()
                    with suppress(asyncio.CancelledError):
                        await task


def contract() -> Json:
    """What it speaks, as an AsyncAPI document: it takes no commands and writes no events."""
    return asyncapi(TRACKER, reads=tuple(EVENT_TYPES[name] for name in sorted(EVENT_TYPES)))


app = ServiceApp(lifespan, logger)
