"""What a unit has heard of a clearance: security's decision, kept in the unit's own stream so that its decisions can
see it.

A withdrawal is final, in whatever order the decisions arrive.
"""

from collections.abc import Sequence

from shared.domain.decider import Actor, Aggregate, Command, latest
from shared.events.known_clearance import EVENTS, ClearanceDecision, ClearanceNoted
from shared.values.types import EntityId

ENTITY = "known-clearance"


class NoteClearance(Command):
    """Notes what security decided; only policies do."""

    NAME = "note-clearance"
    ENTITY = ENTITY
    ID = "clearance_id"
    clearance_id: EntityId
    decision: ClearanceDecision


def decide(command: NoteClearance, clearance: ClearanceNoted | None, actor: Actor) -> Sequence[ClearanceNoted]:
    if clearance is not None and clearance.decision in (command.decision, ClearanceDecision.WITHDRAWN):
        return ()
    return (ClearanceNoted(decision=command.decision),)


AGGREGATE = Aggregate(events=EVENTS, commands=(NoteClearance,), evolve=latest, decide=decide, internal=True)
