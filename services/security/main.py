"""The security unit's service: tasks, documents and reviews like every unit, and clearances of its own."""

from services.security import clearances
from shared.domain.values import Unit
from shared.unit.support_unit import support_unit

SERVICE = support_unit(Unit.SECURITY, own=(clearances.AGGREGATE,))
app = SERVICE.app()
