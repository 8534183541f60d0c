"""A task follows the scenario in force in its unit, as the unit's variant for it demands. A closed one doesn't."""

from collections.abc import Mapping, Sequence
from typing import Any

from shared.domain.decider import Key
from shared.domain.task.command import TaskCommand
from shared.domain.task.standing import CLOSED
from shared.domain.task.state import Task
from shared.domain.unit_scenario import UnitScenario
from shared.domain.variant import Demand, Variant, demanded
from shared.events.scenario import CURRENT
from shared.events.task import ScenarioFollowed, TaskEvent
from shared.events.variant import VariantAdjusted

IN_FORCE: Key = ("unit-scenario", CURRENT)


def variant_in_force(seen: Mapping[Key, Any]) -> Sequence[Key]:
    """Which variant holds now, as the unit has the switch on record; none before the first."""
    unit_scenario: UnitScenario | None = seen.get(IN_FORCE)
    return () if unit_scenario is None else (("variant", unit_scenario.recorded.scenario),)


class FollowScenario(TaskCommand):
    """Brings the task to what the scenario in force and the unit's variant demand. Policies give it; by hand it does
    no harm. A deadline extended meanwhile stays until the next switch, or until the variant says something else."""

    NAME = "follow-scenario"
    CONVERGES = True


def follow(command: FollowScenario, task: Task, seen: Mapping[Key, Any]) -> Sequence[TaskEvent]:
    unit_scenario: UnitScenario | None = seen.get(IN_FORCE)
    if unit_scenario is None or task.status in CLOSED:
        return ()
    in_force = unit_scenario.recorded
    variant: Variant = seen.get(("variant", in_force.scenario)) or Variant()
    demand = demanded(
        in_force.scenario,
        variant.adjustments.get(command.task_id),
        scenario=task.opened.scenario,
        planned_vnd=task.first_planned_vnd,
        deadline=task.agreed_deadline,
    )
    followed = ScenarioFollowed(switch=in_force.number, scenario=in_force.scenario, **demand.model_dump())
    held = Demand(suspended=task.suspended, planned_vnd=task.planned_vnd, deadline=task.deadline)
    return () if followed == task.followed or demand == held else (followed,)


def adjustment_in_force(task_id: str, seen: Mapping[Key, Any]) -> VariantAdjusted | None:
    """What the variant in force says of this task in particular."""
    unit_scenario: UnitScenario | None = seen.get(IN_FORCE)
    if unit_scenario is None:
        return None
    variant: Variant = seen.get(("variant", unit_scenario.recorded.scenario)) or Variant()
    return variant.adjustments.get(task_id)
