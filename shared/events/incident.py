"""What happens to an incident. Only security and the auditor may read details, outcome, lessons and reasons."""

from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field

from shared.events.base import Event, Values, if_corrected, members
from shared.values.code_lists import CodeList, ids_of
from shared.values.types import Brief


class Severity(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class IncidentReported(Event):
    TYPE = "vn.daihoi.incident.reported.v1"
    place: str
    kind: Annotated[str, Field(examples=list(ids_of(CodeList.INCIDENT_KINDS)))]
    details: str
    happened_at: AwareDatetime | None = None


class IncidentAssessed(Event):
    TYPE = "vn.daihoi.incident.assessed.v1"
    severity: Annotated[str, Field(examples=list(Severity))]


class IncidentResolved(Event):
    TYPE = "vn.daihoi.incident.resolved.v1"
    outcome: str
    lessons: str


class IncidentReopened(Event):
    TYPE = "vn.daihoi.incident.reopened.v1"
    reason: str


class IncidentValues(Values):
    place: str | None = if_corrected()
    kind: Annotated[str | None, Field(examples=list(ids_of(CodeList.INCIDENT_KINDS)))] = if_corrected()
    details: str | None = if_corrected()
    happened_at: AwareDatetime | None = if_corrected()
    severity: Annotated[str | None, Field(examples=list(Severity))] = if_corrected()
    outcome: str | None = if_corrected()
    lessons: str | None = if_corrected()


class IncidentCorrected(Event):
    TYPE = "vn.daihoi.incident.corrected.v1"
    SENTENCE = "{actor} corrected incident {id}"
    before: IncidentValues
    after: IncidentValues
    reason: Brief


IncidentEvent = IncidentReported | IncidentAssessed | IncidentResolved | IncidentReopened | IncidentCorrected
EVENTS = members(IncidentEvent)
