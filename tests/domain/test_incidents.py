import pytest

from services.security import incidents
from services.security.incidents import AGGREGATE
from shared.domain.decider import Actor
from shared.events.incident import IncidentAssessed, IncidentReopened, IncidentReported, IncidentResolved
from tests.domain import corrected
from tests.domain.scenario import accepting, assert_all_told, given, rejecting

GUARD = Actor("security.guard", "security")
CHIEF = Actor("security.chief", "security")
TOLD = {"place": "Cổng chính", "kind": "order", "details": "Hai xe đỗ chắn lối vào"}
END = {"outcome": "Đã dời xe", "lessons": "Cắm biển cấm đỗ từ hôm trước"}

REPORT = incidents.ReportIncident(incident_id="i1", **TOLD)
ASSESS = incidents.AssessIncident(incident_id="i1", severity="low")
GRAVER = incidents.AssessIncident(incident_id="i1", severity="high")
RESOLVE = incidents.ResolveIncident(incident_id="i1", **END)
REOPEN = incidents.ReopenIncident(incident_id="i1", reason="Xe quay lại")

REPORTED = (IncidentReported(**TOLD),)
ASSESSED = (*REPORTED, IncidentAssessed(severity="low"))
RESOLVED = (*ASSESSED, IncidentResolved(**END))
REOPENED = (*RESOLVED, IncidentReopened(reason="Xe quay lại"))

ACCEPTED = {
    "an incident is reported": ((), REPORT, GUARD, REPORTED[-1]),
    "it is assessed": (REPORTED, ASSESS, CHIEF, ASSESSED[-1]),
    "it turns out graver": (ASSESSED, GRAVER, CHIEF, IncidentAssessed(severity="high")),
    "it is resolved with lessons": (ASSESSED, RESOLVE, CHIEF, RESOLVED[-1]),
    "it is reopened": (RESOLVED, REOPEN, GUARD, REOPENED[-1]),
    "what was reopened is assessed anew": (REOPENED, GRAVER, CHIEF, IncidentAssessed(severity="high")),
    "what was reopened is resolved again": (REOPENED, RESOLVE, CHIEF, RESOLVED[-1]),
}
REJECTED = [
    *(((), command, CHIEF, "incident_not_found") for command in (ASSESS, RESOLVE, REOPEN)),
    (REPORTED, REPORT.model_copy(update={"details": "Một xe"}), GUARD, "incident_already_reported"),
    (REPORTED, RESOLVE, CHIEF, "incident_not_assessed"),
    (RESOLVED, GRAVER, CHIEF, "incident_resolved"),
    (RESOLVED, RESOLVE.model_copy(update={"lessons": "Không có"}), CHIEF, "incident_resolved"),
    (REPORTED, REOPEN, CHIEF, "incident_not_resolved"),
    (REOPENED, REOPEN.model_copy(update={"reason": "Lý do khác"}), CHIEF, "incident_not_resolved"),
]


@accepting(ACCEPTED)
def test_it_happens_once_that(history, command, actor, event):
    given(AGGREGATE, *history).when(command, actor).then(event)
    given(AGGREGATE, *history, event).when(command, actor).nothing_happened()


@rejecting(REJECTED)
def test_nothing_is_resolved_unassessed_and_nothing_changes_once_it_is_resolved(history, command, actor, code):
    given(AGGREGATE, *history).when(command, actor).rejected(code)


def test_every_command_event_and_refusal_is_told_here():
    assert_all_told(incidents, ACCEPTED | corrected.INCIDENT, REJECTED)


@pytest.mark.parametrize("severity", ["", "mild", 1])
def test_a_severity_is_one_of_four(severity):
    with pytest.raises(ValueError, match="severity"):
        incidents.AssessIncident(incident_id="i1", severity=severity)
