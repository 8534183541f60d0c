"""What the broker has given this process to do: events of the ledger that are not acknowledged yet.

What comes only says which events are next. That it is a delivery is told by where it is to be acknowledged, not by
its headers, which whoever stored it has chosen.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg

from shared.eventstore.errors import Unavailable
from shared.eventstore.jetstream_api import js_api
from shared.eventstore.wire import as_json
from shared.unit.consumer import ACK_WAIT_S, IN_HAND

SIGN_OF_LIFE_S = 1.5
"""How often the broker is told that what is in hand is worked on; else it gives that to somebody else."""
ASK_S = 1.0
"""How long one question for events stays open, and how long another instance waits before it asks again."""
LOOK_EVERY_S = 0.005
_NOTHING_YET = frozenset({"100", "404", "408"})
_ANOTHER_ASKS = "Exceeded MaxWaiting"
_DONE, _GIVEN_BACK, _AT_WORK = b"+ACK", b"-NAK", b"+WPI"


@asynccontextmanager
async def deliveries(connection: Client, stream: str, durable: str) -> AsyncIterator["Deliveries"]:
    """Asks the consumer for events as long as the block takes. What is not done then is given back."""
    given = Deliveries(connection, stream, durable)
    subscription = await connection.subscribe(given.inbox, cb=given.receive)
    tasks = [asyncio.create_task(given.ask()), asyncio.create_task(given.give_signs_of_life())]
    try:
        yield given
    finally:
        for task in tasks:
            task.cancel()
        with suppress(nats.errors.Error):
            await subscription.unsubscribe()  # first: else it is given to us again
            for sequence in sorted(given.in_hand):
                await given.give_back(sequence)


class Deliveries:
    """`in_hand` holds what was delivered and is not done, by its sequence in the ledger."""

    def __init__(self, connection: Client, stream: str, durable: str) -> None:
        self.in_hand: dict[int, Msg] = {}
        self.inbox = connection.new_inbox()
        self._connection = connection
        self._consumer = f"{stream}.{durable}"
        self._news = asyncio.Event()
        self._answered = asyncio.Event()
        self._left = 0
        self._another_asks = False
        self._trouble: Exception | None = None
        self._reconnects = connection.stats["reconnects"]
        self._last_sign_at = time.monotonic()

    async def news(self) -> None:
        """Until the broker has answered something, were it that there is nothing. Raises `Unavailable`."""
        await self._news.wait()
        self._news.clear()
        self.check_still_ours()

    def check_still_ours(self) -> None:
        """Raises `Unavailable` where the broker may have given what is in hand to somebody else, or gives nothing."""
        if self._is_late or self._connection.stats["reconnects"] != self._reconnects:
            raise Unavailable("the broker has not heard of what is in hand for too long")
        if self._trouble:
            raise self._trouble

    @property
    def _is_late(self) -> bool:
        return time.monotonic() - self._last_sign_at > ACK_WAIT_S

    async def wait_for_turn(self) -> None:
        """Until no other instance has an event in hand. Raises `Unavailable` where one keeps it for long: each of two
        may wait for the other."""
        deadline = time.monotonic() + ACK_WAIT_S
        while await self._outstanding() > len(self.in_hand):
            if time.monotonic() > deadline:
                raise Unavailable("another instance of the unit has events in hand")
            await asyncio.sleep(LOOK_EVERY_S)

    async def done(self, sequence: int) -> None:
        await self._connection.publish(self.in_hand.pop(sequence).reply, _DONE)

    async def give_back(self, sequence: int) -> None:
        await self._connection.publish(self.in_hand.pop(sequence).reply, _GIVEN_BACK)

    async def receive(self, message: Msg) -> None:
        if sequence := ledger_sequence(message.reply):
            self.in_hand[sequence] = message
            self._left -= 1
            if not self._left:
                self._answered.set()
        else:
            self._read_status(message.headers or {})
        self._news.set()

    def _read_status(self, headers: dict[str, Any]) -> None:
        self._another_asks = headers.get("Description") == _ANOTHER_ASKS
        if headers.get("Status") not in _NOTHING_YET and not self._another_asks:
            self._trouble = Unavailable(f"the consumer does not deliver: {headers}")
        self._answered.set()

    async def ask(self) -> None:
        """One question is open at all times: while it is, no other instance is given anything."""
        subject = f"$JS.API.CONSUMER.MSG.NEXT.{self._consumer}"
        question = as_json({"batch": IN_HAND, "expires": int(ASK_S * 10**9)})
        while True:
            self._left, self._another_asks = IN_HAND, False
            self._answered.clear()
            try:
                await self._connection.publish(subject, question, reply=self.inbox)
            except nats.errors.Error as error:
                self._trouble = error
                self._news.set()
            with suppress(TimeoutError):
                async with asyncio.timeout(ASK_S + 1):
                    await self._answered.wait()
            if self._another_asks:
                await asyncio.sleep(ASK_S)

    async def give_signs_of_life(self) -> None:
        while True:
            await asyncio.sleep(SIGN_OF_LIFE_S)
            if not self._is_late:  # else it stays so
                self._last_sign_at = time.monotonic()
            for message in list(self.in_hand.values()):
                with suppress(nats.errors.Error):
                    await self._connection.publish(message.reply, _AT_WORK)

    async def _outstanding(self) -> int:
        info = await js_api(self._connection, f"CONSUMER.INFO.{self._consumer}", {})
        if error := info.get("error"):
            raise Unavailable(f"the consumer does not deliver: {error['description']}")
        return int(info["num_ack_pending"])


def ledger_sequence(reply: str) -> int:
    """0 where `reply` is no place to acknowledge a delivery:
    `$JS.ACK.[domain.account.]stream.consumer.delivered.sequence.consumer-sequence.time.pending[.more]`."""
    tokens = reply.split(".")
    if tokens[:2] != ["$JS", "ACK"] or len(tokens) < 9:
        return 0
    sequence = tokens[5] if len(tokens) < 11 else tokens[7]
    return int(sequence) if sequence.isdecimal() else 0
