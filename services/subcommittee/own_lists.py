"""What the sub-committee's decisions name anew: entries of its own code lists."""

from collections.abc import Mapping, Sequence
from typing import Any

from shared.domain.decider import Key
from shared.domain.known_list import check_on_list, entries_of
from shared.values.code_lists import EVERY_CASE, NO_EPIDEMIC, CodeList


def key_of_list(code_list: CodeList) -> Key:
    return "code-list", code_list.value


def check_own_entry(code_list: CodeList, entry_id: str, seen: Mapping[Key, Any]) -> None:
    """Raises the refusal `entry_unknown` or `entry_retired`."""
    check_on_list(code_list, entry_id, entries_of(code_list, seen.get(key_of_list(code_list))))


def keys_of_scenario(scenario: str) -> Sequence[Key]:
    """What has to be seen to name the case that work is for; «none» and every case are always there."""
    return () if scenario in (NO_EPIDEMIC, EVERY_CASE) else (key_of_list(CodeList.CASES),)


def check_scenario(scenario: str, seen: Mapping[Key, Any]) -> None:
    if keys_of_scenario(scenario):
        check_own_entry(CodeList.CASES, scenario, seen)
