"""The read models: each view is a pure `route(event) -> keys` and `fold(document | None, event) -> document`."""

from shared.views import (
    catalogue,
    clearances,
    directives,
    documents,
    duties,
    expenses,
    incidents,
    known_clearances,
    meetings,
    organisations,
    publications,
    resources,
    reviews,
    scenarios,
    tasks,
)
from shared.views.view import View

VIEWS: tuple[View, ...] = (
    tasks.VIEW,
    documents.VIEW,
    meetings.VIEW,
    catalogue.VIEW,
    directives.VIEW,
    reviews.VIEW,
    organisations.VIEW,
    duties.VIEW,
    publications.VIEW,
    resources.VIEW,
    clearances.VIEW,
    known_clearances.VIEW,
    expenses.VIEW,
    incidents.VIEW,
    scenarios.VIEW,
)
