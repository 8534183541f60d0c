"""The switch of scenarios: which case the sub-committee has put in force, epidemic or none.

Before the first switch no scenario is in force. Every switch has a number, one more than the last; the units follow.
"""

from collections.abc import Sequence

from shared.domain.decider import Actor, Aggregate, Command, Refusal, latest
from shared.events.scenario import CURRENT, EVENTS, ScenarioSwitched
from shared.values.types import Case, Phrase

MOST_SWITCHES = 500


class SwitchScenario(Command):
    """Puts a scenario in force; for the sub-committee's lead or a deputy. Every unit follows by itself."""

    NAME = "switch-scenario"
    ENTITY = "scenario"
    scenario: Case
    reason: Phrase

    @property
    def entity_id(self) -> str:
        return CURRENT


NO_RIGHT = Refusal(
    "no_right_to_switch", "{actor} can't switch the scenario; the sub-committee's lead or a deputy does."
)
SWITCHES_FULL = Refusal("scenario_switches_full", "The scenario has been switched {most} times; that is the most.")


def decide(command: SwitchScenario, last: ScenarioSwitched | None, actor: Actor) -> Sequence[ScenarioSwitched]:
    if not actor.leads:
        raise NO_RIGHT(actor=actor.id)
    if last is not None and last.scenario is command.scenario:
        return ()
    number = last.number + 1 if last else 1
    if number > MOST_SWITCHES:
        raise SWITCHES_FULL(most=MOST_SWITCHES)
    return (ScenarioSwitched(number=number, scenario=command.scenario, reason=command.reason),)


AGGREGATE = Aggregate(events=EVENTS, commands=(SwitchScenario,), evolve=latest, decide=decide)
