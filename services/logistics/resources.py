"""A resource that can be booked: a hall, a room, lodging, a vehicle.

The rule that is logistics' own: reservations of one resource never overlap. The event store's expected sequence
keeps it under concurrency; there is no lock.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Self

from pydantic import Field, model_validator

from shared.domain.decider import Actor, Aggregate, Command, Refusal, State, begun, commands_of, once
from shared.events import resource as events
from shared.i18n import format_minute
from shared.values.types import Brief, EntityId, Instant, Text

MOST_RESERVATIONS = 2000
"""Held at once."""
MOST_EVER_RESERVED = 10_000


class Resource(State):
    registered: events.ResourceRegistered
    reservations: tuple[events.ResourceReserved, ...] = ()
    released: frozenset[str] = frozenset()

    def clashing(self, starts: datetime, ends: datetime) -> events.ResourceReserved | None:
        """The reservation that shares time with [starts, ends), if there is one."""
        return next((held for held in self.reservations if held.starts < ends and starts < held.ends), None)


def evolve(resource: Resource | None, event: events.ResourceEvent) -> Resource:
    if isinstance(event, events.ResourceRegistered):
        return Resource(registered=event)
    resource = begun(resource, event)
    match event:
        case events.ResourceReserved():
            return resource.but(reservations=(*resource.reservations, event))
        case events.ReservationReleased():
            kept = tuple(held for held in resource.reservations if held.reservation_id != event.reservation_id)
            return resource.but(reservations=kept, released=resource.released | {event.reservation_id})


class ResourceCommand(Command):
    ENTITY = "resource"
    ID = "resource_id"
    resource_id: EntityId


class RegisterResource(ResourceCommand):
    NAME = "register-resource"
    kind: events.ResourceKind
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


Wish = RegisterResource | ReserveResource | ReleaseReservation

NOT_FOUND = Refusal("resource_not_found", "There is no resource {resource_id}.")
ALREADY_REGISTERED = Refusal(
    "resource_already_registered", "Resource {resource_id} is already registered with different content."
)
DOUBLE_BOOKED = Refusal(
    "resource_already_reserved", "Resource {resource_id} is reserved from {starts} to {ends} ({reservation_id})."
)
RESERVATION_TAKEN = Refusal(
    "reservation_id_taken", "Reservation {reservation_id} of resource {resource_id} exists with different content."
)
RESERVATION_NOT_FOUND = Refusal(
    "reservation_not_found", "Resource {resource_id} has no reservation {reservation_id}."
)
RESERVATIONS_FULL = Refusal(
    "resource_reservations_full",
    "Resource {resource_id} can't have more reservations; release old ones, or register it again under a new id.",
)


def decide(command: Wish, resource: Resource | None, actor: Actor) -> Sequence[events.ResourceEvent]:
    if isinstance(command, RegisterResource):
        registered = events.ResourceRegistered(**command.content())
        already = ALREADY_REGISTERED(resource_id=command.resource_id)
        return once(registered, resource.registered if resource else None, already)
    if resource is None:
        raise NOT_FOUND(resource_id=command.resource_id)
    match command:
        case ReserveResource():
            return _reserve(command, resource)
        case ReleaseReservation():
            if command.reservation_id in resource.released:
                return ()
            if all(held.reservation_id != command.reservation_id for held in resource.reservations):
                raise RESERVATION_NOT_FOUND(resource_id=command.resource_id, reservation_id=command.reservation_id)
            return (events.ReservationReleased(reservation_id=command.reservation_id),)


def _reserve(command: ReserveResource, resource: Resource) -> Sequence[events.ResourceEvent]:
    booked = command.content()
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
    return (events.ResourceReserved(**booked, **named),)


AGGREGATE = Aggregate(events=events.EVENTS, commands=commands_of(Wish), evolve=evolve, decide=decide)
