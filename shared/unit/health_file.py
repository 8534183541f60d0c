"""A service keeps a file that says how it is, for `shared.platform.probe`: a look that needs neither NATS nor this
program. A process that hangs does not renew it, and it soon holds no more."""

import asyncio
import logging
import os
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from shared.platform.files import OWN_FILE, data_folder, own_folder
from shared.platform.probe import NOT_READY, READY, file_of
from shared.platform.settings import Settings
from shared.unit.health import Health

TELL_EVERY_S = 5.0
HOLDS_S = 20.0
"""How long what is written holds: a machine may be so busy that a look or two come late."""

logger = logging.getLogger(__name__)


class HealthFile:
    """Says what `look` finds, from `start` to `stop`; before and after there is no file."""

    def __init__(self, settings: Settings, service: str, look: Callable[[], Awaitable[Health]]) -> None:
        self._data_dir, self._look = settings.data_dir, look
        self._telling: asyncio.Task[None] | None = None
        self.path = Path(file_of(str(settings.data_dir), settings.congress, service, settings.instance))

    async def start(self) -> None:
        self._telling = asyncio.create_task(self._keep_telling())

    async def stop(self) -> None:
        if self._telling:  # else it is to end before it has begun
            self._telling.cancel()
            await asyncio.gather(self._telling, return_exceptions=True)
        with suppress(OSError):
            self.path.unlink(missing_ok=True)

    async def _keep_telling(self) -> None:
        while True:
            try:
                self._write(await self._look())
            except OSError as error:
                logger.warning("how this process is can't be written to %s: %s", self.path, error.strerror)
            except Exception:
                logger.exception("this process can't look how it is")
            await asyncio.sleep(TELL_EVERY_S)

    def _write(self, health: Health) -> None:
        """Never half of it; not flushed to the disk, for nobody reads it after the machine has failed."""
        if not self.path.parent.is_dir():
            data_folder(self._data_dir)
            own_folder(self.path.parent)
        draft = self.path.with_name(f".{self.path.name}")
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, OWN_FILE), "wb") as file:
            file.write(_told(health))
        draft.replace(self.path)


def _told(health: Health) -> bytes:
    state = READY if health.ready else NOT_READY
    at = datetime.now(UTC).isoformat(timespec="seconds")
    lines = (f"{state} {time.monotonic() + HOLDS_S:.3f}", f"{at} {state}", *health.reasons)
    return "\n".join([*lines, ""]).encode()
