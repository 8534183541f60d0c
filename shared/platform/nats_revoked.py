"""The list of users that nobody may come as any more: their public keys, and when each was put there.

A file that can't be read is an error and not an empty list: with that, everybody on it would be let in again.
"""

import json
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from shared.domain.decider import Refusal
from shared.platform.errors import PlatformError
from shared.platform.files import OWN_FILE, write_over

REVOKED = "revoked.json"
FOR_EVER = 2**53 - 1
"""Until when what was issued to a revoked user counts no more, in Unix seconds. Its key is never used again, and a
clock that was ahead may have issued it at any time."""
LIST_UNREADABLE = Refusal(
    "revoked_unreadable",
    "{path} is to say who was revoked and can't be read as such a list. Bring a copy of it back; without the list, "
    "everybody on it would be let in again.",
)


def read_revoked(path: Path) -> dict[str, int]:
    """The users, and until when what was issued to them counts no more. Raises `PlatformError`, `OSError`."""
    return dict.fromkeys(_entries(path), FOR_EVER)


def add_revoked(path: Path, users: Iterable[str]) -> None:
    """Raises as `read_revoked`."""
    entries = {**dict.fromkeys(users, int(time.time())), **_entries(path)}
    write_over(path, json.dumps(entries, indent=1).encode(), OWN_FILE)


def _entries(path: Path) -> Mapping[str, object]:
    """Who is on the list is revoked, whatever stands there for the time."""
    try:
        entries = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except (ValueError, RecursionError) as error:
        raise PlatformError(LIST_UNREADABLE(path=path)) from error
    if not isinstance(entries, dict):
        raise PlatformError(LIST_UNREADABLE(path=path))
    return entries
