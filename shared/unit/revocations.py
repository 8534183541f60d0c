"""What the sub-committee has revoked: a token that is signed well is refused all the same."""

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from nats.aio.client import Client

from shared.domain.decider import Refused
from shared.events.base import entity_of
from shared.events.revocation import Revocable, RevocationRecorded
from shared.eventstore.direct import Stored, read_subject
from shared.eventstore.envelope import check_place, decode, decode_data
from shared.eventstore.errors import Unavailable, Undecodable
from shared.eventstore.ledger import origin_of
from shared.eventstore.names import event_subject, ledger_stream
from shared.unit import problems
from shared.unit.requests import CLOCK_SKEW
from shared.unit.tokens import Bearer
from shared.values.brief import brief
from shared.values.message import word
from shared.values.units import SUBCOMMITTEE

LOOK_EVERY_S = 1.0
READ_ALL_EVERY_S = 60.0
"""From the beginning again: a ledger that was restored may have what is new before what was read."""

logger = logging.getLogger(__name__)


class Revocation(NamedTuple):
    """`recorded` is the ledger's time."""

    event: RevocationRecorded
    recorded: datetime

    def holds(self, bearer: Bearer, now: datetime) -> bool:
        """Whether it takes `bearer`, whom it names, at this moment."""
        if self.event.what is Revocable.POSITION and bearer.minted > self.last_minted:
            return False
        return self.event.since <= now

    @property
    def last_minted(self) -> datetime:
        """The latest time of minting that a token given before it may name: the clock that mints may be ahead."""
        return max(self.event.since, self.recorded) + CLOCK_SKEW

    def refused(self) -> Refused:
        event = self.event
        parameters = {"what": word(event.what), "named": event.named, "since": event.since}
        if event.what is not Revocable.POSITION:
            return problems.TOKEN_REVOKED(**parameters)
        return problems.POSITION_REVOKED(**parameters, renewed=self.last_minted + timedelta(minutes=1))


class Revocations:
    """Reads the ledger's revocations before the first token is taken, and from then on what is new, once in
    `LOOK_EVERY_S` while tokens come. So nothing is older than that, however often a service is started. What was
    read once is not forgotten."""

    def __init__(
        self, connection: Client, congress: str, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._connection = connection
        self._stream = ledger_stream(congress)
        self._subjects = event_subject(congress, SUBCOMMITTEE, entity_of(RevocationRecorded), "*")
        self._now = now
        self._read = 0
        self._looked_at = self._read_all_at = float("-inf")
        self._looking: asyncio.Task[None] | None = None
        self._revoked: dict[tuple[Revocable, str], dict[str, Revocation]] = {}

    async def check(self, bearer: Bearer) -> None:
        """Raises the refusals `token_revoked`; `unavailable` where the ledger does not say."""
        await self._keep_up()
        now = self._now()
        for what, named in (
            (Revocable.TOKEN, bearer.token_id),
            (Revocable.POSITION, bearer.actor.id),
            (Revocable.KEY, bearer.key_id),
        ):
            for revocation in self._revoked.get((what, named), {}).values():
                if revocation.holds(bearer, now):
                    raise revocation.refused()

    async def keys(self) -> dict[str, datetime]:
        """The times from which keys are revoked, by their ids; that may be a time to come. Raises the refusal
        `unavailable`."""
        await self._keep_up()
        return {
            named: min(revocation.event.since for revocation in revocations.values())
            for (what, named), revocations in self._revoked.items()
            if what is Revocable.KEY
        }

    async def _keep_up(self) -> None:
        """Who comes while somebody looks waits for the same answer, and for the same failure."""
        if self._looking is None or self._looking.done():
            if time.monotonic() - self._looked_at < LOOK_EVERY_S:
                return
            self._looking = asyncio.create_task(self._look())
        await asyncio.shield(self._looking)

    async def _look(self) -> None:
        began = time.monotonic()
        if reads_all := began - self._read_all_at >= READ_ALL_EVERY_S:
            self._read = 0
        try:
            async for stored in read_subject(self._connection, self._stream, self._subjects, self._read):
                self._take(stored)
                self._read = stored.sequence
            self._looked_at = began
            if reads_all:
                self._read_all_at = began
        except Unavailable as error:
            raise problems.UNAVAILABLE() from error

    def _take(self, stored: Stored) -> None:
        """Passes over what is no event of the sub-committee's own."""
        try:
            envelope = decode(stored.body)
            check_place(envelope, stored.subject, origin_of(stored).stream)
            event = decode_data(envelope, RevocationRecorded)
        except (Undecodable, ValueError) as error:
            logger.warning("ledger event %s revokes nothing: %s", stored.sequence, brief(error))
            return
        self._revoked.setdefault((event.what, event.named), {})[stored.subject] = Revocation(event, stored.recorded)
