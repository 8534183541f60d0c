"""How long a caller waits for a service that does not run: one that is being started again is back in a moment."""

import asyncio
import time
from collections.abc import Callable
from typing import NamedTuple

from shared.platform.pauses import Pauses

WAIT_FOR_SERVICE_S = 10.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.05, 0.5


def _say_nothing(_service: str, _seconds: float) -> None:
    """For callers whom nobody watches."""


class Patience(NamedTuple):
    """`seconds` is how long a command may wait for its service, 0 not at all. `tell` is called once, when it begins
    to, with the service and how long it will wait at most."""

    seconds: float = WAIT_FOR_SERVICE_S
    tell: Callable[[str, float], None] = _say_nothing

    def begin(self, service: str) -> "Waiting":
        return Waiting(self, service)


class Waiting:
    """The waiting of one command."""

    def __init__(self, patience: Patience, service: str) -> None:
        self._patience, self._service = patience, service
        self._deadline: float | None = None
        self._pauses = Pauses(FIRST_PAUSE_S, LONGEST_PAUSE_S)

    async def goes_on(self) -> bool:
        """Whether to look again, after a pause that grows: many callers who wait come back at different times."""
        if self._deadline is None:
            self._deadline = time.monotonic() + self._patience.seconds
            if self._patience.seconds > 0:
                self._patience.tell(self._service, self._patience.seconds)
        left = self._deadline - time.monotonic()
        if left <= 0:
            return False
        await asyncio.sleep(min(left, self._pauses.next_s()))
        return True
