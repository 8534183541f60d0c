"""What a file would change in a catalogue that is published already: told first, then cut into commands. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from services.subcommittee.catalogue import ASSIGNED, ITEMS_AT_ONCE, OF_ANOTHER_CATALOGUE
from services.subcommittee.importing.items import values_of
from services.subcommittee.importing.packing import packed
from shared.domain.decider import Refused
from shared.events.catalogue_item import Item
from shared.values.ordering import natural


class Changed(NamedTuple):
    """`fields` has, per column that changes, what stands there before and after."""

    item: Item
    fields: dict[str, tuple[Any, Any]]


class Change(NamedTuple):
    """Everything an import would do; `refused` is what the rules forbid of it."""

    new: Sequence[Item]
    changed: Sequence[Changed]
    removed: Sequence[Item]
    unchanged: int
    refused: Sequence[Refused]

    @property
    def changes_nothing(self) -> bool:
        return not (self.new or self.changed or self.removed)


def compare(catalogue: str, items: Sequence[Item], published: Sequence[Mapping[str, Any]]) -> Change:
    """`published` are documents of the `catalogue` view, also of other catalogues."""
    there = {document["_id"]: document for document in published if not document.get("withdrawn")}
    ours = {key: _item(document) for key, document in there.items() if document["catalogue"] == catalogue}
    item_ids = {item.item_id for item in items}
    changed = [Changed(item, fields) for item in items if (fields := _difference(ours.get(item.item_id), item))]
    removed = [ours[key] for key in sorted(ours.keys() - item_ids, key=natural)]
    elsewhere = [there[key] for key in sorted(item_ids - ours.keys(), key=natural) if key in there]
    assigned = [document for item in removed if (document := there[item.item_id])["assigned_to"]]
    new = [item for item in items if item.item_id not in ours]
    return Change(
        new=new,
        changed=changed,
        removed=removed,
        unchanged=len(items) - len(new) - len(changed),
        refused=(
            *(OF_ANOTHER_CATALOGUE(item_id=other["_id"], catalogue=other["catalogue"]) for other in elsewhere),
            *(ASSIGNED(item_id=document["_id"], unit=document["assigned_to"]) for document in assigned),
        ),
    )


def _item(document: Mapping[str, Any]) -> Item:
    return Item.model_validate({name: document[name] for name in Item.model_fields if name in document})


def _difference(before: Item | None, after: Item) -> dict[str, tuple[Any, Any]]:
    if before is None:
        return {}
    old, new = values_of(before), values_of(after)
    names = dict.fromkeys((*old, *new))
    return {name: (old.get(name), new.get(name)) for name in names if old.get(name) != new.get(name)}


def commands(change: Change, catalogue: str, note: Mapping[str, str], max_bytes: int) -> list[dict[str, Any]]:
    """The data of `import-catalogue` commands that bring `change` about: each within the broker's batch and payload,
    always the same for the same change."""
    beside = {"catalogue": catalogue, "note": dict(note)}
    batches = []
    for parts in packed(_parts(change), ITEMS_AT_ONCE, beside, max_bytes):
        lists: dict[str, list[Any]] = {"publish": [], "revise": [], "withdraw": []}
        for name, content in parts:
            lists[name].append(content)
        batches.append(beside | lists)
    return batches


def _parts(change: Change) -> Iterator[tuple[str, Any, int]]:
    for item in change.new:
        yield "publish", item.model_dump(mode="json"), 1
    for changed in change.changed:
        yield "revise", changed.item.model_dump(mode="json"), 1
    for item in change.removed:
        yield "withdraw", item.item_id, 1
