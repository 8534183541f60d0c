"""Who reads: whether a token shows what only some may read, by its key, its time and the ledger's revocations."""

from daihoi.ops.session import connected
from services.tracker.access import proved_reader
from services.tracker.masking import READERS
from shared.platform.settings import Settings
from shared.unit.revocations import Revocations


async def may_read_restricted(settings: Settings, token: str) -> bool:
    """Whether `token` unmasks. Raises `PlatformError` or a refusal where there is a token that proves nothing."""
    if not token:
        return False
    bearer = proved_reader(settings, token)
    async with connected(settings) as connection:
        await Revocations(connection, settings.congress).check(bearer)
    return bearer.actor.unit in READERS
