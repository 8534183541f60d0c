"""A resource that can be booked: a hall, a room, lodging, a vehicle.

The rule that is logistics' own: reservations of one resource never overlap. The event store's expected sequence
keeps it under concurrency; there is no lock.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from shared.domain.correcting import (
    BriefText,
    Correction,
    Past,
    Recorders,
    require_right,
    require_room,
    wrong_values,
)
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
    corrected: events.ResourceValues = events.ResourceValues()
    corrections: int = 0

    @property
    def kind(self) -> str:
        return self.corrected.kind or self.registered.kind

    @property
    def name(self) -> Text:
        return self.corrected.name or self.registered.name

    def clashing(self, starts: datetime, ends: datetime) -> events.ResourceReserved | None:
        """The reservation that shares time with [starts, ends), if there is one."""
        return next((held for held in self.reservations if held.starts < ends and starts < held.ends), None)

    def without(self, reservation_id: str) -> "Resource":
        kept = tuple(held for held in self.reservations if held.reservation_id != reservation_id)
        return self.but(reservations=kept)


def evolve(resource: Resource | None, event: events.ResourceEvent) -> Resource:
    if isinstance(event, events.ResourceRegistered):
        return Resource(registered=event)
    resource = begun(resource, event)
    match event:
        case events.ResourceReserved():
            return resource.but(reservations=(*resource.reservations, event))
        case events.ReservationReleased():
            released = resource.released | {event.reservation_id}
            return resource.without(event.reservation_id).but(released=released)
        case events.ResourceCorrected():
            corrected = resource.corrected.model_copy(update=_said(event.after))
            return resource.but(corrected=corrected, corrections=resource.corrections + 1)
        case events.ReservationCorrected():
            corrected_ones = tuple(
                held.model_copy(update=_said(event.after)) if held.reservation_id == event.reservation_id else held
                for held in resource.reservations
            )
            return resource.but(reservations=corrected_ones, corrections=resource.corrections + 1)


def _said(values: events.ResourceValues | events.ReservationValues) -> dict[str, Any]:
    return {name: value for name, value in values if value is not None}


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


class CorrectResource(ResourceCommand, Correction):
    """Puts right what was recorded wrongly of the resource itself."""

    NAME = "correct-resource"
    VALUES = events.ResourceValues
    kind: events.ResourceKind | None = None
    name: BriefText | None = None
    capacity: Annotated[int, Field(strict=True, ge=1, le=100_000)] | None = None


class CorrectReservation(ResourceCommand, Correction):
    """Puts right what was recorded wrongly of a reservation that is not released."""

    NAME = "correct-reservation"
    VALUES = events.ReservationValues
    reservation_id: EntityId
    starts: Instant | None = None
    ends: Instant | None = None
    purpose: Brief | None = None


Corrections = CorrectResource | CorrectReservation

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
ENDS_BEFORE_IT_STARTS = Refusal(
    "reservation_ends_before_it_starts",
    "Reservation {reservation_id} can't last from {starts} to {ends}: it ends after it starts.",
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
    _require_free(command, resource, command.starts, command.ends)
    named = {"resource_id": command.resource_id, "resource_kind": resource.kind, "resource_name": resource.name}
    return (events.ResourceReserved(**booked, **named),)


def _require_free(command: ResourceCommand, resource: Resource, starts: datetime, ends: datetime) -> None:
    if clash := resource.clashing(starts, ends):
        raise DOUBLE_BOOKED(
            resource_id=command.resource_id,
            starts=format_minute(clash.starts),
            ends=format_minute(clash.ends),
            reservation_id=clash.reservation_id,
        )


def correct(
    command: Corrections, resource: Resource | None, actor: Actor, past: Past, _: object
) -> Sequence[events.ResourceEvent]:
    if resource is None:
        raise NOT_FOUND(resource_id=command.resource_id)
    if isinstance(command, CorrectReservation):
        return _correct_reservation(command, resource, actor, past)
    held = {"kind": resource.kind, "name": resource.name}
    held["capacity"] = resource.corrected.capacity or resource.registered.capacity
    wrong = wrong_values(command, held)
    if not wrong:
        return ()
    fields = tuple(events.ResourceValues.model_fields)
    require_right(command, wrong, actor, past, Recorders({events.ResourceRegistered: fields}))
    require_room(command, resource.corrections)
    before = events.ResourceValues(**{name: held[name] for name in wrong})
    return (events.ResourceCorrected(before=before, after=events.ResourceValues(**wrong), reason=command.reason),)


def _correct_reservation(
    command: CorrectReservation, resource: Resource, actor: Actor, past: Past
) -> Sequence[events.ResourceEvent]:
    reservation_id = command.reservation_id
    reserved = next((held for held in resource.reservations if held.reservation_id == reservation_id), None)
    if reserved is None:
        raise RESERVATION_NOT_FOUND(resource_id=command.resource_id, reservation_id=reservation_id)
    held = dict(reserved)
    wrong = wrong_values(command, held)
    if not wrong:
        return ()
    fields = tuple(events.ReservationValues.model_fields)
    recorders = Recorders({events.ResourceReserved: fields}, ("reservation_id", reservation_id))
    require_right(command, wrong, actor, past, recorders)
    starts, ends = ((held | wrong)[name] for name in ("starts", "ends"))
    if ends <= starts:
        raise ENDS_BEFORE_IT_STARTS(reservation_id=reservation_id, starts=starts, ends=ends)
    _require_free(command, resource.without(reservation_id), starts, ends)
    require_room(command, resource.corrections)
    return (
        events.ReservationCorrected(
            reservation_id=reservation_id,
            before=events.ReservationValues(**{name: held[name] for name in wrong}),
            after=events.ReservationValues(**wrong),
            reason=command.reason,
        ),
    )


AGGREGATE = Aggregate(
    events=events.EVENTS,
    commands=(*commands_of(Wish), *commands_of(Corrections)),
    evolve=evolve,
    decide=decide,
    correct=correct,
)
