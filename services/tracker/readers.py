"""Who is asking: the token that a reader may present, and whether it unmasks what only some may read."""

from typing import Annotated

import typer

from services.tracker.restricted import READERS
from shared.domain.decider import Refused
from shared.i18n import translate
from shared.platform.errors import PlatformError
from shared.platform.settings import Settings
from shared.unit.tokens import TokenVerifier

TokenOption = Annotated[
    str,
    typer.Option(
        "--token", envvar="DAIHOI_TOKEN", show_envvar=False, help="Shows what only security and the auditor may read."
    ),
]


def may_read_restricted(settings: Settings, token: str) -> bool:
    """Whether `token` unmasks. Raises `PlatformError` where there is a token that proves nothing."""
    if not token:
        return False
    try:
        public_key = settings.issuer_public_key_path.read_bytes()
        reader = TokenVerifier(public_key, settings.congress, "tracker").reader(f"Bearer {token}")
    except OSError as error:
        raise PlatformError(f"no token can be checked without the issuer's public key: {error}") from error
    except Refused as refused:
        told = translate(refused.refusal.sentence, settings.lang, **refused.params)
        raise PlatformError(f"{refused.code}: {told}") from refused
    return reader.unit in READERS
