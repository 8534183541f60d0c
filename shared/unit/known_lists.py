"""How a support unit comes to know the code lists of the congress that it decides with."""

from collections.abc import Collection, Sequence

from shared.domain.known_list import NoteEntry, NoteList
from shared.events.code_list import EVENTS, CodeListEvent, ListPublished
from shared.eventstore.envelope import Envelope
from shared.unit.policies import Policy
from shared.values.code_lists import CodeList, Entry, NewEntry
from shared.values.units import SUBCOMMITTEE

OF_EVERY_UNIT = (CodeList.CASES, CodeList.DUTIES, CodeList.FUNDING_SOURCES)


def note_lists(lists: Collection[CodeList]) -> Policy:
    """Takes over every change of `lists`; others are passed over."""

    def react(changed: CodeListEvent, envelope: Envelope) -> Sequence[NoteList | NoteEntry]:
        if envelope.subject not in lists:
            return ()
        code_list = CodeList(envelope.subject)
        if isinstance(changed, ListPublished):
            return (NoteList(code_list=code_list, entries=_as_said(*changed.entries)),)
        (entry,) = _as_said(changed.entry)
        return (NoteEntry(code_list=code_list, entry=entry),)

    return Policy(name="note-lists", service=SUBCOMMITTEE, events=EVENTS, react=react)


def _as_said(*entries: Entry) -> tuple[NewEntry, ...]:
    """Raises `ValidationError` for what the sub-committee's commands could not have said."""
    return tuple(NewEntry(**entry.model_dump()) for entry in entries)
