"""How a unit follows the sub-committee's switch of scenarios."""

from shared.events.base import Event, members
from shared.values.types import Phrase


class SwitchRecorded(Event):
    TYPE = "vn.daihoi.unit-scenario.recorded.v1"
    number: int
    scenario: str
    reason: Phrase


class SwitchFollowed(Event):
    """Every task that the unit had has been brought to what the switch demands."""

    TYPE = "vn.daihoi.unit-scenario.followed.v1"
    number: int


UnitScenarioEvent = SwitchRecorded | SwitchFollowed
EVENTS = members(UnitScenarioEvent)
