"""The sub-committee switches the scenario in force."""

from shared.events.base import Event
from shared.values.types import Phrase

CURRENT = "current"
"""The id of the one scenario that a congress has."""


class ScenarioSwitched(Event):
    TYPE = "vn.daihoi.scenario.switched.v1"
    number: int
    scenario: str
    reason: Phrase


EVENTS: tuple[type[Event], ...] = (ScenarioSwitched,)
