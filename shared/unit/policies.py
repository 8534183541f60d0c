"""Policies: what a service does of its own accord when it reads an event, most often another service's.

A policy is a pure function from an event to commands. All policies of a unit run on one durable consumer of the
ledger, one event at a time and in order. The ids of a policy's commands follow from the event's id and the unit, so a
redelivery does nothing twice and units that react to the same event don't share ids. It never runs during a replay. A
command that a rule refuses, and an event that can't be read, are put on record (`policy.refused`), so nothing is lost
in silence.
"""

import logging
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from pydantic import ValidationError

from shared.domain.decider import Actor, Command, Refused
from shared.events.base import Event, entity_of
from shared.events.policy import PolicyRefused
from shared.eventstore.direct import Stored
from shared.eventstore.envelope import Cause, Envelope, check_ids, check_place, decode, decode_data
from shared.eventstore.errors import Unavailable, Undecodable
from shared.eventstore.ledger import origin_of
from shared.unit.commands import CommandHandler
from shared.unit.loading import EventReference
from shared.unit.problems import INTERNAL, PASSING
from shared.unit.refusals import RecordRefusal, cause_of_unreadable
from shared.values.brief import brief_text
from shared.values.types import EARLIEST, LATEST

logger = logging.getLogger(__name__)

ANY_SERVICE = "*"


@dataclass(frozen=True)
class ForEvery:
    """One command for every aggregate of a kind that the service has when its turn comes, after the commands before
    it. `command` makes it from the aggregate's id."""

    entity: str
    command: Callable[[str], Command]


@dataclass(frozen=True)
class Policy:
    """`name` is stable: it names the command ids, and what is on record. `service` is whose events it reads, or
    `ANY_SERVICE`. `events` are the types that it reads, all of one entity. `react` says what one event, and the
    envelope it came in, calls for.

    The broker can't tell types apart: every event of the entity is delivered, whether the policy reads it or not.
    """

    name: str
    service: str
    events: tuple[type[Event], ...]
    react: Callable[[Any, Envelope], Sequence[Command | ForEvery]]

    @property
    def entity(self) -> str:
        """The entity whose events it reads."""
        return entity_of(self.events[0])

    def reads_from(self, subject: str) -> bool:
        """Whether it reads what is stored under this subject."""
        _, _, service, entity, *_ = [*subject.split("."), "", "", "", ""]
        return entity == self.entity and self.service in (service, ANY_SERVICE)

    def is_about(self, type_name: str) -> bool:
        """Whether it reads this type, or another version of it."""
        named = type_name.rpartition(".")[0]
        return any(event.TYPE.rpartition(".")[0] == named for event in self.events)

    def reads(self, type_name: str) -> type[Event] | None:
        """The event of this type, where it is one that the policy reads."""
        return next((event for event in self.events if event.TYPE == type_name), None)


UNREADABLE = "unreadable_event"
"""The code under which an event is put on record that a policy can't read."""
MOST_IN_A_DETAIL = 500


async def apply(
    policy: Policy, stored: Stored, handler: CommandHandler, unit: str, *, last_try: bool = False
) -> None:
    """Does what `policy` calls for where it meets an event of the ledger. Raises when it should be tried again: after
    a passing refusal always, after anything unforeseen unless it is the last try. What can't be done is put on
    record."""
    doing = Reaction(policy, stored, handler, unit)
    try:
        async for command, cause in doing.commands():
            await doing.do(command, cause, last_try=last_try)
    except Undecodable as error:
        await doing.record(doing.unreadable(), "", UNREADABLE, str(error))
    except (Refused, Unavailable):
        raise
    except Exception as error:
        if not last_try:
            raise
        logger.exception("policy %s gives up on ledger event %s", policy.name, stored.sequence)
        await doing.record(doing.first_cause, "", INTERNAL.code, repr(error))


async def apply_again(policy: Policy, stored: Stored, handler: CommandHandler, unit: str) -> Sequence[EventReference]:
    """Does what is still to be done, and says what it came to. Raises the first refusal once everything was tried,
    and `Undecodable`; nothing is put on record."""
    doing = Reaction(policy, stored, handler, unit)
    events: list[EventReference] = []
    refusals: list[Refused] = []
    async for command, cause in doing.commands():
        try:
            events += (await handler.execute(command, cause)).events
        except Refused as refused:
            refusals.append(refused)
    if refusals:
        raise refusals[0]
    return events


class Reaction:
    """What one policy of a unit makes of one event of the ledger."""

    def __init__(self, policy: Policy, stored: Stored, handler: CommandHandler, unit: str) -> None:
        self._policy = policy
        self._stored = stored
        self._handler = handler
        self._actor = Actor(f"policy.{policy.name}", unit)
        self.first_cause = self.unreadable()

    async def commands(self) -> AsyncIterator[tuple[Command, Cause]]:
        """The commands one by one: what a later one is may depend on what came of those before. Raises
        `Undecodable`."""
        envelope, wishes = self._wishes()
        for position, wish in enumerate(wishes):
            if isinstance(wish, Command):
                yield wish, self._cause(envelope, str(position))
                continue
            for entity_id in await self._handler.ids(wish.entity):
                try:
                    command = wish.command(entity_id)
                except ValidationError:
                    logger.warning("no command can have made %s %s", wish.entity, entity_id)
                else:
                    yield command, self._cause(envelope, f"{position}/{entity_id}")

    def _wishes(self) -> tuple[Envelope, Sequence[Command | ForEvery]]:
        stored, policy = self._stored, self._policy
        envelope = decode(stored.body)
        if not policy.is_about(envelope.type):
            return envelope, ()
        model = policy.reads(envelope.type)
        if model is None:
            raise Undecodable(f"{envelope.type} is a version that is not known here")
        try:
            check_place(envelope, stored.subject, origin_of(stored).stream)
        except ValueError as error:
            raise Undecodable(f"it does not say which stream it is from: {error}") from error
        check_ids(envelope)
        event = decode_data(envelope, model)
        self.first_cause = self._cause(envelope, "0")
        try:
            return envelope, policy.react(event, envelope)
        except ValidationError as error:
            raise Undecodable(f"no command can follow from it: {brief_text(error, MOST_IN_A_DETAIL)}") from error

    async def do(self, command: Command, cause: Cause, *, last_try: bool) -> None:
        """Raises what apply raises."""
        try:
            await self._handler.execute(command, cause)
        except Refused as refused:
            if refused.refusal in PASSING:
                raise
            await self.record(cause, command.NAME, refused.code, str(refused))
        except Exception as error:
            if not last_try:
                raise
            logger.exception("policy %s gives up on ledger event %s", self._policy.name, self._stored.sequence)
            await self.record(cause, command.NAME, INTERNAL.code, repr(error))

    async def record(self, cause: Cause, command: str, code: str, detail: str) -> None:
        refused = PolicyRefused(
            policy=self._policy.name,
            command=command,
            code=code,
            detail=brief_text(detail, MOST_IN_A_DETAIL),
            sequence=self._stored.sequence,
        )
        logger.warning("policy %s was refused (%s): %s", refused.policy, code, refused.detail)
        await self._handler.execute(RecordRefusal(cause=cause.causation_id, refused=refused), cause)

    def unreadable(self) -> Cause:
        """For an event of which nothing can be trusted but where it stands."""
        ours = cause_of_unreadable(self._stored.sequence)
        return Cause(
            command_id=uuid5(ours, f"{self._actor.unit}/{self._policy.name}"),
            actor=self._actor,
            happened=self._stored.recorded,
            correlation_id=ours,
            causation_id=ours,
        )

    def _cause(self, envelope: Envelope, place: str) -> Cause:
        """The cause of the command at `place` among those that the policy calls for; its id follows from that."""
        in_range = EARLIEST <= envelope.time < LATEST
        return Cause(
            command_id=uuid5(UUID(envelope.id), f"{self._actor.unit}/{self._policy.name}/{place}"),
            actor=self._actor,
            happened=envelope.time if in_range else self._stored.recorded,
            correlation_id=UUID(envelope.correlationid),
            causation_id=UUID(envelope.id),
        )
