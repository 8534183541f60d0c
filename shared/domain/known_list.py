"""A code list of the congress as a unit knows it: a copy in the unit's own stream, so that its decisions can see it.

Only the unit's policy writes here. A list that was never published is as `DEFAULTS` says.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import Field

from shared.domain.decider import Actor, Aggregate, Command, Key, Refusal, State, commands_of
from shared.events.known_list import EVENTS, EntryNoted, KnownListEvent, ListNoted
from shared.values.code_lists import (
    DEFAULTS,
    LIST_NAMES,
    MOST_ENTRIES,
    CodeList,
    Entries,
    Entry,
    NewEntry,
    with_entry,
)
from shared.values.types import fold_diacritics

ENTITY = "known-list"


class KnownList(State):
    """`entries` is none as long as only single entries of the defaults have changed: `changed` has those."""

    entries: Entries | None = None
    changed: tuple[Entry, ...] = ()
    changes: int = 0

    def published(self, entries: Entries) -> "KnownList":
        return KnownList(entries=entries, changes=self.changes + 1)

    def with_entry(self, entry: Entry) -> "KnownList":
        if self.entries is None:
            return self.but(changed=with_entry(self.changed, entry), changes=self.changes + 1)
        return self.but(entries=with_entry(self.entries, entry), changes=self.changes + 1)


def evolve(known: KnownList | None, event: KnownListEvent) -> KnownList:
    known = known or KnownList()
    return known.published(event.entries) if isinstance(event, ListNoted) else known.with_entry(event.entry)


class KnownListCommand(Command):
    ENTITY = ENTITY
    ID = "code_list"
    code_list: CodeList


class NoteList(KnownListCommand):
    """Notes the whole list; only policies do."""

    NAME = "note-list"
    entries: tuple[NewEntry, ...] = Field(max_length=MOST_ENTRIES)


class NoteEntry(KnownListCommand):
    """Notes how one entry is from now on; only policies do."""

    NAME = "note-entry"
    entry: NewEntry


Wish = NoteList | NoteEntry
ENTRY_UNKNOWN = Refusal("entry_unknown", "{id} is not on the list «{list}»; there are: {ids}.")
ENTRY_RETIRED = Refusal("entry_retired", "{id} is retired from the list «{list}»; nothing new names it.")


def key_of(code_list: CodeList) -> Key:
    return ENTITY, code_list.value


def entries_of(code_list: CodeList, known: KnownList | None) -> Entries:
    """The list as it is known; `DEFAULTS` with what changed of them, where it was never published."""
    if known is None:
        return DEFAULTS[code_list]
    if known.entries is not None:
        return known.entries
    entries = DEFAULTS[code_list]
    for entry in known.changed:
        entries = with_entry(entries, entry)
    return entries


def check_entry(code_list: CodeList, entry_id: str, seen: Mapping[Key, Any]) -> None:
    """Raises the refusal `entry_unknown` or `entry_retired` for what may not be named anew."""
    check_on_list(code_list, entry_id, entries_of(code_list, seen.get(key_of(code_list))))


def check_on_list(code_list: CodeList, entry_id: str, entries: Entries) -> None:
    """The same; on a list without entries everything may be named."""
    entry = next((entry for entry in entries if entry.id == entry_id), None)
    if entry is None and entries:
        raise ENTRY_UNKNOWN(id=entry_id, list=LIST_NAMES[code_list], ids=ids_for(entry_id, entries))
    if entry is not None and entry.retired:
        raise ENTRY_RETIRED(id=entry_id, list=LIST_NAMES[code_list])


def ids_for(name: str, entries: Entries) -> str:
    """The ids that can be named; that of the entry which is called `name` stands first, with its name."""
    live = [entry for entry in entries if not entry.retired]
    called = next((entry for entry in live if _plain(name) in map(_plain, (entry.name.vi, entry.name.en))), None)
    first = [f"{called.id} ({name})"] if called else []
    return ", ".join([*first, *(entry.id for entry in live if entry is not called)])


def _plain(name: str) -> str:
    return " ".join(fold_diacritics(name).casefold().split())


def decide(command: Wish, known: KnownList | None, actor: Actor) -> Sequence[KnownListEvent]:
    code_list = command.code_list
    if isinstance(command, NoteList):
        entries = tuple(entry.as_stored() for entry in command.entries)
        is_noted = known is not None and known.entries == entries
        return () if is_noted else (ListNoted(entries=entries),)
    entry = command.entry.as_stored()
    return () if entry in entries_of(code_list, known) else (EntryNoted(entry=entry),)


AGGREGATE = Aggregate(
    events=EVENTS, commands=commands_of(Wish), evolve=evolve, decide=decide, internal=True, for_reference=True
)
