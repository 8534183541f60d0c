"""The policy of every unit: a catalogue item assigned to it opens a task there."""

from collections.abc import Sequence

from shared.domain.catalogue import ItemAssigned
from shared.domain.task import OpenTask
from shared.domain.values import SUBCOMMITTEE, Unit
from shared.unit.policies import Policy


def open_assigned_items(unit: Unit) -> Policy:
    def react(assigned: ItemAssigned) -> Sequence[OpenTask]:
        if assigned.unit is not unit:
            return ()
        item = assigned.item
        return (
            OpenTask(
                task_id=item.item_id,
                title=item.title,
                group=item.group,
                phase=item.phase,
                scenario=item.scenario,
                planned_vnd=item.budget_vnd,
                catalogue_item=item.item_id,
                directive_id=assigned.directive_id,
            ),
        )

    return Policy(name="open-assigned-items", service=SUBCOMMITTEE, event=ItemAssigned, react=react)
