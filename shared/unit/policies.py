"""Policies: what a service does of its own accord when it reads an event, most often another service's.

A policy is a pure function from an event to commands. It runs on a durable consumer of the ledger, one event at a
time and in order; its command ids follow from the event's id and the unit, so a redelivery does nothing twice and
units that react to the same event don't share ids. It never runs during a replay. A command that a rule refuses is
put on record (`policy.refused`), so nothing is lost in silence.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID, uuid5

from pydantic import BaseModel, ConfigDict

from shared.domain.decider import Actor, Aggregate, Command, Event, Refused
from shared.eventstore.envelope import Cause, Envelope, check_ids, decode, decode_data
from shared.eventstore.errors import Undecodable
from shared.unit.commands import CommandHandler
from shared.unit.problems import CONFLICT, INTERNAL, STREAM_LOST_EVENTS, UNAVAILABLE

logger = logging.getLogger(__name__)

ANY_SERVICE = "*"


def entity_of(event: type[Event]) -> str:
    """The entity that an event is about, as its type names it."""
    return event.TYPE.split(".")[2]


@dataclass(frozen=True)
class ForEvery:
    """One command for every aggregate of a kind that the service has when its turn comes, after the commands before
    it. `command` makes it from the aggregate's id."""

    entity: str
    command: Callable[[str], Command]


@dataclass(frozen=True)
class Policy:
    """`name` is stable: it names the durable consumer and the command ids. `service` is whose events it reads, or
    `ANY_SERVICE`. `events` are the types that it reads, all of one entity. `react` says what one event, and the
    envelope it came in, calls for.

    The broker can't tell types apart: each policy is handed every event of the entity, whether it reads it or not.
    """

    name: str
    service: str
    events: tuple[type[Event], ...]
    react: Callable[[Any, Envelope], Sequence[Command | ForEvery]]

    @property
    def entity(self) -> str:
        """The entity whose events it reads."""
        return entity_of(self.events[0])

    def reads(self, type_name: str) -> type[Event] | None:
        """The event of this type, where it is one that the policy reads."""
        return next((event for event in self.events if event.TYPE == type_name), None)


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


async def apply(policy: Policy, body: bytes, handler: CommandHandler, unit: str, *, last_try: bool = False) -> None:
    """Does what `policy` calls for. Raises when it should be tried again; what can't be done on the last try is put
    on record instead, unless the event store itself is away."""
    try:
        envelope = decode(body)
        model = policy.reads(envelope.type)
        if model is None:
            return
        check_ids(envelope)
        event = decode_data(envelope, model)
    except Undecodable as error:
        logger.error("policy %s passes over an event it can't read: %s", policy.name, error)
        return
    actor = Actor(f"policy.{policy.name}", unit)
    try:
        wishes = policy.react(event, envelope)
    except Exception as error:
        if not last_try:
            raise
        logger.exception("policy %s gives up on %s", policy.name, envelope.id)
        nothing = _refusal(policy, envelope, "", INTERNAL.code, repr(error))
        await handler.execute(nothing, _cause(policy, envelope, actor, "0"))
        return
    for position, wish in enumerate(wishes):
        for place, command in await _spelled_out(wish, str(position), handler):
            await _do(policy, command, envelope, _cause(policy, envelope, actor, place), handler, last_try=last_try)


async def _spelled_out(
    wish: Command | ForEvery, place: str, handler: CommandHandler
) -> Sequence[tuple[str, Command]]:
    """The commands that a wish stands for now, each with its place, from which its id follows."""
    if isinstance(wish, Command):
        return ((place, wish),)
    return [(f"{place}/{entity_id}", wish.command(entity_id)) for entity_id in await handler.ids(wish.entity)]


async def _do(
    policy: Policy, command: Command, envelope: Envelope, cause: Cause, handler: CommandHandler, *, last_try: bool
) -> None:
    try:
        await handler.execute(command, cause)
    except Refused as refused:
        if refused.refusal in (UNAVAILABLE, STREAM_LOST_EVENTS) or (refused.refusal is CONFLICT and not last_try):
            raise
        await handler.execute(_refusal(policy, envelope, command.NAME, refused.code, str(refused)), cause)
    except Exception as error:
        if not last_try:
            raise
        logger.exception("policy %s gives up on %s", policy.name, envelope.id)
        await handler.execute(_refusal(policy, envelope, command.NAME, INTERNAL.code, repr(error)), cause)


def _cause(policy: Policy, envelope: Envelope, actor: Actor, place: str) -> Cause:
    return Cause(
        command_id=uuid5(UUID(envelope.id), f"{actor.unit}/{policy.name}/{place}"),
        actor=actor,
        happened=envelope.time,
        correlation_id=UUID(envelope.correlationid),
        causation_id=UUID(envelope.id),
    )


def _refusal(policy: Policy, envelope: Envelope, command: str, code: str, detail: str) -> RecordRefusal:
    told = PolicyRefused(policy=policy.name, command=command, code=code, detail=detail)
    logger.warning("policy %s was refused (%s): %s", policy.name, code, detail)
    return RecordRefusal(cause=UUID(envelope.id), refused=told)
