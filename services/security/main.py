"""The security unit's service: tasks, documents and reviews like every unit, clearances and incidents of its own."""

from services.security import clearances, incidents
from services.security.needs import CLEARANCE_FOR_TASKS
from services.security.venues import CLEARANCE_FOR_VENUES
from shared.unit.support_unit import support_unit
from shared.values.code_lists import CodeList
from shared.web.serving import with_pages

SERVICE = support_unit(
    "security",
    own=(clearances.AGGREGATE, incidents.AGGREGATE),
    policies=(CLEARANCE_FOR_VENUES, CLEARANCE_FOR_TASKS),
    lists=(CodeList.INCIDENT_KINDS,),
)
app = with_pages(SERVICE, "services.security.pages")
