"""Comments: anybody of the unit says something about a task, whether it is closed or not."""

from collections.abc import Sequence

from shared.domain.decider import Refusal
from shared.domain.task.command import TaskCommand
from shared.domain.task.state import Task
from shared.events.task import TaskCommented, TaskEvent
from shared.values.types import Brief, EntityId

MOST_COMMENTS = 100


class CommentOnTask(TaskCommand):
    """Puts a comment on record, on a closed task too."""

    NAME = "comment-on-task"
    comment_id: EntityId
    text: Brief


ALREADY_COMMENTED = Refusal(
    "comment_already_made", "Comment {comment_id} on task {task_id} is on record already, with another text."
)
COMMENTS_FULL = Refusal("task_comments_full", "Task {task_id} has {most} comments already; that is the most.")

Wish = CommentOnTask


def decide(command: Wish, task: Task) -> Sequence[TaskEvent]:
    commented = TaskCommented(**command.content())
    last = task.records.comments.get(command.comment_id)
    if last == commented:
        return ()
    if last is not None:
        raise ALREADY_COMMENTED(task_id=command.task_id, comment_id=command.comment_id)
    if len(task.records.comments) >= MOST_COMMENTS:
        raise COMMENTS_FULL(task_id=command.task_id, most=MOST_COMMENTS)
    return (commented,)
