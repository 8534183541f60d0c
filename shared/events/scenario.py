"""The sub-committee switches the scenario in force."""

from shared.events.base import Event
from shared.values.types import Case, Phrase


class ScenarioSwitched(Event):
    TYPE = "vn.daihoi.scenario.switched.v1"
    number: int
    scenario: Case
    reason: Phrase
