"""What is named with a task from the code lists of the congress: its duty, the case that it is for, and where its
money comes from. «none» is always there."""

from collections.abc import Mapping, Sequence
from typing import Any

from shared.domain.decider import Actor, Key
from shared.domain.known_list import check_entry, key_of
from shared.domain.task.command import TaskCommand
from shared.domain.task.correcting import CorrectTask
from shared.domain.task.essentials import FundTask, OpenTask
from shared.domain.task.state import Task
from shared.values.code_lists import EVERY_CASE, NO_EPIDEMIC, CodeList


def keys_of_lists(command: TaskCommand, task: Task | None) -> Sequence[Key]:
    return tuple(key_of(code_list) for code_list, _ in _named_anew(command, task))


def check_lists(command: TaskCommand, task: Task | None, actor: Actor, seen: Mapping[Key, Any]) -> None:
    """Raises the refusal `entry_unknown` or `entry_retired` for what is not on record with the task and may not be
    named anew. A policy hands on what the sub-committee has named already."""
    if actor.is_policy:
        return
    for code_list, entry_id in _named_anew(command, task):
        check_entry(code_list, entry_id, seen)


def _named_anew(command: TaskCommand, task: Task | None) -> Sequence[tuple[CodeList, str]]:
    match command:
        case OpenTask() if task is None:
            duty = ((CodeList.DUTIES, command.duty),) if command.duty else ()
            is_for_one = command.scenario not in (EVERY_CASE, NO_EPIDEMIC)
            return (*duty, (CodeList.CASES, command.scenario)) if is_for_one else duty
        case FundTask(funding_source=str(source)) | CorrectTask(funding_source=str(source)) if task is not None and (
            task.funding is None or task.funding.funding_source != source
        ):
            return ((CodeList.FUNDING_SOURCES, source),)
        case _:
            return ()
