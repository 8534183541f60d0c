"""Where the money of an item comes from: by its id where the congress has a list of sources, as the paper says it
where it has none. Pure."""

from collections.abc import Iterator, Sequence

from shared.domain.decider import Refusal, Refused
from shared.entering.plain import words
from shared.entering.tables import quoted
from shared.events.catalogue_item import Item
from shared.values.code_lists import Entries

MOST_ITEMS = 10
NOT_LISTED = Refusal(
    "funding_source_not_listed",
    "«{found}» is not on the list of sources of funding, which has: {names}. Items {items} keep it as it is written; "
    "spending on them can name only what is on the list. Write one of these, or add it with `daihoi lists add "
    "funding-sources`.",
)


def with_listed_sources(items: Sequence[Item], sources: Entries) -> tuple[Item, ...]:
    """The items; where one names a source as the list does, by id or name, it has the source's id."""
    ids = {words(name): entry.id for entry in reversed(sources) for name in (entry.name.en, entry.name.vi) if name}
    ids |= {words(entry.id): entry.id for entry in sources}
    return tuple(_with_id(item, ids.get(words(item.funding_source or ""))) for item in items)


def _with_id(item: Item, source: str | None) -> Item:
    return item.model_copy(update={"funding_source": source}) if source else item


def not_listed(items: Sequence[Item], sources: Entries) -> Iterator[Refused]:
    """Each source that the list does not have, or has retired, with the items that name it; none without a list."""
    live = {entry.id: entry.name for entry in sources if not entry.retired}
    naming: dict[str, list[str]] = {}
    for item in items if live else ():
        if item.funding_source and item.funding_source not in live:
            naming.setdefault(item.funding_source, []).append(item.code)
    names = ", ".join(name.vi for name in live.values())
    for source, codes in naming.items():
        more = " …" if len(codes) > MOST_ITEMS else ""
        yield NOT_LISTED(found=quoted(source), names=names, items=", ".join(codes[:MOST_ITEMS]) + more)
