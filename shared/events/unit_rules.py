"""What a unit's lead demands of its work."""

from shared.events.base import Event
from shared.values.types import Phrase


class UnitRulesChanged(Event):
    """`evidence_required`: whether work is handed in with evidence only. Where nothing was set it is."""

    TYPE = "vn.daihoi.unit-rules.changed.v1"
    SENTENCE = "{actor} changed whether work needs evidence: {evidence_required}; {reason}"
    evidence_required: bool
    reason: Phrase


EVENTS: tuple[type[Event], ...] = (UnitRulesChanged,)
