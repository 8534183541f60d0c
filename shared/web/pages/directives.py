"""What the sub-committee has ordered, and what was done for it: in a unit, what is for this unit."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from starlette.responses import Response

from shared.domain.task import OpenTask
from shared.events.directive import DirectiveKind
from shared.reports.searching import has_words, words_of
from shared.reports.trace import Role, trace
from shared.values.ordering import natural
from shared.views.view import Document
from shared.web.actions import Action, action
from shared.web.figures import Documents, worked_out
from shared.web.forms import Option
from shared.web.naming import directive_title
from shared.web.pages.ordered import TRACED, units_below
from shared.web.paging import paged
from shared.web.sections import Link, Section, route
from shared.web.visit import Visit

PATH = "/directives"
ON_A_PAGE = 50


async def directives_page(visit: Visit) -> Response:
    return await directives_listed(visit, unit=visit.service)


async def directives_listed(
    visit: Visit, *, unit: str, unit_options: Sequence[Option] = (), actions: Sequence[Action] = ()
) -> Response:
    """The directives for `unit`, or for every unit where it is empty; the latest first."""
    words = words_of(visit.query.get("q", ""))
    documents = [
        document
        for document in visit.views.documents("directives")
        if unit in ("", *document["units"])
        and has_words(words, "", (document["_id"], document["text"]["vi"], document["text"].get("en", "")))
    ]
    documents.sort(key=lambda document: (document["issued_at"], natural(document["_id"])), reverse=True)
    listed = paged(documents, visit.query, ON_A_PAGE)
    ids = tuple(document["_id"] for document in listed.rows)
    only = _only(visit)
    units = await worked_out(
        visit, ("ordered", ids), TRACED, lambda views: {name: _units(name, only, views) for name in ids}
    )
    return visit.render(
        "directives/list.html",
        page_title=visit.t("Directives"),
        lines=[
            {
                "directive": document,
                "meeting": visit.views.document("meetings", document["meeting_id"] or ""),
                "units": units[document["_id"]],
            }
            for document in listed.rows
        ],
        unit=unit,
        unit_options=unit_options,
        page=listed.page,
        pages=listed.pages,
        total=listed.matching,
        actions=actions,
    )


def _only(visit: Visit) -> str:
    """The unit whose work alone is shown; empty at the sub-committee."""
    return "" if visit.place.is_authority else visit.service


def _units(directive_id: str, only: str, views: Documents) -> list[Mapping[str, Any]]:
    """What each unit that it addresses has done for it: its review, its tasks by where they stand."""
    node = next(node for node in trace(directive_id, views) if node.role is Role.DIRECTIVE)
    return [line for line in units_below(node) if only in ("", line["unit"])]


async def directive_page(visit: Visit) -> Response:
    directive = visit.views.document("directives", visit.request.path_params["directive_id"])
    if directive is None or visit.service not in directive["units"]:
        return visit.not_found()
    return await one_directive(visit, directive, actions=_next(visit, directive))


async def one_directive(
    visit: Visit,
    directive: Document,
    *,
    actions: Sequence[Action] = (),
    story: Sequence[Mapping[str, Any]] | None = None,
) -> Response:
    directive_id, only = directive["_id"], _only(visit)
    return visit.render(
        "directives/directive.html",
        page_title=directive_title(directive, visit.lang),
        directive=directive,
        meeting=visit.views.document("meetings", directive["meeting_id"] or ""),
        units=await worked_out(visit, ("ordered", directive_id), TRACED, partial(_units, directive_id, only)),
        actions=actions,
        story=story,
    )


def _next(visit: Visit, directive: Document) -> list[Action]:
    """What a unit does about it; a review opens by itself."""
    match directive["kind"]:
        case DirectiveKind.SCENARIOS:
            return [Action(visit.t("Prepare the cases"), "/cases", first=True)]
        case DirectiveKind.WORK:
            possible = action(visit, OpenTask, {"directive_id": directive["_id"]}, first=True)
            return [possible._replace(label=visit.t("Open a task"))] if possible else []
        case _:
            return []


SECTION = Section(
    routes=(route(PATH, directives_page), route(f"{PATH}/{{directive_id}}", directive_page)),
    links=(Link("Directives", PATH),),
    only_units=True,
)
