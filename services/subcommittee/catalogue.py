"""The catalogue of work. Each item is an aggregate of its own; a catalogue is published and imported anew, and
items are assigned, many at once: all or none."""

from collections.abc import Mapping, Sequence
from typing import Any, Self

from pydantic import Field, model_validator

from services.subcommittee.listed import check_named, key_of
from services.subcommittee.ordered import check_directive, directive_read
from shared.domain.decider import EVENTS_AT_ONCE, Actor, Aggregate, Command, Key, Refusal, State, begun, once
from shared.events import catalogue_item as events
from shared.values.code_lists import EVERY_CASE, CodeList
from shared.values.types import EntityId, Text, Unit

ITEMS_AT_ONCE = EVENTS_AT_ONCE


class CatalogueItem(State):
    """`published` holds the item as it was last published or revised."""

    published: events.ItemPublished
    unit: Unit | None = None
    directive_id: EntityId | None = None
    withdrawn: bool = False


def evolve(state: CatalogueItem | None, event: events.CatalogueEvent) -> CatalogueItem:
    if isinstance(event, events.ItemPublished):
        return CatalogueItem(published=event)
    state = begun(state, event)
    match event:
        case events.ItemAssigned():
            return state.but(unit=event.unit, directive_id=event.directive_id)
        case events.ItemRevised():
            return state.but(published=state.published.model_copy(update={"item": event.item}))
        case events.ItemWithdrawn():
            return state.but(withdrawn=True)


class ItemCommand(Command):
    ENTITY = "catalogue-item"
    ID = "item_id"
    item_id: EntityId


class PublishItem(ItemCommand):
    NAME = "publish-item"
    catalogue: EntityId
    note: Text
    item: events.Item


class AssignItem(ItemCommand):
    NAME = "assign-item"
    unit: Unit
    directive_id: EntityId | None = None


class ReviseItem(ItemCommand):
    NAME = "revise-item"
    catalogue: EntityId
    item: events.Item


class WithdrawItem(ItemCommand):
    NAME = "withdraw-item"
    catalogue: EntityId


class PublishCatalogue(Command):
    """Publishes every item of a catalogue; `note` says where the items come from."""

    NAME = "publish-catalogue"
    ENTITY = "catalogue-item"
    catalogue: EntityId
    note: Text
    items: tuple[events.Item, ...] = Field(min_length=1, max_length=ITEMS_AT_ONCE)

    def parts(self) -> Sequence[Command]:
        return _publishing(self.items, self.catalogue, self.note)


def _publishing(items: Sequence[events.Item], catalogue: str, note: Text) -> tuple[Command, ...]:
    return tuple(PublishItem(item_id=item.item_id, catalogue=catalogue, note=note, item=item) for item in items)


class AssignItems(Command):
    """Assigns items to a unit; each opens as a task there. `directive_id` names the order that they carry out."""

    NAME = "assign-items"
    ENTITY = "catalogue-item"
    unit: Unit
    item_ids: tuple[EntityId, ...] = Field(min_length=1, max_length=ITEMS_AT_ONCE)
    directive_id: EntityId | None = None

    def parts(self) -> Sequence[Command]:
        return tuple(
            AssignItem(item_id=item_id, unit=self.unit, directive_id=self.directive_id) for item_id in self.item_ids
        )


class ImportCatalogue(Command):
    """Brings a catalogue to what a list says: items are published, revised and withdrawn, each at most once."""

    NAME = "import-catalogue"
    ENTITY = "catalogue-item"
    catalogue: EntityId
    note: Text
    publish: tuple[events.Item, ...] = Field(default=(), max_length=ITEMS_AT_ONCE)
    revise: tuple[events.Item, ...] = Field(default=(), max_length=ITEMS_AT_ONCE)
    withdraw: tuple[EntityId, ...] = Field(default=(), max_length=ITEMS_AT_ONCE)

    @model_validator(mode="after")
    def _one_batch_with_each_item_once(self) -> Self:
        item_ids = [*(item.item_id for item in (*self.publish, *self.revise)), *self.withdraw]
        if not 1 <= len(item_ids) <= ITEMS_AT_ONCE:
            raise ValueError("between 1 and 1000 items at once")
        if len(set(item_ids)) != len(item_ids):
            raise ValueError("each item at most once")
        return self

    def parts(self) -> Sequence[Command]:
        catalogue = self.catalogue
        return (
            *_publishing(self.publish, catalogue, self.note),
            *(ReviseItem(item_id=item.item_id, catalogue=catalogue, item=item) for item in self.revise),
            *(WithdrawItem(item_id=item_id, catalogue=catalogue) for item_id in self.withdraw),
        )


NOT_FOUND = Refusal("catalogue_item_not_found", "There is no catalogue item {item_id}.")
ALREADY_PUBLISHED = Refusal(
    "catalogue_item_already_published", "Catalogue item {item_id} is already published with different content."
)
ALREADY_ASSIGNED = Refusal(
    "catalogue_item_already_assigned", "Catalogue item {item_id} is already assigned to {unit}."
)
ALREADY_ORDERED = Refusal(
    "catalogue_item_already_ordered",
    "Catalogue item {item_id} is already assigned to {unit}, but not under this directive.",
)
ASSIGNED = Refusal(
    "catalogue_item_assigned", "Catalogue item {item_id} is assigned to {unit}; it can't be withdrawn any more."
)
WITHDRAWN = Refusal("catalogue_item_withdrawn", "Catalogue item {item_id} was withdrawn; publish it again first.")
OF_ANOTHER_CATALOGUE = Refusal(
    "catalogue_item_of_another_catalogue", "Catalogue item {item_id} belongs to the catalogue {catalogue}."
)


Wish = PublishItem | AssignItem | ReviseItem | WithdrawItem


def reads(command: Wish, state: CatalogueItem | None) -> Sequence[Key]:
    lists = tuple(key_of(code_list) for code_list in _named_anew(command, state))
    return (*lists, *directive_read(command.directive_id)) if isinstance(command, AssignItem) else lists


def decide(
    command: Wish, state: CatalogueItem | None, actor: Actor, seen: Mapping[Key, Any]
) -> Sequence[events.CatalogueEvent]:
    decided = _decide(command, state)
    for code_list, entry_id in _named_anew(command, state).items() if decided else ():
        check_named(code_list, entry_id, seen)
    if decided and isinstance(command, AssignItem):
        check_directive(command.directive_id, seen)
    return decided


def _named_anew(command: Wish, state: CatalogueItem | None) -> Mapping[CodeList, str]:
    """The entries of code lists that the item is to have, and has not yet. Where its money comes from it says as the
    paper does that it was read from."""
    if isinstance(command, AssignItem):
        return {CodeList.UNITS: command.unit}
    if not isinstance(command, PublishItem | ReviseItem):
        return {}
    held = _entries_of(state.published.item) if state and not state.withdrawn else {}
    return dict(_entries_of(command.item).items() - held.items())


def _entries_of(item: events.Item) -> Mapping[CodeList, str]:
    case = {} if item.scenario == EVERY_CASE else {CodeList.CASES: item.scenario}
    return {CodeList.UNITS: item.unit, CodeList.GROUPS: str(item.group.number), **case}


def _decide(command: Wish, state: CatalogueItem | None) -> Sequence[events.CatalogueEvent]:
    match command:
        case PublishItem():
            published = events.ItemPublished(**command.content())
            recorded = None if state is None or state.withdrawn else state.published
            return once(published, recorded, ALREADY_PUBLISHED(item_id=command.item_id))
        case AssignItem():
            return _assign(command, _in_the_catalogue(command, state))
        case ReviseItem():
            state = _in_the_catalogue(command, state)
            _require_of_its_catalogue(command, state)
            return () if state.published.item == command.item else (events.ItemRevised(item=command.item),)
        case WithdrawItem():
            if state is None:
                raise NOT_FOUND(item_id=command.item_id)
            _require_of_its_catalogue(command, state)
            if state.unit:
                raise ASSIGNED(item_id=command.item_id, unit=state.unit)
            return () if state.withdrawn else (events.ItemWithdrawn(),)


def _assign(command: AssignItem, state: CatalogueItem) -> Sequence[events.CatalogueEvent]:
    if state.unit is None:
        return (events.ItemAssigned(unit=command.unit, item=state.published.item, directive_id=command.directive_id),)
    if state.unit != command.unit:
        raise ALREADY_ASSIGNED(item_id=command.item_id, unit=state.unit)
    if state.directive_id != command.directive_id:
        raise ALREADY_ORDERED(item_id=command.item_id, unit=state.unit)
    return ()


def _in_the_catalogue(command: ItemCommand, state: CatalogueItem | None) -> CatalogueItem:
    if state is None:
        raise NOT_FOUND(item_id=command.item_id)
    if state.withdrawn:
        raise WITHDRAWN(item_id=command.item_id)
    return state


def _require_of_its_catalogue(command: ReviseItem | WithdrawItem, state: CatalogueItem) -> None:
    if state.published.catalogue != command.catalogue:
        raise OF_ANOTHER_CATALOGUE(item_id=command.item_id, catalogue=state.published.catalogue)


AGGREGATE = Aggregate(
    events=events.EVENTS,
    commands=(PublishCatalogue, AssignItems, ImportCatalogue),
    evolve=evolve,
    decide=decide,
    reads=reads,
    holds_while_nothing_else_is_written=True,
)
