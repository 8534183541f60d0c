"""The sub-committee's service: meetings and conclusions, directives, the scenario, documents, the catalogue,
organisations, and the continuing duties of the localities."""

from shared.domain import catalogue, directive, document, duty, meeting, organisation, scenario
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
        duty.AGGREGATE,
    ),
)
app = SERVICE.app()
