"""The security unit's own pages: clearances and the incident desk. What is restricted is shown to whoever may read
it, and masked for everybody else."""

from typing import Any

from starlette.responses import Response

from services.security.clearances import GrantClearance, RefuseClearance, RequestClearance, WithdrawClearance
from services.security.incidents import (
    AssessIncident,
    CorrectIncident,
    ReopenIncident,
    ReportIncident,
    ResolveIncident,
)
from shared.reports.clearances import NOT_REQUESTED, ClearanceLine, clearance_lines
from shared.reports.masking import masked_document
from shared.reports.searching import has_words, words_of
from shared.unit.roles import Act
from shared.web.actions import Action, action, actions
from shared.web.naming import name_in
from shared.web.pages.story import story_for
from shared.web.sections import Link, Section, route
from shared.web.visit import Visit

CLEARANCE_STATES = ("requested", "granted", "refused", "withdrawn", NOT_REQUESTED)
INCIDENT_STATES = ("reported", "assessed", "reopened", "resolved")
SEVERITIES = ("critical", "high", "medium", "low")


async def clearances_page(visit: Visit) -> Response:
    lines = _clearances(visit)
    status, words = visit.query.get("status", ""), words_of(visit.query.get("q", ""))
    shown = [
        line
        for line in lines
        if status in ("", line.status) and has_words(words, "", (line.id, line.holder, line.purpose, line.kind))
    ]
    return visit.render(
        "security/clearances.html",
        page_title=visit.t("Clearances"),
        lines=[{"line": line, "actions": _of_clearance(visit, line)} for line in shown],
        status=status,
        counts={state: sum(line.status == state for line in lines) for state in CLEARANCE_STATES},
        actions=actions(action(visit, RequestClearance, {}, first=True)),
    )


def _clearances(visit: Visit) -> list[ClearanceLine]:
    return clearance_lines(*(visit.views.documents(name) for name in ("clearances", "tasks", "known_clearances")))


def _of_clearance(visit: Visit, line: ClearanceLine) -> list[Action]:
    named = {"clearance_id": line.id}
    match line.status:
        case "requested" if line.requested_by == visit.actor.id:
            return []
        case "requested":
            return actions(action(visit, GrantClearance, named, first=True), action(visit, RefuseClearance, named))
        case "granted":
            return actions(action(visit, WithdrawClearance, named))
        case _:
            return actions(action(visit, RequestClearance, named))


async def clearance_page(visit: Visit) -> Response:
    clearance_id = visit.request.path_params["clearance_id"]
    line = next((line for line in _clearances(visit) if line.id == clearance_id), None)
    if line is None:
        return visit.not_found()
    return visit.render(
        "security/clearance.html",
        page_title=name_in("clearances", {"_id": line.id, **line.model_dump()}, visit.lang),
        line=line,
        story=await story_for(visit, "clearance", clearance_id),
        actions=_of_clearance(visit, line),
    )


async def incidents_page(visit: Visit) -> Response:
    """What is not over first, by severity; among the same the newest first."""
    words = words_of(visit.query.get("q", ""))
    documents = [_readable(visit, document) for document in visit.views.documents("incidents")]
    matching = [document for document in documents if has_words(words, "", (document["_id"], document["place"]))]
    ordered = sorted(matching, key=lambda document: document["reported_at"], reverse=True)
    ordered.sort(key=lambda document: (document["status"] == "resolved", _severity(document)))
    return visit.render(
        "security/incidents.html",
        page_title=visit.t("Incident desk"),
        incidents=[{"incident": document, "actions": _of_incident(visit, document)} for document in ordered],
        counts={state: sum(document["status"] == state for document in documents) for state in INCIDENT_STATES},
        actions=actions(action(visit, ReportIncident, {}, first=True)),
    )


def _severity(document: dict[str, Any]) -> int:
    """What nobody has assessed yet comes first."""
    return SEVERITIES.index(document["severity"]) if document["severity"] in SEVERITIES else -1


def _readable(visit: Visit, document: dict[str, Any]) -> dict[str, Any]:
    return document if visit.may(Act.READ_RESTRICTED) else masked_document(document)


def _of_incident(visit: Visit, document: dict[str, Any]) -> list[Action]:
    named = {"incident_id": document["_id"]}
    match document["status"]:
        case "reported":
            return actions(action(visit, AssessIncident, named, first=True), action(visit, ResolveIncident, named))
        case "assessed" | "reopened":
            return actions(action(visit, ResolveIncident, named, first=True), action(visit, AssessIncident, named))
        case _:
            return actions(action(visit, ReopenIncident, named))


async def incident_page(visit: Visit) -> Response:
    incident_id = visit.request.path_params["incident_id"]
    document = visit.views.document("incidents", incident_id)
    if document is None:
        return visit.not_found()
    return visit.render(
        "security/incident.html",
        page_title=name_in("incidents", document, visit.lang),
        incident=_readable(visit, document),
        story=await story_for(visit, "incident", incident_id),
        actions=[
            *_of_incident(visit, document),
            *actions(action(visit, CorrectIncident, {"incident_id": incident_id})),
        ],
    )


SECTION = Section(
    routes=(
        route("/clearances", clearances_page),
        route("/clearances/{clearance_id}", clearance_page),
        route("/incidents", incidents_page),
        route("/incidents/{incident_id}", incident_page),
    ),
    links=(Link("Clearances", "/clearances"), Link("Incident desk", "/incidents")),
)
