"""What a unit has heard of a clearance: security's decision, kept in the unit's own stream so that its decisions can
see it.

A withdrawal is final, in whatever order the decisions arrive.
"""

from collections.abc import Sequence
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from shared.domain.decider import Actor, Aggregate, Command
from shared.events.known_clearance import EVENTS, ClearanceDecision, ClearanceNoted
from shared.values.types import EntityId

ENTITY = "known-clearance"


# --- state ---
class KnownClearance(BaseModel):
    model_config = ConfigDict(frozen=True)
    noted: ClearanceNoted

    @property
    def decision(self) -> ClearanceDecision:
        return self.noted.decision

    @property
    def granted(self) -> bool:
        return self.decision is ClearanceDecision.GRANTED


# --- evolve ---
def evolve(clearance: KnownClearance | None, event: ClearanceNoted) -> KnownClearance:
    return KnownClearance(noted=event)


# --- commands ---
class NoteClearance(Command):
    """Notes what security decided; only policies do."""

    NAME = "note-clearance"
    ENTITY: ClassVar[str] = ENTITY
    clearance_id: EntityId
    decision: ClearanceDecision

    @property
    def entity_id(self) -> str:
        return self.clearance_id


# --- decide ---
def decide(command: NoteClearance, clearance: KnownClearance | None, actor: Actor) -> Sequence[ClearanceNoted]:
    if clearance is not None and clearance.decision in (command.decision, ClearanceDecision.WITHDRAWN):
        return ()
    return (ClearanceNoted(decision=command.decision),)


AGGREGATE = Aggregate(
    entity=ENTITY,
    events=EVENTS,
    commands=(NoteClearance,),
    evolve=evolve,
    decide=decide,
    internal=True,
)
