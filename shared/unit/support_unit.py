"""What the three support units share: tasks, documents, reviews and scenarios, and the policies that feed them.

A catalogue item assigned to a unit opens a task there; a directive for a four-point review opens one in every unit
that it addresses. When the sub-committee switches the scenario, every task follows: the switch is put on record in
the unit before its tasks are listed, and a task opened or reopened later follows what is on record by then. So none
is left out, in whatever order the two meet.
"""

from collections.abc import Callable, Sequence
from typing import Any

from shared.domain import document, review, task, unit_scenario, variant
from shared.domain.catalogue import ItemAssigned
from shared.domain.decider import Aggregate, Command, Event
from shared.domain.directive import DirectiveIssued, DirectiveKind
from shared.domain.review import OpenReview
from shared.domain.scenario import ScenarioSwitched
from shared.domain.task import FollowScenario, OpenTask, TaskOpened, TaskReopened
from shared.domain.unit_scenario import ConfirmSwitch, RecordSwitch
from shared.domain.values import SUBCOMMITTEE, Unit
from shared.domain.variant import AdjustmentWithdrawn, VariantAdjusted
from shared.eventstore.envelope import Envelope
from shared.unit.policies import ForEvery, Policy
from shared.unit.service import UnitService


def support_unit(unit: Unit, own: Sequence[Aggregate], policies: Sequence[Policy] = ()) -> UnitService:
    """The service of a support unit, with what is its `own` beside what all have."""
    return UnitService(
        unit.value,
        aggregates=(
            task.AGGREGATE,
            document.AGGREGATE,
            review.AGGREGATE,
            variant.AGGREGATE,
            unit_scenario.AGGREGATE,
            *own,
        ),
        policies=(
            open_assigned_items(unit),
            open_ordered_reviews(unit),
            FOLLOW_SWITCHES,
            *follow_own_events(unit),
            *policies,
        ),
    )


def open_assigned_items(unit: Unit) -> Policy:
    def react(assigned: ItemAssigned, _: Envelope) -> Sequence[OpenTask]:
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


def open_ordered_reviews(unit: Unit) -> Policy:
    """The review has the id of the directive that orders it."""

    def react(issued: DirectiveIssued, envelope: Envelope) -> Sequence[OpenReview]:
        if issued.kind is not DirectiveKind.REVIEW or unit not in issued.units:
            return ()
        directive_id = envelope.subject
        return (OpenReview(review_id=directive_id, directive_id=directive_id, due_on=issued.due_on),)

    return Policy(name="open-ordered-reviews", service=SUBCOMMITTEE, event=DirectiveIssued, react=react)


def _on_switch(switched: ScenarioSwitched, _: Envelope) -> Sequence[Command | ForEvery]:
    """Recorded first, so that whatever is opened from then on follows by itself; listed then."""
    return (
        RecordSwitch(**switched.model_dump()),
        ForEvery("task", lambda task_id: FollowScenario(task_id=task_id)),
        ConfirmSwitch(number=switched.number),
    )


FOLLOW_SWITCHES = Policy(name="follow-switches", service=SUBCOMMITTEE, event=ScenarioSwitched, react=_on_switch)


def follow_own_events(unit: Unit) -> Sequence[Policy]:
    """What changes in the unit may change what the scenario in force demands of a task."""

    def follow(name: str, event: type[Event], task_id: Callable[[Any, Envelope], str]) -> Policy:
        def react(told: Event, envelope: Envelope) -> Sequence[FollowScenario]:
            return (FollowScenario(task_id=task_id(told, envelope)),)

        return Policy(name=name, service=unit.value, event=event, react=react)

    return (
        follow("follow-when-opened", TaskOpened, lambda _, envelope: envelope.subject),
        follow("follow-when-reopened", TaskReopened, lambda _, envelope: envelope.subject),
        follow("follow-when-adjusted", VariantAdjusted, lambda adjusted, _: adjusted.task_id),
        follow("follow-when-withdrawn", AdjustmentWithdrawn, lambda withdrawn, _: withdrawn.task_id),
    )
