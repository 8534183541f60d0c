"""The directives that the sub-committee has issued, and what each unit has done for them."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from starlette.responses import Response

from services.subcommittee.directive import IssueDirective
from services.subcommittee.pages.forms import may, unit_options
from services.subcommittee.pages.ordered import TRACED, units_below
from shared.reports.searching import has_words, words_of
from shared.reports.trace import Role, trace
from shared.values.ordering import natural
from shared.web.actions import Action
from shared.web.figures import worked_out
from shared.web.naming import directive_title, meeting_title
from shared.web.pages.story import story_for
from shared.web.paging import paged
from shared.web.sections import Link, Section, route
from shared.web.visit import Visit

PATH = "/directives"
ON_A_PAGE = 50


async def directives_page(visit: Visit) -> Response:
    """The latest first."""
    query = visit.query
    words, unit = words_of(query.get("q", "")), query.get("unit", "")
    documents = [
        document
        for document in visit.views.documents("directives")
        if unit in ("", *document["units"])
        and has_words(words, "", (document["_id"], document["text"]["vi"], document["text"].get("en", "")))
    ]
    documents.sort(key=lambda document: (document["issued_at"], natural(document["_id"])), reverse=True)
    listed = paged(documents, query, ON_A_PAGE)
    ids = tuple(document["_id"] for document in listed.rows)
    units = await worked_out(
        visit, ("ordered", ids), TRACED, lambda views: {name: _units(name, views) for name in ids}
    )
    return visit.render(
        "subcommittee/directives.html",
        page_title=visit.t("Directives"),
        lines=[{"directive": document, "units": units[document["_id"]]} for document in listed.rows],
        meetings=visit.views.by_key("meetings"),
        meeting_title=lambda meeting: meeting_title(meeting, visit.lang),
        unit=unit,
        unit_options=unit_options(visit),
        page=listed.page,
        pages=listed.pages,
        total=listed.matching,
        actions=[Action(visit.t("Issue a directive"), "/new/directive", first=True)]
        if may(visit, IssueDirective)
        else [],
    )


def _units(directive_id: str, views: Mapping[str, Sequence[Any]]) -> list[Mapping[str, Any]]:
    """What each unit that it addresses has done for it: its review, its tasks by where they stand."""
    node = next(node for node in trace(directive_id, views) if node.role is Role.DIRECTIVE)
    return units_below(node)


async def directive_page(visit: Visit) -> Response:
    directive_id = visit.request.path_params["directive_id"]
    document = visit.views.document("directives", directive_id)
    if document is None:
        return visit.not_found()
    meeting = visit.views.document("meetings", document["meeting_id"] or "")
    return visit.render(
        "subcommittee/directive.html",
        page_title=directive_title(document, visit.lang),
        directive=document,
        meeting=meeting,
        units=await worked_out(visit, ("ordered", directive_id), TRACED, partial(_units, directive_id)),
        story=await story_for(visit, "directive", directive_id),
    )


SECTION = Section(
    routes=(route(PATH, directives_page), route(f"{PATH}/{{directive_id}}", directive_page)),
    links=(Link("Directives", PATH),),
)
