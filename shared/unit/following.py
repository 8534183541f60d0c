"""A policy on its durable consumer of the ledger: one event at a time, in order, until it is done or on record.

What the broker delivers only says which event is next. That it is a delivery is told by where it is to be
acknowledged, not by its headers, which whoever stored it has chosen; the event itself is read from the ledger.
Having been delivered before says nothing about an event; how often this process has failed at it does, and a failure
that passes is not counted.
"""

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, NamedTuple

import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription

from shared.domain.decider import Refused
from shared.eventstore.envelope import decode
from shared.eventstore.errors import Unavailable, Undecodable
from shared.eventstore.ledger import Ledger
from shared.eventstore.names import ledger_stream
from shared.eventstore.streams import js_api
from shared.unit.commands import CommandHandler
from shared.unit.policies import Policy, apply
from shared.unit.problems import PASSING
from shared.values.brief import brief_text

POLICY_ACK_WAIT_S = 5.0
POLICY_SIGN_OF_LIFE_S = 1.5
"""How often a policy at work tells the broker so; else what runs longer than the ack wait is delivered again."""
POLICY_RETRY_DELAY_S = 2.0
POLICY_TRIES = 5
STOP_TIMEOUT_S = 10.0
PULL_S = 5.0
"""How long one question for the next event stays open."""
_NANOSECONDS = 10**9
_CONSUMER_NOT_FOUND = 10014
_NOTHING_YET = frozenset({"100", "404", "408"})

logger = logging.getLogger(__name__)


def consumer_config(congress: str, service: str, policy: Policy) -> dict[str, Any]:
    """Of the durable consumer of one policy. `max_ack_pending` 1 keeps the order, whichever instance serves it."""
    return {
        "durable_name": f"policy-{service}-{policy.name}",
        "filter_subject": f"evt.{congress}.{policy.service}.{policy.entity}.*",
        "deliver_policy": "all",
        "replay_policy": "instant",
        "ack_policy": "explicit",
        "max_ack_pending": 1,
        "ack_wait": int(POLICY_ACK_WAIT_S * _NANOSECONDS),
    }


class Held(NamedTuple):
    """What a policy can't get past at the moment: `since` is on the monotonic clock."""

    sequence: int
    since: float
    reason: str


class Following:
    """Starts and stops the policies of one service."""

    def __init__(self) -> None:
        self.followers: Sequence[PolicyFollower] = ()
        self._running: list[tuple[PolicyFollower, asyncio.Task[None]]] = []

    async def start(self) -> None:
        self._running = [(follower, asyncio.create_task(follower.run())) for follower in self.followers]

    async def stop(self) -> None:
        """Each once it is done with the event that it has in hand, or after `STOP_TIMEOUT_S`."""
        await asyncio.gather(*(self._stop(*each) for each in self._running))

    @staticmethod
    async def _stop(follower: "PolicyFollower", task: asyncio.Task[None]) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_TIMEOUT_S):
                await follower.taking.acquire()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


class PolicyFollower:
    """Runs one policy of a service for as long as the process lives."""

    def __init__(
        self, connection: Client, congress: str, service: str, policy: Policy, handler: CommandHandler
    ) -> None:
        self.policy = policy
        self.held: Held | None = None
        self.unserved: Held | None = None
        """Why the broker delivers nothing at all at the moment, and since when; the sequence says nothing."""
        self._connection = connection
        self._service = service
        self._handler = handler
        self._ledger = Ledger(connection, congress)
        self._stream = ledger_stream(congress)
        self._config = consumer_config(congress, service, policy)
        self._durable = self._config["durable_name"]
        self._failures: dict[int, int] = {}
        self.taking = asyncio.Lock()
        """Whoever holds it keeps the policy from beginning with another event."""

    async def run(self) -> None:
        """Until it is cancelled. What it has begun when that happens is delivered again, and then found done."""
        while True:
            try:
                await self._follow()
            except (Unavailable, nats.errors.Error, TimeoutError) as error:
                logger.warning("policy %s waits: %s", self.policy.name, brief_text(error))
                self._is_unserved(error)
            except Exception as error:
                logger.exception("policy %s begins anew", self.policy.name)
                self._is_unserved(error)
            await asyncio.sleep(POLICY_RETRY_DELAY_S)

    def _is_unserved(self, error: Exception) -> None:
        since = self.unserved.since if self.unserved else time.monotonic()
        self.unserved = Held(0, since, brief_text(str(error) or repr(error)))

    async def _follow(self) -> None:
        await self._make_consumer()
        inbox = self._connection.new_inbox()
        subscription = await self._connection.subscribe(inbox)
        try:
            while True:
                if message := await self._next(subscription, inbox):
                    async with self.taking:
                        await self._take(message)
        finally:
            with suppress(nats.errors.Error):
                await subscription.unsubscribe()

    async def _make_consumer(self) -> None:
        info = await js_api(self._connection, f"CONSUMER.INFO.{self._stream}.{self._durable}", {})
        if info.get("error", {}).get("err_code") != _CONSUMER_NOT_FOUND:
            return
        wanted = {"stream_name": self._stream, "config": self._config}
        made = await js_api(self._connection, f"CONSUMER.DURABLE.CREATE.{self._stream}.{self._durable}", wanted)
        if error := made.get("error"):
            raise Unavailable(f"consumer {self._durable} could not be made: {error['description']}")

    async def _next(self, subscription: Subscription, inbox: str) -> Msg | None:
        asked = json.dumps({"batch": 1, "expires": int(PULL_S * _NANOSECONDS)}).encode()
        subject = f"$JS.API.CONSUMER.MSG.NEXT.{self._stream}.{self._durable}"
        await self._connection.publish(subject, asked, reply=inbox)
        try:
            message = await subscription.next_msg(timeout=PULL_S + 1)
        except nats.errors.TimeoutError:
            return None
        headers = message.headers or {}
        is_event = message.reply.startswith("$JS.ACK.")
        if not is_event and headers.get("Status") not in _NOTHING_YET:
            raise Unavailable(f"the consumer does not deliver: {headers}")
        self.unserved = None
        return message if is_event else None

    async def _take(self, message: Msg) -> None:
        sequence = _ledger_sequence(message.reply)
        try:
            async with _at_work(message):
                await self._do(message, sequence)
        except Exception as error:
            self._has_failed(sequence, error)
            await message.nak(delay=POLICY_RETRY_DELAY_S)
        else:
            self._failures.clear()
            self.held = None
            await message.ack()

    def _has_failed(self, sequence: int, error: Exception) -> None:
        if self.held is None or self.held.sequence != sequence:
            self.held = Held(sequence, time.monotonic(), "")
        self.held = self.held._replace(reason=brief_text(str(error) or repr(error)))
        if _is_passing(error):
            logger.warning("policy %s tries ledger event %s again: %s", self.policy.name, sequence, self.held.reason)
        else:
            self._failures = {sequence: self._failures.get(sequence, 0) + 1}
            logger.error("policy %s failed at ledger event %s", self.policy.name, sequence, exc_info=error)

    async def _do(self, message: Msg, sequence: int) -> None:
        if not self._may_concern(message.data):
            return
        stored = await self._ledger.event(sequence)
        if stored is None:
            raise Unavailable(f"ledger event {sequence} is not there")
        last_try = self._failures.get(sequence, 0) + 1 >= POLICY_TRIES
        await apply(self.policy, stored, self._handler, self._service, last_try=last_try)

    def _may_concern(self, body: bytes) -> bool:
        """Most of what is delivered is of types that the policy does not read."""
        try:
            return self.policy.is_about(decode(body).type)
        except Undecodable:
            return True


def _is_passing(error: Exception) -> bool:
    return isinstance(error, Unavailable) or (isinstance(error, Refused) and error.refusal in PASSING)


def _ledger_sequence(reply: str) -> int:
    """`$JS.ACK.[domain.account.]stream.consumer.delivered.sequence.consumer-sequence.time.pending[.more]`."""
    tokens = reply.split(".")
    return int(tokens[5] if len(tokens) < 11 else tokens[7])


@asynccontextmanager
async def _at_work(message: Msg) -> AsyncIterator[None]:
    """Keeps the broker from delivering `message` again for as long as the block takes."""

    async def signs_of_life() -> None:
        while True:
            await asyncio.sleep(POLICY_SIGN_OF_LIFE_S)
            with suppress(nats.errors.Error):
                await message.in_progress()

    beating = asyncio.create_task(signs_of_life())
    try:
        yield
    finally:
        beating.cancel()
