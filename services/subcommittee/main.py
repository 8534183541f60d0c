"""The sub-committee's service: meetings and conclusions, directives, the scenario, documents, the catalogue,
organisations."""

from shared.domain import catalogue, directive, document, meeting, organisation, scenario
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
    ),
)
app = SERVICE.app()
