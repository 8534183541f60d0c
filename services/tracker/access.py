"""Who is asking: the token that a reader may present."""

from shared.domain.decider import Refused
from shared.platform.errors import PlatformError
from shared.platform.settings import Settings
from shared.unit.accepted_keys import accepted_keys
from shared.unit.tokens import Bearer, TokenVerifier


def proved_reader(settings: Settings, token: str) -> Bearer:
    """What `token` says, revoked or not. Raises `PlatformError` where it proves nothing."""
    try:
        return TokenVerifier(accepted_keys(settings), settings.congress, "tracker").bearer(f"Bearer {token}")
    except Refused as refused:
        raise PlatformError(refused) from refused
