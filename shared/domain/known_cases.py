"""The cases that a unit names anew: those on its copy of the list of cases, where «none» always is."""

from collections.abc import Mapping, Sequence
from typing import Any

from shared.domain.decider import Key
from shared.domain.known_list import check_entry, key_of
from shared.values.code_lists import NO_EPIDEMIC, CodeList


def keys_of_case(case_id: str) -> Sequence[Key]:
    """What a decision has to see that names this case."""
    return () if case_id == NO_EPIDEMIC else (key_of(CodeList.CASES),)


def check_case(case_id: str, seen: Mapping[Key, Any]) -> None:
    """Raises the refusal `entry_unknown` or `entry_retired`."""
    if case_id != NO_EPIDEMIC:
        check_entry(CodeList.CASES, case_id, seen)
