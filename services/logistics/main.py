"""The logistics unit's service: tasks, documents and reviews like every unit, resources and expenses of its own."""

from services.logistics import expenses, resources
from shared.unit.support_unit import support_unit
from shared.values.types import Unit

SERVICE = support_unit(Unit.LOGISTICS, own=(resources.AGGREGATE, expenses.AGGREGATE))
app = SERVICE.app()
