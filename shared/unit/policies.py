"""Policies: what a service does of its own accord when it reads an event of another service.

A policy is a pure function from an event to commands. It runs on a durable consumer of the ledger, one event at a
time and in order; its command ids follow from the event's id, so a redelivery does nothing twice. It never runs
during a replay. A command that a rule refuses is put on record (`policy.refused`), so nothing is lost in silence.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID, uuid5

from pydantic import BaseModel, ConfigDict

from shared.domain.decider import Actor, Aggregate, Command, Event, Refused
from shared.eventstore.envelope import Cause, Envelope, decode, decode_data
from shared.eventstore.errors import Undecodable
from shared.unit.commands import CommandHandler
from shared.unit.problems import CONFLICT, UNAVAILABLE

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Policy:
    """`name` is stable: it names the durable consumer and the command ids. `react` says what one event calls for."""

    name: str
    service: str
    event: type[Event]
    react: Callable[[Any], Sequence[Command]]

    @property
    def entity(self) -> str:
        """The entity whose events it reads, as the event's type names it."""
        return self.event.TYPE.split(".")[2]


class PolicyRefused(Event):
    """A rule turned down what a policy wanted; a person has to look."""

    TYPE = "vn.daihoi.policy.refused.v1"
    policy: str
    command: str
    code: str
    detail: str


class PolicyRefusals(BaseModel):
    model_config = ConfigDict(frozen=True)
    refused: tuple[PolicyRefused, ...] = ()


class RecordRefusal(Command):
    NAME = "record-policy-refusal"
    ENTITY: ClassVar[str] = "policy"
    cause: UUID
    refused: PolicyRefused

    @property
    def entity_id(self) -> str:
        return str(self.cause)


def _evolve(state: PolicyRefusals | None, event: PolicyRefused) -> PolicyRefusals:
    return PolicyRefusals(refused=(*(state.refused if state else ()), event))


def _decide(command: RecordRefusal, state: PolicyRefusals | None, actor: Actor) -> Sequence[PolicyRefused]:
    return () if state and command.refused in state.refused else (command.refused,)


REFUSALS = Aggregate(entity="policy", events=(PolicyRefused,), commands=(), evolve=_evolve, decide=_decide)
"""Answers no caller's command: only policies write to it."""


async def apply(policy: Policy, body: bytes, handler: CommandHandler, unit: str) -> None:
    """Does what `policy` calls for. Raises `Refused` (`unavailable`, `conflict`) when it should be tried again."""
    try:
        envelope = decode(body)
        if envelope.type != policy.event.TYPE:
            return
        event = decode_data(envelope, policy.event)
    except Undecodable as error:
        logger.error("policy %s passes over an event it can't read: %s", policy.name, error)
        return
    actor = Actor(f"policy.{policy.name}", unit)
    for position, command in enumerate(policy.react(event)):
        cause = _cause(policy, envelope, actor, position)
        try:
            await handler.execute(command, cause)
        except Refused as refused:
            if refused.refusal in (UNAVAILABLE, CONFLICT):
                raise
            logger.warning("policy %s was refused: %s", policy.name, refused)
            await handler.execute(_refusal(policy, envelope, command, refused), cause)


def _cause(policy: Policy, envelope: Envelope, actor: Actor, position: int) -> Cause:
    return Cause(
        command_id=uuid5(envelope.id, f"{policy.name}/{position}"),
        actor=actor,
        happened=envelope.time,
        correlation_id=envelope.correlationid,
        causation_id=envelope.id,
    )


def _refusal(policy: Policy, envelope: Envelope, command: Command, refused: Refused) -> RecordRefusal:
    told = PolicyRefused(policy=policy.name, command=command.NAME, code=refused.code, detail=str(refused))
    return RecordRefusal(cause=envelope.id, refused=told)
