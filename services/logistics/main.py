"""The logistics unit's service: tasks, documents and reviews like every unit, and resources of its own."""

from services.logistics import resources
from shared.domain.values import Unit
from shared.unit.support_unit import support_unit

SERVICE = support_unit(Unit.LOGISTICS, own=(resources.AGGREGATE,))
app = SERVICE.app()
