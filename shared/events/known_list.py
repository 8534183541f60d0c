"""What a unit has heard of a code list of the congress."""

from shared.events.base import Event, members
from shared.values.code_lists import Entry


class ListNoted(Event):
    TYPE = "vn.daihoi.known-list.noted.v1"
    SENTENCE = "{actor} took over the list «{id}»"
    entries: tuple[Entry, ...]


class EntryNoted(Event):
    TYPE = "vn.daihoi.known-list.entry-noted.v1"
    SENTENCE = "{actor} took over «{entry}» into the list «{id}»"
    entry: Entry


KnownListEvent = ListNoted | EntryNoted
EVENTS = members(KnownListEvent)
