"""The sub-committee's service: meetings and their conclusions, directives, documents, and the catalogue of work."""

from shared.domain import catalogue, directive, document, meeting
from shared.domain.values import SUBCOMMITTEE
from shared.unit.service import unit_service

app = unit_service(
    SUBCOMMITTEE, aggregates=(meeting.AGGREGATE, directive.AGGREGATE, document.AGGREGATE, catalogue.AGGREGATE)
)
