"""What the three support units share: tasks, documents and reviews, and the policies that feed them.

A catalogue item assigned to a unit opens a task there; a directive for a four-point review opens one in every unit
that it addresses. What security decides on clearances is noted, for tasks that need them.
"""

from collections.abc import Sequence

from shared.domain import document, known_clearance, review, task
from shared.domain.catalogue import ItemAssigned
from shared.domain.decider import Aggregate
from shared.domain.directive import DirectiveIssued, DirectiveKind
from shared.domain.review import OpenReview
from shared.domain.task import OpenTask
from shared.domain.values import SUBCOMMITTEE, Unit
from shared.eventstore.envelope import Envelope
from shared.unit.clearance_news import NOTE_CLEARANCES
from shared.unit.policies import Policy
from shared.unit.service import UnitService


def support_unit(unit: Unit, own: Sequence[Aggregate], policies: Sequence[Policy] = ()) -> UnitService:
    """The service of a support unit, with what is its `own` beside what all have."""
    return UnitService(
        unit.value,
        aggregates=(task.AGGREGATE, known_clearance.AGGREGATE, document.AGGREGATE, review.AGGREGATE, *own),
        policies=(open_assigned_items(unit), open_ordered_reviews(unit), *NOTE_CLEARANCES, *policies),
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
