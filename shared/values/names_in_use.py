"""What the entries of the code lists are called where somebody reads: as the congress calls them that is being read.

What is stored has ids. Whoever opens a congress, or one of its instants, for a person takes the names over, for the
work at hand and what comes of it: one command of the program, or one request. Nothing that is stored or counted may
depend on them.
"""

from collections.abc import Mapping
from contextvars import ContextVar
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple


class CodeList(StrEnum):
    UNITS = "units"
    CASES = "cases"
    DUTIES = "duties"
    CHANNELS = "channels"
    INCIDENT_KINDS = "incident-kinds"
    GROUPS = "groups"
    FUNDING_SOURCES = "funding-sources"


REGISTER = "organisations"
"""Where the names of the organisations on the register stand among the names in use."""
PEOPLE = "people"
"""And those of the people who hold positions there, by their ids."""


class Name(NamedTuple):
    """`en` may be empty. A retired entry keeps its name, but is not to be chosen any more."""

    vi: str
    en: str
    retired: bool = False


type Names = Mapping[str, Mapping[str, Name]]
"""By the id of the list and of the entry, in the order of the list."""

NONE_IN_USE: Names = MappingProxyType({})
"""Until names are taken over: everything is called what it is called by default."""
_in_use: ContextVar[Names] = ContextVar("names_in_use", default=NONE_IN_USE)


def use_names(names: Names) -> None:
    """Uses these names from now on, in place of those that were in use."""
    _in_use.set(names)


def names_in_use() -> Names:
    return _in_use.get()


def name_in_use(list_id: str, entry_id: str, lang: str) -> str:
    """The Vietnamese where there is no English; empty where no such entry is in use."""
    name = _in_use.get().get(list_id, {}).get(entry_id)
    if name is None:
        return ""
    return name.en if lang == "en" and name.en else name.vi
