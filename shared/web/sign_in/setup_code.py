"""The one-time code that the first account takes: whoever reads the service's folder may make it, no stranger."""

import hmac
import logging
import secrets
from pathlib import Path

from shared.platform.files import OWN_FILE, own_folder, write_new
from shared.platform.settings import Settings

LARGEST = 100
logger = logging.getLogger(__name__)


def setup_code_path(settings: Settings) -> Path:
    return settings.data_dir / "setup-code"


def provide_setup_code(settings: Settings) -> Path:
    """Makes it where there is none. Raises `OSError`."""
    path = setup_code_path(settings)
    own_folder(path.parent)
    if write_new(path, secrets.token_hex(8).encode(), OWN_FILE):
        logger.warning("nobody can sign in yet: the set-up code for the first account is in %s", path)
    return path


def read_setup_code(settings: Settings) -> str:
    """Empty where there is none."""
    try:
        return setup_code_path(settings).read_text("ascii")[:LARGEST].strip()
    except (OSError, UnicodeDecodeError):
        return ""


def is_setup_code(settings: Settings, typed: str) -> bool:
    code = read_setup_code(settings)
    return bool(code) and hmac.compare_digest(typed.strip().lower().encode(), code.encode())


def remove_setup_code(settings: Settings) -> None:
    """Removes the set-up code once somebody can sign in."""
    try:
        setup_code_path(settings).unlink(missing_ok=True)
    except OSError as error:
        logger.warning("the set-up code, which is good for nothing any more, can't be removed: %s", error)
