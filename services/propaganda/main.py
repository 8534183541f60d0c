"""The propaganda unit's service: tasks and documents like every unit, and publications of its own."""

from services.propaganda import publications
from shared.domain import document, task
from shared.domain.values import Unit
from shared.unit.assigned_items import open_assigned_items
from shared.unit.service import unit_service

app = unit_service(
    Unit.PROPAGANDA.value,
    aggregates=(task.AGGREGATE, document.AGGREGATE, publications.AGGREGATE),
    policies=(open_assigned_items(Unit.PROPAGANDA),),
)
