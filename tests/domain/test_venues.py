"""Security's policy: what logistics reserves asks for clearance where people will be."""

import re
from itertools import product

import pytest

from services.security import clearances
from services.security.venues import clearance_id, react
from shared.domain.decider import Actor
from shared.events.clearance import ClearanceGranted
from shared.events.resource import ResourceReserved
from shared.values.types import ID_LENGTH, ID_PATTERN
from tests.domain.scenario import given

RESERVED = {
    "reservation_id": "delegates",
    "starts": "2020-09-23T07:00:00Z",
    "ends": "2020-09-26T05:00:00Z",
    "purpose": "Đại biểu nghỉ lại",
    "resource_id": "guest-house",
    "resource_kind": "lodging",
    "resource_name": {"vi": "Nhà khách"},
}
REQUEST = clearances.RequestClearance(
    clearance_id="clearance-guest-house-delegates",
    kind="place",
    holder="Nhà khách",
    purpose="Đại biểu nghỉ lại (23/09/2020 14:00 - 26/09/2020 12:00)",
)
POLICY = Actor("policy.clearance-for-reserved-venues", "security")
LEAD = Actor("security.lead", "security")


def reserved(**changes):
    return ResourceReserved.model_validate(RESERVED | changes)


@pytest.mark.parametrize("kind", ["hall", "lodging"])
def test_a_hall_and_lodging_ask_for_clearance_of_the_place_and_say_when(kind):
    assert react(reserved(resource_kind=kind), None) == (REQUEST,)


@pytest.mark.parametrize(
    "changes", [{"resource_kind": "room"}, {"resource_kind": "vehicle"}, {"resource_kind": None}]
)
def test_nothing_else_does_nor_what_was_reserved_before_it_said_its_kind(changes):
    assert react(reserved(**changes), None) == ()


def test_an_event_of_before_these_fields_asks_for_nothing():
    old = {name: value for name, value in RESERVED.items() if not name.startswith("resource_")}
    assert react(ResourceReserved.model_validate(old), None) == ()


def test_the_policy_asks_and_so_securitys_lead_may_grant():
    (request,) = react(reserved(), None)
    decided = clearances.decide(request, None, POLICY)
    given(clearances.AGGREGATE, *decided).when(request, POLICY).nothing_happened()
    grant = clearances.GrantClearance(clearance_id=request.clearance_id, conditions=["Kiểm tra phòng cháy"])
    granted = ClearanceGranted(conditions=("Kiểm tra phòng cháy",))
    given(clearances.AGGREGATE, *decided).when(grant, LEAD).then(granted)


def test_an_id_is_an_id_however_long_the_others_are_and_no_two_are_alike():
    names = ["a" * length for length in (1, 40, 79, 80)]
    ids = {clearance_id(resource, reservation) for resource, reservation in product(names, names)}
    assert len(ids) == len(names) ** 2
    assert all(re.fullmatch(ID_PATTERN, each) and len(each) <= ID_LENGTH for each in ids)
    assert react(reserved(resource_id="r" * 80, purpose="p" * 2000, resource_name={"vi": "n" * 2000}), None)
