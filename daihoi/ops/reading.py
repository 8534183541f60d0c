"""Who reads: whether a token shows what only some may read, by its key, its time and the ledger's revocations."""

from daihoi.ops.session import connected
from services.tracker.access import proved_reader
from shared.domain.decider import Actor
from shared.platform.settings import Settings
from shared.reports.masking import READERS
from shared.unit.revocations import Revocations


async def may_read_restricted(settings: Settings, token: str) -> bool:
    """Whether `token` unmasks. Raises `PlatformError` or a refusal where there is a token that proves nothing."""
    return bool(token) and (await reader_of(settings, token)).unit in READERS


async def reader_of(settings: Settings, token: str) -> Actor:
    """Whose token it is. Raises `PlatformError` or a refusal where it proves nothing."""
    bearer = proved_reader(settings, token)
    async with connected(settings) as connection:
        await Revocations(connection, settings.congress).check(bearer)
    return bearer.actor
