"""The scenario in force in one unit: the sub-committee's last switch as the unit has recorded it, and the last
switch that all its tasks have followed.

Only the unit's own policy writes here. A switch older than the one on record changes nothing.
"""

from collections.abc import Sequence

from pydantic import Field

from shared.domain.decider import Actor, Aggregate, Command, RankRefusal, Refusal, State, begun, require_rank
from shared.domain.ranks import Act
from shared.events.scenario import CURRENT
from shared.events.unit_scenario import EVENTS, SwitchFollowed, SwitchRecorded, UnitScenarioEvent
from shared.values.code_lists import EntryId
from shared.values.types import Phrase


class UnitScenario(State):
    recorded: SwitchRecorded
    followed: int = 0


def evolve(scenario: UnitScenario | None, event: UnitScenarioEvent) -> UnitScenario:
    if isinstance(event, SwitchRecorded):
        return UnitScenario(recorded=event, followed=scenario.followed if scenario else 0)
    scenario = begun(scenario, event)
    return scenario.but(followed=event.number)


class UnitScenarioCommand(Command):
    ENTITY = "unit-scenario"
    GIVEN_BY = Act.FOLLOW
    number: int = Field(ge=1, le=2**31 - 1)

    @property
    def entity_id(self) -> str:
        return CURRENT


class RecordSwitch(UnitScenarioCommand):
    """Puts the sub-committee's switch on record in the unit; for its policy only."""

    NAME = "record-switch"
    scenario: EntryId
    reason: Phrase


class ConfirmSwitch(UnitScenarioCommand):
    """Says that every task has followed the switch; for the unit's policy only."""

    NAME = "confirm-switch"


FOR_THE_POLICY = RankRefusal(
    "for_the_policy_only", "{actor} can't record a switch; the unit's policy does so by itself."
)
NOT_RECORDED = Refusal("switch_not_recorded", "Switch {number} is not on record in the unit.")


def decide(
    command: RecordSwitch | ConfirmSwitch, scenario: UnitScenario | None, actor: Actor
) -> Sequence[UnitScenarioEvent]:
    require_rank(command, actor, FOR_THE_POLICY)
    match command:
        case RecordSwitch():
            if scenario is not None and command.number <= scenario.recorded.number:
                return ()
            return (SwitchRecorded(**command.model_dump()),)
        case ConfirmSwitch():
            if scenario is None or command.number > scenario.recorded.number:
                raise NOT_RECORDED(number=command.number)
            return () if command.number <= scenario.followed else (SwitchFollowed(number=command.number),)


AGGREGATE = Aggregate(events=EVENTS, commands=(RecordSwitch, ConfirmSwitch), evolve=evolve, decide=decide)
