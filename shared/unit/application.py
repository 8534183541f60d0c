"""A service as a process, from its first try to reach a server to its end."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from faststream import FastStream


class ServiceApp(FastStream):
    """FastStream's application, but `exit`, and so SIGTERM and SIGINT, ends it also while it still begins. FastStream
    looks whether it is to end only once `lifespan` has begun, which waits for as long as the server is away."""

    def __init__(self, lifespan: Callable[[], AbstractAsyncContextManager[None]], logger: logging.Logger) -> None:
        self._beginning: asyncio.Task[Any] | None = None

        @asynccontextmanager
        async def until_begun() -> AsyncIterator[None]:
            async with lifespan():
                self._beginning = None
                yield

        super().__init__(lifespan=until_begun, logger=logger)

    async def run(self, *args: Any, **options: Any) -> None:
        self._beginning = running = asyncio.current_task()
        try:
            await super().run(*args, **options)
        except asyncio.CancelledError:
            if not self._should_exit or running is None or running.uncancel():
                raise

    def exit(self) -> None:
        super().exit()
        if self._beginning:
            self._beginning.cancel()
            self._beginning = None
