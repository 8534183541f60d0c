"""Security's policy: what a task of another unit needs is requested by itself."""

import pytest

from services.security import clearances
from services.security.needs import react
from shared.domain.decider import Actor
from shared.events.clearance import ClearanceGranted
from shared.events.task import ClearanceRequired
from tests.congress import envelope_of
from tests.domain.scenario import given

BUS = {"clearance_id": "bus", "kind": "vehicle", "holder": "Xe đưa đón", "purpose": "Đưa đón đại biểu"}
POLICY = Actor("policy.clearance-for-tasks", "security")
LEAD = Actor("security.lead", "security")


def requested_for(unit, **needed):
    needs = ClearanceRequired(**needed)
    return react(needs, envelope_of(needs, unit, "task", "1-03", 0))


@pytest.mark.parametrize("unit", ["propaganda", "logistics"])
def test_a_clearance_that_a_task_describes_is_requested(unit):
    assert requested_for(unit, **BUS) == (clearances.RequestClearance(**BUS),)


def test_a_clearance_that_a_task_only_names_is_not():
    assert requested_for("logistics", clearance_id="bus") == ()


def test_security_requests_by_hand_what_its_own_tasks_need_so_that_nobody_grants_what_they_need():
    assert requested_for("security", **BUS) == ()


def test_two_tasks_that_need_the_same_clearance_request_it_once_and_securitys_lead_may_grant_it():
    (request,) = requested_for("logistics", **BUS)
    (again,) = requested_for("propaganda", **BUS)
    requested = clearances.decide(request, None, POLICY)
    given(clearances.AGGREGATE, *requested).when(again, POLICY).nothing_happened()
    grant = clearances.GrantClearance(clearance_id="bus")
    given(clearances.AGGREGATE, *requested).when(grant, LEAD).then(ClearanceGranted())
