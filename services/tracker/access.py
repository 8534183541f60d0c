"""Who is asking: the token that a reader may present, and whether it unmasks what only some may read."""

from services.tracker.masking import READERS
from shared.domain.decider import Refused
from shared.platform.errors import PlatformError
from shared.platform.settings import Settings
from shared.unit.issuer import issuer_public_key
from shared.unit.tokens import TokenVerifier


def may_read_restricted(settings: Settings, token: str) -> bool:
    """Whether `token` unmasks. Raises `PlatformError` where there is a token that proves nothing."""
    if not token:
        return False
    try:
        reader = TokenVerifier(issuer_public_key(settings), settings.congress, "tracker").reader(f"Bearer {token}")
    except Refused as refused:
        raise PlatformError(refused) from refused
    return reader.unit in READERS
