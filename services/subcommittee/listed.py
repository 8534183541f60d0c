"""What the sub-committee's decisions see of the code lists of the congress."""

from collections.abc import Mapping
from typing import Any

from shared.domain.decider import Key
from shared.domain.known_list import check_on_list, entries_of
from shared.values.code_lists import CodeList, Entries

ENTITY = "code-list"


def key_of(code_list: CodeList) -> Key:
    return ENTITY, code_list.value


def entries_in(code_list: CodeList, seen: Mapping[Key, Any]) -> Entries:
    """The list as it is now, retired entries among them; `DEFAULTS` where nobody published one."""
    return entries_of(code_list, seen.get(key_of(code_list)))


def check_named(code_list: CodeList, entry_id: str, seen: Mapping[Key, Any]) -> None:
    """Raises the refusal `entry_unknown` or `entry_retired` for what may not be named anew."""
    check_on_list(code_list, entry_id, entries_in(code_list, seen))
