"""A resource that can be booked: a hall, a room, lodging, a vehicle.

The rule that is logistics' own: reservations of one resource never overlap. The event store's expected sequence
keeps it under concurrency; there is no lock.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, ClassVar, Self, assert_never

from pydantic import BaseModel, ConfigDict, Field, model_validator

from shared.domain.decider import Actor, Aggregate, Command, Refusal
from shared.events.resource import (
    EVENTS,
    ReservationReleased,
    ResourceEvent,
    ResourceKind,
    ResourceRegistered,
    ResourceReserved,
)
from shared.i18n import format_minute
from shared.values.types import Brief, EntityId, Instant, Text

MOST_RESERVATIONS = 2000
"""Held at once."""
MOST_EVER_RESERVED = 10_000


# --- state ---
class Resource(BaseModel):
    model_config = ConfigDict(frozen=True)
    registered: ResourceRegistered
    reservations: tuple[ResourceReserved, ...] = ()
    released: frozenset[str] = frozenset()

    def clashing(self, starts: datetime, ends: datetime) -> ResourceReserved | None:
        """The reservation that shares time with [starts, ends), if there is one."""
        return next((held for held in self.reservations if held.starts < ends and starts < held.ends), None)


# --- evolve ---
def evolve(resource: Resource | None, event: ResourceEvent) -> Resource:
    if isinstance(event, ResourceRegistered):
        return Resource(registered=event)
    if resource is None:
        raise LookupError(f"{event.TYPE} before the resource was registered")
    match event:
        case ResourceReserved():
            return resource.model_copy(update={"reservations": (*resource.reservations, event)})
        case ReservationReleased():
            kept = tuple(held for held in resource.reservations if held.reservation_id != event.reservation_id)
            return resource.model_copy(
                update={"reservations": kept, "released": resource.released | {event.reservation_id}}
            )
        case _:
            assert_never(event)


# --- commands ---
class ResourceCommand(Command):
    ENTITY: ClassVar[str] = "resource"
    resource_id: EntityId

    @property
    def entity_id(self) -> str:
        return self.resource_id


class RegisterResource(ResourceCommand):
    NAME = "register-resource"
    kind: ResourceKind
    name: Text
    capacity: Annotated[int, Field(strict=True, ge=1, le=100_000)]


class ReserveResource(ResourceCommand):
    """Books the resource from `starts` up to, not including, `ends`."""

    NAME = "reserve-resource"
    reservation_id: EntityId
    starts: Instant
    ends: Instant
    purpose: Brief

    @model_validator(mode="after")
    def ends_after_it_starts(self) -> Self:
        if self.ends <= self.starts:
            raise ValueError("a reservation ends after it starts")
        return self


class ReleaseReservation(ResourceCommand):
    NAME = "release-reservation"
    reservation_id: EntityId


# --- decide ---
NOT_FOUND = Refusal("resource_not_found", "There is no resource {resource_id}.")
ALREADY_REGISTERED = Refusal(
    "resource_already_registered", "Resource {resource_id} is already registered with different content."
)
DOUBLE_BOOKED = Refusal(
    "resource_already_reserved",
    "Resource {resource_id} is reserved from {starts} to {ends} ({reservation_id}).",
)
RESERVATION_TAKEN = Refusal(
    "reservation_id_taken",
    "Reservation {reservation_id} of resource {resource_id} exists with different content.",
)
RESERVATION_NOT_FOUND = Refusal(
    "reservation_not_found", "Resource {resource_id} has no reservation {reservation_id}."
)
RESERVATIONS_FULL = Refusal(
    "resource_reservations_full",
    "Resource {resource_id} can't have more reservations; release old ones, or register it again under a new id.",
)


def decide(command: ResourceCommand, resource: Resource | None, actor: Actor) -> Sequence[ResourceEvent]:
    if isinstance(command, RegisterResource):
        return _register(command, resource)
    if resource is None:
        raise NOT_FOUND(resource_id=command.resource_id)
    match command:
        case ReserveResource():
            return _reserve(command, resource)
        case ReleaseReservation():
            return _release(command, resource)
        case _:
            raise TypeError(f"{type(command).__name__} is no command on a resource")


def _register(command: RegisterResource, resource: Resource | None) -> Sequence[ResourceEvent]:
    registered = ResourceRegistered(**command.model_dump(exclude={"resource_id"}))
    if resource is None:
        return (registered,)
    if resource.registered == registered:
        return ()
    raise ALREADY_REGISTERED(resource_id=command.resource_id)


def _reserve(command: ReserveResource, resource: Resource) -> Sequence[ResourceEvent]:
    booked = command.model_dump(exclude={"resource_id"})
    reservations = {held.reservation_id: held for held in resource.reservations}
    held = reservations.get(command.reservation_id)
    if held and held.model_dump(include=set(booked)) == booked:
        return ()
    if held or command.reservation_id in resource.released:
        raise RESERVATION_TAKEN(resource_id=command.resource_id, reservation_id=command.reservation_id)
    if len(reservations) >= MOST_RESERVATIONS or len(reservations) + len(resource.released) >= MOST_EVER_RESERVED:
        raise RESERVATIONS_FULL(resource_id=command.resource_id)
    if clash := resource.clashing(command.starts, command.ends):
        raise DOUBLE_BOOKED(
            resource_id=command.resource_id,
            starts=format_minute(clash.starts),
            ends=format_minute(clash.ends),
            reservation_id=clash.reservation_id,
        )
    registered = resource.registered
    named = {"resource_id": command.resource_id, "resource_kind": registered.kind, "resource_name": registered.name}
    return (ResourceReserved(**booked, **named),)


def _release(command: ReleaseReservation, resource: Resource) -> Sequence[ResourceEvent]:
    if command.reservation_id in resource.released:
        return ()
    if all(held.reservation_id != command.reservation_id for held in resource.reservations):
        raise RESERVATION_NOT_FOUND(resource_id=command.resource_id, reservation_id=command.reservation_id)
    return (ReservationReleased(reservation_id=command.reservation_id),)


AGGREGATE = Aggregate(
    entity="resource",
    events=EVENTS,
    commands=(RegisterResource, ReserveResource, ReleaseReservation),
    evolve=evolve,
    decide=decide,
)
