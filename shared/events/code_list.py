"""What happens to a code list of the congress. Every event says how the entry, or the whole list, is from then on."""

from shared.events.base import Event, members
from shared.values.code_lists import Entry


class ListPublished(Event):
    """The whole list anew, in its order; what is no longer on it stands there as retired. `template` is the set that
    it was taken from."""

    TYPE = "vn.daihoi.code-list.published.v1"
    SENTENCE = "{actor} published the list «{id}»"
    entries: tuple[Entry, ...]
    template: str | None = None


class EntryAdded(Event):
    TYPE = "vn.daihoi.code-list.entry-added.v1"
    SENTENCE = "{actor} added «{entry}» to the list «{id}»"
    entry: Entry


class EntryAmended(Event):
    TYPE = "vn.daihoi.code-list.entry-amended.v1"
    SENTENCE = "{actor} renamed an entry of the list «{id}» to «{entry}»: {reason}"
    entry: Entry
    reason: str


class EntryRetired(Event):
    TYPE = "vn.daihoi.code-list.entry-retired.v1"
    SENTENCE = "{actor} retired «{entry}» from the list «{id}»: {reason}"
    entry: Entry
    reason: str


class EntryRestored(Event):
    TYPE = "vn.daihoi.code-list.entry-restored.v1"
    SENTENCE = "{actor} restored «{entry}» to the list «{id}»: {reason}"
    entry: Entry
    reason: str


EntryEvent = EntryAdded | EntryAmended | EntryRetired | EntryRestored
CodeListEvent = ListPublished | EntryEvent
EVENTS = members(ListPublished | EntryAdded | EntryAmended | EntryRetired | EntryRestored)
