"""Which congresses `daihoi up` runs for in a folder, seen from outside: by the lock that each of them holds."""

import fcntl
import os
from contextlib import suppress
from pathlib import Path

from shared.platform.settings import Settings
from shared.values.message import Message

OTHERS_RUN = Message(
    "other_congress_runs",
    "In this folder `daihoi up` runs for {others}, not for {congress}; a congress beside it needs another "
    "`daihoi up`, with its own name in DAIHOI_CONGRESS.",
)


def lock_path(folder: Path, congress: str) -> Path:
    return folder / "logs" / f"up-{congress}.lock"


def congresses_up(folder: Path) -> list[str]:
    """Their ids, sorted."""
    paths = sorted(lock_path(folder, "*").parent.glob(lock_path(folder, "*").name))
    return [path.stem.removeprefix("up-") for path in paths if _is_held(path)]


def others_run(settings: Settings) -> Message | None:
    """What to say of a service that does not answer where `daihoi up` runs, and for others alone. Nothing where the
    servers are somebody else's: what runs beside them is not seen here."""
    if settings.nats_url or settings.congress in (up := congresses_up(settings.data_dir.absolute())) or not up:
        return None
    return OTHERS_RUN.filled(others=", ".join(up), congress=settings.congress)


def _is_held(path: Path) -> bool:
    """Whether a process holds it. A lock of a process that is gone is not even tried, so that one that just begins
    is not in the way."""
    with suppress(OSError, ValueError):
        os.kill(int(path.read_text()), 0)
        with path.open() as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
    return False
