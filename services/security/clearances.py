"""A clearance for a place, a person or a vehicle: requested → granted with conditions or refused → withdrawn.

The rule that is security's own: nobody grants or refuses their own request, and only a granted clearance can be
withdrawn.
"""

from collections.abc import Sequence

from pydantic import Field

from shared.domain.decider import Actor, Aggregate, Command, Refusal, State, begun, commands_of, once
from shared.events import clearance as events
from shared.values.types import ClearanceKind, EntityId, Phrase


class Clearance(State):
    requested: events.ClearanceRequested
    outcome: events.ClearanceGranted | events.ClearanceRefused | events.ClearanceWithdrawn | None = None


def evolve(clearance: Clearance | None, event: events.ClearanceEvent) -> Clearance:
    if isinstance(event, events.ClearanceRequested):
        return Clearance(requested=event)
    clearance = begun(clearance, event)
    return clearance.but(outcome=event)


class ClearanceCommand(Command):
    ENTITY = "clearance"
    ID = "clearance_id"
    clearance_id: EntityId


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


Wish = RequestClearance | GrantClearance | RefuseClearance | WithdrawClearance

NOT_FOUND = Refusal("clearance_not_found", "There is no clearance {clearance_id}.")
ALREADY_REQUESTED = Refusal(
    "clearance_already_requested", "Clearance {clearance_id} is already requested with different content."
)
ALREADY_DECIDED = Refusal("clearance_already_decided", "Clearance {clearance_id} has already been decided.")
OWN_REQUEST = Refusal("own_request", "{actor} requested clearance {clearance_id}; somebody else has to decide.")
NOT_GRANTED = Refusal("clearance_not_granted", "Clearance {clearance_id} is not granted, so it can't be withdrawn.")


def decide(command: Wish, clearance: Clearance | None, actor: Actor) -> Sequence[events.ClearanceEvent]:
    if isinstance(command, RequestClearance):
        requested = events.ClearanceRequested(**command.content(), requested_by=actor.id)
        already = ALREADY_REQUESTED(clearance_id=command.clearance_id)
        return once(requested, clearance.requested if clearance else None, already)
    if clearance is None:
        raise NOT_FOUND(clearance_id=command.clearance_id)
    match command:
        case GrantClearance():
            return _settle(command, clearance, actor, events.ClearanceGranted(conditions=command.conditions))
        case RefuseClearance():
            return _settle(command, clearance, actor, events.ClearanceRefused(reason=command.reason))
        case WithdrawClearance():
            withdrawn = events.ClearanceWithdrawn(reason=command.reason)
            if clearance.outcome == withdrawn:
                return ()
            if not isinstance(clearance.outcome, events.ClearanceGranted):
                raise NOT_GRANTED(clearance_id=command.clearance_id)
            return (withdrawn,)


def _settle(
    command: ClearanceCommand,
    clearance: Clearance,
    actor: Actor,
    outcome: events.ClearanceGranted | events.ClearanceRefused,
) -> Sequence[events.ClearanceEvent]:
    if clearance.outcome == outcome:
        return ()
    if clearance.outcome is not None:
        raise ALREADY_DECIDED(clearance_id=command.clearance_id)
    if clearance.requested.requested_by == actor.id:
        raise OWN_REQUEST(clearance_id=command.clearance_id, actor=actor.id)
    return (outcome,)


AGGREGATE = Aggregate(events=events.EVENTS, commands=commands_of(Wish), evolve=evolve, decide=decide)
