"""What happens to a resource of logistics: a hall, a room, lodging or a vehicle."""

from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field

from shared.events.base import Event, members
from shared.values.types import Text


class ResourceKind(StrEnum):
    HALL = "hall"
    ROOM = "room"
    LODGING = "lodging"
    VEHICLE = "vehicle"


class ResourceRegistered(Event):
    TYPE = "vn.daihoi.resource.registered.v1"
    kind: Annotated[str, Field(examples=list(ResourceKind))]
    name: Text
    capacity: int


class ResourceReserved(Event):
    TYPE = "vn.daihoi.resource.reserved.v1"
    reservation_id: str
    starts: AwareDatetime
    ends: AwareDatetime
    purpose: str
    resource_id: str | None = None
    resource_kind: Annotated[str | None, Field(examples=list(ResourceKind))] = None
    resource_name: Text | None = None


class ReservationReleased(Event):
    TYPE = "vn.daihoi.resource.reservation-released.v1"
    reservation_id: str


ResourceEvent = ResourceRegistered | ResourceReserved | ReservationReleased
EVENTS = members(ResourceEvent)
