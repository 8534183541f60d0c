"""What happens to an item of the catalogue of work."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from shared.events.base import Event, members
from shared.values.types import ID_LENGTH, EntityId, Group, Phase, Scenario, Text, Unit, Vnd, slug


class Item(BaseModel):
    """What the catalogue says of one piece of work. `due_offset_days` counts from the opening day; `code` is as
    printed, such as `1.03`."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    code: Annotated[str, Field(pattern=r"^[0-9]{1,3}(\.[0-9]{1,4})+$", max_length=ID_LENGTH)]
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


class ItemRevised(Event):
    """The item says something else from now on. A task that is open already keeps what it was opened with: the unit
    works on what it was given, and an essential of a running task changes by a command on the task only."""

    TYPE = "vn.daihoi.catalogue-item.revised.v1"
    item: Item


class ItemWithdrawn(Event):
    """The item is no longer in the catalogue; it may be published again."""

    TYPE = "vn.daihoi.catalogue-item.withdrawn.v1"


CatalogueEvent = ItemPublished | ItemAssigned | ItemRevised | ItemWithdrawn
EVENTS = members(CatalogueEvent)
