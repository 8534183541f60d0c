"""A connection to the real nats-server on which appends go wrong when they are told to."""

import asyncio
from collections import Counter
from enum import StrEnum
from typing import Any

import nats.errors
from nats.aio.client import Client

from tests.waiting import TIMEOUT_S

ACK_TIMEOUT_S = 0.003
"""What an event store waits between two tries; whatever really goes to the server has `TIMEOUT_S`."""


class Mishap(StrEnum):
    """What becomes of an append: whether it reaches the server, and who hears of it."""

    DIES_BEFORE = "the process dies before the append"
    DIES_AFTER = "the process dies after the append, before its ack"
    REQUEST_LOST = "the append is lost"
    ACK_LOST = "the append is stored and its ack is lost"
    CUT_BEFORE = "the append is lost and nothing is heard any more"
    CUT_AFTER = "the append is stored and nothing is heard any more"

    @property
    def reaches_the_server(self) -> bool:
        return self in (Mishap.DIES_AFTER, Mishap.ACK_LOST, Mishap.CUT_AFTER)


class Died(BaseException):
    """The process is gone: no code of it runs on, whatever it catches."""


class Unreliable:
    """Like `connection`, but the next append meets what it was told to meet, at the first message of a batch or at
    the last. `met` counts what happened."""

    def __init__(self, connection: Client, met: Counter[Mishap]) -> None:
        self._connection = connection
        self._met = met
        self._cut = False
        self._next: tuple[Mishap, bool] | None = None
        self._gate: asyncio.Event | None = None
        self.held = asyncio.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def meet(self, mishap: Mishap, at_the_first: bool = False) -> None:
        self._next = mishap, at_the_first

    def hold(self) -> asyncio.Event:
        """The next append waits until the event is set; `held` is set while it waits."""
        self._gate = asyncio.Event()
        self.held.clear()
        return self._gate

    def heal(self) -> None:
        self._cut, self._next, self._gate = False, None, None

    async def subscribe(self, *args: Any, **kwargs: Any) -> Any:
        self._must_be_up()
        return await self._connection.subscribe(*args, **kwargs)

    async def publish(self, *args: Any, **kwargs: Any) -> None:
        self._must_be_up()
        await self._connection.publish(*args, **kwargs)

    async def request(
        self, subject: str, payload: bytes, timeout: float = 0, headers: dict[str, str] | None = None
    ) -> Any:
        self._must_be_up()
        if "Nats-Expected-Stream" not in (headers or {}):
            return await self._connection.request(subject, payload, timeout=TIMEOUT_S, headers=headers)
        if self._gate is not None:
            gate, self._gate = self._gate, None
            self.held.set()
            await gate.wait()
        mishap = self._due(headers or {})
        if mishap is None or mishap.reaches_the_server:
            reply = await self._connection.request(subject, payload, timeout=TIMEOUT_S, headers=headers)
        if mishap is None:
            return reply
        self._met[mishap] += 1
        if mishap in (Mishap.DIES_BEFORE, Mishap.DIES_AFTER):
            raise Died
        self._cut = mishap in (Mishap.CUT_BEFORE, Mishap.CUT_AFTER)
        raise nats.errors.TimeoutError

    def _due(self, headers: dict[str, str]) -> Mishap | None:
        if self._next is None:
            return None
        mishap, at_the_first = self._next
        opens_a_batch = "Nats-Batch-Id" in headers and "Nats-Batch-Commit" not in headers
        if opens_a_batch and not at_the_first:
            return None
        self._next = None
        return mishap

    def _must_be_up(self) -> None:
        if self._cut:
            raise nats.errors.ConnectionClosedError
