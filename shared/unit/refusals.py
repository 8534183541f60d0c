"""What policies could not do: put on record, listed until somebody has seen to it, and struck off by an event.

The id is the cause's: the event's own, or where an event can't be read, one that follows from its ledger sequence.
"""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID, uuid5

from pydantic import Field

from shared.domain.decider import Actor, Aggregate, Command, RankRefusal, Refusal, State, require_rank
from shared.domain.ranks import Act
from shared.events.policy import PolicyRefusalResolved, PolicyRefused
from shared.values.types import Phrase, Place

ENTITY = "policy"
_UNREADABLE_EVENTS = UUID("5f1a6a0e-3d0b-5c3e-9a52-6b9f1c6f7d21")

PolicyName = Annotated[str, Field(min_length=1, max_length=80)]


class PolicyRefusals(State):
    """What a unit's policies could not do and nobody has seen to yet."""

    refused: tuple[PolicyRefused, ...] = ()

    def of(self, policy: str) -> bool:
        return any(refused.policy == policy for refused in self.refused)


def evolve(state: PolicyRefusals | None, event: PolicyRefused | PolicyRefusalResolved) -> PolicyRefusals:
    refused = state.refused if state else ()
    if isinstance(event, PolicyRefused):
        return PolicyRefusals(refused=(*refused, event))
    return PolicyRefusals(refused=tuple(other for other in refused if other.policy != event.policy))


class RefusalCommand(Command):
    ENTITY = ENTITY
    ID = "cause"
    cause: UUID


class RecordRefusal(RefusalCommand):
    """Only policies give it."""

    NAME = "record-policy-refusal"
    refused: PolicyRefused


class SettleRefusal(RefusalCommand):
    """Strikes off what a policy could not do, because it is seen to otherwise. `cause` is the id of the refusal."""

    NAME = "settle-policy-refusal"
    GIVEN_BY = Act.DECIDE
    policy: PolicyName
    reason: Phrase


class ResolveRefusal(RefusalCommand):
    """After a retry that went well; only the service gives it."""

    NAME = "resolve-policy-refusal"
    policy: str


class RetryPolicy(Command):
    """Lets a policy of this service look again at one event of the ledger, as it would have then."""

    NAME = "retry-policy"
    GIVEN_BY = Act.DECIDE
    ENTITY = ENTITY
    policy: PolicyName
    sequence: Place


NOTHING_REFUSED = Refusal(
    "policy_refusal_not_found", "Nothing is left to see to that {policy} could not do for {cause}."
)
NOT_THE_LEAD = RankRefusal(
    "not_the_lead", "Only the unit's lead or a deputy sees to what policies could not do; {actor} is neither."
)


def decide(
    command: RecordRefusal | SettleRefusal | ResolveRefusal, state: PolicyRefusals | None, actor: Actor
) -> Sequence[PolicyRefused | PolicyRefusalResolved]:
    match command:
        case RecordRefusal():
            return () if state and command.refused in state.refused else (command.refused,)
        case ResolveRefusal():
            return (PolicyRefusalResolved(policy=command.policy),) if state and state.of(command.policy) else ()
        case SettleRefusal():
            require_rank(command, actor, NOT_THE_LEAD)
            if state is None or not state.of(command.policy):
                raise NOTHING_REFUSED(policy=command.policy, cause=command.cause)
            return (PolicyRefusalResolved(policy=command.policy, reason=command.reason),)


REFUSALS = Aggregate(events=(PolicyRefused, PolicyRefusalResolved), commands=(), evolve=evolve, decide=decide)
"""Its commands are no caller's but those that the service offers."""


OFFERED: tuple[type[Command], ...] = (RetryPolicy, SettleRefusal)
"""What callers may ask of every service about its policies."""


def cause_of_unreadable(sequence: int) -> UUID:
    """The id under which it is put on record that the ledger's event `sequence` can't be read."""
    return uuid5(_UNREADABLE_EVENTS, str(sequence))
