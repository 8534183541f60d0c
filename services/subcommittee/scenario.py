"""The switch of scenarios: which of the congress's cases the sub-committee has put in force.

Before the first switch no scenario is in force. Every switch has a number, one more than the last; the units follow.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from services.subcommittee.listed import check_named, key_of
from shared.domain.decider import Actor, Aggregate, Command, Key, RankRefusal, Refusal, latest, require_rank
from shared.domain.ranks import Act
from shared.events.scenario import CURRENT, EVENTS, ScenarioSwitched
from shared.values.code_lists import CodeList, EntryId
from shared.values.types import Phrase

MOST_SWITCHES = 500


class SwitchScenario(Command):
    """Puts a case of the congress in force; for the sub-committee's lead or a deputy. Every unit follows by
    itself."""

    NAME = "switch-scenario"
    GIVEN_BY = Act.DECIDE
    ENTITY = "scenario"
    scenario: EntryId
    reason: Phrase

    @property
    def entity_id(self) -> str:
        return CURRENT


NO_RIGHT = RankRefusal(
    "no_right_to_switch", "{actor} can't switch the scenario; the sub-committee's lead or a deputy does."
)
SWITCHES_FULL = Refusal("scenario_switches_full", "The scenario has been switched {most} times; that is the most.")


def reads(command: SwitchScenario, last: ScenarioSwitched | None) -> Sequence[Key]:
    return (key_of(CodeList.CASES),)


def decide(
    command: SwitchScenario, last: ScenarioSwitched | None, actor: Actor, seen: Mapping[Key, Any]
) -> Sequence[ScenarioSwitched]:
    require_rank(command, actor, NO_RIGHT)
    if last is not None and last.scenario == command.scenario:
        return ()
    check_named(CodeList.CASES, command.scenario, seen)
    number = last.number + 1 if last else 1
    if number > MOST_SWITCHES:
        raise SWITCHES_FULL(most=MOST_SWITCHES)
    return (ScenarioSwitched(number=number, scenario=command.scenario, reason=command.reason),)


AGGREGATE = Aggregate(
    events=EVENTS,
    commands=(SwitchScenario,),
    evolve=latest,
    decide=decide,
    reads=reads,
    holds_while_nothing_else_is_written=True,
)
