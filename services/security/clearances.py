"""A clearance for a place, a person or a vehicle: requested → granted with conditions or refused → withdrawn.

The rule that is security's own: nobody grants or refuses their own request, and only a granted clearance can be
withdrawn.
"""

from collections.abc import Sequence
from typing import ClassVar, assert_never

from pydantic import BaseModel, ConfigDict, Field

from shared.domain.decider import Actor, Aggregate, Command, Refusal
from shared.events.clearance import (
    EVENTS,
    ClearanceEvent,
    ClearanceGranted,
    ClearanceRefused,
    ClearanceRequested,
    ClearanceWithdrawn,
)
from shared.values.types import ClearanceKind, EntityId, Phrase


# --- state ---
class Clearance(BaseModel):
    model_config = ConfigDict(frozen=True)
    requested: ClearanceRequested
    outcome: ClearanceGranted | ClearanceRefused | ClearanceWithdrawn | None = None


# --- evolve ---
def evolve(clearance: Clearance | None, event: ClearanceEvent) -> Clearance:
    if isinstance(event, ClearanceRequested):
        return Clearance(requested=event)
    if clearance is None:
        raise LookupError(f"{event.TYPE} before the clearance was requested")
    match event:
        case ClearanceGranted() | ClearanceRefused() | ClearanceWithdrawn():
            return clearance.model_copy(update={"outcome": event})
        case _:
            assert_never(event)


# --- commands ---
class ClearanceCommand(Command):
    ENTITY: ClassVar[str] = "clearance"
    clearance_id: EntityId

    @property
    def entity_id(self) -> str:
        return self.clearance_id


class RequestClearance(ClearanceCommand):
    """Asks for a clearance; `holder` is the place, the position or the vehicle that it is for."""

    NAME = "request-clearance"
    kind: ClearanceKind
    holder: Phrase
    purpose: Phrase


class GrantClearance(ClearanceCommand):
    NAME = "grant-clearance"
    conditions: tuple[Phrase, ...] = Field(default=(), max_length=50)


class RefuseClearance(ClearanceCommand):
    NAME = "refuse-clearance"
    reason: Phrase


class WithdrawClearance(ClearanceCommand):
    NAME = "withdraw-clearance"
    reason: Phrase


# --- decide ---
NOT_FOUND = Refusal("clearance_not_found", "There is no clearance {clearance_id}.")
ALREADY_REQUESTED = Refusal(
    "clearance_already_requested", "Clearance {clearance_id} is already requested with different content."
)
ALREADY_DECIDED = Refusal("clearance_already_decided", "Clearance {clearance_id} has already been decided.")
OWN_REQUEST = Refusal("own_request", "{actor} requested clearance {clearance_id}; somebody else has to decide.")
NOT_GRANTED = Refusal("clearance_not_granted", "Clearance {clearance_id} is not granted, so it can't be withdrawn.")


def decide(command: ClearanceCommand, clearance: Clearance | None, actor: Actor) -> Sequence[ClearanceEvent]:
    if isinstance(command, RequestClearance):
        return _request(command, clearance, actor)
    if clearance is None:
        raise NOT_FOUND(clearance_id=command.clearance_id)
    match command:
        case GrantClearance():
            return _settle(command, clearance, actor, ClearanceGranted(conditions=command.conditions))
        case RefuseClearance():
            return _settle(command, clearance, actor, ClearanceRefused(reason=command.reason))
        case WithdrawClearance():
            return _withdraw(command, clearance)
        case _:
            raise TypeError(f"{type(command).__name__} is no command on a clearance")


def _request(command: RequestClearance, clearance: Clearance | None, actor: Actor) -> Sequence[ClearanceEvent]:
    requested = ClearanceRequested(**command.model_dump(exclude={"clearance_id"}), requested_by=actor.id)
    if clearance is None:
        return (requested,)
    if clearance.requested == requested:
        return ()
    raise ALREADY_REQUESTED(clearance_id=command.clearance_id)


def _settle(
    command: ClearanceCommand,
    clearance: Clearance,
    actor: Actor,
    outcome: ClearanceGranted | ClearanceRefused,
) -> Sequence[ClearanceEvent]:
    if clearance.outcome == outcome:
        return ()
    if clearance.outcome is not None:
        raise ALREADY_DECIDED(clearance_id=command.clearance_id)
    if clearance.requested.requested_by == actor.id:
        raise OWN_REQUEST(clearance_id=command.clearance_id, actor=actor.id)
    return (outcome,)


def _withdraw(command: WithdrawClearance, clearance: Clearance) -> Sequence[ClearanceEvent]:
    withdrawn = ClearanceWithdrawn(reason=command.reason)
    if clearance.outcome == withdrawn:
        return ()
    if not isinstance(clearance.outcome, ClearanceGranted):
        raise NOT_GRANTED(clearance_id=command.clearance_id)
    return (withdrawn,)


AGGREGATE = Aggregate(
    entity="clearance",
    events=EVENTS,
    commands=(RequestClearance, GrantClearance, RefuseClearance, WithdrawClearance),
    evolve=evolve,
    decide=decide,
)
