"""My work."""

from starlette.responses import Response

from shared.web.sections import Link, Section, route
from shared.web.visit import Visit


async def work_page(visit: Visit) -> Response:
    return visit.render("work.html", page_title=visit.t("My work"))


SECTION = Section(routes=(route("/work", work_page),), links=(Link("My work", "/work"),))
