"""The sub-committee's service: meetings and conclusions, directives, the scenario, documents, the catalogue,
organisations, the continuing duties of the localities, and what becomes of events that the tracker has parked."""

from shared.domain import (
    catalogue,
    directive,
    document,
    duty,
    meeting,
    organisation,
    parked_event,
    scenario,
)
from shared.domain.values import SUBCOMMITTEE
from shared.unit.service import UnitService

SERVICE = UnitService(
    SUBCOMMITTEE,
    aggregates=(
        meeting.AGGREGATE,
        directive.AGGREGATE,
        scenario.AGGREGATE,
        document.AGGREGATE,
        catalogue.AGGREGATE,
        organisation.AGGREGATE,
        parked_event.AGGREGATE,
        duty.AGGREGATE,
    ),
)
app = SERVICE.app()
