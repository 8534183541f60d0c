from datetime import UTC, datetime, timedelta, timezone

import pytest

from services.logistics import resources
from services.logistics.resources import AGGREGATE
from shared.domain.decider import Refused
from shared.events.resource import ReservationReleased, ResourceRegistered, ResourceReserved
from tests.domain import corrected
from tests.domain.scenario import OFFICER, accepting, assert_all_told, given, rejecting

VIETNAM = timezone(timedelta(hours=7))
HALL = {"kind": "hall", "name": {"vi": "Trung tâm Hội nghị tỉnh"}, "capacity": 800}


def at(hour: int) -> datetime:
    return datetime(2020, 9, 25, hour, tzinfo=VIETNAM)


def slot(reservation_id: str, starts: datetime, ends: datetime) -> dict[str, object]:
    return {"reservation_id": reservation_id, "starts": starts, "ends": ends, "purpose": "Phiên trù bị"}


def register(**changes: object) -> resources.RegisterResource:
    return resources.RegisterResource(resource_id="hall-1", **HALL | changes)


def reserve(reservation_id: str, starts: datetime, ends: datetime) -> resources.ReserveResource:
    return resources.ReserveResource(resource_id="hall-1", **slot(reservation_id, starts, ends))


def release(reservation_id: str) -> resources.ReleaseReservation:
    return resources.ReleaseReservation(resource_id="hall-1", reservation_id=reservation_id)


def reserved(*told: object) -> ResourceReserved:
    """Carries what another service needs to know of the resource."""
    named = {"resource_id": "hall-1", "resource_kind": HALL["kind"], "resource_name": HALL["name"]}
    return ResourceReserved(**slot(*told), **named)


MORNING, NOON, EVENING = at(8), at(12), at(18)
REGISTERED = (ResourceRegistered(**HALL),)
RESERVED = (*REGISTERED, reserved("r1", MORNING, NOON))
RELEASED = (*RESERVED, ReservationReleased(reservation_id="r1"))
R2 = reserved("r2", NOON, EVENING)

ACCEPTED = {
    "a resource is registered": ((), register(), OFFICER, REGISTERED[-1]),
    "it is reserved": (REGISTERED, reserve("r1", MORNING, NOON), OFFICER, RESERVED[-1]),
    "one reservation ends where the next starts": (RESERVED, reserve("r2", NOON, EVENING), OFFICER, R2),
    "a reservation is released": (RESERVED, release("r1"), OFFICER, RELEASED[-1]),
    "time that was released is free again": (
        RELEASED,
        reserve("r2", MORNING, NOON),
        OFFICER,
        reserved("r2", MORNING, NOON),
    ),
}
FULL = (*REGISTERED, *(reserved(f"x{n}", EVENING, at(19)) for n in range(resources.MOST_RESERVATIONS)))
REJECTED = [
    ((), reserve("r1", MORNING, NOON), OFFICER, "resource_not_found"),
    ((), release("r1"), OFFICER, "resource_not_found"),
    (REGISTERED, register(capacity=900), OFFICER, "resource_already_registered"),
    (RESERVED, reserve("r1", NOON, EVENING), OFFICER, "reservation_id_taken"),
    (RELEASED, reserve("r1", MORNING, NOON), OFFICER, "reservation_id_taken"),
    (REGISTERED, release("r1"), OFFICER, "reservation_not_found"),
    (FULL, reserve("r1", MORNING, NOON), OFFICER, "resource_reservations_full"),
    *(
        (RESERVED, reserve("r2", starts, ends), OFFICER, "resource_already_reserved")
        for starts, ends in [
            (MORNING, NOON),
            (at(7), at(9)),
            (at(11), at(13)),
            (at(9), at(10)),
            (at(7), at(13)),
            (at(11).astimezone(UTC), at(13).astimezone(UTC)),
        ]
    ),
]


@accepting(ACCEPTED)
def test_it_happens_once_that(history, command, actor, event):
    given(AGGREGATE, *history).when(command, actor).then(event)
    given(AGGREGATE, *history, event).when(command, actor).nothing_happened()


def test_one_moment_told_in_two_time_zones_is_one_reservation():
    again = reserve("r1", MORNING.astimezone(UTC), NOON.astimezone(UTC))
    given(AGGREGATE, *RESERVED).when(again).nothing_happened()


def test_a_clash_is_told_in_vietnamese_time_whichever_zone_it_was_booked_in():
    booked = ResourceReserved(**slot("r1", MORNING.astimezone(UTC), NOON.astimezone(UTC)))
    state = AGGREGATE.fold([*REGISTERED, booked])
    with pytest.raises(Refused, match=f"from {MORNING:%d/%m/%Y} 08:00 to {NOON:%d/%m/%Y} 12:00"):
        resources.decide(reserve("r2", MORNING, NOON), state, OFFICER)


def test_a_reservation_written_before_it_named_its_resource_is_the_same_reservation():
    earlier = ResourceReserved(**slot("r1", MORNING, NOON))
    given(AGGREGATE, *REGISTERED, earlier).when(reserve("r1", MORNING, NOON)).nothing_happened()


@rejecting(REJECTED)
def test_reservations_of_one_resource_never_overlap_nor_share_a_name(history, command, actor, code):
    given(AGGREGATE, *history).when(command, actor).rejected(code)


def test_every_command_event_and_refusal_is_told_here():
    assert_all_told(resources, ACCEPTED | corrected.RESOURCE, [*REJECTED, *corrected.RESOURCE_REJECTED])


@pytest.mark.parametrize(("starts", "ends"), [(NOON, MORNING), (NOON, NOON)])
def test_a_reservation_ends_after_it_starts(starts, ends):
    with pytest.raises(ValueError, match="ends after it starts"):
        reserve("r1", starts, ends)


def test_a_moment_without_a_time_zone_is_refused():
    with pytest.raises(ValueError, match="timezone"):
        reserve("r1", MORNING.replace(tzinfo=None), NOON)


@pytest.mark.parametrize("capacity", [0, 100_001])
def test_a_resource_holds_somebody_but_not_everybody(capacity):
    with pytest.raises(ValueError, match="capacity"):
        register(capacity=capacity)
