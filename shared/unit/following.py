"""The policies of a unit at work: one event of the ledger after the other, until it is done or on record.

Events are taken in the order of the ledger, and the policies that read one in the unit's order. What fails for now is
tried again, and everything behind it waits; what fails for good is put on record and passed over. The event itself
is read from the ledger, whatever was delivered. Having been delivered before says nothing about an event; how often
this process has failed at it does, and a failure that passes is not counted.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, NamedTuple

import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg

from shared.domain.decider import Refused
from shared.eventstore.direct import Stored
from shared.eventstore.envelope import decode
from shared.eventstore.errors import Unavailable, Undecodable
from shared.eventstore.ledger import Ledger
from shared.eventstore.names import consumer_name, ledger_stream
from shared.platform.pauses import Pauses
from shared.unit.commands import CommandHandler
from shared.unit.consumer import consumer_info, make_consumer
from shared.unit.deliveries import Deliveries, deliveries
from shared.unit.policies import Policy, apply
from shared.unit.problems import PASSING
from shared.values.brief import brief_text

POLICY_RETRY_DELAY_S, LONGEST_TIMES_AS_LONG = 2.0, 5
POLICY_TRIES = 5
STOP_TIMEOUT_S = 3.0

logger = logging.getLogger(__name__)


class Held(NamedTuple):
    """What a policy can't get past at the moment: `since` is on the monotonic clock."""

    policy: str
    sequence: int
    since: float
    reason: str


class Unserved(NamedTuple):
    """Why the broker delivers nothing at all at the moment, and since when on the monotonic clock."""

    since: float
    reason: str


class Follower:
    """Runs the policies of one service for as long as the process lives."""

    def __init__(
        self,
        connection: Client,
        congress: str,
        service: str,
        policies: Sequence[Policy],
        handler: CommandHandler,
        make: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """`make` makes the consumer or brings it in line, where that takes other rights than the connection has."""
        self.held: Held | None = None
        self.unserved: Unserved | None = None
        self._connection = connection
        self._congress = congress
        self._service = service
        self._policies = policies
        self._handler = handler
        self._make = make or partial(make_consumer, connection, congress, service, policies)
        self._ledger = Ledger(connection, congress)
        self._pauses = _pauses()
        self._said: object = None
        """What the log has been told last; the same is not told again."""
        self._running: asyncio.Task[None] | None = None
        self._taking = asyncio.Lock()
        """Whoever holds it keeps the policies from beginning with anything else."""

    async def start(self) -> None:
        self._running = asyncio.create_task(self.run())

    async def stop(self) -> None:
        """Stops once it is done with the event that it has in hand, or after `STOP_TIMEOUT_S`."""
        if not self._running:  # it is to end before it has begun
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_TIMEOUT_S), self._taking:
                self._running.cancel()
        self._running.cancel()
        await asyncio.gather(self._running, return_exceptions=True)

    async def consumer(self) -> dict[str, Any]:
        """What JetStream says of the unit's consumer, empty where there is none. Raises `NoStream`, `Unavailable`."""
        return await consumer_info(self._connection, self._congress, self._service)

    async def run(self) -> None:
        """Until it is cancelled. What it has begun when that happens is delivered again, and then found done."""
        while True:
            try:
                await self._follow()
            except Exception as error:
                self._say_why(error)
                since = self.unserved.since if self.unserved else time.monotonic()
                self.unserved = Unserved(since, _reason(error))
            await asyncio.sleep(self._pauses.next_s())

    def _say_why(self, error: Exception) -> None:
        if self._is_said(_reason(error)):
            return
        if isinstance(error, (Unavailable, nats.errors.Error, TimeoutError)):
            logger.warning("the policies of %s wait: %s", self._service, brief_text(error))
        else:
            logger.error("the policies of %s begin anew", self._service, exc_info=error)

    def _is_said(self, what: object) -> bool:
        was_said, self._said = self._said == what, what
        return was_said

    def _goes_on(self) -> None:
        if self.unserved:
            logger.info("the policies of %s go on", self._service)
        self.unserved = self._said = None
        self._pauses = _pauses()

    async def _follow(self) -> None:
        await self._make()
        stream, durable = ledger_stream(self._congress), consumer_name(self._service)
        async with deliveries(self._connection, stream, durable) as given:
            while True:
                await given.news()
                self._goes_on()
                if await self._pass_over_what_concerns_nobody(given):
                    await given.wait_for_turn()
                for sequence in sorted(given.in_hand):
                    given.check_still_ours()
                    await self._take(sequence, self._who_may_read(given.in_hand[sequence]))
                    await given.done(sequence)

    async def _pass_over_what_concerns_nobody(self, given: Deliveries) -> bool:
        """Whether something is left. Most of what is delivered is of types that no policy reads."""
        for sequence, message in list(given.in_hand.items()):
            if not self._who_may_read(message):
                await given.done(sequence)
        return bool(given.in_hand)

    def _who_may_read(self, message: Msg) -> list[Policy]:
        """What can't be decoded may be of any type."""
        of_its_entity = [policy for policy in self._policies if policy.reads_from(message.subject)]
        try:
            event_type = decode(message.data).type
        except Undecodable:
            return of_its_entity
        return [policy for policy in of_its_entity if policy.is_about(event_type)]

    async def _take(self, sequence: int, policies: Sequence[Policy]) -> None:
        stored: Stored | None = None
        for policy in policies:
            failures, pauses = 0, _pauses()
            while True:
                try:
                    async with self._taking:
                        stored = stored or await self._read(sequence)
                        if policy.reads_from(stored.subject):
                            last_try = failures + 1 >= POLICY_TRIES
                            await apply(policy, stored, self._handler, self._service, last_try=last_try)
                        break
                except Exception as error:
                    failures += not _is_passing(error)
                    self._has_failed(policy, sequence, error)
                await asyncio.sleep(pauses.next_s())
            self.held = None

    async def _read(self, sequence: int) -> Stored:
        stored = await self._ledger.event(sequence)
        if stored is None:
            raise Unavailable(f"ledger event {sequence} is not there")
        return stored

    def _has_failed(self, policy: Policy, sequence: int, error: Exception) -> None:
        since = self.held.since if self.held else time.monotonic()
        self.held = Held(policy.name, sequence, since, _reason(error))
        if self._is_said(self.held._replace(since=0)):
            return
        if _is_passing(error):
            logger.warning("policy %s tries ledger event %s again: %s", policy.name, sequence, self.held.reason)
        else:
            logger.error("policy %s failed at ledger event %s", policy.name, sequence, exc_info=error)


def _pauses() -> Pauses:
    return Pauses(POLICY_RETRY_DELAY_S, LONGEST_TIMES_AS_LONG * POLICY_RETRY_DELAY_S)


def _is_passing(error: Exception) -> bool:
    return isinstance(error, Unavailable) or (isinstance(error, Refused) and error.refusal in PASSING)


def _reason(error: Exception) -> str:
    return brief_text(str(error) or repr(error))
