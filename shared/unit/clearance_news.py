"""The policies with which every support unit hears what security decides on clearances.

Earlier versions did not keep the order of these events; that is why `known_clearance` does not need it.
"""

from collections.abc import Sequence

from shared.domain.known_clearance import NoteClearance
from shared.events.base import Event
from shared.events.clearance import ClearanceGranted, ClearanceRefused, ClearanceWithdrawn
from shared.events.known_clearance import ClearanceDecision
from shared.eventstore.envelope import Envelope
from shared.unit.policies import Policy
from shared.values.units import SECURITY

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
