"""The security unit's service: tasks and documents like every unit, clearances and incidents of its own."""

from services.security import clearances, incidents
from services.security.venues import CLEARANCE_FOR_VENUES
from shared.domain import document, task
from shared.domain.values import Unit
from shared.unit.assigned_items import open_assigned_items
from shared.unit.service import unit_service

app = unit_service(
    Unit.SECURITY.value,
    aggregates=(task.AGGREGATE, document.AGGREGATE, clearances.AGGREGATE, incidents.AGGREGATE),
    policies=(open_assigned_items(Unit.SECURITY), CLEARANCE_FOR_VENUES),
)
