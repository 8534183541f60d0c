"""The propaganda unit's service: tasks, documents and reviews like every unit, and publications of its own."""

from services.propaganda import publications
from shared.unit.support_unit import support_unit
from shared.values.code_lists import CodeList
from shared.web.serving import with_pages

SERVICE = support_unit("propaganda", own=(publications.AGGREGATE,), lists=(CodeList.CHANNELS,))
app = with_pages(SERVICE, "services.propaganda.pages")
