"""A four-point review («rà soát») in one unit: every live task is judged for its collective, its individual, its
completion time and its guaranteed funding. It closes when every gap is fixed or explained, signed by the unit's lead.
A task that the scenario in force suspends need not be judged; while it is suspended it lacks nothing.

The decisions need to see the unit's tasks: `reads` says which, and `decide` is shown them.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import ClassVar, assert_never

from pydantic import BaseModel, ConfigDict

from shared.domain import task as tasks
from shared.domain.decider import Actor, Aggregate, Command, Event, Key, Refusal
from shared.domain.task import Task
from shared.domain.values import Brief, Day, EntityId, Phrase

MOST_REVIEWED = 1500
MOST_EXPLAINED = 2000


class Essential(StrEnum):
    """The four things that the chair wants of every work item."""

    COLLECTIVE = "collective"
    INDIVIDUAL = "individual"
    DEADLINE = "deadline"
    FUNDING = "funding"


class Finding(BaseModel):
    """What a review found of one task."""

    model_config = ConfigDict(frozen=True)
    task_id: EntityId
    missing: tuple[Essential, ...] = ()


# --- events: these names are the stored format ---
class ReviewOpened(Event):
    TYPE = "vn.daihoi.review.opened.v1"
    directive_id: EntityId
    due_on: date | None = None
    findings: tuple[Finding, ...]


class ReviewItemConfirmed(Event):
    TYPE = "vn.daihoi.review.item-confirmed.v1"
    finding: Finding


class ReviewGapExplained(Event):
    TYPE = "vn.daihoi.review.gap-explained.v1"
    task_id: EntityId
    essential: Essential
    reason: Phrase


class ReviewClosed(Event):
    TYPE = "vn.daihoi.review.closed.v1"
    signed_by: str
    findings: tuple[Finding, ...]


ReviewEvent = ReviewOpened | ReviewItemConfirmed | ReviewGapExplained | ReviewClosed


# --- state ---
class Review(BaseModel):
    model_config = ConfigDict(frozen=True)
    opened: ReviewOpened
    findings: dict[str, Finding]
    confirmed: frozenset[str] = frozenset()
    explained: dict[tuple[str, Essential], str] = {}
    closed: ReviewClosed | None = None

    def unexplained(self, finding: Finding) -> tuple[Essential, ...]:
        return tuple(gap for gap in finding.missing if (finding.task_id, gap) not in self.explained)


# --- evolve ---
def evolve(review: Review | None, event: ReviewEvent) -> Review:
    if isinstance(event, ReviewOpened):
        return Review(opened=event, findings={finding.task_id: finding for finding in event.findings})
    if review is None:
        raise LookupError(f"{event.TYPE} before the review was opened")
    match event:
        case ReviewItemConfirmed():
            found = event.finding
            return review.model_copy(
                update={
                    "findings": review.findings | {found.task_id: found},
                    "confirmed": review.confirmed | {found.task_id},
                }
            )
        case ReviewGapExplained():
            explained = review.explained | {(event.task_id, event.essential): event.reason}
            return review.model_copy(update={"explained": explained})
        case ReviewClosed():
            findings = {finding.task_id: finding for finding in event.findings}
            return review.model_copy(update={"closed": event, "findings": findings})
        case _:
            assert_never(event)


# --- commands ---
class ReviewCommand(Command):
    ENTITY: ClassVar[str] = "review"
    review_id: EntityId

    @property
    def entity_id(self) -> str:
        return self.review_id


class OpenReview(ReviewCommand):
    """Judges every live task of the unit as it is now."""

    NAME = "open-review"
    directive_id: EntityId
    due_on: Day | None = None


class ConfirmReviewItem(ReviewCommand):
    """Judges one task again, after its gaps were fixed or to confirm what was found."""

    NAME = "confirm-review-item"
    task_id: EntityId


class ExplainGap(ReviewCommand):
    """Says why a task lacks an essential and will for now."""

    NAME = "explain-gap"
    task_id: EntityId
    essential: Essential
    reason: Brief


class CloseReview(ReviewCommand):
    """Judges every task of the review once more and signs the result."""

    NAME = "close-review"


# --- decide ---
NOT_FOUND = Refusal("review_not_found", "There is no review {review_id}.")
ALREADY_OPEN = Refusal("review_already_open", "Review {review_id} is already open for another directive.")
IS_CLOSED = Refusal("review_closed", "Review {review_id} is closed and signed.")
NOT_REVIEWED = Refusal("task_not_reviewed", "Task {task_id} is not part of review {review_id}.")
NO_SUCH_GAP = Refusal("no_such_gap", "Task {task_id} does not lack its {essential}; there is nothing to explain.")
GAPS_LEFT = Refusal("gaps_left", "Review {review_id} can't be closed: fix or explain {gaps}.")
TOO_MANY_TASKS = Refusal(
    "review_too_large", "The unit has {count} tasks under way; a review takes in {most} at most. Close some first."
)
EXPLANATIONS_FULL = Refusal(
    "review_explanations_full", "Review {review_id} has {most} gaps explained; the others have to be fixed."
)
NOT_THE_LEAD = Refusal("not_the_lead", "Only the unit's lead signs a review; {actor} is not.")

EVERY_TASK: Key = ("task", "*")


def judge(task_id: str, task: Task | None) -> Finding:
    """What a task lacks. Money is guaranteed when at least what is planned is secured; a task that needs none lacks
    none, and neither does a suspended one."""
    if task is None:
        return Finding(task_id=task_id, missing=tuple(Essential))
    if task.suspended:
        return Finding(task_id=task_id)
    secured = task.funding.secured_vnd if task.funding else 0
    lacking = {
        Essential.COLLECTIVE: task.assignment is None,
        Essential.INDIVIDUAL: task.assignment is None,
        Essential.DEADLINE: task.deadline is None,
        Essential.FUNDING: secured < task.planned_vnd,
    }
    return Finding(task_id=task_id, missing=tuple(name for name, lacks in lacking.items() if lacks))


def reads(command: ReviewCommand, review: Review | None) -> Sequence[Key]:
    match command:
        case OpenReview():
            return (EVERY_TASK,) if review is None else ()
        case ConfirmReviewItem() | ExplainGap():
            return (("task", command.task_id),)
        case _:
            return tuple(("task", task_id) for task_id in review.findings) if review else ()


def decide(
    command: ReviewCommand, review: Review | None, actor: Actor, seen: Mapping[Key, Task | None]
) -> Sequence[ReviewEvent]:
    if isinstance(command, OpenReview):
        return _open(command, review, seen)
    if review is None:
        raise NOT_FOUND(review_id=command.review_id)
    if isinstance(command, CloseReview):
        return _close(command, review, actor, seen)
    if review.closed is not None:
        raise IS_CLOSED(review_id=command.review_id)
    match command:
        case ConfirmReviewItem():
            found = _judged_again(command.review_id, command.task_id, review, seen)
            confirmed = command.task_id in review.confirmed and review.findings[command.task_id] == found
            return () if confirmed else (ReviewItemConfirmed(finding=found),)
        case ExplainGap():
            return _explain(command, review, seen)
        case _:
            raise TypeError(f"{type(command).__name__} is no command on a review")


def _open(command: OpenReview, review: Review | None, seen: Mapping[Key, Task | None]) -> Sequence[ReviewEvent]:
    if review is not None:
        if (review.opened.directive_id, review.opened.due_on) == (command.directive_id, command.due_on):
            return ()
        raise ALREADY_OPEN(review_id=command.review_id)
    live = sorted((key[1], task) for key, task in seen.items() if task and _is_live(task))
    if len(live) > MOST_REVIEWED:
        raise TOO_MANY_TASKS(count=len(live), most=MOST_REVIEWED)
    findings = tuple(judge(task_id, task) for task_id, task in live)
    return (ReviewOpened(directive_id=command.directive_id, due_on=command.due_on, findings=findings),)


def _is_live(task: Task) -> bool:
    return task.status not in tasks.CLOSED and not task.suspended


def _explain(command: ExplainGap, review: Review, seen: Mapping[Key, Task | None]) -> Sequence[ReviewEvent]:
    if review.explained.get((command.task_id, command.essential)) == command.reason:
        return ()
    found = _judged_again(command.review_id, command.task_id, review, seen)
    if command.essential not in found.missing:
        raise NO_SUCH_GAP(task_id=command.task_id, essential=command.essential.value)
    if (command.task_id, command.essential) not in review.explained and len(review.explained) >= MOST_EXPLAINED:
        raise EXPLANATIONS_FULL(review_id=command.review_id, most=MOST_EXPLAINED)
    return (ReviewGapExplained(**command.model_dump(exclude={"review_id"})),)


def _close(
    command: CloseReview, review: Review, actor: Actor, seen: Mapping[Key, Task | None]
) -> Sequence[ReviewEvent]:
    if review.closed is not None:
        if review.closed.signed_by == actor.id:
            return ()
        raise IS_CLOSED(review_id=command.review_id)
    if actor.id != f"{actor.unit}.lead":
        raise NOT_THE_LEAD(actor=actor.id)
    findings = tuple(judge(task_id, seen.get(("task", task_id))) for task_id in review.findings)
    left = [f"{finding.task_id} ({', '.join(gaps)})" for finding in findings if (gaps := review.unexplained(finding))]
    if left:
        raise GAPS_LEFT(review_id=command.review_id, gaps="; ".join(left))
    return (ReviewClosed(signed_by=actor.id, findings=findings),)


def _judged_again(review_id: str, task_id: str, review: Review, seen: Mapping[Key, Task | None]) -> Finding:
    if task_id not in review.findings:
        raise NOT_REVIEWED(task_id=task_id, review_id=review_id)
    return judge(task_id, seen.get(("task", task_id)))


AGGREGATE = Aggregate(
    entity="review",
    events=(ReviewOpened, ReviewItemConfirmed, ReviewGapExplained, ReviewClosed),
    commands=(OpenReview, ConfirmReviewItem, ExplainGap, CloseReview),
    evolve=evolve,
    decide=decide,
    reads=reads,
)
