"""A four-point review («rà soát») in one unit: every live task is judged for its collective, its individual, its
completion time and its guaranteed funding. It closes when every gap is fixed or explained, signed by the unit's lead.
A task that the scenario in force suspends need not be judged; while it is suspended it lacks nothing.
A task that is taken up while a review is open enters it. A review without any task is not signed.

The decisions need to see the unit's tasks: `reads` says which, and `decide` is shown them.
"""

from collections.abc import Mapping, Sequence

from shared.domain import task as tasks
from shared.domain.decider import (
    Actor,
    Aggregate,
    Command,
    Key,
    RankRefusal,
    Refusal,
    State,
    begun,
    commands_of,
    require_rank,
)
from shared.domain.ranks import Act
from shared.domain.task import Task
from shared.events import review as events
from shared.values.message import WITH_REASON, word
from shared.values.ordering import natural
from shared.values.types import Brief, Day, EntityId, Phrase

MOST_REVIEWED = 1500
MOST_EXPLAINED = 2000


class Review(State):
    opened: events.ReviewOpened
    findings: dict[str, events.Finding]
    confirmed: frozenset[str] = frozenset()
    explained: Mapping[tuple[str, events.Essential], str] = {}
    closed: events.ReviewClosed | None = None

    def unexplained(self, finding: events.Finding) -> tuple[events.Essential, ...]:
        return tuple(gap for gap in finding.missing if (finding.task_id, gap) not in self.explained)


def evolve(review: Review | None, event: events.ReviewEvent) -> Review:
    if isinstance(event, events.ReviewOpened):
        return Review(opened=event, findings={finding.task_id: finding for finding in event.findings})
    review = begun(review, event)
    match event:
        case events.ReviewTaskEntered():
            return review.but(findings=review.findings | {event.finding.task_id: event.finding})
        case events.ReviewItemConfirmed():
            findings = review.findings | {event.finding.task_id: event.finding}
            return review.but(findings=findings, confirmed=review.confirmed | {event.finding.task_id})
        case events.ReviewGapExplained():
            return review.but(explained={**review.explained, (event.task_id, event.essential): event.reason})
        case events.ReviewClosed():
            return review.but(closed=event, findings={finding.task_id: finding for finding in event.findings})


class ReviewCommand(Command):
    ENTITY = "review"
    ID = "review_id"
    review_id: EntityId


class OpenReview(ReviewCommand):
    """Judges every live task of the unit as it is now. `past_because` says why `due_on` is over already."""

    NAME = "open-review"
    DEADLINE = "due_on"
    directive_id: EntityId
    due_on: Day | None = None
    past_because: Phrase | None = None


class EnterTask(ReviewCommand):
    """Takes a live task into an open review that lacks it. Policies give it for every task that is taken up; by hand
    it does no harm."""

    NAME = "enter-task"
    task_id: EntityId


class ConfirmReviewItem(ReviewCommand):
    """Judges one task again, after its gaps were fixed or to confirm what was found. A live task that the review
    lacks enters it."""

    NAME = "confirm-review-item"
    task_id: EntityId


class ExplainGap(ReviewCommand):
    """Says why a task lacks an essential and will go on lacking it. A live task that the review lacks enters it."""

    NAME = "explain-gap"
    task_id: EntityId
    essential: events.Essential
    reason: Brief


class CloseReview(ReviewCommand):
    """Judges every task of the review once more, and every live task that it lacks, and signs the result."""

    NAME = "close-review"
    GIVEN_BY = Act.SIGN


Wish = OpenReview | EnterTask | ConfirmReviewItem | ExplainGap | CloseReview

NOT_FOUND = Refusal("review_not_found", "There is no review {review_id}.")
ALREADY_OPEN = Refusal("review_already_open", "Review {review_id} is already open, for another directive or date.")
IS_CLOSED = Refusal("review_closed", "Review {review_id} is closed and signed.")
NOT_REVIEWED = Refusal("task_not_reviewed", "Task {task_id} is not part of review {review_id}.")
NO_SUCH_GAP = Refusal("no_such_gap", "Task {task_id} does not lack its {essential}; there is nothing to explain.")
NOTHING_REVIEWED = Refusal("nothing_reviewed", "Review {review_id} has no task to review; there is nothing to sign.")
GAPS_LEFT = Refusal("gaps_left", "Review {review_id} can't be closed: fix or explain {gaps}.")
TOO_MANY_TASKS = Refusal(
    "review_too_large", "The unit has {count} tasks under way; a review takes in {most} at most. Close some first."
)
EXPLANATIONS_FULL = Refusal(
    "review_explanations_full", "Review {review_id} has {most} gaps explained; the others have to be fixed."
)
NOT_THE_LEAD = RankRefusal("not_the_lead", "Only the unit's lead signs a review, and {actor} is not the lead.")

EVERY_TASK: Key = ("task", "*")


def judge(task_id: str, task: Task | None) -> events.Finding:
    """What a task lacks. Its money is guaranteed when at least the planned sum is secured. A task that costs
    nothing needs none, and a suspended task lacks nothing."""
    if task is None:
        return events.Finding(task_id=task_id, missing=tuple(events.Essential))
    if task.suspended:
        return events.Finding(task_id=task_id)
    secured = task.funding.secured_vnd if task.funding else 0
    lacking = {
        events.Essential.COLLECTIVE: task.assignment is None,
        events.Essential.INDIVIDUAL: task.assignment is None,
        events.Essential.DEADLINE: task.deadline is None,
        events.Essential.FUNDING: secured < task.planned_vnd,
    }
    return events.Finding(task_id=task_id, missing=tuple(name for name, lacks in lacking.items() if lacks))


def reads(command: ReviewCommand, review: Review | None) -> Sequence[Key]:
    match command:
        case OpenReview():
            return (EVERY_TASK,) if review is None else ()
        case EnterTask() | ConfirmReviewItem() | ExplainGap():
            return (("task", command.task_id),) if review else ()
        case _:
            return (EVERY_TASK,) if review and review.closed is None else ()


def decide(
    command: Wish, review: Review | None, actor: Actor, seen: Mapping[Key, Task | None]
) -> Sequence[events.ReviewEvent]:
    if isinstance(command, OpenReview):
        return _open(command, review, seen)
    if review is None:
        raise NOT_FOUND(review_id=command.review_id)
    if isinstance(command, CloseReview):
        return _close(command, review, actor, seen)
    if isinstance(command, EnterTask):
        return _entered(review, seen) if review.closed is None else ()
    if review.closed is not None:
        raise IS_CLOSED(review_id=command.review_id)
    match command:
        case ConfirmReviewItem():
            finding = _judged_again(command.review_id, command.task_id, review, seen)
            confirmed = command.task_id in review.confirmed and review.findings[command.task_id] == finding
            return () if confirmed else (*_entered(review, seen), events.ReviewItemConfirmed(finding=finding))
        case ExplainGap():
            return _explain(command, review, seen)


def _open(
    command: OpenReview, review: Review | None, seen: Mapping[Key, Task | None]
) -> Sequence[events.ReviewEvent]:
    if review is not None:
        if (review.opened.directive_id, review.opened.due_on) == (command.directive_id, command.due_on):
            return ()
        raise ALREADY_OPEN(review_id=command.review_id)
    findings = _of_live_tasks(seen)
    if len(findings) > MOST_REVIEWED:
        raise TOO_MANY_TASKS(count=len(findings), most=MOST_REVIEWED)
    return (events.ReviewOpened(**command.content(), findings=findings),)


def _of_live_tasks(seen: Mapping[Key, Task | None]) -> tuple[events.Finding, ...]:
    live = [(task_id, task) for (_, task_id), task in seen.items() if task and _is_live(task)]
    return tuple(judge(task_id, task) for task_id, task in sorted(live, key=lambda pair: natural(pair[0])))


def _entered(review: Review, seen: Mapping[Key, Task | None]) -> Sequence[events.ReviewTaskEntered]:
    """The live tasks seen here that the review lacks."""
    lacking = [finding for finding in _of_live_tasks(seen) if finding.task_id not in review.findings]
    if len(review.findings) + len(lacking) > MOST_REVIEWED:
        raise TOO_MANY_TASKS(count=len(review.findings) + len(lacking), most=MOST_REVIEWED)
    return tuple(events.ReviewTaskEntered(finding=finding) for finding in lacking)


def _is_live(task: Task) -> bool:
    return task.status not in tasks.CLOSED and not task.suspended


def _explain(command: ExplainGap, review: Review, seen: Mapping[Key, Task | None]) -> Sequence[events.ReviewEvent]:
    if review.explained.get((command.task_id, command.essential)) == command.reason:
        return ()
    finding = _judged_again(command.review_id, command.task_id, review, seen)
    if command.essential not in finding.missing:
        raise NO_SUCH_GAP(task_id=command.task_id, essential=word(command.essential))
    if (command.task_id, command.essential) not in review.explained and len(review.explained) >= MOST_EXPLAINED:
        raise EXPLANATIONS_FULL(review_id=command.review_id, most=MOST_EXPLAINED)
    return (*_entered(review, seen), events.ReviewGapExplained(**command.content()))


def _close(
    command: CloseReview, review: Review, actor: Actor, seen: Mapping[Key, Task | None]
) -> Sequence[events.ReviewEvent]:
    if review.closed is not None:
        if review.closed.signed_by == actor.id:
            return ()
        raise IS_CLOSED(review_id=command.review_id)
    require_rank(command, actor, NOT_THE_LEAD)
    entered = _entered(review, seen)
    judged_again = (judge(task_id, seen.get(("task", task_id))) for task_id in review.findings)
    findings = (*judged_again, *(entry.finding for entry in entered))
    if not findings:
        raise NOTHING_REVIEWED(review_id=command.review_id)
    left = tuple(
        WITH_REASON.filled(name=finding.task_id, reason=tuple(map(word, gaps)))
        for finding in findings
        if (gaps := review.unexplained(finding))
    )
    if left:
        raise GAPS_LEFT(review_id=command.review_id, gaps=left)
    return (*entered, events.ReviewClosed(signed_by=actor.id, findings=findings))


def _judged_again(review_id: str, task_id: str, review: Review, seen: Mapping[Key, Task | None]) -> events.Finding:
    task = seen.get(("task", task_id))
    if task_id not in review.findings and (task is None or not _is_live(task)):
        raise NOT_REVIEWED(task_id=task_id, review_id=review_id)
    return judge(task_id, task)


AGGREGATE = Aggregate(events=events.EVENTS, commands=commands_of(Wish), evolve=evolve, decide=decide, reads=reads)
