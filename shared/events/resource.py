"""What happens to a resource of logistics: a hall, a room, lodging or a vehicle."""

from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field

from shared.events.base import Event, Values, if_corrected, members
from shared.values.types import Brief, Text


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


class ResourceValues(Values):
    kind: Annotated[str | None, Field(examples=list(ResourceKind))] = if_corrected()
    name: Text | None = if_corrected()
    capacity: int | None = if_corrected()


class ResourceCorrected(Event):
    TYPE = "vn.daihoi.resource.corrected.v1"
    SENTENCE = "{actor} corrected resource {id}: {after}; recorded before: {before}; reason: {reason}"
    before: ResourceValues
    after: ResourceValues
    reason: Brief


class ReservationValues(Values):
    starts: AwareDatetime | None = if_corrected()
    ends: AwareDatetime | None = if_corrected()
    purpose: str | None = if_corrected()


class ReservationCorrected(Event):
    TYPE = "vn.daihoi.resource.reservation-corrected.v1"
    SENTENCE = (
        "{actor} corrected reservation {reservation_id} of resource {id}: {after}; recorded before: {before}; "
        "reason: {reason}"
    )
    reservation_id: str
    before: ReservationValues
    after: ReservationValues
    reason: Brief


ResourceEvent = ResourceRegistered | ResourceReserved | ReservationReleased | ResourceCorrected | ReservationCorrected
EVENTS = members(ResourceEvent)
