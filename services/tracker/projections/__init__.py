"""The read models: each view is a pure `route(event) -> keys` and `fold(document | None, event) -> document`."""

from services.tracker.projections import (
    catalogue,
    clearances,
    directives,
    documents,
    expenses,
    incidents,
    meetings,
    organisations,
    publications,
    resources,
    reviews,
    scenarios,
    tasks,
)
from services.tracker.projections.view import View

VIEWS: tuple[View, ...] = (
    tasks.VIEW,
    documents.VIEW,
    meetings.VIEW,
    catalogue.VIEW,
    directives.VIEW,
    reviews.VIEW,
    organisations.VIEW,
    publications.VIEW,
    resources.VIEW,
    clearances.VIEW,
    expenses.VIEW,
    incidents.VIEW,
    scenarios.VIEW,
)
