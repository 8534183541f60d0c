"""What the ledger and the services say of the issuer's keys. Nothing is started to ask them."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

from nats.aio.client import Client

from daihoi.ops.session import connected
from shared.domain.decider import Refused
from shared.eventstore.errors import EventStoreError
from shared.platform.embedded import keeper_lives
from shared.platform.errors import PlatformError
from shared.platform.settings import Settings
from shared.unit.accepted_keys import LOOK_EVERY_S
from shared.unit.client import CommandClient
from shared.unit.health import Health
from shared.unit.problems import ProblemError
from shared.unit.revocations import Revocations
from shared.values.units import services


async def revoked_keys(settings: Settings) -> Mapping[str, datetime] | None:
    """The times from which keys are revoked, by their ids. `None` where the ledger can't be asked."""
    return await _asked(settings, lambda connection: Revocations(connection, settings.congress).keys())


async def services_lacking(settings: Settings, key_id: str) -> list[str] | None:
    """Services of which a process runs that does not accept the key, and will not within the pause in which services
    look for keys. `None` where they can't be asked."""

    async def lacking_for_long(connection: Client) -> list[str]:
        if await lacking(connection):
            await asyncio.sleep(LOOK_EVERY_S)
        return await lacking(connection)

    async def lacking(connection: Client) -> list[str]:
        client, names = CommandClient(connection, settings.congress), services()
        answers = await asyncio.gather(*(client.healths(name) for name in names))
        return [name for name, healths in zip(names, answers, strict=True) if any(map(lacks, healths))]

    def lacks(health: Health) -> bool:
        return "key_id" in health.detail and key_id not in str(health.detail["key_id"]).split(", ")

    return await _asked(settings, lacking_for_long)


async def _asked[Answer](settings: Settings, question: Callable[[Client], Awaitable[Answer]]) -> Answer | None:
    directory = settings.data_dir.absolute()
    if not settings.nats_url and not (directory.exists() and keeper_lives(directory)):
        return None
    try:
        async with connected(settings, wait_s=0) as connection:
            return await question(connection)
    except (EventStoreError, PlatformError, ProblemError, Refused):
        return None
