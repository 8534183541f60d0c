"""The sub-committee's service: meetings and conclusions, directives, documents, the catalogue, organisations,
and what becomes of events that the tracker has parked."""

from shared.domain import catalogue, directive, document, meeting, organisation, parked_event
from shared.domain.values import SUBCOMMITTEE
from shared.unit.service import UnitService

SERVICE = UnitService(
    SUBCOMMITTEE,
    aggregates=(
        meeting.AGGREGATE,
        directive.AGGREGATE,
        document.AGGREGATE,
        catalogue.AGGREGATE,
        organisation.AGGREGATE,
        parked_event.AGGREGATE,
    ),
)
app = SERVICE.app()
