"""What happens to an item of the catalogue of work."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from shared.events.base import Event, members
from shared.values.code_lists import EntryId
from shared.values.types import (
    ID_LENGTH,
    Brief,
    Day,
    EntityId,
    Group,
    Name,
    Phase,
    Phrase,
    Text,
    Unit,
    Vnd,
    slug,
)

MOST_COORDINATING = 50
DETAILS = (
    *("collective", "individual", "coordinating", "directing_leader", "deadline", "product"),
    *("secured_vnd", "funding_source", "remark"),
)
"""What an item may say beside what a task is opened with."""


def _if_said(default: Any = None, **bounds: Any) -> Any:
    """A field that is stored only where it says something: items without it stay as earlier versions stored them."""
    return Field(default=default, exclude_if=lambda value: not value and value != 0, **bounds)


class Item(BaseModel):
    """What the catalogue says of one piece of work. `due_offset_days` counts from the opening day; `code` is as
    printed, such as `1.03`; `scenario` is the case that it is for, or `both`: every case. Who does it by when, and
    with what money, is there where the catalogue says so already: the task is then opened with it."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    code: Annotated[str, Field(pattern=r"^[0-9]{1,3}(\.[0-9]{1,4})+$", max_length=ID_LENGTH)]
    title: Text
    group: Group
    unit: Unit
    phase: Phase
    scenario: EntryId
    due_offset_days: int | None = _if_said(ge=-3650, le=3650)
    budget_vnd: Vnd
    collective: Brief | None = _if_said()
    individual: Brief | None = _if_said()
    coordinating: tuple[Name, ...] = _if_said((), max_length=MOST_COORDINATING)
    directing_leader: Name | None = _if_said()
    deadline: Day | None = _if_said()
    product: Brief | None = _if_said()
    secured_vnd: Vnd | None = _if_said()
    funding_source: Brief | None = _if_said()
    remark: Phrase | None = _if_said()

    @property
    def item_id(self) -> str:
        return slug(self.code)

    @property
    def says_more(self) -> bool:
        """Whether it says more than what a task is opened with: one of `DETAILS`."""
        return any(getattr(self, name) for name in DETAILS)


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
