"""The directives that the sub-committee has issued, and what each unit has done for them."""

from starlette.responses import Response

from services.subcommittee.directive import IssueDirective
from services.subcommittee.pages.forms import may, unit_options
from shared.web.actions import Action
from shared.web.pages.directives import PATH, directives_listed, one_directive
from shared.web.pages.story import story_for
from shared.web.sections import Link, Section, route
from shared.web.visit import Visit


async def directives_page(visit: Visit) -> Response:
    return await directives_listed(
        visit,
        unit=visit.query.get("unit", ""),
        unit_options=unit_options(visit),
        actions=[Action(visit.t("Issue a directive"), "/new/directive", first=True)]
        if may(visit, IssueDirective)
        else [],
    )


async def directive_page(visit: Visit) -> Response:
    directive = visit.views.document("directives", visit.request.path_params["directive_id"])
    if directive is None:
        return visit.not_found()
    return await one_directive(visit, directive, story=await story_for(visit, "directive", directive["_id"]))


SECTION = Section(
    routes=(route(PATH, directives_page), route(f"{PATH}/{{directive_id}}", directive_page)),
    links=(Link("Directives", PATH),),
)
