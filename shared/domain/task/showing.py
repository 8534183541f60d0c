"""What has to be shown where work is handed in: evidence, unless the unit does without; and what the unit is said to
keep it has to keep."""

from collections.abc import Mapping, Sequence
from typing import Any

from shared.domain import evidence, unit_rules
from shared.domain.decider import Key, Refusal
from shared.domain.task.work import SubmitTask
from shared.events.scenario import CURRENT

RULES: Key = (unit_rules.ENTITY, CURRENT)
EVIDENCE_REQUIRED = Refusal(
    "evidence_required",
    "Task {task_id} is handed in without evidence, and this unit asks for it: name a file, or a link with its "
    "checksum.",
)
NOT_KEPT = Refusal(
    "evidence_not_kept",
    "The unit keeps no file «{title}» of {size_bytes} bytes with the checksum {sha256}: send the file first.",
)


def keys_of_evidence(command: SubmitTask) -> Sequence[Key]:
    """What `require_evidence` has to see."""
    return (RULES, *((evidence.ENTITY, shown.sha256) for shown in command.evidence if shown.kept))


def require_evidence(command: SubmitTask, seen: Mapping[Key, Any]) -> None:
    if not command.evidence and unit_rules.evidence_required(seen.get(RULES)):
        raise EVIDENCE_REQUIRED(task_id=command.task_id)
    for shown in command.evidence:
        kept = seen.get((evidence.ENTITY, shown.sha256))
        if shown.kept and (kept is None or kept.size_bytes != shown.size_bytes):
            raise NOT_KEPT(**shown.model_dump(include={"title", "size_bytes", "sha256"}))
