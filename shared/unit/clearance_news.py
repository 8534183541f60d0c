"""The policies with which every support unit hears what security decides on clearances.

They read security's events by their wire names. Each kind of event has a consumer of its own, so their order is not
kept; `known_clearance` does not need it.
"""

from collections.abc import Sequence

from shared.domain.decider import Event
from shared.domain.known_clearance import ClearanceDecision, NoteClearance
from shared.eventstore.envelope import Envelope
from shared.unit.policies import Policy
from shared.values.units import SECURITY


class ClearanceGranted(Event):
    TYPE = "vn.daihoi.clearance.granted.v1"


class ClearanceRefused(Event):
    TYPE = "vn.daihoi.clearance.refused.v1"


class ClearanceWithdrawn(Event):
    TYPE = "vn.daihoi.clearance.withdrawn.v1"


DECISIONS: dict[ClearanceDecision, type[Event]] = {
    ClearanceDecision.GRANTED: ClearanceGranted,
    ClearanceDecision.REFUSED: ClearanceRefused,
    ClearanceDecision.WITHDRAWN: ClearanceWithdrawn,
}


def note(decision: ClearanceDecision) -> Policy:
    def react(_: Event, envelope: Envelope) -> Sequence[NoteClearance]:
        return (NoteClearance(clearance_id=envelope.subject, decision=decision),)

    return Policy(
        name=f"note-{decision.value}-clearances",
        service=SECURITY,
        events=(DECISIONS[decision],),
        react=react,
    )


NOTE_CLEARANCES = tuple(map(note, DECISIONS))
