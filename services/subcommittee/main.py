"""The sub-committee's service: meetings and conclusions, directives, documents, the catalogue, organisations."""

from shared.domain import catalogue, directive, document, meeting, organisation
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
    ),
)
app = SERVICE.app()
