"""The four essentials of a task as the `tasks` view shows it: collective, individual, completion time, funding."""

from services.tracker.projections.view import Document
from shared.domain.review import Essential

ESSENTIALS = tuple(essential.value for essential in Essential)


def lacks(task: Document) -> tuple[str, ...]:
    """Which of the four essentials are missing. Money is guaranteed when at least what was planned is secured;
    a task that needs none lacks none."""
    unfunded = (task["secured_vnd"] or 0) < task["planned_vnd"]
    checks = (not task["collective"], not task["individual"], not task["deadline"], unfunded)
    return tuple(name for name, missing in zip(ESSENTIALS, checks, strict=True) if missing)
