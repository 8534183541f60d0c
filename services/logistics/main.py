"""The logistics unit's service: tasks, documents and reviews like every unit, resources and expenses of its own."""

from services.logistics import expenses, resources
from shared.unit.support_unit import support_unit
from shared.web.serving import with_pages

SERVICE = support_unit("logistics", own=(resources.AGGREGATE, expenses.AGGREGATE))
app = with_pages(SERVICE, "services.logistics.pages")
