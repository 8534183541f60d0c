"""Waiting for a condition, never for luck."""

import asyncio
import time
from collections.abc import Awaitable, Callable

TIMEOUT_S = 180
"""Only a failure takes so long; a machine that is busy with other things must not be one."""
LOOK_EVERY_S = 0.02


def wait_until(condition: Callable[[], object], timeout_s: float = TIMEOUT_S) -> None:
    """As `until`, where no event loop runs."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, f"{condition.__qualname__} did not hold within {timeout_s} s"
        time.sleep(LOOK_EVERY_S)


async def until(condition: Callable[[], Awaitable[object]], timeout_s: float = TIMEOUT_S) -> None:
    """Returns when `condition` holds; fails when it does not within `timeout_s`."""
    deadline = time.monotonic() + timeout_s
    while not await condition():
        assert time.monotonic() < deadline, f"{condition.__qualname__} did not hold within {timeout_s} s"
        await asyncio.sleep(LOOK_EVERY_S)
