"""The four essentials of a task as the `tasks` view shows it: collective, individual, completion time, funding."""

from shared.domain.task import CLOSED
from shared.events.review import Essential
from shared.views.view import Document

ESSENTIALS = tuple(essential.value for essential in Essential)


def lacks(task: Document) -> tuple[str, ...]:
    """Which of the four essentials are missing. Money is guaranteed when at least what is planned is secured; a task
    that needs none lacks none, and neither does a suspended one."""
    if is_suspended(task):
        return ()
    unfunded = (task["secured_vnd"] or 0) < task["planned_vnd"]
    checks = (not task["collective"], not task["individual"], not task["deadline"], unfunded)
    return tuple(name for name, missing in zip(ESSENTIALS, checks, strict=True) if missing)


def is_suspended(task: Document) -> bool:
    """Whether the scenario in force suspends a task that is not closed. Views made before there were scenarios have
    no word of it."""
    return bool(task.get("suspended")) and task["status"] not in CLOSED
