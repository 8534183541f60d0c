"""Who reads: whether a token shows what only some may read, by its key, its time and the ledger's revocations."""

from daihoi.ops.session import connected
from services.tracker.access import proved_reader
from shared.domain.decider import Actor
from shared.platform.settings import Settings
from shared.unit.revocations import Revocations
from shared.unit.roles import Act, may
from shared.values.units import SECURITY


async def may_read_restricted(settings: Settings, token: str) -> bool:
    """Whether `token` unmasks what is on record of all units. Raises `PlatformError` or a refusal where there is a
    token that proves nothing."""
    return bool(token) and may(await reader_of(settings, token), Act.READ_RESTRICTED, SECURITY)


async def reader_of(settings: Settings, token: str) -> Actor:
    """Whose token it is. Raises `PlatformError` or a refusal where it proves nothing."""
    bearer = proved_reader(settings, token)
    async with connected(settings) as connection:
        await Revocations(connection, settings.congress).check(bearer)
    return bearer.actor
