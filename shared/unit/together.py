"""Questions that all have the same answer, however many ask: nobody is kept from being answered by those before."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from shared.unit.answering import respond

if TYPE_CHECKING:
    from shared.unit.broker import UnitBroker

MOST_ASKING = 1000
"""Who asks beyond that while one answer is being made is not answered."""

logger = logging.getLogger(__name__)


class Together:
    """Makes one answer at a time. Whoever asks meanwhile is given the next one, together with all others."""

    def __init__(self, broker: "UnitBroker", make: Callable[[], Awaitable[bytes]]) -> None:
        self._broker, self._make = broker, make
        self._asking: list[str] = []
        self._answering: asyncio.Task[None] | None = None

    def ask(self, reply: str) -> None:
        """The answer is published to `reply`."""
        if len(self._asking) < MOST_ASKING:
            self._asking.append(reply)
        if self._answering is None or self._answering.done():
            self._answering = asyncio.create_task(self._answer_all())
            self._broker.at_work.add(self._answering)
            self._answering.add_done_callback(self._broker.at_work.discard)

    async def _answer_all(self) -> None:
        while self._asking:
            replies, self._asking = self._asking, []
            try:
                answer = await self._make()
            except Exception:
                logger.exception("a question can't be answered")
                continue
            for reply in replies:
                await respond(self._broker, reply, answer)
                await asyncio.sleep(0)  # commands go on meanwhile
