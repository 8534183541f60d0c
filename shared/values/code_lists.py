"""The code lists of a congress: its units, the cases that it prepares for, and the like.

Commands name an entry by its id, which never changes its meaning; an entry is retired, never deleted. A list that the
congress never published holds what `DEFAULTS` says. A list without entries is free: whatever a command writes holds.
"""

from collections.abc import Mapping
from functools import cache
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from shared.values.message import Message
from shared.values.names_in_use import CodeList as CodeList
from shared.values.names_in_use import Name, Names, name_in_use, names_in_use
from shared.values.types import Text
from shared.values.units import WITH_CODE, SupportUnit, support_units, title_of

MOST_ENTRIES = 100
NO_EPIDEMIC, OUTBREAK = "none", "outbreak"
EVERY_CASE = "both"
"""What stands on a task that is done in every case; no case has this id."""
ENTRY_PATTERN = r"^[a-z0-9][a-z0-9-]{0,39}$"
DUTY_PATTERN = r"^[a-z0-9]{1,20}$"
"""Of the id of a duty: it is a part of the ids of tasks, and no hyphen may be taken for the end of another part."""


LIST_NAMES = {
    CodeList.UNITS: Message("units", "Units that take part"),
    CodeList.CASES: Message("cases", "Cases that are prepared for"),
    CodeList.DUTIES: Message("duties", "Duties of the localities"),
    CodeList.CHANNELS: Message("channels", "Channels of propaganda"),
    CodeList.INCIDENT_KINDS: Message("incident-kinds", "Kinds of incident"),
    CodeList.GROUPS: Message("groups", "Groups of tasks"),
    CodeList.FUNDING_SOURCES: Message("funding-sources", "Sources of funding"),
}

EntryId = Annotated[str, Field(pattern=ENTRY_PATTERN)]
"""The id of an entry, as a command names it. A group has its number: `1` … `99`."""
DutyId = Annotated[str, Field(pattern=DUTY_PATTERN)]


class EntryName(Text):
    """Short enough for a heading: all entries of a list have to fit into one message."""

    vi: str = Field(min_length=1, max_length=300)
    en: str = Field(default="", max_length=300)


class Entry(BaseModel):
    """A retired one is no longer named anew; what names it already keeps its name."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    id: str
    name: Text
    retired: bool = Field(default=False, exclude_if=lambda retired: not retired)


class NewEntry(Entry):
    """An entry as a command names it, within bounds."""

    id: EntryId
    name: EntryName

    def as_stored(self) -> Entry:
        """The entry as an event gives it back: entries are compared, and their bounds are for commands."""
        return Entry(**self.model_dump())


type Entries = tuple[Entry, ...]
"""In the order of every report."""


def _entries(*rows: tuple[str, str, str]) -> Entries:
    return tuple(Entry(id=id_, name=Text(vi=vi, en=en)) for id_, vi, en in rows)


DEFAULTS: Mapping[CodeList, Entries] = {
    CodeList.UNITS: _entries(*((unit.id, unit.vi, unit.en) for unit in WITH_CODE)),
    CodeList.CASES: _entries((NO_EPIDEMIC, "Không có dịch", "No epidemic"), (OUTBREAK, "Có dịch", "Outbreak")),
    CodeList.DUTIES: _entries(
        ("decoration", "Trang trí", "Decoration"),
        ("ceremony", "Khánh tiết", "Ceremony"),
        ("sanitation", "Vệ sinh môi trường", "Environmental sanitation"),
        ("emulation", "Thi đua", "Emulation"),
    ),
    CodeList.CHANNELS: _entries(
        ("press", "Báo in", "Press"),
        ("broadcast", "Phát thanh, truyền hình", "Broadcast"),
        ("portal", "Cổng thông tin", "Portal"),
        ("visual", "Cổ động trực quan", "Visual"),
        ("loudspeaker", "Truyền thanh cơ sở", "Loudspeakers"),
    ),
    CodeList.INCIDENT_KINDS: _entries(
        ("order", "Trật tự", "Order"),
        ("fire", "Cháy nổ", "Fire"),
        ("health", "Y tế", "Health"),
        ("traffic", "Giao thông", "Traffic"),
        ("information", "An ninh thông tin", "Information security"),
        ("drill", "Diễn tập", "Drill"),
        ("other", "Khác", "Other"),
    ),
    CodeList.GROUPS: (),
    CodeList.FUNDING_SOURCES: (),
}


def registered_units() -> Entries:
    """The units whose services this process knows, as entries: those with code, then those that the setting names.
    They take part in a congress that has no list of its own."""
    return _registered(support_units())


@cache
def _registered(units: tuple[SupportUnit, ...]) -> Entries:
    return _entries(*((unit.id, unit.vi, unit.en) for unit in units))


def ids_of(code_list: CodeList) -> tuple[str, ...]:
    """The ids on the default list."""
    return tuple(entry.id for entry in DEFAULTS[code_list])


def with_entry(entries: Entries, entry: Entry) -> Entries:
    """`entries` with this one in the place of the one with its id, or at the end."""
    if all(other.id != entry.id for other in entries):
        return (*entries, entry)
    return tuple(entry if other.id == entry.id else other for other in entries)


# --- names ---
def names_of(lists: Mapping[CodeList, Entries]) -> Names:
    """The names in the form that `use_names` takes; retired entries keep theirs."""
    return {
        code_list: {entry.id: Name(entry.name.vi, entry.name.en, entry.retired) for entry in entries}
        for code_list, entries in lists.items()
    }


def name_of(code_list: CodeList, entry_id: str, lang: str) -> str:
    """What the entry is called: by the names in use, else by default. What is no entry stands for itself."""
    if code_list is CodeList.UNITS:
        return title_of(entry_id, lang)
    if name := name_in_use(code_list, entry_id, lang):
        return name
    default = next((entry.name for entry in DEFAULTS[code_list] if entry.id == entry_id), None)
    if default is None:
        return entry_id
    return default.en if lang == "en" and default.en else default.vi


def units_to_choose() -> Entries:
    """The units that take part in the congress whose names are in use, in its order; else those that this process
    knows."""
    return entries_to_choose(CodeList.UNITS)


def cases_to_choose() -> Entries:
    """The cases of the congress whose names are in use, in its order; else those by default."""
    return entries_to_choose(CodeList.CASES)


def entries_to_choose(code_list: CodeList) -> Entries:
    """The entries of the list that is in use which are not retired; else those by default."""
    names = names_in_use().get(code_list)
    if names is None:
        return registered_units() if code_list is CodeList.UNITS else DEFAULTS[code_list]
    return _entries(*((id_, name.vi, name.en) for id_, name in names.items() if not name.retired))


def is_listed(code_list: CodeList, entry_id: str) -> bool:
    """Whether there is a name for it, in use or by default."""
    return bool(name_in_use(code_list, entry_id, "vi")) or any(entry.id == entry_id for entry in DEFAULTS[code_list])
