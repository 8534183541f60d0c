"""When a task is obstructed: said once, for the rules and for every report."""

from shared.domain.task.standing import CLOSED, TaskStatus


def is_obstructed(status: str, open_obstacles: int) -> bool:
    """Whether a task is blocked or has an obstacle that nobody has resolved. A closed one is not obstructed, whatever
    stood in its way when it was cancelled."""
    return status not in CLOSED and (status == TaskStatus.BLOCKED or open_obstacles > 0)
