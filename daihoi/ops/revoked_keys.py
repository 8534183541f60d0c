"""What the ledger says of the issuer's keys."""

from collections.abc import Mapping
from datetime import datetime

from daihoi.ops.session import connected
from shared.domain.decider import Refused
from shared.eventstore.errors import EventStoreError
from shared.platform.embedded import keeper_lives
from shared.platform.errors import PlatformError
from shared.platform.settings import Settings
from shared.unit.revocations import Revocations


async def revoked_keys(settings: Settings) -> Mapping[str, datetime] | None:
    """As of when keys are revoked, by their ids. `None` where the ledger can't be asked; starts nothing."""
    directory = settings.data_dir.absolute()
    if not settings.nats_url and not (directory.exists() and keeper_lives(directory)):
        return None
    try:
        async with connected(settings, wait_s=0) as connection:
            return await Revocations(connection, settings.congress).keys()
    except (EventStoreError, PlatformError, Refused):
        return None
