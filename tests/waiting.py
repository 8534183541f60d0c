"""Waiting for a condition, never for luck."""

import asyncio
import time
from collections.abc import Awaitable, Callable

TIMEOUT_S = 180
"""Only a failure takes so long; a machine that is busy with other things must not be one."""
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.02, 0.1
PART_OF_THE_WAIT = 20
"""One in so many: whoever has waited for long looks less often, for each look takes time from what is waited for."""


def wait_until(condition: Callable[[], object], timeout_s: float = TIMEOUT_S) -> None:
    """As `until`, where no event loop runs."""
    began = time.monotonic()
    while not condition():
        time.sleep(_pause(began, timeout_s, condition))


async def until(condition: Callable[[], Awaitable[object]], timeout_s: float = TIMEOUT_S) -> None:
    """Returns when `condition` holds; fails when it does not within `timeout_s`."""
    began = time.monotonic()
    while not await condition():
        await asyncio.sleep(_pause(began, timeout_s, condition))


def _pause(began: float, timeout_s: float, condition: Callable[[], object]) -> float:
    waited_s = time.monotonic() - began
    assert waited_s < timeout_s, f"{condition.__qualname__} did not hold within {timeout_s} s"
    return min(LONGEST_PAUSE_S, max(FIRST_PAUSE_S, waited_s / PART_OF_THE_WAIT))
