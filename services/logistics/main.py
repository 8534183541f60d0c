"""The logistics unit's service: tasks and documents like every unit, resources and expenses of its own."""

from services.logistics import expenses, resources
from shared.domain import document, task
from shared.domain.values import Unit
from shared.unit.assigned_items import open_assigned_items
from shared.unit.service import unit_service

app = unit_service(
    Unit.LOGISTICS.value,
    aggregates=(task.AGGREGATE, document.AGGREGATE, resources.AGGREGATE, expenses.AGGREGATE),
    policies=(open_assigned_items(Unit.LOGISTICS),),
)
