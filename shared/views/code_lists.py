"""`code_lists`: what stands on each code list of the congress? A list that is not here is as it is by default."""

from collections.abc import Iterable, Mapping

from shared.events.code_list import EVENTS, CodeListEvent, ListPublished
from shared.values.code_lists import DEFAULTS, CodeList, Entries, Entry, with_entry
from shared.views.view import Document, Recorded, Unfoldable, View, by_id, instant


def entries_by_list(documents: Iterable[Document]) -> Mapping[CodeList, Entries]:
    """Every list as the view has it, `DEFAULTS` where nothing was published; retired entries are among them."""
    published = {document["_id"]: document["entries"] for document in documents}
    return {
        code_list: tuple(map(Entry.model_validate, published[code_list]))
        if code_list in published
        else DEFAULTS[code_list]
        for code_list in CodeList
    }


def fold(document: Document | None, recorded: Recorded) -> Document:
    envelope, event = recorded.envelope, recorded.event
    if not isinstance(event, CodeListEvent):
        raise Unfoldable(envelope.type)
    return {
        "_id": envelope.subject,
        "entries": [entry.model_dump(mode="json") for entry in _entries(envelope.subject, document, event)],
        "template": event.template if isinstance(event, ListPublished) else (document or {}).get("template"),
        "changed_at": instant(envelope.time),
        "changed_by": envelope.actor,
    }


def _entries(list_id: str, document: Document | None, event: CodeListEvent) -> Entries:
    if isinstance(event, ListPublished):
        return event.entries
    if document is not None:
        return with_entry(tuple(map(Entry.model_validate, document["entries"])), event.entry)
    if list_id not in CodeList:
        raise Unfoldable(f"there is no list {list_id}")
    return with_entry(DEFAULTS[CodeList(list_id)], event.entry)


VIEW = View("code_lists", EVENTS, by_id, fold)
