"""What the sub-committee's decisions see of the code lists of the congress."""

from collections.abc import Iterable, Mapping
from typing import Any

from shared.domain.decider import Key
from shared.domain.known_list import KnownList, check_on_list, entries_of
from shared.values.code_lists import CodeList, Entries, registered_units

ENTITY = "code-list"
UNITS: Key = (ENTITY, CodeList.UNITS.value)


def key_of(code_list: CodeList) -> Key:
    return ENTITY, code_list.value


def entries_in(code_list: CodeList, seen: Mapping[Key, Any]) -> Entries:
    """The list as it is now, retired entries among them; what is so by default where nobody published one."""
    return entries_held(code_list, seen.get(key_of(code_list)))


def entries_held(code_list: CodeList, state: KnownList | None) -> Entries:
    """The entries of a list; of units, by default those whose services this process knows: with the list, a congress
    says itself which of all services take part."""
    if code_list is CodeList.UNITS and state is None:
        return registered_units()
    return entries_of(code_list, state)


def check_named(code_list: CodeList, entry_id: str, seen: Mapping[Key, Any]) -> None:
    """Raises the refusal `entry_unknown` or `entry_retired` for what may not be named anew."""
    check_on_list(code_list, entry_id, entries_in(code_list, seen))


def check_units(units: Iterable[str], seen: Mapping[Key, Any]) -> None:
    """The same for each of `units`."""
    for unit in units:
        check_named(CodeList.UNITS, unit, seen)


def check_were_units(units: Iterable[str], seen: Mapping[Key, Any]) -> None:
    """Raises the refusal `entry_unknown` for what never was a unit here; one that is retired was one."""
    entries = entries_in(CodeList.UNITS, seen)
    for unit in units:
        check_on_list(CodeList.UNITS, unit, tuple(entry.model_copy(update={"retired": False}) for entry in entries))
