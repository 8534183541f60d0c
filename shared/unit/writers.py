"""Who writes to a service's stream beside others, and who has it to themselves, within one process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Writers:
    """Any number may write side by side. Whoever asks to be alone waits for those that are at it, and who comes later
    waits until that one is through: a busy service starves nobody. One at a time may ask to be alone."""

    def __init__(self) -> None:
        self._count = 0
        self._may_begin = asyncio.Event()
        self._may_begin.set()
        self._none_writes = asyncio.Event()
        self._none_writes.set()

    @asynccontextmanager
    async def beside_others(self) -> AsyncIterator[None]:
        while not self._may_begin.is_set():
            await self._may_begin.wait()
        self._count += 1
        self._none_writes.clear()
        try:
            yield
        finally:
            self._count -= 1
            if not self._count:
                self._none_writes.set()

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        self._may_begin.clear()
        try:
            await self._none_writes.wait()
            yield
        finally:
            self._may_begin.set()
