"""The sub-committee's service: the congress itself, meetings and conclusions, directives, the scenario, documents,
the catalogue, organisations, the continuing duties of the localities, instructions on tasks of the units, reports
that are handed up, what becomes of events that the tracker has parked, and which tokens and keys are revoked."""

from services.subcommittee import (
    catalogue,
    code_list,
    congress,
    directive,
    duty,
    instruction,
    issued_report,
    meeting,
    organisation,
    parked_event,
    revocation,
    scenario,
)
from shared.domain import document
from shared.unit.service import UnitService
from shared.values.units import SUBCOMMITTEE
from shared.web.serving import with_pages

SERVICE = UnitService(
    SUBCOMMITTEE,
    aggregates=tuple(
        module.AGGREGATE
        for module in (
            congress,
            code_list,
            meeting,
            directive,
            scenario,
            document,
            catalogue,
            organisation,
            parked_event,
            revocation,
            instruction,
            issued_report,
            duty,
        )
    ),
)
app = with_pages(SERVICE, "services.subcommittee.pages")
