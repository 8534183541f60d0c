"""The catalogue of work. Each item is an aggregate of its own; a catalogue is published, and items are
assigned, many at once: all or none."""

from collections.abc import Sequence
from typing import Annotated, ClassVar, assert_never

from pydantic import BaseModel, ConfigDict, Field

from shared.domain.decider import Actor, Aggregate, Command, Event, Refusal
from shared.domain.values import EntityId, Group, Phase, Scenario, Text, Unit, Vnd, slug

ITEMS_AT_ONCE = 1000
"""One atomic batch of the broker holds this many messages."""


class Item(BaseModel):
    """What the catalogue says of one piece of work. `due_offset_days` counts from the opening day; `code` is as
    printed, such as `1.03`."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    code: Annotated[str, Field(pattern=r"^[0-9]{1,3}(\.[0-9]{1,4})+$")]
    title: Text
    group: Group
    unit: Unit
    phase: Phase
    scenario: Scenario
    due_offset_days: int = Field(ge=-3650, le=3650)
    budget_vnd: Vnd

    @property
    def item_id(self) -> str:
        return slug(self.code)


# --- events: these names are the stored format ---
class ItemPublished(Event):
    TYPE = "vn.daihoi.catalogue-item.published.v1"
    catalogue: EntityId
    note: Text
    item: Item


class ItemAssigned(Event):
    """Carries the item, so that the unit needs nothing else to open its task."""

    TYPE = "vn.daihoi.catalogue-item.assigned.v1"
    unit: Unit
    item: Item
    directive_id: EntityId | None = None


CatalogueEvent = ItemPublished | ItemAssigned


# --- state ---
class CatalogueItem(BaseModel):
    model_config = ConfigDict(frozen=True)
    published: ItemPublished
    unit: Unit | None = None
    directive_id: EntityId | None = None


# --- evolve ---
def evolve(state: CatalogueItem | None, event: CatalogueEvent) -> CatalogueItem:
    if isinstance(event, ItemPublished):
        return CatalogueItem(published=event)
    if state is None:
        raise LookupError(f"{event.TYPE} before the item was published")
    match event:
        case ItemAssigned():
            return state.model_copy(update={"unit": event.unit, "directive_id": event.directive_id})
        case _:
            assert_never(event)


# --- commands ---
class ItemCommand(Command):
    ENTITY: ClassVar[str] = "catalogue-item"
    item_id: EntityId

    @property
    def entity_id(self) -> str:
        return self.item_id


class PublishItem(ItemCommand):
    NAME = "publish-item"
    catalogue: EntityId
    note: Text
    item: Item


class AssignItem(ItemCommand):
    NAME = "assign-item"
    unit: Unit
    directive_id: EntityId | None = None


class PublishCatalogue(Command):
    """Publishes every item of a catalogue; `note` says where the items come from."""

    NAME = "publish-catalogue"
    ENTITY: ClassVar[str] = "catalogue-item"
    catalogue: EntityId
    note: Text
    items: tuple[Item, ...] = Field(min_length=1, max_length=ITEMS_AT_ONCE)

    def parts(self) -> Sequence[Command]:
        return tuple(
            PublishItem(item_id=item.item_id, catalogue=self.catalogue, note=self.note, item=item)
            for item in self.items
        )


class AssignItems(Command):
    """Assigns items to a unit; each opens as a task there. `directive_id` names the order that they carry out."""

    NAME = "assign-items"
    ENTITY: ClassVar[str] = "catalogue-item"
    unit: Unit
    item_ids: tuple[EntityId, ...] = Field(min_length=1, max_length=ITEMS_AT_ONCE)
    directive_id: EntityId | None = None

    def parts(self) -> Sequence[Command]:
        return tuple(
            AssignItem(item_id=item_id, unit=self.unit, directive_id=self.directive_id) for item_id in self.item_ids
        )


# --- decide ---
NOT_FOUND = Refusal("catalogue_item_not_found", "There is no catalogue item {item_id}.")
ALREADY_PUBLISHED = Refusal(
    "catalogue_item_already_published", "Catalogue item {item_id} is already published with another content."
)
ALREADY_ASSIGNED = Refusal(
    "catalogue_item_already_assigned", "Catalogue item {item_id} is already assigned to {unit}."
)
ALREADY_ORDERED = Refusal(
    "catalogue_item_already_ordered",
    "Catalogue item {item_id} is already assigned to {unit}, but not under this directive.",
)


def decide(command: Command, state: CatalogueItem | None, actor: Actor) -> Sequence[CatalogueEvent]:
    match command:
        case PublishItem():
            return _publish(command, state)
        case AssignItem():
            return _assign(command, state)
        case _:
            raise TypeError(f"{type(command).__name__} is no command on a catalogue item")


def _publish(command: PublishItem, state: CatalogueItem | None) -> Sequence[CatalogueEvent]:
    published = ItemPublished(catalogue=command.catalogue, note=command.note, item=command.item)
    if state is None:
        return (published,)
    if state.published == published:
        return ()
    raise ALREADY_PUBLISHED(item_id=command.item_id)


def _assign(command: AssignItem, state: CatalogueItem | None) -> Sequence[CatalogueEvent]:
    if state is None:
        raise NOT_FOUND(item_id=command.item_id)
    if state.unit is None:
        return (ItemAssigned(unit=command.unit, item=state.published.item, directive_id=command.directive_id),)
    if state.unit is not command.unit:
        raise ALREADY_ASSIGNED(item_id=command.item_id, unit=state.unit)
    if state.directive_id != command.directive_id:
        raise ALREADY_ORDERED(item_id=command.item_id, unit=state.unit)
    return ()


AGGREGATE = Aggregate(
    entity="catalogue-item",
    events=(ItemPublished, ItemAssigned),
    commands=(PublishCatalogue, AssignItems),
    evolve=evolve,
    decide=decide,
)
