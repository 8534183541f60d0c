"""An earlier deadline: those who lead the unit order it, and nobody has to grant it. The original one is kept."""

from collections.abc import Sequence

from shared.domain.decider import Actor, RankRefusal, Refusal
from shared.domain.ranks import Act
from shared.domain.task.command import TaskCommand
from shared.domain.task.rights import require_lead
from shared.domain.task.state import Task
from shared.events.task import DeadlineShortened, TaskEvent
from shared.values.types import Brief, Day, Name

MOST_SHORTENINGS = 20


class ShortenDeadline(TaskCommand):
    """Brings the deadline forward; for the unit's lead or a deputy. `past_because` says why it is over already."""

    NAME = "shorten-deadline"
    GIVEN_BY = Act.DECIDE
    DEADLINE = "deadline"
    deadline: Day
    reason: Brief
    past_because: Name | None = None


NO_RIGHT_TO_SHORTEN = RankRefusal(
    "no_right_to_shorten", "{actor} can't shorten a deadline; the unit's lead or a deputy does."
)
NOTHING_TO_SHORTEN = Refusal("nothing_to_shorten", "Task {task_id} has no deadline yet; there is nothing to shorten.")
NOT_EARLIER = Refusal(
    "deadline_not_earlier", "Task {task_id} has the deadline {deadline}; a shorter one has to be earlier."
)
REQUEST_WAITS = Refusal(
    "extension_waits",
    "Task {task_id} has a request waiting, for an extension to {deadline}; grant or refuse it before you shorten.",
)
SHORTENINGS_FULL = Refusal(
    "task_shortenings_full", "The deadline of task {task_id} was shortened {most} times; that is the most."
)

Wish = ShortenDeadline


def decide(command: Wish, task: Task, actor: Actor) -> Sequence[TaskEvent]:
    last, names = task.records.shortened, {"task_id": command.task_id}
    if last and task.deadline == last.deadline and _content(last) == command.content():
        return ()
    require_lead(command, actor, NO_RIGHT_TO_SHORTEN)
    if task.deadline is None:
        raise NOTHING_TO_SHORTEN(**names)
    if task.pending_extension:
        raise REQUEST_WAITS(**names, deadline=task.pending_extension.deadline)
    if command.deadline >= task.deadline:
        raise NOT_EARLIER(**names, deadline=task.deadline)
    if task.records.shortenings >= MOST_SHORTENINGS:
        raise SHORTENINGS_FULL(**names, most=MOST_SHORTENINGS)
    return (DeadlineShortened(replaces=task.deadline, **command.content()),)


def _content(shortened: DeadlineShortened) -> dict[str, object]:
    return shortened.model_dump(exclude={"replaces"})
