"""What a unit has heard of a clearance."""

from enum import StrEnum

from shared.events.base import Event


class ClearanceDecision(StrEnum):
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class ClearanceNoted(Event):
    TYPE = "vn.daihoi.known-clearance.noted.v1"
    decision: ClearanceDecision


EVENTS = (ClearanceNoted,)
