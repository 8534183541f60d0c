"""The sub-committee's service: meetings and their conclusions, directives, documents, and the catalogue of work."""

from shared.domain import catalogue, directive, document, meeting
from shared.domain.values import SUBCOMMITTEE
from shared.unit.service import UnitService

SERVICE = UnitService(
    SUBCOMMITTEE, aggregates=(meeting.AGGREGATE, directive.AGGREGATE, document.AGGREGATE, catalogue.AGGREGATE)
)
app = SERVICE.app()
