"""Retrying a policy by hand: what it could not do for an event of the ledger is done as it would have been then."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from shared.domain.decider import Refusal, require_rank
from shared.eventstore.direct import Stored
from shared.eventstore.envelope import Cause, check_ids, decode
from shared.eventstore.errors import Unavailable, Undecodable
from shared.eventstore.ledger import Ledger, origin_of
from shared.unit.commands import Answer, CommandHandler
from shared.unit.discards import Discards
from shared.unit.loading import EventReference
from shared.unit.policies import Policy, apply_again
from shared.unit.problems import UNAVAILABLE
from shared.unit.refusals import NOT_THE_LEAD, ResolveRefusal, RetryPolicy, cause_of_unreadable

POLICY_NOT_FOUND = Refusal("policy_not_found", "{service} has no policy {policy}.")
NO_SUCH_EVENT = Refusal("ledger_event_not_found", "There is no ledger event {sequence}.")
STILL_UNREADABLE = Refusal(
    "event_still_unreadable",
    "Ledger event {sequence} can't be read by {service}; a later version may, or the sub-committee discards it.",
)


@dataclass(frozen=True)
class Retries:
    """Does the command `retry-policy` for one service."""

    ledger: Ledger
    discards: Discards
    service: str
    policies: Sequence[Policy]
    handler: CommandHandler

    async def __call__(self, command: RetryPolicy, cause: Cause) -> Answer:
        """What was done, and that it is resolved. Raises a refusal: also the one that a rule gives today."""
        require_rank(command, cause.actor, NOT_THE_LEAD)
        policy = next((policy for policy in self.policies if policy.name == command.policy), None)
        if policy is None:
            raise POLICY_NOT_FOUND(service=self.service, policy=command.policy)
        try:
            stored = await self.ledger.event(command.sequence)
            if stored is None:
                raise NO_SUCH_EVENT(sequence=command.sequence)
            events = [*await self._done(policy, stored)]
        except Unavailable as error:
            raise UNAVAILABLE() from error
        for recorded_for in _causes_of(stored):
            resolved = ResolveRefusal(cause=recorded_for, policy=policy.name)
            events += (await self.handler.execute(resolved, cause)).events
        return Answer(events=tuple(events), sequence=max((event.sequence for event in events), default=0))

    async def _done(self, policy: Policy, stored: Stored) -> Sequence[EventReference]:
        """The events of applying it again; none for what was discarded."""
        try:
            return await apply_again(policy, stored, self.handler, self.service)
        except Undecodable as error:
            if await self.discards.hold((stored.subject, origin_of(stored).sequence)):
                return ()
            raise STILL_UNREADABLE(sequence=stored.sequence, service=self.service) from error


def _causes_of(stored: Stored) -> list[UUID]:
    """The ids under which it may be on record that something could not be done for this event."""
    causes = [cause_of_unreadable(stored.sequence)]
    try:
        envelope = decode(stored.body)
        check_ids(envelope)
    except Undecodable:
        return causes
    return [*causes, UUID(envelope.id)]
