"""A task: one work item of a unit, with a collective and an individual in charge, a deadline and funding.

Lifecycle: open → in progress ⇄ blocked → submitted → completed, or returned to progress; cancelled and reopened
at need. The calendar's view (overdue, late) is no part of it: a read model compares dates. A deadline is set once;
after that only an extension moves it, which somebody asks for and another decides. A task that needs a clearance is
not completed without it.

Beside its lifecycle a task follows the scenario in force in its unit: the variant may suspend it, or give it another
cost and deadline for as long as that scenario lasts. A suspended task refuses work; its essentials and its extensions
can be settled, and it can be cancelled. Resumed, it stands where it stood. A closed task follows nothing until it is
reopened: what is done is done.
"""

from shared.domain.task.aggregate import AGGREGATE
from shared.domain.task.clearances import MOST_CLEARANCES, DropClearance, RequireClearance
from shared.domain.task.closing import CancelTask, CompleteTask, ReopenTask, ReturnTask
from shared.domain.task.command import MOST_SENT_BACK
from shared.domain.task.essentials import AssignTask, FundTask, OpenTask, SetDeadline
from shared.domain.task.extensions import MOST_EXTENSIONS, GrantExtension, RefuseExtension, RequestExtension
from shared.domain.task.following import IN_FORCE, FollowScenario
from shared.domain.task.standing import CLOSED, TaskStatus
from shared.domain.task.state import Task
from shared.domain.task.work import (
    MOST_EVIDENCE,
    BlockTask,
    ReportProgress,
    StartTask,
    SubmitTask,
    UnblockTask,
)

__all__ = [
    "AGGREGATE", "CLOSED", "IN_FORCE", "MOST_CLEARANCES", "MOST_EVIDENCE", "MOST_EXTENSIONS", "MOST_SENT_BACK",
    "AssignTask", "BlockTask", "CancelTask", "CompleteTask", "DropClearance", "FollowScenario", "FundTask",
    "GrantExtension", "OpenTask", "RefuseExtension", "ReopenTask", "ReportProgress", "RequestExtension",
    "RequireClearance", "ReturnTask", "SetDeadline", "StartTask", "SubmitTask", "Task", "TaskStatus",
    "UnblockTask",
]  # fmt: skip
